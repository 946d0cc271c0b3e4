"""All examples: each can be taken as a template as it stands."""

from pathlib import Path

import pytest

from milepost.program.review import rehearse, review

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(path.parent for path in ROOT.glob("examples/*/milepost.yaml"))
SITUATIONS = {
    "calorie-counter", "concierge", "crm", "integration", "interest-feed", "music", "project-tool", "service-desk", "shop",
    "team-chat", "telegram-bot",
}  # fmt: skip


def test_every_situation_has_an_example() -> None:
    assert {example.name for example in EXAMPLES} == SITUATIONS


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_there_is_nothing_to_say_about_it_not_even_when_people_live_with_it(example: Path) -> None:
    reviewed = review((example / "milepost.yaml").read_bytes())
    assert reviewed.problems == ()
    assert rehearse(reviewed) == ()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_it_says_what_it_is_for_and_is_found(example: Path) -> None:
    said = (example / "README.md").read_text(encoding="utf-8")
    assert said.startswith("# ") and "Look at" in said
    assert f"examples/{example.name}" in (ROOT / "docs/how-to/begin-from-an-example.md").read_text(encoding="utf-8")
