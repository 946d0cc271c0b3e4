"""How long and how hard a text is to read, by language: small, published formulas on words, sentences and syllables.

| language | measure | hard from | source |
|---|---|---|---|
| en | Flesch reading ease | below 50 | Flesch 1948 |
| ru | Flesch reading ease, fitted to Russian | below 50 | Oborneva 2006 |
| pl | FOG-PL: years of school that it takes | above 15 | Gunning 1952; words of four syllables are hard (Pisarek 1969) |
| bg and others | LIX, which counts long words and needs no syllables | above 55 | Björnsson 1968 |

A formula sees length, not sense: it says where to look, not that a text is bad. Of a text of fewer than `FEWEST` words it
says nothing, since one long word would decide.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from milepost.core.values import Undefined

#: Words a minute that adults read silently in their language; without spaces between words, characters.
#: Source: Brysbaert 2019 (English 238); Trauzettel-Klosinski & Dietz 2012 for the ratio of the others to it.
_WORDS_A_MINUTE = {"en": 238, "ru": 192, "pl": 173, "bg": 192, "de": 187, "fr": 204, "es": 228, "it": 196, "pt": 189}
_UNKNOWN_WORDS_A_MINUTE = 190
_CHARACTERS_A_MINUTE = {"zh": 266, "ja": 373, "th": 800}
#: What a picture takes: the least that published reading times give one beside text.
_SECONDS_A_PICTURE = 3.0
#: A formula needs so many words to mean anything.
FEWEST = 30
#: Of a sentence that is longer, most readers have lost the beginning. Source: the UK government's style guide.
MOST_WORDS_OF_A_SENTENCE = 25

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_ADDRESS = re.compile(r"\]\([^)]*\)|https?://\S+")
_LINE_MARK = re.compile(r"^\s*(?:[-*+>#]+|\d+[.)])\s+", re.MULTILINE)
_END = re.compile(r"[.!?…:]+(?=[\s\"'»”)*]|$)|\n\s*\n")
_VOWELS = {"ru": "аеёиоуыэюя", "bg": "аеиоуъюя", "pl": "aąeęioóuy"}
_GROUPS = re.compile(r"[aeiouyáéíóúäëïöü]+")
#: Capitals that everybody reads without thinking.
_KNOWN_CAPITALS = frozenset(("OK", "AM", "PM", "TV", "PC", "PDF", "SMS", "FAQ", "ID", "USA", "EU", "UK", "CET", "UTC"))
_CAPITALS = re.compile(r"(?<![\w-])(?:[A-Z]{2,6}|[А-ЯЁ]{2,6})(?![\w-])")
#: Words of the trade that a newcomer need not know: those that product teams use of their users. A star stands for any
#: ending, since words are declined.
_TRADE = {
    "en": "onboarding workflow* dashboard* widget* backend* frontend* endpoint* webhook* payload* sprint sprints backlog* "
    "stakeholder* churn funnel* cohort* conversion* retention leverag* utiliz* synerg* seamless* granular scalable robust "
    "deprovision* provision* instantiat* authenticat* parameter* configuration* paradigm* omnichannel touchpoint*",
    "ru": "онбординг* воркфлоу дашборд* виджет* бэкенд* фронтенд* эндпоинт* вебхук* спринт спринта спринты бэклог* "
    "стейкхолдер* воронк* когорт* конверси* ретеншн* фич фича фичи фичу фичей юзер* лид лида лиды лидов кейс* фидбек* "
    "параметр* конфигураци* инстанс* аутентификаци* инициализ*",
    "pl": "onboarding* workflow* dashboard* widżet* backend* frontend* endpoint* webhook* sprint sprintu sprinty backlog* "
    "interesariusz* lejek lejk* kohort* konwersj* retencj* feature* feedback* parametr* konfiguracj* instancj* "
    "uwierzytelni* implementacj*",
    "bg": "онбординг* уъркфлоу дашборд* уиджет* бекенд* фронтенд* ендпойнт* уебхук* спринт спринта спринтът спринтове "
    "беклог* фуния* фунии* кохорт* конверси* фийчър* фийдбек* параметър* параметр* конфигураци* инстанци* автентикаци* "
    "инициализ* имплементаци*",
}
_JARGON = {language: tuple(words.split()) for language, words in _TRADE.items()}


class Counts(NamedTuple):
    words: int
    sentences: int
    syllables: int
    long: int  # words of more than six letters
    hard: int  # words of four syllables and more


class Ease(NamedTuple):
    """How hard a text is, as a number of its language's measure. `hard`: harder than a newcomer should meet."""

    measure: str
    value: float
    hard: bool


def base(language: str) -> str:
    return language.split("-")[0].lower()


