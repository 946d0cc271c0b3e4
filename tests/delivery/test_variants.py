"""What somebody gets who has a variant: the letter, and the piece, also when it is drawn again."""

import json

import msgspec

from milepost.core.delivery.outcome import Done
from milepost.core.engine.effects import RefreshContent
from milepost.core.program.kinds.common import Variants
from milepost.core.program.kinds.experiment import Experiment
from milepost.delivery.handlers import refresh_content, send_message, show_content
from milepost.delivery.models import Piece
from milepost.workspace.models import Workspace
from tests.delivery.servers import Inbox
from tests.delivery.world import DOCUMENT, a_message, a_piece, release

CONFETTI = DOCUMENT.content["confetti"]
SUBJECT = Variants(variants={"a": "Thank you, {{ person.first_name }}", "b": {"en": "Your plan", "ru": "Ваш план"}})
TRIED = msgspec.structs.replace(
    DOCUMENT,
    messages={**DOCUMENT.messages, "welcome": msgspec.structs.replace(DOCUMENT.messages["welcome"], subject=SUBJECT)},
    experiments={"loud": Experiment(on="content.confetti", variants={"quiet": {"confetti": False}, "loud": {}})},
)


def drawn(workspace: Workspace) -> dict[str, object]:
    body: dict[str, object] = json.loads(bytes(Piece.objects.latest("id").body))
    return body


def test_a_letter_is_written_in_the_variant_and_language_of_its_reader(workspace: Workspace, inbox: Inbox) -> None:
    number = release(workspace, TRIED)
    for variant in ("a", "b"):
        effect = a_message(workspace, key=f"1:message:welcome:{variant}", release=number)
        assert isinstance(
            send_message(msgspec.structs.replace(effect, variants={"messages.welcome": variant}), 1), Done
        )

    assert [letter.mail["Subject"] for letter in inbox.letters] == ["Thank you, Maria", "Your plan"]


def test_a_piece_is_drawn_in_its_variant_and_so_it_is_again(workspace: Workspace) -> None:
    number = release(workspace, TRIED)
    effect = msgspec.structs.replace(a_piece(workspace, "confetti", release=number), variants={"loud": "quiet"})
    assert show_content(effect) == Done() and drawn(workspace)["confetti"] is False

    common = {name: getattr(effect, name) for name in ("workspace", "person", "at", "release", "variants")}
    assert refresh_content(RefreshContent(key="1:refresh:1", contents=("confetti",), **common)) == Done()
    assert drawn(workspace)["confetti"] is False
    assert (
        show_content(msgspec.structs.replace(effect, key="1:content:confetti:2", variants={"loud": "loud"})) == Done()
    )
    assert drawn(workspace)["confetti"] is True
