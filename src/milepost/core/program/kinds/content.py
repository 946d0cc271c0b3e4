"""In-app pieces: what people see in the product."""

from datetime import timedelta
from typing import Any, Literal

from msgspec import UNSET, UnsetType, field

from milepost.core import events
from milepost.core.conditions.types import Condition, Did, Test
from milepost.core.program.kinds.common import Celebrate, Definition, PlainText, Stage, Text


class Page(Definition, frozen=True, kw_only=True):
    """Where and when a piece may stand, the part that the browser decides; all that is given must hold.

    `url` is a path with `*` for anything, matched against the path and query; `element` a CSS selector of something that
    must be on the page; `focus` of something that was focused; `first_visit`: the first view of this path on this device;
    `error`: the name of an event that the host reported on this page.
    """

    url: str | tuple[str, ...] = "*"
    element: str | None = None
    focus: str | None = None
    first_visit: bool = False
    error: str | None = None


class Anchor(Definition, frozen=True, kw_only=True):
    """What finds an element otherwise than by a CSS selector: exactly one of `text` (what can be read on it), `role` (with
    `name`, both as a screen reader tells them) and `test_id` (`data-testid` and its like). `within`: a CSS selector of
    what it stands in. A text or name in several languages finds any of them, whatever language the page is in."""

    text: PlainText | None = None
    role: str | None = None
    name: PlainText | None = None
    test_id: str | None = None
    within: str | None = None


class Advance(Definition, frozen=True, kw_only=True):
    """What moves a step on: the button `next`; a click on or an input into the target; a fact by name (`event`); a
    milestone that is reached (`milestone`), wherever it happens; the address (`url`, patterns as of `page`); an `element`
    that appears or disappears (a CSS selector; without one, it is the target that disappears)."""

    on: Literal["next", "click", "input", "event", "milestone", "url", "appears", "disappears"] = "next"
    event: str | None = None
    milestone: str | None = None
    url: str | tuple[str, ...] | None = None
    element: str | None = None


class Way(Definition, frozen=True, kw_only=True):
    """A button of a step: exactly one of `go` (another step by its key, or `end`), `start` (a piece by its key) and
    `url`."""

    text: Text
    go: str | None = None
    start: str | None = None
    url: str | None = None


class Video(Definition, frozen=True, kw_only=True):
    """A film: the address of a file, or of a page of YouTube, Vimeo, Loom or Wistia; nothing of it is loaded before it is
    played. Where it cannot be played there is a link. `captions`: the address of a WebVTT file, or one for each language;
    a page of others brings its own."""

    url: str
    captions: PlainText | None = None


#: How a step looks.
StepFormat = Literal["tooltip", "modal", "spotlight", "pointer", "video", "embedded"]
#: Where a step leads that ends the guide.
END = "end"


class Step(Definition, frozen=True, kw_only=True):
    """One step. `on`: its target, a CSS selector or an anchor, or several, best first; without one the card stands on its
    own. `key` names it for those who go there; whoever is on a step that has one stays on it through a release.

    `as`: a `tooltip` beside the target (the default with one), a `modal` in the middle while the page waits (the default
    without), a `spotlight` (the tooltip with the rest of the page in the shade), a `pointer` (an arrow and a few words, in
    nobody's way), a `video`, or `embedded`: the card stands inside the target.
    `if`: the step is there while this holds; it is asked on the server, and needs a `key`. `then`: the step that follows,
    by its key, or `end`; absent: the one below. Buttons that `go` somewhere take the place of *Next*.
    `missing`: what is done when the target has not come: a card on its own, on to the next step, or the end.
    """

    title: Text
    body: Text = ""
    on: str | Anchor | tuple[str | Anchor, ...] | None = None
    advance: Advance = Advance()
    key: str | None = None
    as_: StepFormat | None = field(name="as", default=None)
    if_: Condition | None = field(name="if", default=None)
    then: str | None = None
    buttons: tuple[Way, ...] = ()
    video: Video | None = None
    missing: Literal["card", "skip", "end"] = "card"

    @property
    def format(self) -> StepFormat:
        """How it looks, said or not."""
        return self.as_ or ("video" if self.video else "tooltip" if self.on else "modal")

    @property
    def targets(self) -> tuple[str | Anchor, ...]:
        """Its target in every way that it may be found, best first."""
        return self.on if isinstance(self.on, tuple) else () if self.on is None else (self.on,)


