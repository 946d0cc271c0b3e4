"""Plans for accounts and new hires, put to the team."""

from datetime import timedelta

from milepost.core.engine.effects import OpenTask
from milepost.core.program.kinds.content import Question, Survey
from milepost.core.program.kinds.plan_template import Owner, Phase, PlanTask, PlanTemplate
from tests.engine.world import START, Runner, did, fact, program

DAY = timedelta(days=1)


def test_what_a_plan_asks_for_is_opened_once_with_its_owner_and_its_due_date() -> None:
    tasks = (
        PlanTask(do="call", title={"en": "Kick-off"}, due=2 * DAY),
        PlanTask(do="task", title="Add trainers", owner=Owner(role="customer")),
        PlanTask(do="check_in", every=14 * DAY, survey="csat"),
    )
    phases = (Phase(title="Begin", tasks=tasks, owner=Owner(role="coach")),)
    template = PlanTemplate(starts=did("Paid"), owner=Owner(role="account manager"), phases=phases)
    survey = Survey(title="Content?", questions=(Question(key="csat", ask="?", kind="stars"),))
    compiled = program(plan_templates={"partner": template}, content={"csat": survey})
    runner = Runner(compiled).give(fact("Paid", seq=1), fact("Paid", 5, seq=2))
    opened = [each for each in runner.effects if isinstance(each, OpenTask)]
    assert [(each.title, each.reason, each.due) for each in opened] == [
        ("Kick-off", "Begin: for the coach.", START + 2 * DAY),
        ("Add trainers", "Begin: for the customer.", None),
        ("Content?", "Begin: for the coach.", START + 14 * DAY),
    ]
    assert {each.about for each in opened} == {"plan_template:partner"}
    late = Runner(compiled).give(fact("Paid", seq=1, source="import"), now=START + 90 * DAY)
    assert late.effects == []
