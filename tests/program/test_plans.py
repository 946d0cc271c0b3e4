"""What `check` says of plan templates, decks, briefings, offers at milestones, risks, and help outside the product."""

from textwrap import dedent

import pytest

from milepost.core.program.codec import encode_value
from milepost.core.review import plans
from milepost.program.review import review
from milepost.program.yaml_text import read

CUSTOMERS = """\
milepost: 1
name: Gym partners
for: customer
facts: {Subscription Started: {}, Trainer Added: {}}
content:
  csat: {kind: survey, title: Are you content, questions: [{key: csat, ask: How is it going?, kind: stars}]}
  other: {kind: survey, title: Are you content, questions: [{key: other, ask: "how is it  going?", kind: stars}]}
  flight: {kind: survey, title: Your flight, questions: [{key: flight, ask: How was the flight?, kind: stars}]}
plan_templates:
  gym-partner:
    starts: {did: Subscription Started}
    owner: {role: account manager}
    phases:
      - title: Kick-off
        owner: account manager
        orient: Your coach will call you next
        tasks:
          - {do: call, title: Kick-off call, due: 2d, owner: account manager, invite: true}
          - {do: task, title: Add your trainers, owner: customer, done: {did: Trainer Added, at_least: 3}}
          - {do: training, title: Webinar for trainers, due: 10d}
          - {do: check_in, every: 14d, survey: csat}
      - {title: Live, owner: coach, tasks: [{do: task, title: Visit them}]}
    expects: [{what: All trainers are there, by: account manager, due: 30d}]
    hand_offs: {at_most: 4h, ask: flight, carry: [goal, answers]}
decks:
  your-plan: {pages: [goal, milestones, first-steps, contact], formats: [pdf, pptx, web]}
"""
USERS = """\
milepost: 1
name: Diary
facts: {Signed Up: {}, Meal Logged: {}, Cake Seen: {}}
risk:
  stalled: {stall: 14d, task: Call them}
  fading: {decline: {of: Meal Logged}}
silent: {after: 5d}
content:
  yay: {kind: celebration, title: Done}
  rules: {kind: briefing, title: Rules, body: Be kind., if_something_goes_wrong: Call us.}
  look: {kind: hint, title: Look, on: "#search", as: inline, unless: {tier: power}}
  kcal: {kind: term, text: {en: kcal, ru: ккал}, explain: A unit of energy.}
  top: {kind: banner, title: New, place: bottom, action: {text: See, url: /new}, when: {motive: slim}}
  news: {kind: announcement, title: New, formats: {text: cake, interactive: tour}, when: {did: Cake Seen}}
  must: {kind: modal, title: Read, body: This., when: {did: Cake Seen}}
  learn: {kind: resource center, title: Learn, items: [tour, cake]}
  tour: {kind: guide, level: beginner, serves: meal, steps: [{title: Here, on: "#add"}]}
motives:
  slim: Slim down
  fit: {title: {en: Get fit}, inferred: {did: Meal Logged, at_least: 9}}
offers:
  premium: {title: Premium, why: More, url: /premium}
articles:
  cake: {title: Cake, body: Say no.}
milestones:
  meal:
    title: Log a meal
    reached: {did: Meal Logged}
    celebrate: {content: yay}
    upgrade: premium
    more_use: {text: More of it, url: /more, eligible: {trait: plan, is: free}}
    cross_sell: {en: Scales, ru: Весы}
    obstacles:
      cake: {locus: outside, severity: high, stuck: {did: Cake Seen}, help: [{article: cake}]}
"""
OURS = {rule.id for rule in plans.RULES} | {
    "exactly-one",
    "time-form",
    "wrong-kind",
    "unknown-reference",
    "question-form",
}


def told(text: str) -> list[tuple[str, str]]:
    """(rule, path) of every problem that these rules tell of."""
    return [(each.rule, each.path) for each in review(dedent(text)).problems if each.rule in OURS]


def test_a_plan_template_and_everything_beside_it_can_be_written_and_is_found_right() -> None:
    assert told(CUSTOMERS) == [] and told(USERS) == []
    template = (read(CUSTOMERS).document or pytest.fail("unread")).plan_templates["gym-partner"]
    assert encode_value(template)["hand_offs"] == {"at_most": "4h", "ask": "flight"}
    assert encode_value(template)["phases"][0]["owner"] == "account manager"


