"""Documents of every shape that can be typed, and a small one to begin with."""

from datetime import time, timedelta

from hypothesis import strategies as st

from milepost.core.conditions.types import All, Any_, Condition, Did, Not, Reached, Test, Trait
from milepost.core.program.document import Document
from milepost.core.program.kinds.content import Advance, Celebration, Guide, Page, Step
from milepost.core.program.kinds.limits import Limit, Limits, Locales, Quiet, Support
from milepost.core.program.kinds.message import Link, Message
from milepost.core.program.kinds.common import Celebrate
from milepost.core.program.kinds.milestone import Milestone

SMALL = """\
milepost: 1
name: Small
support: {name: Anna, email: anna@example.com}
limits:
  email: {at_most: 4, per: 7d, quiet: "21:00–08:00"}
  in_app: {at_most: 2, per: session}
milestones:
  first-meal:
    title: First meal
    reached: {did: Meal Logged}
    first_value: true
    target: 1d
    celebrate: {content: confetti, message: praise}
content:
  add-food:
    kind: guide
    serves: first-meal
    steps:
      - {title: Search, on: "#search", advance: {on: input}}
  confetti: {kind: celebration, title: Done}
messages:
  praise: {channel: email, purpose: care, subject: Well done, body: You did it.}
"""

#: Words that YAML 1.1, or a careless reader, takes for something else than text.
TRAPS = (
    "no",
    "yes",
    "on",
    "off",
    "null",
    "~",
    "true",
    "21:00",
    "2026-05-01",
    "1e3",
    "0o17",
    "0x1F",
    "1_000",
    "",
    " ",
    ".5",
)

_letters = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"])
texts = st.one_of(
    st.sampled_from(TRAPS), st.text(_letters, max_size=20), st.just("two\nlines\n"), st.just("# no comment: x")
)
keys = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)
lengths = st.integers(1, 10**7).map(lambda seconds: timedelta(seconds=seconds))
counts = st.integers(0, 1000)
numbers = st.one_of(st.integers(-(2**53) + 1, 2**53 - 1), st.floats(-1e9, 1e9, allow_nan=False))
scalars = st.one_of(texts, numbers, st.booleans())
languages = st.one_of(texts, st.dictionaries(st.sampled_from(["en", "ru", "no"]), texts, min_size=1))


def optional(strategy):
    return st.one_of(st.none(), strategy)


tests = st.one_of(
    st.builds(Test, st.sampled_from(["is", "is_not", "contains"]), scalars),
    st.builds(Test, st.just("in"), st.lists(scalars, min_size=1, max_size=3)),
    st.builds(Test, st.sampled_from(["gt", "gte", "lt", "lte"]), numbers),
    st.builds(Test, st.just("exists"), st.booleans()),
    st.builds(
        Test, st.sampled_from(["before", "after"]), st.sampled_from(["2026-05-01", "3d ago", "2026-05-01T10:00:00Z"])
    ),
)
dids = st.builds(
    lambda count, **rest: Did(**count, **rest),
    count=st.one_of(
        st.just({}), *(st.fixed_dictionaries({name: counts}) for name in ("at_least", "at_most", "exactly"))
    ),
    name=texts,
    distinct=optional(texts),
    within=optional(lengths),
    since=optional(st.sampled_from(["start", "milestone:a", "2026-05-01"])),
    where=st.dictionaries(texts, tests, max_size=2),
)
leaves = st.one_of(
    dids, st.builds(Trait, name=texts, test=tests), st.builds(Reached, milestone=keys, within=optional(lengths))
)


def _inside(children: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(children, min_size=1, max_size=3).map(tuple)
    return st.one_of(st.builds(All, of=several), st.builds(Any_, of=several), st.builds(Not, of=children))


conditions = st.recursive(leaves, _inside, max_leaves=5)
steps = st.builds(
    Step,
    title=languages,
    body=languages,
    on=optional(st.one_of(texts, st.lists(texts, max_size=2).map(tuple))),
    advance=st.builds(Advance, on=st.sampled_from(["next", "click", "input", "event"]), event=optional(texts)),
)
guides = st.builds(
    Guide,
    steps=st.lists(steps, max_size=3).map(tuple),
    title=languages,
    when=optional(conditions),
    page=st.builds(Page, url=st.one_of(texts, st.lists(texts, max_size=2).map(tuple))),
    serves=optional(keys),
)
celebrations = st.builds(Celebration, title=languages, body=languages, confetti=st.booleans())
milestones = st.builds(
    Milestone,
    title=languages,
    reached=conditions,
    kind=st.sampled_from(["activity", "outcome"]),
    first_value=st.booleans(),
    target=optional(lengths),
    stage=optional(st.sampled_from(["quick win", "habit"])),
    effort=optional(lengths),
    celebrate=optional(st.builds(Celebrate, content=optional(keys), message=optional(keys))),
)
messages = st.builds(
    Message,
    channel=st.just("email"),
    purpose=st.sampled_from(["service", "care", "marketing"]),
    subject=languages,
    body=languages,
    when=optional(conditions),
    link=optional(st.builds(Link, text=languages, url=texts, start=optional(keys))),
    serves=optional(keys),
)
times = st.builds(time, st.integers(0, 23), st.integers(0, 59))
limits = st.builds(
    Limit,
    at_most=optional(counts),
    per=optional(st.sampled_from(["session", "7d"])),
    gap=optional(lengths),
    quiet=optional(st.builds(Quiet, times, times)),
)
documents = st.builds(
    Document,
    name=texts,
    audience=st.sampled_from(["user", "customer", "employee"]),
    start=conditions,
    timezone=texts,
    locales=st.builds(Locales, default=texts, others=st.lists(texts, max_size=2).map(tuple)),
    support=optional(
        st.builds(Support, name=languages, email=texts, telegram=optional(texts), hours=optional(languages))
    ),
    consent=st.dictionaries(st.sampled_from(["care", "marketing"]), st.just(("email",)), max_size=2),
    limits=st.builds(Limits, email=limits, in_app=limits),
    facts=st.dictionaries(texts, st.dictionaries(texts, st.sampled_from(["text", "number"]), max_size=2), max_size=2),
    milestones=st.dictionaries(keys, milestones, max_size=3),
    content=st.dictionaries(keys, st.one_of(guides, celebrations), max_size=3),
    messages=st.dictionaries(keys, messages, max_size=2),
    moved=st.dictionaries(keys, keys, max_size=2),
)
