"""How pieces look: what may be said of it, what can be read, and the stylesheet that comes of it."""

import pytest

from milepost.core.delivery.look import COLOURS, Look, contrast, faint, look_of, read_look, stylesheet
from milepost.core.values import Refused


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#767676", "#ffffff", 4.54)],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(contrast(other, one)) == pytest.approx(ratio, abs=0.01)


def test_milepost_s_own_colours_can_be_read_and_need_no_stylesheet() -> None:
    own = {
        f"{theme}-{token}": pair[place]
        for token, pair in COLOURS.items()
        for place, theme in ((0, "light"), (1, "dark"))
    }
    look = read_look({**own, "radius": "14", "font": ""})
    assert look == Look() and faint(look) == [] and stylesheet(look) == ""


def test_a_colour_that_hides_words_is_told_with_what_stands_on_what() -> None:
    [links, chosen, words] = faint(read_look({"light-accent": "#f2c14e"}))
    assert (links.theme, links.text, links.ground) == ("light", "accent", "surface") and links.contrast < 2
    assert (chosen.text, chosen.ground) == ("accent", "tint") and (words.text, words.ground) == ("on-accent", "accent")
    assert faint(read_look({"dark-surface": "#ffffff"}))[0].theme == "dark"


def test_the_stylesheet_says_both_themes_and_gives_way_to_the_page() -> None:
    look = read_look({"light-accent": "#5B3FD4", "radius": "0", "font": '"Source Sans 3", sans-serif'})
    sheet = stylesheet(look)
    assert sheet.startswith("@layer milepost{") and "--milepost-accent:light-dark(#5b3fd4,#6cc5a1);" in sheet
    assert "--milepost-radius:0px;" in sheet and '--milepost-font:"Source Sans 3", sans-serif;' in sheet
    assert "--milepost-ink" not in sheet, "what is not said stays Milepost's own"
    assert look_of({"light": {"accent": "#5b3fd4"}, "radius": 0, "font": look.font}) == look


@pytest.mark.parametrize(
    "said",
    [
        {"light-accent": "red"},
        {"light-accent": "#12345"},
        {"dark-ink": "#000000;}body{display:none"},
        {"radius": "-1"},
        {"radius": "33"},
        {"radius": "9px"},
        {"font": 'x; } body { background: url("https://evil.example")'},
        {"font": '"unbalanced'},
        {"font": "a" * 201},
    ],
)
def test_nothing_else_gets_into_a_stylesheet(said: dict[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        read_look(said)
    assert refused.value.path == next(iter(said))
