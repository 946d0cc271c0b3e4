"""Whether a guide can be walked through: every step can be come to, can be left, and shows what it says that it does."""

from collections.abc import Iterator

from milepost.core.program.kinds.content import END, Advance, Anchor, Guide, Step, Way
from milepost.core.program.problems import Path, did_you_mean
from milepost.core.review.rule import Found, Review, Rule

#: What leads on → the field that says what it is.
_TOLD = {"event": "event", "milestone": "milestone", "url": "url", "appears": "element"}
_MAY_SAY = {"disappears": "element"}


def steps(review: Review) -> Iterator[Found]:
    for key, guide in review.guides():
        if not guide.steps:
            yield Found(("content", key, "steps"), "The guide has no step.", "Add one with `title:` and `on:`.")
    for path, step in review.held(Step):
        yield from _waiting(step, path)


def _waiting(step: Step, path: Path) -> Iterator[Found]:
    advance = step.advance
    if (advance.on in ("click", "input") or (advance.on == "disappears" and not advance.element)) and not step.on:
        yield Found(path, f"The step waits for a {advance.on}, but has no target.")
    for name in ("event", "milestone", "url", "element"):
        wanted = _TOLD.get(advance.on) == name
        if wanted and not getattr(advance, name):
            yield Found((*path, "advance"), f"`on: {advance.on}` needs `{name}:`.", _example(advance))
        elif getattr(advance, name) and not wanted and _MAY_SAY.get(advance.on) != name:
            yield Found((*path, "advance"), f"`on: {advance.on}` does not wait for `{name}:`.", "Remove one of them.")


def _example(advance: Advance) -> str:
    said = {"event": "Meal Logged", "milestone": "first-meal", "url": "/diary*", "appears": '".saved"'}[advance.on]
    return f"Write `advance: {{on: {advance.on}, {_TOLD[advance.on]}: {said}}}`."


def names(review: Review) -> Iterator[Found]:
    """Keys of steps: each once, there where somebody is sent, and there where they are asked about."""
    for key, guide in review.guides():
        known = [step.key for step in guide.steps if step.key]
        for place, step in enumerate(guide.steps):
            yield from _named(step, ("content", key, "steps", place), known)


def _named(step: Step, path: Path, known: list[str]) -> Iterator[Found]:
    if step.key == END or (step.key and known.count(step.key) > 1):
        why = "is what the end is called" if step.key == END else "is the key of two steps"
        yield Found((*path, "key"), f"'{step.key}' {why}.", "Give it another key.")
    if step.if_ is not None and step.key is None:
        yield Found((*path, "if"), "A step that is not there for everybody needs a key.", "Add `key:` to the step.")
    goes: list[tuple[Path, str | None]] = [(("buttons", at, "go"), way.go) for at, way in enumerate(step.buttons)]
    for place, name in ((("then",), step.then), *goes):
        if name is not None and name != END and name not in known:
            yield Found((*path, *place), f"There is no step '{name}' here.", did_you_mean(name, [*known, END]))


def unreachable(review: Review) -> Iterator[Found]:
    """Steps to which no way leads, and circles that nobody can leave."""
    for key, guide in review.guides():
        reached = _from(0, guide)
        for place, step in enumerate(guide.steps):
            path: Path = ("content", key, "steps", place)
            if place not in reached:
                yield Found(path, f"No way leads to the step '{_name(step, place)}'.")
            elif len(guide.steps) not in _from(place, guide):
                yield Found(path, f"From the step '{_name(step, place)}' no way leads to the end.")


def _from(start: int, guide: Guide) -> set[int]:
    """The places to which people can come from there; as many as there are steps is the end."""
    seen, ahead = set[int](), [start]
    while ahead:
        place = ahead.pop()
        if place not in seen:
            seen.add(place)
            ahead += _ways(place, guide) if place < len(guide.steps) else []
    return seen


