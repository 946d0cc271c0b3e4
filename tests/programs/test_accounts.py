"""Accounts as subjects: they get the program for customers, and reach their people through those people's own step."""

from datetime import timedelta

import msgspec
import pytest

from milepost.delivery.models import Piece
from milepost.people import erasure
from milepost.people.accounts import members_of
from milepost.people.models import Account
from milepost.program.queries import current
from milepost.program.review import review
from milepost.runtime.account_view import AccountView, account_view
from milepost.runtime.models import Decision, OutboxEntry
from milepost.workspace.members import invite_member
from milepost.workspace.models import Workspace
from tests.programs.documents import ALL, COMMON, CUSTOMER, USER
from tests.programs.gym import Gym


def test_an_account_reaches_what_its_people_do_together_and_its_people_hear_of_it(gym: Gym) -> None:
    gym.does("Subscription Started", "bea")
    for user in ("tom", "ann", "tom"):
        gym.does("Trainer Added", user)

    assert gym.reached() == {"trainers"}
    assert gym.reached("tom") == gym.reached("ann") == {"trainers-are-in"}, "each member, at their next step"
    assert "trainers-are-there" in gym.sent("bea"), "those who decide are written to"
    assert gym.sent("tom") == gym.sent("ann") == []
    assert OutboxEntry.objects.filter(kind="open_task", key__startswith=f"{gym.uid}:").count() == 1


@pytest.mark.req("R7")
@pytest.mark.parametrize("had_trial", [True, False])
def test_a_customer_who_never_had_a_trial_is_shown_the_way_and_trained(gym: Gym, had_trial: bool) -> None:
    gym.joins("bea", role="buyer", had_trial=had_trial)
    gym.does("Contract Signed", "bea")
    shown = set(Piece.objects.filter(uid=gym.number("bea")).values_list("content", flat=True))

    assert gym.sent("bea") == (["kick-off"] if had_trial else ["kick-off", "walk"]), "it begins with the walk-through"
    assert ("walkthrough" in shown) is not had_trial

    for _ in range(5):
        gym.world.later(timedelta(days=2))
    assert gym.sent("bea")[2:] == ([] if had_trial else ["training-1", "training-2"])


@pytest.mark.req("R5")
def test_a_customer_program_begins_with_the_decision_to_pay_and_does_not_end(gym: Gym) -> None:
    assert gym.state().start is None, "they use the product, and have decided nothing"
    gym.does("Contract Signed", "bea")
    began = gym.state().start
    assert began is not None and began[0] == gym.world.clock.now()
    assert account_page(gym).stage == "onboarding"

    for name in ("Trainer Added", "Trainer Added", "Trainer Added"):
        gym.does(name)
    gym.joins("ann", role="admin", plan="pro")
    assert account_page(gym).stage == "ongoing care"

    gym.world.later(timedelta(days=360))
    gym.world.later(timedelta(days=9, hours=1))
    assert gym.sent("bea")[-1] == "care", "a year on they are still looked after"
    assert gym.state().start == began


def test_what_one_member_says_of_the_account_is_known_of_all(gym: Gym) -> None:
    assert "on-pro" not in gym.state("tom").segments
    gym.joins("ann", role="admin", plan="pro")

    assert gym.reached() == {"paid-up"}
    assert "on-pro" in gym.state("tom").segments and "on-pro" in gym.state("bea").segments
    assert gym.sent("tom") == ["pro-tips"]

    gym.joins("new", role="user")
    assert "on-pro" in gym.state("new").segments, "who joins later hears what is known of the account"


def test_a_member_who_left_belongs_no_more(gym: Gym) -> None:
    gym.does("Subscription Started", "bea")
    gym.does("Account Removed User", "tom", properties={"group_id": "gym"})
    for _ in range(3):
        gym.does("Trainer Added", "tom")
    assert gym.reached() == set() and gym.reached("tom") == set()


def test_a_fact_that_names_another_account_is_not_this_ones(gym: Gym) -> None:
    gym.does("Subscription Started", "bea")
    for _ in range(3):
        gym.does("Trainer Added", "tom", context={"groupId": "other-gym"})
    assert gym.reached() == set()


def test_a_release_that_brings_a_program_for_customers_counts_their_past_and_tells_nobody(gym: Gym) -> None:
    gym.release(gym.world, COMMON + "---\n" + USER.split("  trainers-are-in")[0])
    gym.does("Subscription Started", "bea")
    for _ in range(3):
        gym.does("Trainer Added", "tom")
    assert gym.reached() == set()

    gym.joins("bea", role="buyer", timezone="Asia/Kathmandu")

    gym.release(gym.world, ALL)
    gym.world.loop.catch_up()
    assert gym.reached() == {"trainers"} and gym.state().zone == "Asia/Kathmandu"
    assert gym.reached("tom") == {"trainers-are-in"}
    assert gym.sent("bea") == []


OFFERS = """
    celebrate: {content: party}
    offer: seats
    obstacles:
      alone: {title: Alone, stuck: {did: Got Lost}, help: [{offer: coach}]}
content:
  party: {kind: celebration, title: All three are here}
offers:
  seats: {title: Seats, why: More of you., url: /seats/, eligible: {trait: plan, is: free}}
  coach: {title: A coach, why: Not alone., url: /coach/, not_more_than: {at_most: 1, per: 90d}}
"""


