"""How long and how hard a text is to read."""

import pytest

from milepost.core.review import reading
from milepost.core.review.coverage import coverage
from milepost.core.review.words import Spoken
from milepost.core.values import Undefined
from milepost.program.review import review
from milepost.program.yaml_text import read

EASY = {
    "en": "Log one meal. It takes two minutes. Type a word and pick the best one. You see it in your list. That is all. "
    "Do it again at noon. In the end you know what you ate. It is a good way to start.",
    "ru": "Запишите один обед. Это две минуты. Введите слово и выберите блюдо. Оно сразу в списке. Вот и всё. "
    "Сделайте так и завтра. К вечеру вы знаете, что ели. Это хороший шаг. Потом будет легче. Мы рядом и поможем вам.",
    "pl": "Zapisz jeden obiad. To dwie minuty. Wpisz słowo i wybierz danie. Od razu jest na liście. To już koniec. "
    "Zrób tak i jutro. Wieczorem wiesz, co jesz. To dobry krok. Potem jest już lżej. My tu jesteśmy i zawsze ci pomożemy.",
    "bg": "Запишете един обяд. Това са две минути. Напишете дума и изберете ястие. То е в списъка. Това е всичко. "
    "Направете така и утре. Вечер знаете какво сте яли. Това е добра стъпка. После е по-лесно. Ние сме тук и ще помогнем.",
}
HARD = {
    "en": "Notwithstanding the aforementioned considerations, the implementation of nutritional documentation necessitates "
    "comprehensive familiarisation with the categorisation of comestibles, particularly regarding the identification of "
    "supplementary ingredients whose quantification presupposes professional instrumentation and considerable experience "
    "with laboratory measurement procedures, notwithstanding organisational peculiarities.",
    "ru": "Несмотря на вышеизложенные соображения, документирование потребляемого продовольствия предполагает "
    "предварительное ознакомление с классификацией наименований, в особенности с идентификацией дополнительных "
    "ингредиентов, количественное определение которых предусматривает использование специализированного лабораторного "
    "оборудования и значительный профессиональный опыт соответствующих измерительных мероприятий, осуществляемых "
    "квалифицированными специалистами уполномоченных организаций здравоохранения и потребительского контроля.",
    "pl": "Niezależnie od wyżej przedstawionych okoliczności przeprowadzenie dokumentowania spożywanych produktów wymaga "
    "wcześniejszego zaznajomienia się z klasyfikacją artykułów żywnościowych, zwłaszcza z identyfikacją dodatkowych "
    "składników, których ilościowe oznaczenie zakłada wykorzystanie specjalistycznego oprzyrządowania laboratoryjnego oraz "
    "odpowiedniego doświadczenia zawodowego, potwierdzonego dokumentacją uprawnionych instytucji ochrony konsumentów.",
    "bg": "Независимо от гореизложените съображения, осъществяването на документиране на консумираните продукти предполага "
    "предварително запознаване с класификацията на хранителните артикули, особено с идентификацията на допълнителните "
    "съставки, чието количествено определяне предвижда използване на специализирано лабораторно оборудване и значителен "
    "професионален опит в съответните измервателни процедури, осъществявани от квалифицирани специалисти.",
}


@pytest.mark.parametrize("language", EASY)
def test_an_easy_text_and_a_hard_one_are_told_apart_in_each_language(language: str) -> None:
    easy, hard = reading.ease(EASY[language], language), reading.ease(HARD[language], language)
    assert not isinstance(easy, Undefined) and not isinstance(hard, Undefined)
    assert (easy.hard, hard.hard) == (False, True)
    assert easy.measure == hard.measure


def test_the_english_measure_is_the_published_formula() -> None:
    text = "The cat sat on the mat. " * 8  # 6 words, 6 syllables a sentence
    assert reading.ease(text, "en-GB") == ("Flesch reading ease", round(206.835 - 1.015 * 6 - 84.6, 1), False)


def test_of_a_few_words_nothing_is_said() -> None:
    assert isinstance(reading.ease("Antidisestablishmentarianism.", "en"), Undefined)
    assert isinstance(reading.ease("字" * 200, "zh"), Undefined)


def test_a_picture_takes_time_and_markup_does_not() -> None:
    assert reading.seconds("![a list](/list.png)", "en") == pytest.approx(3)
    assert reading.seconds("**bold** [here](https://example.com/a/b) {{ person.name }}", "en") == pytest.approx(
        0.5, 0.1
    )