class Action(Definition, frozen=True, kw_only=True):
    """A button: exactly one of `use_template`, `start` (a piece by its key) and `url`."""

    text: Text
    use_template: str | None = None
    start: str | None = None
    url: str | None = None


#: For whom something is: what is for beginners is never shown to a power user of its own accord.
Audience = Literal["beginner", "advanced"]


class Formats(Definition, frozen=True, kw_only=True):
    """The same thing in several ways of learning: `text` an article, `interactive` a piece, the others addresses. Each
    person gets the one that they asked for, or that has worked for them; else the piece as it is written."""

    text: str | None = None
    video: str | None = None
    interactive: str | None = None
    live: str | None = None
    pdf: str | None = None


class Guide(Definition, frozen=True, kw_only=True, tag="guide", tag_field="kind"):
    """Shows how to do a task, one step after another. `when`: offered at the first moment this is true.

    `unless` (of every kind that has it): left out while this holds, asked at the moment of showing; what waits unseen is
    taken back when it turns true. What somebody asks for they get all the same.
    """

    steps: tuple[Step, ...]
    title: Text | UnsetType = UNSET
    when: Condition | None = None
    page: Page = Page()
    serves: str | None = None  # the milestone that it leads to; reaching it ends the guide
    stage: Stage | None = None
    resource: str | None = None  # what it teaches: who has seen it in one channel is not sent it in another
    unless: Condition | None = None
    level: Audience | None = None
    formats: Formats | None = None


class Celebration(Definition, frozen=True, kw_only=True, tag="celebration", tag_field="kind"):
    """Marks a small win at the moment of the win."""

    title: Text
    body: Text = ""
    button: Text | UnsetType = UNSET
    confetti: bool = True
    page: Page = Page()


#: What a number may be compared with beside a number: what was recorded of the question's measure.
OF_MEASURE = ("last", "baseline", "target")


