"""Made-up people go through every kind of step, and nobody stays in one."""

from milepost.core.engine.findings import simulate
from milepost.core.program.compile import compile_program
from milepost.program.review import review

PROGRAM = """\
milepost: 1
name: Ways
facts: {Signed Up: {}, Meal Logged: {}, Identified: {start_date: date}}
milestones: {first-meal: {title: First meal, reached: {did: Meal Logged, at_least: 3, distinct: day}, first_value: true}}
messages:
  before: {channel: email, purpose: service, subject: Soon, body: B}
  a: {channel: email, purpose: service, subject: {variants: {x: One, y: Two}}, body: B}
  b: {channel: email, purpose: service, subject: B, body: B}
  c: {channel: email, purpose: service, subject: B, body: B}
journeys:
  first-day: {starts: {trait: start_date, days_before: 1}, steps: [{send: before}]}
  ways:
    starts: {did: Signed Up}
    leaves: {did: Signed Off}
    steps:
      - split: {one: 1, other: 1}
        arms: {one: [{send: a}], other: [{wait: {at: "18:00", on: friday}}, {send: b}]}
      - repeat: {at_most: 2, until: {reached: first-meal}, steps: [{wait: 1d}, {send: c}]}
      - wait: {day: {trait: start_date, days_after: 1}, at_most: 20d}
      - {key: last, if: {message: c, was: failed}, then: [{task: Call them}]}
cadences: {tips: {starts: {did: Signed Up}, every: 2d, series: [b, c], stops: {did: Meal Logged}}}
experiments:
  try: {on: journeys.first-day, variants: {with: {}, without: {off: true}}, metric: {did: Meal Logged}}
"""


def test_people_go_through_every_kind_of_step_and_nobody_stays_in_one() -> None:
    document = review(PROGRAM.replace(", Meal Logged: {}", ", Meal Logged: {}, Signed Off: {}")).sketch
    compiled = compile_program(document, digest="d", number=1)
    report = simulate(compiled, people=24, days=40)

    assert report == simulate(compiled, people=24, days=40)
    assert [found.what for found in report.dead_ends if found.what.startswith("journey:")] == []
    assert not {f"message:{key}" for key in ("before", "a", "b", "c")} & set(report.unused)
