"""What teams may write in templates, and what it can never do."""

import pytest

from milepost.core.values import Refused
from milepost.delivery.markdown import Markdown, absolute
from milepost.delivery.wording import markdown, plain

PERSON = {"person": {"first_name": "Maria", "traits": {"plan": "pro-trial", "tags": ["a", "b"]}}}


def test_conditions_loops_and_filters_work() -> None:
    loop = "{% for tag in person.traits.tags %}- {{ tag | upcase }}\n{% endfor %}"
    source = f"{{% if person.traits.plan == 'pro-trial' %}}{loop}{{% endif %}}"
    assert markdown(source, PERSON).text == "- A\n- B\n"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Welcome, {{ person.nick }}", "Welcome"),
        ("Welcome, {{ person.nick }}!", "Welcome!"),
        ("Hi {{ person.nick }}, good day", "Hi, good day"),
        ("{{ person.nick }}, good day", "good day"),
        ("Hi {{ person.nick | default: 'friend' }}", "Hi friend"),
    ],
)
def test_a_missing_value_takes_its_comma_along(source: str, expected: str) -> None:
    assert plain(source, PERSON).text == expected


def test_a_missing_value_is_reported_once() -> None:
    assert plain("{{ person.nick }} {{ event.x }} {{ person.nick }}", PERSON).missing == ("person.nick", "event.x")


@pytest.mark.parametrize(
    "value",
    [
        "[x](http://evil)",
        "<http://evil>",
        "![x](http://evil)",
        "# x",
        "* x",
        "1. x",
        "`x`",
        "**x**",
        "a\n\n    code",
        "&lt;",
        "\\*",
    ],
)
def test_a_value_stands_for_itself_in_markdown(value: str) -> None:
    said = Markdown(markdown("{{ v }}", {"v": value}).text)
    assert said.text() == " ".join(value.split())
    assert said.html().startswith("<p>") and "<" not in said.html()[3:-4]


@pytest.mark.parametrize(
    "source", ["{{ 'a' | append: v }}", "{% assign w = v %}{{ w }}", "{% echo v %}", "{{ v | upcase }}"]
)
def test_no_way_of_writing_a_value_makes_it_a_link(source: str) -> None:
    assert "href" not in Markdown(markdown(source, {"v": "[x](http://evil)"}).text).html()


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in (1..100000) %}{% for j in (1..100000) %}x{% endfor %}{% endfor %}",
        "{% assign a = 'x' %}{% for i in (1..900) %}{% assign a = a | append: a %}{% endfor %}{{ a }}",
        "{% include 'settings' %}",
        "{% render 'settings' %}",
        "{% if %}",
        "{{ 1 | divided_by: 0 }}",
        "{{ person | no_such_filter }}",
        "{% capture x %}y{% endcapture %}",
    ],
)
def test_a_template_that_is_wrong_or_too_costly_is_refused(source: str) -> None:
    with pytest.raises(Refused, match="template"):
        markdown(source, PERSON)


@pytest.mark.parametrize("source", ["{{ person.__class__ }}", "{{ person.items }}", "{{ person.first_name.__len__ }}"])
def test_nothing_behind_a_value_can_be_reached(source: str) -> None:
    assert plain(source, PERSON).text == ""


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd"])
def test_only_links_that_lead_somewhere_are_links(url: str) -> None:
    assert absolute(url, "https://app.example.com") == ""
    assert "href" not in Markdown(f"[x]({url})", "https://app.example.com").html()


def test_raw_html_is_text() -> None:
    html = Markdown("<script>alert(1)</script>\n\n<img src=x onerror=alert(1)>", "https://app.example.com").html()
    assert "<script" not in html and "<img" not in html


def test_links_lead_into_the_product_in_mail_and_stay_relative_in_pieces() -> None:
    assert 'href="https://app.example.com/help"' in Markdown("[x](/help)", "https://app.example.com").html()
    assert 'href="/help"' in Markdown("[x](/help)").html()


def test_plain_text_keeps_the_shape_of_lists_quotes_and_code() -> None:
    lists = "- one\n  - inner\n- two\n\n7. seven\n8. eight\n\n> quoted\n\n"
    source = f"{lists}```\ncode\n  more\n```\n\n[Go](https://x.org)\n\n---\n"
    assert Markdown(source).text() == f"{lists}    code\n      more\n\nGo:\nhttps://x.org\n\n* * *"