#: Kinds of question that are a scale of whole numbers: its ends.
SCALES = {"stars": (1, 5), "nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}
#: Of each of them: up to the first number it is bad, from the second on good.
FEELS = {"stars": (2, 4), "csat": (2, 4), "ces": (3, 6), "nps": (6, 9)}


class Picture(Definition, frozen=True, kw_only=True):
    """What an option looks like. `alt` says what is on it, where the option's text does not."""

    image: str
    alt: Text = ""


class Question(Definition, frozen=True, kw_only=True):
    """One question of a survey. What has the same `key` in another survey is the same question: once it is answered,
    wherever that was, it is passed over, but in a check-in.

    `ask` and `hint` may recall what was answered before: `{{ answers.KEY }}`; of an earlier question of the same survey
    as it stands there, without a filter.
    `options` (of choice, multi, interests, ranking and picture) go from a value to its text, `pictures` to what it looks
    like; a `goal` question has the program's goals for options, a `motive` question its motives, a `learning` question the
    ways to learn (text, video, interactive, live, pdf): its answer decides which of `formats` they get. `interests` may
    always be skipped and changed later; they are kept as the person's trait of the question's key.
    `nps` goes from 0 to 10, `csat` from 1 to 5, `ces` from 1 to 7; `least` and `most` are the words at the ends.
    `if`: earlier questions of the survey and tests of their answers, all of which must hold; a number may be compared with
    the `last`, `baseline` or `target` of this question's measure. `measure`: the number is recorded as its value.
    `together`: on one page with the question before it. `points`: what an option counts in a survey with `levels`. `when`,
    in a survey with `one_at_a_time`: the question is asked only while this holds.
    """

    key: str
    ask: Text
    kind: Literal[
        "goal", "motive", "learning", "choice", "multi", "interests", "picture", "ranking", "text", "short text",
        "number", "date", "stars", "nps", "csat", "ces",
    ] = "choice"  # fmt: skip
    options: dict[str, Text] = field(default_factory=dict)
    pictures: dict[str, Picture] = field(default_factory=dict)
    points: dict[str, int] = field(default_factory=dict)
    hint: Text | None = None
    optional: bool = True
    together: bool = False
    unit: Text | None = None
    least: Text | None = None
    most: Text | None = None
    at_least: int | None = None
    at_most: int | None = None
    measure: str | None = None
    if_: dict[str, Test] = field(name="if", default_factory=dict)
    when: Condition | None = None


class Leaving(Definition, frozen=True, kw_only=True):
    """A survey that asks who leaves: which of its questions asks for the reason, for whom they go to instead, and for what
    was in their way last."""

    reason: str
    competitor: str | None = None
    obstacle: str | None = None


class Survey(Definition, frozen=True, kw_only=True, tag="survey", tag_field="kind"):
    """Questions, branching, each answer kept as it is given; may be left, reopened and changed.

    With `every` it is a check-in: the first one that long after the goal was set (with `when`: after that turned true),
    then again at that rhythm; `remind` is sent twice, then the answer is unknown. `praise` answers progress of a measure,
    and only progress.
    With `levels` it is a placement test: from a level to the least points for it. When the survey is finished, the highest
    one that the answers reach is kept as the person's trait of the survey's key; what was found of a visitor goes with them
    when they sign up. `then`: the buttons on its last card.
    With `one_at_a_time` it asks what registration leaves out: while `when` holds, whoever comes is asked one question that
    is not known yet, neither as an answer nor as a trait of its key, and the next one that long after it at the earliest.
    What is passed over comes again after four times that long.
    """

    title: Text
    questions: tuple[Question, ...]
    body: Text = ""
    thanks: Text | None = None
    when: Condition | None = None
    unless: Condition | None = None
    every: timedelta | None = None
    one_at_a_time: timedelta | None = None
    remind: str | None = None
    praise: Celebrate | None = None
    page: Page = Page()
    stage: Stage | None = None
    serves: str | None = None
    owner: str | None = None  # the role that answers for what is measured
    leaving: Leaving | None = None
    levels: dict[str, int] = field(default_factory=dict)
    then: tuple[Action, ...] = ()


class Checklist(Definition, frozen=True, kw_only=True, tag="checklist", tag_field="kind"):
    """Milestones to tick. `from: goal` is the personal plan and comes with it; else `items`, offered at `when`."""

    title: Text
    from_: Literal["goal"] | None = field(name="from", default=None)
    items: tuple[str, ...] = ()
    body: Text = ""
    when: Condition | None = None
    unless: Condition | None = None
    page: Page = Page()
    stage: Stage | None = None


class EmptyState(Definition, frozen=True, kw_only=True, tag="empty state", tag_field="kind"):
    """Stands where there is nothing yet: inside the element `on`, while it is on the page; from the program's start on, or
    from when `when` is true."""

    on: str
    title: Text
    actions: tuple[Action, ...]
    body: Text = ""
    when: Condition | None = None
    unless: Condition | None = None
    page: Page = Page()
    serves: str | None = None
    stage: Stage | None = None


class Invite(Definition, frozen=True, kw_only=True, tag="invite", tag_field="kind"):
    """Asks to bring a friend, with a link of the person's own. `url`: where the friend arrives."""

    title: Text
    url: str
    body: Text = ""
    button: Text | UnsetType = UNSET
    when: Condition | None = None
    unless: Condition | None = None
    page: Page = Page()
    serves: str | None = None
    stage: Stage | None = None


class Passive(Definition, frozen=True, kw_only=True):
    """What hints, banners, announcements and their like share. `when`: offered at the first moment this is true; what
    stands inline takes nothing from the budget of attention."""

    when: Condition | None = None
    unless: Condition | None = None
    page: Page = Page()
    serves: str | None = None
    stage: Stage | None = None
    level: Audience | None = None


class Hint(Passive, frozen=True, kw_only=True, tag="hint", tag_field="kind"):
    """Says something about one thing on the page, to whoever looks: a beacon beside it that opens, or a line inside it.
    Without `when` it stands there from the program's start on. `on`: CSS selectors, best first."""

    title: Text
    on: str | tuple[str, ...]
    body: Text = ""
    as_: Literal["beacon", "inline"] = field(name="as", default="beacon")
    resource: str | None = None


class Term(Passive, frozen=True, kw_only=True, tag="term", tag_field="kind"):
    """A word of the product, explained where it stands on the page: at its first mention, in the element `on` if one is
    given. `also`: its other forms (`kilocalories`, or with a star for any ending `калори*`). Without `when` it is there
    from the program's start on."""

    text: Text
    explain: Text
    also: tuple[Text, ...] = ()
    on: str | tuple[str, ...] = ()

    @property
    def title(self) -> Text:
        """What it is called where titles are: the word itself."""
        return self.text


class Banner(Passive, frozen=True, kw_only=True, tag="banner", tag_field="kind"):
    """A line across the page that goes on with its day: it waits for nobody, and is closed in one click."""

    title: Text
    body: Text = ""
    place: Literal["top", "bottom"] = "top"
    action: Action | None = None


class Announcement(Passive, frozen=True, kw_only=True, tag="announcement", tag_field="kind"):
    """Something is new: a card of its own, with one thing to do about it."""

    title: Text
    body: Text = ""
    action: Action | None = None
    formats: Formats | None = None


class Modal(Passive, frozen=True, kw_only=True, tag="modal", tag_field="kind"):
    """What has to be read before anything else is done, and nothing but that. It can be put off to the next visit, not
    refused."""

    title: Text
    body: Text
    button: Text | UnsetType = UNSET


class Briefing(Passive, frozen=True, kw_only=True, tag="briefing", tag_field="kind"):
    """The rules, in short, before somebody begins: has to be read and acknowledged (*Content Completed*). The card `if
    something goes wrong` says what to do then and whom to call; it stays in the help. Without `when` it comes at the
    program's start."""

    title: Text
    body: Text
    if_something_goes_wrong: Text
    acknowledge: Text | UnsetType = UNSET  # the words on the button


class ResourceCenter(Passive, frozen=True, kw_only=True, tag="resource center", tag_field="kind"):
    """Everything to learn from in one place, to be opened when it suits: pieces and articles, in this order. Without
    `when` it is there from the program's start on."""

    title: Text
    items: tuple[str, ...]
    body: Text = ""


class DeckPiece(Passive, frozen=True, kw_only=True, tag="deck", tag_field="kind"):
    """A deck of the program, opened in the product page by page and made of the person's own plan at that moment. Each
    page that was read leaves *Deck Page Viewed* with its seconds; the same pages have an address outside of the product."""

    title: Text
    deck: str


class QuizQuestion(Definition, frozen=True, kw_only=True):
    """One question with one right answer, which is said with its reason (`why`) once it was given."""

    ask: Text
    options: dict[str, Text]
    right: str
    why: Text = ""


class Lesson(Definition, frozen=True, kw_only=True):
    """One thing to learn: a `body` to read, a `video` (an address), a guide to do it with (`start`), or several of them.
    `quiz`: asked at its end; the course goes on once the answers are right."""

    title: Text
    body: Text = ""
    video: str | None = None
    start: str | None = None
    quiz: tuple[QuizQuestion, ...] = ()


class Course(Passive, frozen=True, kw_only=True, tag="course", tag_field="kind"):
    """Lessons at one's own pace: left and gone on with at any time, on any device. At the end, where `certificate` says
    what it certifies, stands a link to a page with the person's name and the day, for anybody to check. It opens for those
    who are signed in (`sign identities`) and have gone through every lesson: their answers are checked by the server."""

    title: Text
    lessons: tuple[Lesson, ...]
    body: Text = ""
    certificate: Text | None = None
    resource: str | None = None


class Form(Definition, frozen=True, kw_only=True, tag="form", tag_field="kind"):
    """A form of the product that is watched, not drawn: which fields people come to, how long each takes, what is
    corrected and found wrong, where they give up (*Form Started*, *Form Submitted*, *Form Abandoned*). What is typed is
    never read.

    `on`: a CSS selector of the form, or of whatever its fields stand in. `sent`: the fact that says that it was taken; for
    whom it has happened nothing is watched any more. Without `when`, from the first page on that somebody views.
    """

    title: Text
    on: str
    sent: str = "Signed Up"
    when: Condition = Did(name=events.NAME_OF_KIND["page"])
    unless: Condition | None = None
    page: Page = Page()


Content = (
    Guide
    | Celebration
    | Survey
    | Checklist
    | EmptyState
    | Invite
    | Hint
    | Term
    | Banner
    | Announcement
    | Modal
    | Briefing
    | ResourceCenter
    | DeckPiece
    | Course
    | Form
)
#: What stands in the page or keeps to its edge: it takes no stage and no budget, and is there from the start unless it
#: says when.
STANDING = (EmptyState, Hint, Term, ResourceCenter, Form)


class Article(Definition, frozen=True, kw_only=True):
    """Help text, shown as a piece and found in the help. Markdown."""

    title: Text
    body: Text
    functions: tuple[str, ...] = ()
    reviewed_on: str | None = None
    page: Page = Page()
    stage: Stage | None = None
    formats: Formats | None = None


class Template(Definition, frozen=True, kw_only=True):
    """Ready-made sample data that the host product makes for somebody; `by_goal` replaces `data` for who has that goal."""

    title: Text
    data: dict[str, Any] = field(default_factory=dict)
    by_goal: dict[str, dict[str, Any]] = field(default_factory=dict)

    def for_goal(self, goal: str | None) -> dict[str, Any]:
        """The data of somebody who wants this."""
        return self.by_goal.get(goal or "", self.data)
