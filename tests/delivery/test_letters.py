"""A letter as it arrives: parsed by a mail parser, from a real conversation with a mail server."""

import re
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import override_settings

from milepost.core.delivery.outcome import Done
from milepost.delivery.handlers import send_message
from milepost.delivery.tokens import unseal_deep_link, unseal_subscription
from milepost.workspace.models import Workspace
from tests.delivery.servers import Inbox, Received
from tests.delivery.world import NOW, a_message, make_person


def letter(inbox: Inbox, workspace: Workspace, message: str = "welcome", uid: int = 1, **changes: object) -> Received:
    outcome = send_message(a_message(workspace, message, uid, **changes), 1)
    assert isinstance(outcome, Done), outcome
    return inbox.letters[-1]


class Links(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.found += [value for name, value in attrs if name == "href" and value]


def test_a_mail_has_the_headers_that_mail_programs_act_upon(inbox: Inbox, workspace: Workspace) -> None:
    received = letter(inbox, workspace)
    mail = received.mail
    assert mail["From"] == "Anna from support <help@example.com>"
    assert mail["Reply-To"] == "Anna from support <help@example.com>"
    assert mail["To"] == "Maria Rossi <maria@example.org>"
    assert mail["Subject"] == "Welcome, Maria"
    assert mail["Date"].datetime == NOW
    assert re.fullmatch(r"<[0-9a-f]{32}@example\.com>", mail["Message-ID"])
    assert mail["Auto-Submitted"] == "auto-generated"
    assert received.sender == "help@example.com"
    assert received.recipients == ["maria@example.org"]


def test_a_mail_offers_to_unsubscribe_with_one_click(inbox: Inbox, workspace: Workspace) -> None:
    received = letter(inbox, workspace)
    assert received.mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    raw = received.raw.decode("ascii")
    header = re.search(r"^List-Unsubscribe: <(https://app\.example\.com/u/([\w-]+))>\r?$", raw, re.MULTILINE)
    assert header, "on one line, not encoded"
    who = unseal_subscription(header[2])
    assert who and (who.workspace, who.uid, who.address, who.purpose) == (
        workspace.pk,
        1,
        "maria@example.org",
        "service",
    )
    assert header[1] in received.part("plain")
    assert header[1] in Links(received.part("html")).found


def test_the_link_out_tells_a_reader_nothing(inbox: Inbox, workspace: Workspace) -> None:
    received = letter(inbox, workspace)
    token = received.mail["List-Unsubscribe"].strip("<>").rpartition("/")[2]
    assert "maria" not in token and unseal_subscription(token[:-1]) is None
    assert "person-1" not in str(received.mail["X-Milepost-Key"]) and "welcome" not in str(
        received.mail["X-Milepost-Key"]
    )


def test_a_mail_can_also_be_left_by_mail_where_somebody_reads_it(inbox: Inbox, workspace: Workspace) -> None:
    with override_settings(EMAIL_URL=f"{inbox.url}&unsubscribe=leave@example.com"):
        received = letter(inbox, workspace)
    assert "<mailto:leave@example.com?subject=unsubscribe%20" in received.mail["List-Unsubscribe"]
    assert b"=?utf-8?" not in received.raw.lower().split(b"list-unsubscribe:")[1].split(b"list-unsubscribe-post")[0]


def test_the_plain_text_reads_well_by_itself(inbox: Inbox, workspace: Workspace) -> None:
    text = letter(inbox, workspace).part("plain")
    assert text.startswith("Thank you, Maria\n================\n\nYou took two minutes to sign up.")
    assert "1. Search for what you had for breakfast.\n2. Tap it." in text
    assert "three times as likely (https://app.example.com/why)" in text
    assert "Log your first meal:\nhttps://app.example.com/diary?view=day&mp_t=" in text
    assert not re.search(r"[*\\]|\]\(|<\w|&\w+;|\n\n\n", text)


@pytest.mark.req("R96")
def test_every_mail_says_whom_to_ask_in_the_same_place(inbox: Inbox, workspace: Workspace) -> None:
    for message in ("welcome", "praise", "news"):
        received = letter(inbox, workspace, message)
        text, html = received.part("plain"), received.part("html")
        card, _, footer = text.rpartition("\n—\n")[0].rpartition("\n—\n")[2], None, text.rpartition("\n—\n")[2]
        assert card.startswith("Anna from support\n") and "help@example.com" in card
        assert "https://t.me/calorie_help" in card and "9–18 CET" in card
        assert footer.startswith("You get this from Calorie counter")
        assert html.index("Anna from support") < html.index("You get this from Calorie counter")


def test_a_mail_says_why_it_came(inbox: Inbox, workspace: Workspace) -> None:
    by_event = letter(inbox, workspace)
    assert "because of “Signed Up” on Nov. 21, 2026." in by_event.part("plain")
    assert "because of “Signed Up” on Nov. 21, 2026." in by_event.part("html")
    by_milestone = letter(inbox, workspace, "praise", milestone="first-meal")
    assert "because you reached “Log your first meal” on Nov. 21, 2026." in by_milestone.part("plain")


@pytest.mark.req("R90")
def test_a_mail_speaks_of_what_the_person_did(inbox: Inbox, workspace: Workspace) -> None:
    did = {"meal": "lunch [free](http://evil.example)", "calories": 520}
    received = letter(inbox, workspace, "praise", milestone="first-meal", event="Meal Logged", properties=did)
    assert received.mail["Subject"] == "520 kcal: Log your first meal"
    assert "You logged lunch [free](http://evil.example)." in received.part("plain")
    assert "http://evil.example" not in Links(received.part("html")).found
    assert "because you reached “Log your first meal”" in received.part("plain")


@pytest.mark.req("R91")
def test_the_button_leads_straight_into_the_product(inbox: Inbox, workspace: Workspace) -> None:
    links = Links(letter(inbox, workspace).part("html")).found
    deep = next(link for link in links if "mp_t=" in link)
    parts = urlsplit(deep)
    assert (parts.netloc, parts.path, parts.fragment) == ("app.example.com", "/diary", "food")
    query = parse_qs(parts.query)
    assert query["view"] == ["day"]
    opened = unseal_deep_link(query["mp_t"][0], NOW)
    assert opened and (opened.uid, opened.start, opened.delivery) == (1, "add-food", "1:message:welcome")
    assert unseal_deep_link(query["mp_t"][0], NOW.replace(year=2027)) is None


def test_a_link_of_one_kind_never_passes_for_another(inbox: Inbox, workspace: Workspace) -> None:
    received = letter(inbox, workspace)
    deep = next(link for link in Links(received.part("html")).found if "mp_t=" in link)
    assert unseal_subscription(parse_qs(urlsplit(deep).query)["mp_t"][0]) is None
    out = received.mail["List-Unsubscribe"].strip("<>").rpartition("/")[2]
    assert unseal_deep_link(out, NOW) is None


def test_everybody_is_written_to_in_their_language(inbox: Inbox, workspace: Workspace) -> None:
    make_person(workspace, 2, locale="ru-RU", firstName="Мария", name="Мария Иванова", email="ivanova@example.org")
    received = letter(inbox, workspace, uid=2)
    assert received.mail["Subject"] == "Добро пожаловать, Мария"
    assert received.mail["To"] == "Мария Иванова <ivanova@example.org>"
    assert received.mail["From"] == "Анна из поддержки <help@example.com>"
    assert received.mail["Content-Language"] == "ru"
    assert "Спасибо, Мария" in received.part("plain") and "Есть вопрос?" in received.part("plain")
    assert "Это пришло вам от «Calorie counter» (21 ноября 2026" in received.part("plain")
    assert received.raw.isascii(), "nothing on the way needs to change a byte"
    assert all(len(line) <= 998 for line in received.raw.splitlines())


@pytest.mark.req("R153")
def test_a_language_written_from_right_to_left_is(inbox: Inbox, workspace: Workspace) -> None:
    make_person(workspace, 2, locale="ar", email="two@example.org")
    html = letter(inbox, workspace, uid=2).part("html")
    assert re.search(r'<html[^>]*lang="ar"[^>]*dir="rtl"', html) and '<div dir="rtl"><h1' in html


def test_a_language_that_the_program_lacks_falls_back_to_its_default(inbox: Inbox, workspace: Workspace) -> None:
    make_person(workspace, 2, locale="xx-../..", email="two@example.org")
    assert letter(inbox, workspace, uid=2).part("plain").startswith("Thank you, Maria")


def test_a_missing_name_leaves_no_hole(inbox: Inbox, workspace: Workspace) -> None:
    make_person(workspace, 2, firstName=None, name=None, email="two@example.org")
    outcome = send_message(a_message(workspace, uid=2), 1)
    assert isinstance(outcome, Done) and outcome.note == "Without a value: person.first_name."
    assert inbox.letters[-1].mail["Subject"] == "Welcome"


@pytest.mark.parametrize("name", ["Win $$$ at http://evil.example", "www.evil.example", "evil.ru", "x" * 200])
def test_a_stranger_cannot_have_us_send_their_link_as_a_name(inbox: Inbox, workspace: Workspace, name: str) -> None:
    make_person(workspace, 2, firstName=name, name=name, email="victim@example.org")
    received = letter(inbox, workspace, uid=2)
    whole = received.mail["Subject"] + received.part("plain") + received.part("html") + str(received.mail["To"])
    assert name not in whole and "evil" not in whole


@pytest.mark.parametrize("name", ["Maria\r\nBcc: everybody", "Maria\nSubject: x", "a\x00b", "\u202egnp"])
def test_a_name_cannot_begin_a_header(inbox: Inbox, workspace: Workspace, name: str) -> None:
    make_person(workspace, 2, firstName=name, name=name, email="two@example.org")
    received = letter(inbox, workspace, uid=2)
    assert received.mail["Bcc"] is None and received.recipients == ["two@example.org"]
    assert received.mail["Subject"].startswith("Welcome, ")
    assert "\x00" not in received.mail["Subject"] and "\u202e" not in received.mail["Subject"]


def test_opening_a_mail_asks_nobody_for_anything(inbox: Inbox, workspace: Workspace) -> None:
    html = letter(inbox, workspace).part("html")
    assert not re.search(r"<link|<img|@import|url\(|<script|src=", html)


def test_html_in_a_name_is_text(inbox: Inbox, workspace: Workspace) -> None:
    make_person(workspace, 2, firstName="<script>alert(1)</script><b>", email="two@example.org")
    html = letter(inbox, workspace, uid=2).part("html")
    assert "script" not in Links(html).tags and "&lt;script&gt;alert(1)" in html


def test_the_html_part_suits_light_and_dark_and_small_screens(inbox: Inbox, workspace: Workspace) -> None:
    html = letter(inbox, workspace).part("html")
    assert '<meta name="color-scheme" content="light dark"' in html
    assert "prefers-color-scheme: dark" in html and "max-width: 480px" in html
    assert "<img" not in html
    assert len(html) < 40_000, "mail programs cut off what is longer than 102 kB"
