"""How the texts read: the time a step takes, long sentences, hard texts, words that a newcomer does not know."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from milepost.core.delivery.language import first_said, say
from milepost.core.program.kinds.common import Text
from milepost.core.program.kinds.content import Term
from milepost.core.program.problems import Path, path_text
from milepost.core.review import reading
from milepost.core.review.rule import Found, Review, Rule
from milepost.core.values import Undefined

#: What people give a step of a guide before they click it away.
MOST_SECONDS = 8.0
#: Read in 25 seconds: half a minute stands between somebody and what they came for.
_MOST_WORDS = 100
_QUOTED = 60


class StepTime(Struct, frozen=True, kw_only=True):
    """How long one step of a guide takes in the language that takes longest. Units: seconds."""

    guide: str
    step: int  # from 0
    seconds: float
    words: int
    language: str


class Jargon(Struct, frozen=True, kw_only=True):
    """A word of the trade, or an abbreviation, and the texts that have it. `explained`: a term of the program says it."""

    word: str
    places: tuple[str, ...]
    explained: bool


class Spoken(Struct, frozen=True, kw_only=True):
    """How the texts of a program read in one language, all together. `hard` are those that are harder than a newcomer
    should meet. Absent: `ease` is None where no measure says anything, `measure` is empty then."""

    language: str
    texts: int
    words: int
    measure: str
    ease: float | None
    hard: tuple[str, ...]
    jargon: tuple[Jargon, ...]


def how_it_reads(review: Review) -> Iterator[Spoken]:
    """Each language of the program, the default one first."""
    found = list(read_texts(review))
    locales = review.document.locales
    for language in (locales.default, *locales.others):
        texts = [(path_text(path), text) for path, spoken, text in found if spoken == language]
        whole = reading.ease("\n\n".join(text for _, text in texts), language)
        yield Spoken(
            language=language,
            texts=len(texts),
            words=sum(reading.words(text) for _, text in texts),
            measure="" if isinstance(whole, Undefined) else whole.measure,
            ease=None if isinstance(whole, Undefined) else round(whole.value, 1),
            hard=tuple(place for place, text in texts if _is_hard(text, language)),
            jargon=tuple(_jargon(texts, language, _explained(review))),
        )


def _is_hard(text: str, language: str) -> bool:
    found = reading.ease(text, language)
    return not isinstance(found, Undefined) and found.hard


def _jargon(texts: list[tuple[str, str]], language: str, explained: frozenset[str]) -> Iterator[Jargon]:
    places: dict[str, list[str]] = {}
    for place, text in texts:
        for word in reading.jargon(text, language):
            places.setdefault(word.lower(), []).append(place)
    for word, where in sorted(places.items()):
        yield Jargon(word=word, places=tuple(where), explained=_is_explained(word, language, explained))


def step_times(review: Review) -> Iterator[StepTime]:
    for key, guide in review.guides():
        for index, step in enumerate(guide.steps):
            said = in_languages((step.title, step.body), review.document.locales.default)
            language, text = max(said.items(), key=lambda item: reading.seconds(item[1], item[0]))
            seconds = reading.seconds(text, language)
            yield StepTime(guide=key, step=index, seconds=seconds, words=reading.words(text), language=language)


def in_languages(texts: tuple[Text, ...], default: str) -> dict[str, str]:
    """Language → these texts one after another; a text without languages is in the default one, of variants the first
    counts."""
    said = [first_said(text) for text in texts]
    languages = {default} | {language for text in said if isinstance(text, dict) for language in text}
    return {language: "\n\n".join(say(text, (language, default)) for text in said) for language in sorted(languages)}


def long_steps(review: Review) -> Iterator[Found]:
    for found in step_times(review):
        if MOST_SECONDS < found.seconds <= 2 * MOST_SECONDS:
            yield Found(_of_step(found), f"Reading this step takes about {found.seconds:.0f} seconds.")


def overlong_steps(review: Review) -> Iterator[Found]:
    for found in step_times(review):
        if found.seconds > 2 * MOST_SECONDS:
            said = f"Reading this step takes about {found.seconds:.0f} seconds, twice what people give it."
            yield Found(_of_step(found), said)


def _of_step(found: StepTime) -> Path:
    return "content", found.guide, "steps", found.step


def wordy_guides(review: Review) -> Iterator[Found]:
    counted: dict[str, int] = {}
    for found in step_times(review):
        counted[found.guide] = counted.get(found.guide, 0) + found.words
    for key, count in counted.items():
        if count > _MOST_WORDS:
            yield Found(("content", key, "steps"), f"The guide has {count} words.")


def hard_texts(review: Review) -> Iterator[Found]:
    for path, language, text in read_texts(review):
        found = reading.ease(text, language)
        if not isinstance(found, Undefined) and found.hard:
            yield Found(path, f"This is hard to read in '{language}': {found.measure} {found.value:g}.")


def long_sentences(review: Review) -> Iterator[Found]:
    for path, language, text in read_texts(review):
        for sentence in reading.sentences(text):
            if (count := reading.words(sentence)) > reading.MOST_WORDS_OF_A_SENTENCE:
                start = " ".join(sentence.split())[:_QUOTED]
                yield Found(path, f"A sentence of {count} words in '{language}': “{start}…”.")


def unexplained_words(review: Review) -> Iterator[Found]:
    explained = _explained(review)
    for path, language, text in read_texts(review):
        unknown = [word for word in reading.jargon(text, language) if not _is_explained(word, language, explained)]
        if unknown:
            words = ", ".join(f"'{word}'" for word in unknown)
            yield Found(path, f"A newcomer may not know {words} ('{language}').")


def _is_explained(word: str, language: str, explained: frozenset[str]) -> bool:
    return any(reading.explains(term, word, language) for term in explained)


def _explained(review: Review) -> frozenset[str]:
    """Every word that a `term` of the program explains, in all its languages and forms."""
    texts = (first_said(text) for _, piece in review.pieces(Term) for text in (piece.text, *piece.also))
    return frozenset(word for text in texts for word in (text.values() if isinstance(text, Mapping) else (text,)))


def read_texts(review: Review) -> Iterator[tuple[Path, str, str]]:
    """(path, language, text) of everything that people read; a text without languages is in the default one. What only
    the team reads (keys, reasons) is no text."""
    default = review.document.locales.default
    for path, text in review.texts():
        if isinstance(text, dict):
            yield from (((*path, language), language, said) for language, said in text.items())
        else:
            yield path, default, text


RULES = (
    Rule(
        id="long-step",
        level="warning",
        area="words",
        why="People give a step of a guide about eight seconds; what is longer is clicked away unread.",
        mend="Say less, or make two steps of it.",
        find=long_steps,
    ),
    Rule(
        id="overlong-step",
        level="reason",
        area="words",
        why="A step that takes more than twice the eight seconds that people give it is not read by anybody.",
        mend="Say less, or put the rest in an article.",
        find=overlong_steps,
    ),
    Rule(
        id="wordy-guide",
        level="warning",
        area="words",
        why=f"{_MOST_WORDS} words are 25 seconds of reading between somebody and what they came to do.",
        mend="Keep what is needed to do it; put the rest in an article.",
        find=wordy_guides,
    ),
    Rule(
        id="hard-to-read",
        level="warning",
        area="words",
        why="Who must read a sentence twice does not do what it says. The measures and their limits stand in "
        "`core/review/reading.py`.",
        mend="Write shorter sentences and words that people say aloud.",
        find=hard_texts,
    ),
    Rule(
        id="long-sentence",
        level="warning",
        area="words",
        why=f"Beyond {reading.MOST_WORDS_OF_A_SENTENCE} words most readers have lost the beginning of the sentence.",
        mend="Make two of it.",
        find=long_sentences,
    ),
    Rule(
        id="unexplained-word",
        level="warning",
        area="words",
        why="Words of the trade tell beginners that this is not for them.",
        mend="Say it plainly, or explain it: `content: {kpi: {kind: term, text: KPI, explain: …}}`.",
        find=unexplained_words,
    ),
)
