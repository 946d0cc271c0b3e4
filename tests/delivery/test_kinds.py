"""Every kind of in-app piece, as the browser is given it to draw."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import override_settings
from msgspec.structs import replace

from milepost.core import events
from milepost.core.conditions.types import Did
from milepost.core.conditions.types import Test as Compare
from milepost.core.delivery.outcome import Done
from milepost.core.delivery.piece import PieceOption, SurveyBody
from milepost.core.engine.effects import RefreshContent
from milepost.core.program.document import Document
from milepost.core.program.kinds.content import (
    Action,
    Announcement,
    Article,
    Banner,
    Briefing,
    Celebration,
    Checklist,
    Content,
    EmptyState,
    Guide,
    Hint,
    Invite,
    Modal,
    Page,
    Picture,
    Question,
    ResourceCenter,
    Step,
    Survey,
    Template,
    Term,
)
from milepost.core.program.kinds.goal import Function, Goal, Measure
from milepost.core.program.kinds.limits import Locales, Support
from milepost.core.program.kinds.milestone import Milestone, Task
from milepost.core.program.kinds.offer import Offer
from milepost.core.success.personal import PersonalPlan, Told, personal_plan
from milepost.core.success.plan import Plan
from milepost.delivery.channels.in_app.drawing import draw
from milepost.delivery.handlers import keep_answers, piece_facts, refresh_content, show_content
from milepost.delivery.models import Piece
from milepost.delivery.queries import pieces_for_person
from milepost.delivery.rendering import Occasion
from milepost.workspace.models import Workspace
from tests.delivery.test_pieces import report
from tests.delivery.world import NOW, a_piece, make_person, make_workspace

DOCUMENT = Document(
    name="Calorie counter",
    locales=Locales(default="en", others=("ru",)),
    support=Support(name="Anna", email="help@example.com"),
    measures={"weight": Measure(unit={"en": "kg", "ru": "кг"}, better="down")},
    goals={
        "lose": Goal(
            ask={"en": "I want to lose weight", "ru": "Хочу похудеть"}, milestones=("meal", "week"), measure="weight"
        ),
        "fit": Goal(ask="I want to get fit", milestones=("week",)),
    },
    functions={"diary": Function(milestones=("meal",), title="The diary", url="/diary")},
    milestones={
        "meal": Milestone(
            title={"en": "Log a meal", "ru": "Запишите еду"}, reached=Did(name="Meal"), effort=timedelta(minutes=2)
        ),
        "week": Milestone(
            title="A week",
            reached=Did(name="Week"),
            tasks=(Task(title="Call them", owner="team"),),
            target=timedelta(7),
        ),
    },
    offers={"premium": Offer(title="Premium", why="**More** of it", url="/premium")},
    templates={"day": Template(title="A day", data={"meals": 3}, by_goal={"fit": {"meals": 6}})},
    articles={"cake": Article(title={"en": "Cake at work", "ru": "Торт на работе"}, body="Say *no*.")},
    content={
        "add-food": Guide(steps=(Step(title="Search"),), serves="meal"),
        "hooray": Celebration(
            title="Done, {{ goal.words }}", body="{{ measure.weight.progress }} {{ measure.weight.unit }}"
        ),
        "intake": Survey(
            title="Who are you?",
            thanks="Thank you",
            questions=(
                Question(key="goal", ask="What for?", kind="goal"),
                Question(
                    key="role", ask="Your role?", options={"cook": {"en": "Cook", "ru": "Повар"}, "eater": "Eater"}
                ),
                Question(
                    key="kilos", ask="Your weight?", kind="number", measure="weight", unit={"en": "kg", "ru": "кг"}
                ),
                Question(key="why", ask="What happened?", kind="text", if_={"kilos": Compare("gte", "last")}),
                Question(
                    key="more",
                    ask="More?",
                    kind="text",
                    if_={"role": Compare("is", "cook"), "kilos": Compare("lt", "target")},
                ),
            ),
        ),
        "plan": Checklist(
            title={"en": "Your plan", "ru": "Ваш план"},
            from_="goal",
            page=Page(url=("/a", "/b"), element="#x", first_visit=True),
        ),
        "empty": EmptyState(
            on="#diary:empty",
            title="Nothing here yet",
            actions=(
                Action(text="Show me", use_template="day"),
                Action(text="Guide me", start="add-food"),
                Action(text="Go", url="javascript:alert(1)"),
            ),
        ),
        "bring": Invite(title="Bring a friend", url="/join?x=1", body="Send {{ invite.url }}", button="Copy"),
    },
)

KNOWN = {
    "goal": {"key": "lose", "ask": {"en": "I want to lose weight", "ru": "Хочу похудеть"}, "statement": "fit my jeans"},
    "answers": {"role": "cook", "goal": "lose"},
    "measure": {"weight": {"unit": {"en": "kg", "ru": "кг"}, "last": 80.5, "progress": 1.5, "by": "2026-12-24"}},
    "plan": {"reached": 0, "total": 2, "next": {"key": "meal", "title": {"en": "Log a meal"}, "due": "2026-11-25"}},
}


@pytest.fixture
def workspace(db: None) -> Workspace:
    workspace = make_workspace(DOCUMENT)
    make_person(workspace)
    make_person(workspace, 2, locale="ru")
    return workspace


def a_plan(*reached: str) -> PersonalPlan:
    made = Plan(goal="lose", made_at=NOW, first={"week": date(2026, 11, 28)}, due={"week": date(2026, 11, 28)})
    told = Told(reached=dict.fromkeys(reached, (NOW, 1)))
    return personal_plan(DOCUMENT, made, told, NOW.date())


def shown(workspace: Workspace, content: str, uid: int = 1, plan: PersonalPlan | None = None, **changes: Any) -> Any:
    effect = a_piece(workspace, content, uid, **{"known": KNOWN, **changes})
    assert show_content(effect, lambda workspace, uid, checklist: plan) == Done()
    return json.loads(bytes(Piece.objects.latest("id").body))


def test_a_survey_is_asked_with_its_branches_and_with_what_is_known(workspace: Workspace) -> None:
    body = shown(workspace, "intake")
    goal, role, kilos, why, more = body["questions"]
    assert (body["kind"], body["title"], body["thanks"]) == ("survey", "Who are you?", "Thank you")
    assert [option["value"] for option in goal["options"]] == ["lose", "fit"] and goal["answer"] == "lose"
    assert role["options"][0] == {"value": "cook", "text": "Cook"} and role["answer"] == "cook"
    assert (kilos["kind"], kilos["unit"], kilos["answer"], kilos["optional"]) == ("number", "kg", None, True)
    assert why["if"] == {"kilos": {"op": "gte", "value": 80.5}}
    assert more["if"] == {"role": {"op": "is", "value": "cook"}, "kilos": {"op": "in", "value": []}}, "no target: false"


def test_a_question_recalls_an_earlier_one_of_its_survey_and_what_was_said_in_others(workspace: Workspace) -> None:
    questions = (
        Question(key="name", ask="Your name?", kind="short text"),
        Question(key="fit", ask="Does it suit {{ answers.name }}, a {{ answers.role }}?", kind="ces", most="Very well"),
        Question(
            key="look", ask="Which?", kind="picture", options={"a": "A"}, pictures={"a": Picture(image="/a.webp")}
        ),
    )
    survey = Survey(title="You", questions=questions, thanks="Thanks, {{ answers.name }}")
    effect = a_piece(workspace, "you", 1, known=KNOWN)
    body = draw(survey, "you", Occasion(document=DOCUMENT, effect=effect, milestone=None, person=None))
    assert isinstance(body, SurveyBody)
    name, fit, look = body.questions
    assert fit.ask == "Does it suit \ue000name\ue001, a cook?" and body.thanks == "Thanks, \ue000name\ue001"
    assert (name.kind, fit.least, fit.most) == ("short text", "Strongly disagree", "Very well")
    assert look.options == (PieceOption(value="a", text="A", image="/a.webp"),)


def test_a_survey_speaks_the_language_of_its_person(workspace: Workspace) -> None:
    questions = shown(workspace, "intake", uid=2)["questions"]
    assert questions[0]["options"][0]["text"] == "Хочу похудеть"
    assert (questions[1]["options"][0]["text"], questions[2]["unit"]) == ("Повар", "кг")


def test_a_checklist_is_the_plan_with_dates_and_with_what_helps(workspace: Workspace) -> None:
    body = shown(workspace, "plan", plan=a_plan())
    meal, week = body["items"]
    assert (body["kind"], body["progress"], body["next"]) == ("checklist", 0.0, "meal")
    assert meal == {
        "key": "meal",
        "title": "Log a meal",
        "done": False,
        "skipped": False,
        "due": None,
        "due_text": "",
        "effort": "2 minutes",
        "start": "add-food",
        "url": "/diary",
        "function": "The diary",
        "owner": "",
        "tasks": [],
    }
    assert (week["due"], week["due_text"], week["owner"]) == ("2026-11-28", "November 28", "Anna")
    assert week["tasks"] == [{"title": "Call them", "owner": "Anna"}]
    page = {"url": ["/a", "/b"], "element": "#x", "focus": None, "first_visit": True, "error": None}
    assert body["page"] == page


def test_a_date_is_written_as_its_reader_writes_it(workspace: Workspace) -> None:
    assert shown(workspace, "plan", uid=2, plan=a_plan())["items"][1]["due_text"] == "28 ноября"


def test_without_a_plan_there_is_nothing_to_tick(workspace: Workspace) -> None:
    body = shown(workspace, "plan")
    assert (body["items"], body["progress"], body["next"]) == ([], 0.0, None)


def test_a_celebration_quotes_the_goal_and_the_number_in_their_own_words(workspace: Workspace) -> None:
    body = shown(workspace, "hooray")
    assert body["title"] == "Done, fit my jeans" and body["goal"] == "fit my jeans"
    assert body["body_html"] == "<p>1.5 kg</p>" and body["offer"] is None
    said = {**KNOWN, "goal": {"key": "lose", "ask": KNOWN["goal"]["ask"]}}  # type: ignore[index]
    assert shown(workspace, "hooray", uid=2, known=said)["goal"] == "Хочу похудеть"


def test_an_offer_stands_inside_its_celebration(workspace: Workspace) -> None:
    offer = shown(workspace, "hooray", offer="premium")["offer"]
    assert offer == {
        "key": "premium",
        "title": "Premium",
        "why_html": "<p><strong>More</strong> of it</p>",
        "url": "/premium",
        "button": "Show me",
    }


def test_an_offer_that_is_help_is_a_card_of_its_own(workspace: Workspace) -> None:
    body = shown(workspace, "premium", offer="premium")
    assert (body["kind"], body["content"], body["title"]) == ("article", "premium", "Premium")
    assert body["body_html"] == "<p><strong>More</strong> of it</p>" and body["labels"]["decline"] == "No, thank you"
    assert (body["offer"]["key"], body["offer"]["url"], body["offer"]["button"]) == ("premium", "/premium", "Show me")
    assert body["contact"]["name"] == "Anna", "and whom to ask"


def test_what_became_of_an_offer_that_is_help_is_known_and_closes_its_card(workspace: Workspace) -> None:
    from milepost.client.reports import fact_of
    from milepost.client.tokens import LIFETIME, Session
    from milepost.core.delivery.report import read_report
    from milepost.program.queries import current

    shown(workspace, "premium", offer="premium")
    (piece,) = pieces_for_person(workspace.pk, 1)
    session = Session(workspace.pk, "device-1", "person-1", NOW + LIFETIME)
    facts = []
    for action in ("shown", "offer_shown", "offer_accepted", "completed"):
        told = {"content": "premium", "piece": piece.id, "action": action, "messageId": action, "offer": "premium"}
        facts.append(fact_of(read_report(json.dumps(told).encode()), session, current(workspace.pk).document, NOW))
    assert [fact.name for fact in facts[1:3]] == [events.OFFER_SHOWN, events.OFFER_ACCEPTED]
    assert all(fact.properties["offer"] == "premium" for fact in facts)
    piece_facts([(fact, 1) for fact in facts])
    assert pieces_for_person(workspace.pk, 1) == []


def test_an_empty_state_offers_sample_data_made_for_the_goal(workspace: Workspace) -> None:
    body = shown(workspace, "empty")
    use, guide, go = body["actions"]
    assert (body["kind"], body["on"]) == ("empty_state", ["#diary:empty"])
    assert use["use_template"] == "day" and use["template"] == {"key": "day", "title": "A day", "data": {"meals": 3}}
    assert guide["start"] == "add-food" and go["url"] is None, "no address may run a script"
    fit = shown(workspace, "empty", uid=2, known={"goal": {"key": "fit", "ask": "I want to get fit"}})
    assert fit["actions"][0]["template"]["data"] == {"meals": 6}


def test_an_invitation_carries_a_link_of_one_s_own(workspace: Workspace) -> None:
    with override_settings(PUBLIC_URL="https://app.example.com"):
        mine, again, hers = (shown(workspace, "bring", uid, key=f"{uid}:k{n}") for n, uid in enumerate((1, 1, 2)))
    assert mine["link"].startswith("https://app.example.com/join?x=1&milepost_invite=") and mine["button"] == "Copy"
    assert mine["link"] == again["link"] != hers["link"]


def test_an_article_is_a_piece_in_the_reader_s_language(workspace: Workspace) -> None:
    body = shown(workspace, "cake", uid=2)
    assert (body["kind"], body["title"], body["lang"]) == ("article", "Торт на работе", "ru")
    assert body["body_html"] == "<p>Say <em>no</em>.</p>"


def refreshed(workspace: Workspace, plan: PersonalPlan, *contents: str, **changes: Any) -> None:
    effect = RefreshContent(
        workspace=workspace.pk,
        key="1:refresh:7",
        person=1,
        at=NOW,
        release=1,
        contents=contents,
        known=KNOWN,
        **changes,
    )
    assert refresh_content(effect, lambda workspace, uid, checklist: plan) == Done()


def test_an_open_checklist_is_drawn_again_when_something_is_reached(workspace: Workspace) -> None:
    shown(workspace, "plan", plan=a_plan())
    before = Piece.objects.get()
    piece_facts([(report(workspace, events.CONTENT_SHOWN, before.key), 1)])
    refreshed(workspace, a_plan("meal"), "plan", "hooray")
    after = Piece.objects.get()
    body = json.loads(bytes(after.body))
    assert (after.version, after.status, after.key) == (2, "shown", before.key)
    assert body["items"][0]["done"] is True and body["progress"] == 0.5 and body["next"] == "week"
    assert body["key"] == before.key


def test_what_looks_the_same_is_no_news(workspace: Workspace) -> None:
    shown(workspace, "plan", plan=a_plan())
    refreshed(workspace, a_plan(), "plan")
    assert Piece.objects.get().version == 1


def test_what_was_closed_is_not_drawn_again(workspace: Workspace) -> None:
    shown(workspace, "plan", plan=a_plan())
    piece_facts([(report(workspace, events.CONTENT_DISMISSED, Piece.objects.get().key), 1)])
    refreshed(workspace, a_plan("meal"), "plan")
    assert Piece.objects.get().version == 1 and pieces_for_person(workspace.pk, 1) == []


def test_what_was_drawn_with_what_is_known_of_a_person_leaves_the_device(workspace: Workspace) -> None:
    """Whoever sits at the device without having proven who they are sees it no longer."""
    shown(workspace, "plan", plan=a_plan(), device="device-1")
    refreshed(workspace, a_plan("meal"), "plan", device="device-1")
    assert Piece.objects.get().device == "device-1"
    refreshed(workspace, a_plan("meal", "week"), "plan")
    assert (Piece.objects.get().device, Piece.objects.get().version) == ("", 3)


def test_a_survey_that_is_opened_again_shows_what_was_answered(workspace: Workspace) -> None:
    shown(workspace, "intake")
    piece = Piece.objects.get()
    fact = report(workspace, events.QUESTION_ANSWERED, piece.key, survey="intake", question="kilos", answer=79)
    fact.properties["piece"] = piece.id
    keep_answers([(fact, 2)])
    assert json.loads(bytes(Piece.objects.get().body))["questions"][2]["answer"] is None, "it is not theirs"
    keep_answers([(fact, 1)])
    again = Piece.objects.get()
    assert json.loads(bytes(again.body))["questions"][2]["answer"] == 79
    assert again.version == 1, "the browser that asked knows it already"


def test_a_survey_asked_for_again_takes_the_place_of_the_open_one(workspace: Workspace) -> None:
    shown(workspace, "intake")
    shown(workspace, "intake", key="1:content:intake:m77")
    assert list(Piece.objects.order_by("id").values_list("status", flat=True)) == ["ended", "waiting"]
    piece_facts([(report(workspace, events.CONTENT_COMPLETED, "1:content:intake:m77"), 1)])
    assert shown(workspace, "intake", key="1:content:intake:m78")["questions"][0]["answer"] == "lose"
    assert [piece.key for piece in pieces_for_person(workspace.pk, 1)] == ["1:content:intake:m78"]


def test_two_wins_are_celebrated_one_after_the_other(workspace: Workspace) -> None:
    shown(workspace, "hooray", key="1:content:hooray:meal")
    shown(workspace, "hooray", key="1:content:hooray:week")
    assert len(pieces_for_person(workspace.pk, 1)) == 2


def test_browsers_name_a_piece_by_its_number(workspace: Workspace) -> None:
    shown(workspace, "intake")
    piece = Piece.objects.get()
    fact = report(workspace, events.CONTENT_STEP_SEEN, "", at=datetime(2026, 11, 21, 10, tzinfo=UTC), step=2)
    fact.properties["piece"] = piece.id
    assert piece_facts([(fact, 2)]) == [], "it is somebody else's"
    assert piece_facts([(fact, 1)]) == [1]
    assert (Piece.objects.get().status, Piece.objects.get().step) == ("shown", 2)


def test_templates_say_dates_as_their_reader_writes_them(workspace: Workspace) -> None:
    from milepost.delivery.rendering import Occasion
    from milepost.people.queries import person_view

    def told(uid: int) -> dict[str, Any]:
        effect = a_piece(workspace, "hooray", uid, known=KNOWN)
        person = person_view(workspace.pk, uid)
        return Occasion(document=DOCUMENT, effect=effect, milestone=None, person=person).variables()

    assert told(1)["measure"]["weight"]["by"] == "Dec. 24, 2026" and told(1)["plan"]["next"]["due"] == "Nov. 25, 2026"
    assert (
        told(2)["measure"]["weight"]["by"] == "24 декабря 2026 г." and told(2)["plan"]["next"]["title"] == "Log a meal"
    )
    assert told(1)["goal"]["ask"] == "I want to lose weight" and told(1)["answers"]["role"] == "cook"


QUIET: dict[str, Content] = {
    "kcal": Term(
        text="kcal",
        also=({"en": "calories", "ru": "калори*"},),
        explain={"en": "A *unit* of energy.", "ru": "Единица энергии."},
    ),
    "look": Hint(title="Look", on=("#search", "#find"), as_="inline"),
    "top": Banner(title="New", place="bottom", action=Action(text="See", url="/new")),
    "news": Announcement(title="New", body="**Better**", action=Action(text="Go", start="add-food")),
    "must": Modal(title="Read this", body="Please."),
    "rules": Briefing(title="Rules", body="Be kind.", if_something_goes_wrong="Call **Anna**."),
    "learn": ResourceCenter(title="Learn", items=("add-food", "cake", "gone", "bring")),
}


def test_the_quiet_kinds_say_where_they_stand_and_what_has_to_be_read(db: None) -> None:
    workspace = make_workspace(replace(DOCUMENT, content={**DOCUMENT.content, **QUIET}))
    make_person(workspace, locale="ru")
    drawn = {key: shown(workspace, key) for key in QUIET}
    assert [key for key, body in drawn.items() if body["standing"]] == ["kcal", "look", "top", "learn"]
    assert [key for key, body in drawn.items() if body["modal"]] == ["must", "rules"]
    assert (drawn["kcal"]["title"], drawn["kcal"]["body_html"], drawn["kcal"]["on"]) == (
        "kcal",
        "<p>Единица энергии.</p>",
        [],
    )
    assert drawn["kcal"]["words"] == {"en": ["kcal", "calories"], "ru": ["kcal", "калори*"]}
    assert (drawn["look"]["inline"], drawn["look"]["on"]) == (True, ["#search", "#find"])
    assert (drawn["top"]["place"], drawn["top"]["actions"][0]["url"]) == ("bottom", "/new")
    assert drawn["news"]["actions"][0]["start"] == "add-food"
    assert "<strong>Anna</strong>" in drawn["rules"]["emergency_html"] and drawn["rules"]["button"]
    assert [(line["key"], line["kind"]) for line in drawn["learn"]["resources"]] == [
        ("add-food", "guide"),
        ("cake", "article"),
        ("bring", "invite"),
    ]