def test_an_offer_of_the_account_comes_to_those_who_decide_within_their_own_limits(gym: Gym) -> None:
    customer = CUSTOMER.split("    celebrate:")[0] + OFFERS.removeprefix("\n")
    gym.release(gym.world, "---\n".join((COMMON, USER.split("  trainers-are-in")[0], customer)))
    gym.does("Subscription Started", "bea")
    gym.does("Got Lost", "tom")
    for _ in range(3):
        gym.does("Trainer Added", "tom")

    shown = {piece.content: msgspec.json.decode(bytes(piece.body)) for piece in Piece.objects.all()}
    assert set(Piece.objects.values_list("uid", flat=True)) == {gym.number("bea")}
    assert shown["party"]["offer"]["key"] == "seats", "inside what marks the win"
    assert shown["coach"]["title"] == "A coach", "and as help, by itself"

    gym.joins("bea", "club", role="buyer")
    gym.does("Subscription Started", "bea", context={"groupId": "club"})
    gym.does("Got Lost", "bea", context={"groupId": "club"})
    dropped = Decision.objects.get(uid=gym.number("bea"), definition="coach", outcome="dropped")
    assert "it was made 1 times within 90d" in dropped.reason["text"], "by whichever of their accounts"


LIST = """\
content:
  together: {kind: checklist, title: What we do together, items: [trainers-are-in], when: {did: Signed Up}}
"""


def test_a_checklist_of_the_account_is_ticked_for_each_of_its_people(gym: Gym) -> None:
    """The account's milestones stand on it by those of the people that follow them, as the check says."""
    refused = review("---\n".join((COMMON, USER, CUSTOMER.replace("content:\n", LIST)))).problems
    [mend] = [each.mend for each in refused if each.path == "content.together"]
    assert "Write it into a program for users, over milestones that are `reached: {reached: KEY}`" in mend

    gym.release(gym.world, "---\n".join((COMMON, USER + LIST, CUSTOMER)))
    for name, user in (("Subscription Started", "bea"), ("Signed Up", "tom"), ("Signed Up", "ann")):
        gym.does(name, user)
    assert _ticked(gym) == {"tom": [False], "ann": [False]}
    for _ in range(3):
        gym.does("Trainer Added", "tom")
    assert _ticked(gym) == {"tom": [True], "ann": [True]}


def _ticked(gym: Gym) -> dict[str, list[bool]]:
    rows = {user: Piece.objects.get(uid=gym.number(user), content="together") for user in ("tom", "ann")}
    return {
        user: [each["done"] for each in msgspec.json.decode(bytes(row.body))["items"]] for user, row in rows.items()
    }


def test_a_mail_of_the_account_comes_from_its_manager_if_they_are_of_the_team(gym: Gym) -> None:
    gym.joins("ann", role="admin", account_manager="mia@example.com")
    gym.does("Subscription Started", "bea")
    assert sender(gym) is None, "a trait alone is not taken at its word"

    workspace = Workspace.objects.get(pk=gym.world.workspace)
    invite_member(workspace, "mia@example.com", "editor", gym.world.clock.now(), actor="t")
    gym.joins("zoe", "club", role="buyer", account_manager="mia@example.com")
    gym.does("Subscription Started", "zoe")
    entry = OutboxEntry.objects.filter(kind="send_message").latest("id")
    said = msgspec.json.decode(bytes(entry.payload))["properties"]
    assert (said["sender"]["email"], said["account"]) == ("mia@example.com", "club")


def sender(gym: Gym) -> object:
    entry = OutboxEntry.objects.filter(kind="send_message").latest("id")
    return msgspec.json.decode(bytes(entry.payload))["properties"].get("sender")


def account_page(gym: Gym) -> AccountView:
    return account_view(gym.world.workspace, "gym")


def test_what_a_person_wants_is_no_goal_of_their_account_nor_the_other_way_round(gym: Gym) -> None:
    goals = "goals:\n  {}:\n    ask: I want it\n    milestones: [{}]\n"
    texts = (COMMON, USER + goals.format("fit", "first-meal"), CUSTOMER + goals.format("full-gym", "trainers"))
    gym.release(gym.world, "---\n".join(texts))
    for goal in ("fit", "full-gym"):
        gym.does("Goal Stated", "bea", properties={"goal": goal})

    person, account = gym.state("bea").plan, gym.state().plan
    assert person is not None and account is not None
    assert (person.goal, account.goal) == ("fit", "full-gym")


def test_a_release_without_a_program_for_customers_lets_their_accounts_rest(gym: Gym) -> None:
    gym.does("Subscription Started", "bea")
    assert gym.state().wakes, "a training is to come"
    gym.release(gym.world, COMMON + "---\n" + USER.split("  trainers-are-in")[0])
    gym.world.later(timedelta(days=30))
    assert gym.state().wakes == {} and gym.state().release == current(gym.world.workspace).number

    gym.release(gym.world, ALL)
    for _ in range(3):
        gym.does("Trainer Added", "tom")
    assert gym.reached() == {"trainers"}, "it goes on where it was"


def test_an_account_is_as_if_who_was_forgotten_had_never_been_there(gym: Gym) -> None:
    gym.does("Subscription Started", "bea")
    for user in ("tom", "ann", "tom"):
        gym.does("Trainer Added", user)
    gym.joins("tom", "toms-own")
    erasure.ask(gym.world.workspace, gym.number("tom"), gym.world.clock.now(), actor="me")
    gym.world.loop.catch_up()

    assert gym.reached() == set() and list(Account.objects.values_list("key", flat=True)) == ["gym"]
    assert sorted(person.key for person in members_of(gym.uid)) == ["ann", "bea"]
    gym.world.clock.advance(timedelta(minutes=1))
    for _ in range(2):
        gym.does("Trainer Added", "ann")
    assert gym.reached() == {"trainers"}
    assert gym.sent("bea").count("trainers-are-there") == 1, "what was said once is not said again"
