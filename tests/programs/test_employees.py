"""Users and newcomers in a team: where their programs start, and what they hear."""

from datetime import timedelta

import msgspec
import pytest

from milepost.core.engine.effects import SendMessage
from milepost.delivery.channels.email.letter import write_letter
from milepost.delivery.rendering import Occasion
from milepost.people.queries import person_view
from milepost.program.queries import current
from milepost.program.review import review
from milepost.runtime.models import OutboxEntry
from tests.programs.documents import ALL, COMMON, EMPLOYEE
from tests.programs.gym import Gym

BY_DATE = EMPLOYEE.replace("for: employee\n", "for: employee\nstart: {days_since: 'trait:start_date', gte: 0}\n")


@pytest.mark.req("R4")
def test_a_user_program_starts_with_the_sign_up_before_anybody_knows_who_it_is(gym: Gym) -> None:
    gym.does("Signed Up", user=None, anonymous_id="phone")
    began = gym.state("phone").start
    assert began is not None and began[0] == gym.world.clock.now()

    gym.world.later(timedelta(minutes=5))
    gym.does("Identified", "zoe", kind="identify", anonymous_id="phone")
    assert gym.state("zoe").start == began and gym.state("zoe").uid == gym.state("phone").uid
    gym.does("Meal Logged", "zoe")
    assert gym.reached("zoe") == {"first-meal"}


@pytest.mark.req("R12")
def test_a_newcomer_starts_on_their_first_day_with_their_manager_and_buddy_and_nothing_is_sold(gym: Gym) -> None:
    gym.release(gym.world, ALL.replace(EMPLOYEE, BY_DATE))
    day = (gym.world.clock.now() + timedelta(days=3)).date().isoformat()
    traits = {"start_date": day, "manager": "Mia", "buddy": "Ben", "email": "eva@example.com"}
    gym.does("Identified", "eva", kind="identify", properties=traits)
    gym.does("Desk Set Up", "eva")
    assert gym.sent("eva") == [] and gym.reached("eva") == set(), "what was before the first day does not count"

    for _ in range(4):
        gym.world.later(timedelta(days=1))
    assert gym.sent("eva") == ["first-day"]
    gym.does("Desk Set Up", "eva")
    assert gym.reached("eva") == {"desk"}
    assert "Ben" in letter_to(gym, "eva") and "Mia" in letter_to(gym, "eva")

    sold = review(COMMON + "---\n" + BY_DATE + "offers:\n  pro: {title: Pro, why: More., url: /pro}\n").problems
    assert [problem.path for problem in sold if problem.level == "error"] == ["offers.pro"]


def letter_to(gym: Gym, user: str) -> str:
    """The last letter that is on its way to them."""
    uid = gym.number(user)
    entry = OutboxEntry.objects.filter(kind="send_message", key__startswith=f"{uid}:").latest("id")
    effect = msgspec.json.decode(bytes(entry.payload), type=SendMessage)
    document = current(gym.world.workspace).folder.of(effect.message)
    assert document.name == "New hires", "the program that it is from"
    occasion = Occasion(document=document, effect=effect, milestone=None, person=person_view(gym.world.workspace, uid))
    said = write_letter(document.messages[effect.message], occasion, public_url="", unsubscribe_url="", mark="")
    return said.text
