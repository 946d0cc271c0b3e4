"""Effects: intentions with a key. They wait in the outbox until a handler has carried them out.

A key is `definition kind : origin key of the definition : occurrence`, prefixed with the canonical subject, and never
holds the release, so that the same intention has the same key after a replay, a rollback or a merge.
"""

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct


class Effect(Struct, frozen=True, kw_only=True, gc=False, tag_field="effect"):
    """Shapes: `properties` are those of the fact that caused it (for `{{ event.… }}`). `at` is the instant of the
    decision. Absent: `device` is None once the person is known; before, the anonymous id of the device it was made on."""

    workspace: int
    key: str
    person: int  # uid
    at: datetime
    release: int
    event: str = ""
    properties: dict[str, Any] = {}
    device: str | None = None
    known: dict[str, Any] = {}  # of the person, for templates: goal, answers, measures, plan (`engine.knowledge`)
    variants: dict[str, str] = {}  # experiment → the variant that they have


class ShowContent(Effect, frozen=True, kw_only=True, gc=False, tag="show_content"):
    """`content` is a piece or an article; `offer` stands inside a celebration. An offer by itself, which is help with an
    obstacle, has its own key for `content` too. `question`: the only one that a survey asks this time. Absent: empty for
    all of it."""

    content: str
    milestone: str | None = None
    offer: str | None = None
    question: str = ""


class RefreshContent(Effect, frozen=True, kw_only=True, gc=False, tag="refresh_content"):
    """What these open pieces show has changed (a checklist's ticks and dates): they are drawn again."""

    contents: tuple[str, ...]


class SendMessage(Effect, frozen=True, kw_only=True, gc=False, tag="send_message"):
    message: str
    milestone: str | None = None


class EndContent(Effect, frozen=True, kw_only=True, gc=False, tag="end_content"):
    """These pieces have lost their point: their milestone was reached, or what they say `unless` of holds. `unseen`: only
    where nobody has seen them yet."""

    contents: tuple[str, ...]
    unseen: bool = False


class TellBuyers(Effect, frozen=True, kw_only=True, gc=False, tag="tell_buyers"):
    """A message to those who pay for the person's accounts."""

    message: str
    milestone: str


class Carried(Struct, frozen=True, kw_only=True):
    """Something that the one before knew of somebody. `of`: what kind of thing it is."""

    of: Literal["goal", "answers", "measures", "plan", "notes"]
    name: str
    said: str


class OpenTask(Effect, frozen=True, kw_only=True, gc=False, tag="open_task"):
    """A person of the team is needed. `about` is the definition that asks for it: `obstacle:MILESTONE/KEY`, `journey:KEY`,
    `milestone:KEY`, `message:KEY`, `risk:KEY`, `segment:KEY`, `plan_template:KEY`; `carried` is what
    whoever takes somebody over should know. Absent: `due` None: whenever."""

    title: str
    about: str
    reason: str
    due: datetime | None = None
    carried: tuple[Carried, ...] = ()


class EndTasks(Effect, frozen=True, kw_only=True, gc=False, tag="end_tasks"):
    """These are done without anybody having to say so. `tasks` are the keys of their effects, without the subject."""

    tasks: tuple[str, ...]


class AskHost(Effect, frozen=True, kw_only=True, gc=False, tag="ask_host"):
    """The host product is to make the sample data of a template. `piece` is the one whose button was pressed."""

    template: str
    piece: int


class DeliverReply(Effect, frozen=True, kw_only=True, gc=False, tag="deliver_reply"):
    """A member answered a question: the answer goes to the product at once (`show_reply`) and by mail."""

    conversation: int
    text: str
    by: str


class ShowReply(Effect, frozen=True, kw_only=True, gc=False, tag="show_reply"):
    conversation: int
    text: str
    by: str


class RecordFact(Struct, frozen=True, kw_only=True, gc=False):
    """A conclusion, for the readers of the log (source `derived`). It waits in no outbox: the loop keeps what a round has
    concluded beside the states (`runtime.conclusions`). `trait`: it is kept of the person themselves, as their trait that
    conditions may ask for, and so it is told in Milepost's own name. `test`: it follows from what somebody tried out."""

    workspace: int
    key: str
    person: int  # uid
    at: datetime
    name: str
    about: dict[str, Any]
    trait: bool = False
    test: bool = False


AnyEffect = (
    ShowContent
    | RefreshContent
    | SendMessage
    | EndContent
    | TellBuyers
    | OpenTask
    | EndTasks
    | AskHost
    | DeliverReply
    | ShowReply
    | RecordFact
)