def bare(text: str) -> str:
    """What is read of a text: no templates, addresses and marks."""
    return _LINE_MARK.sub("", _ADDRESS.sub(" ", _PICTURE.sub(" ", _TEMPLATE.sub(" ", text))))


def seconds(text: str, language: str) -> float:
    """How long an adult takes for this text and its pictures. Units: seconds."""
    pictures = _SECONDS_A_PICTURE * len(_PICTURE.findall(text))
    if base(language) in _CHARACTERS_A_MINUTE:
        return pictures + 60 * len("".join(bare(text).split())) / _CHARACTERS_A_MINUTE[base(language)]
    return pictures + 60 * words(text) / _WORDS_A_MINUTE.get(base(language), _UNKNOWN_WORDS_A_MINUTE)


def words(text: str) -> int:
    return len(_WORD.findall(bare(text)))


def sentences(text: str) -> list[str]:
    """The sentences of a text; a heading, a line of a list and what stands before a colon are sentences too."""
    plain = _LINE_MARK.sub("\n\n", _ADDRESS.sub(" ", _PICTURE.sub(" ", _TEMPLATE.sub(" ", text))))
    return [part.strip() for part in _END.split(plain) if part and _WORD.search(part)]


def ease(text: str, language: str) -> Ease | Undefined:
    """How hard the text is. Absent: Undefined for a text of few words, or one without spaces between words."""
    if base(language) in _CHARACTERS_A_MINUTE:
        return Undefined(f"no measure is known for '{language}'")
    counts = _counts(text, base(language))
    if counts.words < FEWEST:
        return Undefined(f"{counts.words} words are too few to tell")
    return _MEASURES.get(base(language), _lix)(counts)


def jargon(text: str, language: str) -> list[str]:
    """Words of the trade in any of their forms and abbreviations in a text, each once, in its order."""
    trade = _JARGON.get(base(language), ())
    found = [
        word for word in _WORD.findall(bare(text)) if _is_abbreviation(word) or any(is_a(word, each) for each in trade)
    ]
    return list(dict.fromkeys(found))


def explains(term: str, word: str, language: str) -> bool:
    """Whether a word that the program explains is this one, in any of its forms."""
    trade = (each for each in _JARGON.get(base(language), ()) if is_a(term, each))
    return is_a(word, term) or any(is_a(word, each) for each in trade)


def is_a(word: str, form: str) -> bool:
    """`form` may end in a star, for any ending."""
    word, form = word.lower(), form.lower()
    return word.startswith(form[:-1]) if form.endswith("*") else word == form


def _is_abbreviation(word: str) -> bool:
    return word not in _KNOWN_CAPITALS and _CAPITALS.fullmatch(word) is not None


def _counts(text: str, language: str) -> Counts:
    found = [word.lower() for word in _WORD.findall(bare(text))]
    spoken = [_syllables(word, language) for word in found]
    return Counts(
        words=len(found),
        sentences=max(1, len(sentences(text))),
        syllables=sum(spoken),
        long=sum(len(word) > 6 for word in found),
        hard=sum(count >= 4 for count in spoken),
    )


def _syllables(word: str, language: str) -> int:
    """Vowels, in Polish without the i that only softens; in English groups of them, without a silent e at the end."""
    if language == "pl":
        word = re.sub(r"i(?=[aąeęoóu])", "", word)
    if language in _VOWELS:
        return max(1, sum(letter in _VOWELS[language] for letter in word))
    groups = len(_GROUPS.findall(word))
    silent = groups > 1 and word.endswith("e") and not word.endswith(("le", "ee"))
    return max(1, groups - silent)


def _flesch(counts: Counts) -> Ease:
    value = 206.835 - 1.015 * counts.words / counts.sentences - 84.6 * counts.syllables / counts.words
    return Ease("Flesch reading ease", round(value, 1), value < 50)


def _flesch_ru(counts: Counts) -> Ease:
    value = 206.835 - 1.3 * counts.words / counts.sentences - 60.1 * counts.syllables / counts.words
    return Ease("Flesch reading ease (Russian)", round(value, 1), value < 50)


def _fog_pl(counts: Counts) -> Ease:
    value = 0.4 * (counts.words / counts.sentences + 100 * counts.hard / counts.words)
    return Ease("FOG-PL", round(value, 1), value > 15)


def _lix(counts: Counts) -> Ease:
    value = counts.words / counts.sentences + 100 * counts.long / counts.words
    return Ease("LIX", round(value, 1), value > 55)


_MEASURES: dict[str, Callable[[Counts], Ease]] = {"en": _flesch, "ru": _flesch_ru, "pl": _fog_pl}