def test_lines_of_a_list_are_sentences_of_their_own() -> None:
    text = "Three steps:\n\n1. Type it\n2. Choose it\n3. Done. See it in your diary."
    assert reading.sentences(text) == ["Three steps", "Type it", "Choose it", "Done", "See it in your diary"]


def test_words_of_the_trade_and_abbreviations_are_jargon() -> None:
    assert reading.jargon("Open the dashboard, check your KPI and OK it. KPI!", "en") == ["dashboard", "KPI"]
    assert reading.jargon("Откройте дашборд и МРОТ", "ru") == ["дашборд", "МРОТ"]
    assert reading.jargon("Write the meal into your diary.", "en") == []


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("en", "Two dashboards and a funnel. He sprinted.", ["dashboards", "funnel"]),
        ("ru", "Откройте воронку: на дашбордах видны когорты. Лидер доволен.", ["воронку", "дашбордах", "когорты"]),
        (
            "pl",
            "W lejku widać kohorty, a na dashboardzie konwersję.",
            ["lejku", "kohorty", "dashboardzie", "konwersję"],
        ),
        ("bg", "Във фунията и на дашборда има кохорти.", ["фунията", "дашборда", "кохорти"]),
    ],
)
def test_jargon_is_known_in_each_language_in_every_form(language: str, text: str, words: list[str]) -> None:
    assert reading.jargon(text, language) == words


def test_a_word_that_is_explained_is_explained_in_all_its_forms() -> None:
    assert reading.explains("воронка", "воронку", "ru") and reading.explains("метрик*", "метрики", "ru")
    assert reading.explains("KPI", "kpi", "en") and not reading.explains("воронка", "когорты", "ru")


READS = """\
milepost: 1
name: Crumb
locales: {default: en, others: [ru, bg]}
facts: {Signed Up: {}}
milestones:
  meal: {title: {en: Log a meal, ru: Запишите еду}, reached: {did: Signed Up}}
content:
  kpi: {kind: term, text: KPI, explain: A number that your team has chosen.}
articles:
  begin: {title: {en: Begin, ru: Начните}, body: {en: "TEXT", ru: Откройте дашборд.}}
"""


def spoken(text: str) -> tuple[Spoken, ...]:
    document = read(READS.replace("TEXT", text)).document
    assert document is not None
    return coverage(document).reading


@pytest.mark.req("R81")
def test_each_language_has_its_ease_its_hard_texts_and_its_words_of_the_trade() -> None:
    english, russian, bulgarian = spoken(f"{HARD['en']} Your KPI of onboarding.")
    assert (english.language, english.measure, english.hard) == (
        "en",
        "Flesch reading ease",
        ("articles.begin.body.en",),
    )
    easy = spoken(EASY["en"])[0]
    assert english.ease is not None and easy.ease is not None and english.ease < 50 < easy.ease
    assert (easy.hard, easy.jargon[0].word) == ((), "kpi")
    assert {each.word: each.explained for each in english.jargon} == {"kpi": True, "onboarding": False}
    assert [(each.word, each.places) for each in russian.jargon] == [("дашборд", ("articles.begin.body.ru",))]
    assert (russian.ease, russian.measure) == (None, ""), "of a few words nothing is said"
    assert (bulgarian.texts, bulgarian.words, bulgarian.hard, bulgarian.jargon) == (0, 0, (), ())


@pytest.mark.req("R82")
@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("We go on " * 9 + "and on.", "long-sentence"),
        ("See your NPS.", "unexplained-word"),
        ("See the onboarding.", "unexplained-word"),
    ],
)
def test_a_long_sentence_and_a_word_without_a_glossary_are_told_of_until_they_are_mended(text: str, rule: str) -> None:
    said = READS.replace("TEXT", text).replace("Откройте дашборд.", "Начните.")
    assert styles(said) == [(rule, "articles.begin.body.en")]
    terms = "".join(f"  {word}: {{kind: term, text: {word}, explain: See.}}\n" for word in ("NPS", "onboarding"))
    mended = said.replace("content:\n", f"content:\n{terms}").replace("We go on We go on We", "We go on. We")
    assert styles(mended) == []


def styles(text: str) -> list[tuple[str, str]]:
    return [
        (each.rule, each.path) for each in review(text).problems if each.rule in ("long-sentence", "unexplained-word")
    ]
