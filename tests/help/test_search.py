"""Searching the help."""

from milepost.core.help.search import Searched, search

TEXTS = [
    Searched("cake", "Cake at work", "A birthday, and nobody counts the calories."),
    Searched("soup", "How to log soup", "Its calories are those of what is in it."),
    Searched("plateau", "Вес стоит на месте", "Бывает: калории считают неделями."),
]


def test_every_word_must_stand_in_what_is_found_and_the_title_tells_most() -> None:
    assert search("calories soup", TEXTS) == ["soup"]
    assert search("CALORIES", TEXTS) == ["cake", "soup"]
    assert search("log cake", TEXTS) == [] == search("  ?", TEXTS)
    assert search("soup", [Searched("b", "Bread", "With soup."), *TEXTS]) == ["soup", "b"]


def test_the_ending_of_a_long_word_need_not_agree() -> None:
    assert search("калорий", TEXTS) == ["plateau"]
    assert search("birthdays", TEXTS) == ["cake"]
    assert search("soap", TEXTS) == []
