"""What stands on each page, with people in the database and without."""

from django.test import Client

from tests.console.world import World


def test_the_list_of_people_says_who_and_how_far(owner: Client) -> None:
    page = owner.get("/people/").content.decode()
    assert "Maria Ivanova" in page
    assert "maria@example.com" in page
    assert "1 of 2" in page


def test_a_persons_page_says_what_happened_and_why(owner: Client, world: World) -> None:
    listed = owner.get("/people/").context["page"].rows[0]
    page = owner.get(f"/people/{listed.uid}/").content.decode()
    assert "Meal Logged" in page
    assert "Log your first meal" in page
