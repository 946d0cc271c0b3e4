"""The only way to get a person or an account for somebody: not found and not yours look the same."""

from milepost.core.values import Refused
from milepost.people.models import Account, Person
from milepost.people.queries import person_of


def access_person(workspace_id: int, uid: int) -> Person:
    """The person of this workspace, followed through merges. Raises Refused (404)."""
    person = person_of(workspace_id, uid)
    if person is None:
        raise Refused("no_such_person", "There is no such person.", status=404)
    return person


def access_account(workspace_id: int, key: str) -> Account:
    """The account of this workspace by its own id. Raises Refused (404)."""
    account = Account.objects.filter(workspace_id=workspace_id, key=key).first()
    if account is None:
        raise Refused("no_such_account", "There is no such account.", status=404)
    return account