def _ways(place: int, guide: Guide) -> list[int]:
    """Where a step leads: along its buttons, and on, unless they take the place of that; and past it where it may be left
    out."""
    step = guide.steps[place]
    forks = [each.go for each in step.buttons if each.go]
    on = [] if forks and step.advance.on == "next" else [step.then]
    named = [_place(key, place, guide) for key in (*forks, *on)]
    return [*named, place + 1] if step.if_ is not None else named


def _place(key: str | None, place: int, guide: Guide) -> int:
    """Of a key that there is not: on, so that one mistake is told once."""
    if key == END:
        return len(guide.steps)
    return next((at for at, step in enumerate(guide.steps) if key and step.key == key), place + 1)


def _name(step: Step, place: int) -> str:
    return step.key or str(place + 1)


def forms(review: Review) -> Iterator[Found]:
    """Looks that cannot be had, targets that find nothing, and buttons that do not one thing."""
    for path, step in review.held(Step):
        if step.format in ("tooltip", "spotlight", "pointer", "embedded") and not step.on:
            yield Found((*path, "as"), f"A {step.format} needs a target.", "Add `on:`, or write `as: modal`.")
        if step.format == "modal" and step.on:
            yield Found(
                (*path, "as"), "A modal stands in the middle and has no target.", "Remove `on:` or `as: modal`."
            )
        if step.format == "video" and step.video is None:
            yield Found((*path, "as"), "A video needs `video:`.", "Add `video: {url: …}`.")
    for path, anchor in review.held(Anchor):
        if sum(each is not None for each in (anchor.text, anchor.role, anchor.test_id)) != 1:
            yield Found(path, "An anchor is one of `text`, `role` and `test_id`.", "Keep one; several stand in a list.")
        if anchor.name is not None and anchor.role is None:
            yield Found((*path, "name"), "`name:` belongs to `role:`.", "Write `{role: button, name: Add}`.")
    for path, way in review.held(Way):
        if sum(each is not None for each in (way.go, way.start, way.url)) != 1:
            yield Found(path, "A button has one of `go`, `start` and `url`.", "Keep one.")


def silent_films(review: Review) -> Iterator[Found]:
    for path, step in review.held(Step):
        if step.video and not step.video.captions and not step.body:
            yield Found((*path, "video"), "Who cannot hear it gets nothing of this film.")


def brittle(review: Review) -> Iterator[Found]:
    """Roles without a name find the first of many."""
    for path, anchor in review.held(Anchor):
        if anchor.role is not None and anchor.name is None and anchor.within is None:
            yield Found(path, f"Any {anchor.role} of the page would do for this step.")


RULES = (
    Rule(
        id="stuck-step",
        level="error",
        why="A step that waits for something which cannot come leaves people stuck.",
        mend='Add `on: "#target"`, or let the step advance by `next`.',
        find=steps,
    ),
    Rule(
        id="guide-step-key",
        level="error",
        why="Ways lead to steps by their keys, and people find their place again by them in every release.",
        mend="Name a step of this guide, or `end`.",
        find=names,
    ),
    Rule(
        id="guide-way",
        level="error",
        why="A step that nobody comes to is not seen, and a circle that nobody leaves is not finished.",
        mend="Let a button `go:` there or a step lead there with `then:`; end a way with `end`.",
        find=unreachable,
    ),
    Rule(
        id="guide-step-form",
        level="error",
        why="What a step says and what it is must agree, or it shows something else.",
        mend="Write only what the step does.",
        find=forms,
    ),
    Rule(
        id="silent-film",
        level="warning",
        area="guidance",
        why="Many watch without sound, and some cannot hear it.",
        mend="Add `captions:` to the video, or say the same in `body:`.",
        find=silent_films,
    ),
    Rule(
        id="vague-target",
        level="warning",
        area="guidance",
        why="A target that many elements fit may be another one tomorrow.",
        mend="Add `name:`, or `within:` with a CSS selector.",
        find=brittle,
    ),
)