_TASKS = "plan_templates.gym-partner.phases[0].tasks"
#: (what stands there, what is put in its place, rule, path)
CASES = [
    ("{do: check_in, every: 14d, survey: csat}", "{do: check_in, survey: csat}", "plan-form", f"{_TASKS}[3]"),
    ("{do: training, title: Webinar for trainers", "{do: training", "plan-form", f"{_TASKS}[2]"),
    ("{do: task, title: Visit them}", "{do: task, title: Visit, every: 1d}", "plan-form", "…phases[1].tasks[0].every"),
    (
        "{do: task, title: Visit them}",
        "{do: check_in, every: 1d, survey: other}",
        "asked-twice",
        "…phases[1].tasks[0].survey",
    ),
    ("ask: flight", "ask: other", "asked-twice", "…hand_offs.ask"),
    ("survey: csat}", "survey: gone}", "unknown-reference", f"{_TASKS}[3].survey"),
    ("title: Live, owner: coach,", "title: Live,", "unnamed-host", "…phases[1]"),
    ("[pdf, pptx, web]", "[pdf, pdf]", "deck-form", "decks.your-plan.formats"),
    ("[goal, milestones, first-steps, contact]", "[]", "deck-form", "decks.your-plan.pages"),
    ("stall: 14d,", "stall: 14d, when: {did: Cake Seen},", "exactly-one", "risk.stalled"),
    (
        "silent: {",
        "segments: {silent-leavers: {did: Cake Seen}}\nsilent: {",
        "reserved-segment",
        "segments.silent-leavers",
    ),
    ("body: Be kind.", f"body: {'word ' * 160}", "long-briefing", "content.rules"),
    ("upgrade: premium", "upgrade: premum", "growth-form", "milestones.meal.upgrade"),
    ("upgrade: premium", "upgrade: {text: More, eligible: {did: Cake Seen}}", "growth-form", "milestones.meal.upgrade"),
    ("upgrade: premium", "upgrade: {offer: premium, url: /x}", "growth-form", "milestones.meal.upgrade.url"),
    ("celebrate: {content: yay}", "effort: 1m", "growth-form", "milestones.meal.more_use"),
    ("[{article: cake}]", "[{offer: premium}]", "outside-help", "milestones.meal.obstacles.cake"),
    (
        "[{article: cake}]",
        "[{article: cake}], change: {title: No cake, done_on: soon}",
        "time-form",
        "….cake.change.done_on",
    ),
]


@pytest.mark.parametrize(("old", "new", "rule", "path"), CASES)
def test_what_cannot_be_kept_is_told_of_where_it_stands(old: str, new: str, rule: str, path: str) -> None:
    whole = CUSTOMERS if old in CUSTOMERS else USERS
    assert whole.count(old) == 1
    found = told(whole.replace(old, new))
    assert [each for each, _ in found] == [rule] and found[0][1].endswith(path.lstrip("…")), found


def test_what_was_asked_before_anybody_met_them_is_asked_by_no_host() -> None:
    asked = "{key: KEY, ask: How was the  flight?, kind: text}"
    before = (
        f"content:\n  intake: {{kind: survey, title: Before, when: {{did: Trainer Added}}, questions: [{asked}]}}\n"
    )
    again = CUSTOMERS.replace("content:\n", before)
    assert told(again) == [("asked-twice", "plan_templates.gym-partner.hand_offs.ask")]
    measured = before.replace("kind: text", "kind: number, measure: hours")
    hours = "measures: {hours: {unit: h, better: down, baseline: starts now}}\n"
    assert told(CUSTOMERS.replace("content:\n", hours + measured)) == []


def test_a_phase_in_which_nothing_is_ever_done_hands_nobody_over() -> None:
    kept = "{title: Between, owner: buddy, tasks: [{do: check_in, every: 7d, survey: other}]}"
    text = CUSTOMERS.replace("{title: Live,", f"{kept}\n      - {{title: Live,")
    unasked = text.replace("how is it  going?", "And now?")
    assert told(unasked) == [("unnamed-host", "plan_templates.gym-partner.phases[1].tasks")]


def test_two_hosts_do_not_ask_with_the_same_survey() -> None:
    again = CUSTOMERS.replace("{do: task, title: Visit them}", "{do: check_in, every: 1d, survey: csat}")
    assert told(again) == [("asked-twice", f"{_TASKS}[3].survey")]


def test_interests_may_be_skipped_and_a_motive_is_one_of_the_program() -> None:
    asked = "{key: KEY, ask: What?, kind: KIND, optional: OPTIONAL, options: {jazz: Jazz}}"
    survey = f"  pick: {{kind: survey, title: Pick, questions: [{asked}]}}\n"
    text = USERS.replace("content:\n", f"content:\n{survey}", 1)
    topics = text.replace("KIND", "interests").replace("KEY", "topics")
    assert told(topics.replace("OPTIONAL", "true")) == []
    assert told(topics.replace("OPTIONAL", "false")) == [("question-form", "content.pick.questions[0].optional")]
    email = text.replace("KIND", "interests").replace("KEY", "email").replace("OPTIONAL", "true")
    assert told(email) == [("question-form", "content.pick.questions[0].key")]
    motive = text.replace("KIND", "motive").replace("KEY", "why").replace("OPTIONAL", "true")
    assert told(motive) == [("unknown-reference", "content.pick.questions[0].options.jazz")]
    assert told(motive.replace("  slim: Slim down\n", "  slim: Slim down\n  jazz: {en: Hear jazz}\n")) == []
