"""Every link and every picture leads somewhere."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, name, pages, prose

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def anchors(path: Path) -> set[str]:
    """The places of a page that can be linked to, named as code hosts name them."""
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(prose(path)))
    return {heading.strip().replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", pages(), ids=name)
def test_every_relative_link_leads_to_a_file_and_a_heading_that_are_there(page: Path) -> None:
    broken = []
    for link in _LINK.findall(prose(page)):
        target, _, anchor = link.partition("#")
        if "://" in link or link.startswith("mailto:"):
            continue
        there = (page.parent / target).resolve() if target else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            broken.append(link)
    assert broken == []


def test_every_page_is_reached_from_the_front() -> None:
    seen, ahead = set(), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page not in seen and page.suffix == ".md":
            seen.add(page)
            ahead += [(page.parent / link.partition("#")[0]).resolve() for link in _LINK.findall(prose(page))]
    assert [name(page) for page in pages() if page not in seen and page.is_relative_to(ROOT / "docs")] == []


def test_pictures_are_small_enough_for_a_front_page() -> None:
    pictures = list((ROOT / "docs/images").iterdir())
    assert pictures
    assert [name(picture) for picture in pictures if picture.stat().st_size > 200_000] == []
