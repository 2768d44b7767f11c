"""The brand's colour: always legible, never another hue."""

from __future__ import annotations

import colorsys
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passalong.pages.colour import ENOUGH, Grounds, Palette, accent, contrast, css, grounds, mixed

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
PAGE = Grounds(light=("#fbf8f2", "#fffefb"), dark=("#191815", "#22201c"))


def hue(colour: str) -> tuple[float, float]:
    """Hue in degrees and saturation of an ``#rrggbb``, by a model that the product does not use."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    turn, _, saturation = colorsys.rgb_to_hls(red, green, blue)
    return turn * 360, saturation


@given(COLOURS)
def test_any_colour_can_be_read_as_text_and_as_a_button(colour: str) -> None:
    palette = accent(colour, PAGE)
    for ground in PAGE.light:
        assert contrast(palette.light, ground) >= ENOUGH
    for ground in PAGE.dark:
        assert contrast(palette.dark, ground) >= ENOUGH
    assert contrast(palette.light, palette.on_light) >= ENOUGH
    assert contrast(palette.dark, palette.on_dark) >= ENOUGH


@given(COLOURS)
def test_a_colour_that_can_be_read_is_left_alone(colour: str) -> None:
    palette = accent(colour, PAGE)
    if min(contrast(colour, ground) for ground in PAGE.light) >= ENOUGH:
        assert palette.light == colour
    if min(contrast(colour, ground) for ground in PAGE.dark) >= ENOUGH:
        assert palette.dark == colour


@given(COLOURS)
def test_a_colour_moves_no_further_than_it_must(colour: str) -> None:
    palette = accent(colour, PAGE)
    if palette.light != colour:
        assert min(contrast(palette.light, ground) for ground in PAGE.light) < ENOUGH + 0.25
    if palette.dark != colour:
        assert min(contrast(palette.dark, ground) for ground in PAGE.dark) < ENOUGH + 0.25


@pytest.mark.parametrize(
    "colour", ["#0b5d6b", "#c0392b", "#ffdd00", "#2e8b57", "#8e44ad", "#3355ff"]
)
def test_the_hue_stays_that_of_the_brand(colour: str) -> None:
    palette = accent(colour, PAGE)
    for shown in (palette.light, palette.dark):
        apart = abs(hue(shown)[0] - hue(colour)[0])
        assert min(apart, 360 - apart) < 15
        assert hue(shown)[1] > 0.2


@given(st.integers(0, 255))
def test_a_grey_stays_grey(level: int) -> None:
    palette = accent(f"#{level:02x}{level:02x}{level:02x}", PAGE)
    for shown in (palette.light, palette.dark):
        assert shown[1:3] == shown[3:5] == shown[5:7]


def test_a_short_colour_is_the_same_as_a_long_one() -> None:
    assert accent("#f06", PAGE) == accent("#ff0066", PAGE)


@pytest.mark.parametrize("colour", ["", "red", "#12", "#12345g", "#1234567", "rgb(0,0,0)"])
def test_what_is_no_colour_is_refused(colour: str) -> None:
    with pytest.raises(ValueError, match="is not a colour"):
        accent(colour)


def test_grounds_on_which_nothing_can_be_read_are_refused() -> None:
    with pytest.raises(ValueError, match="no shade"):
        accent("#0b5d6b", Grounds(light=("#777777",), dark=("#777777",)))


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#ffffff", 4.54),
        ("#ff0000", "#ffffff", 4.0),
        ("#123456", "#123456", 1.0),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert math.isclose(contrast(one, other), ratio, abs_tol=0.005)
    assert contrast(one, other) == contrast(other, one)


@given(COLOURS, COLOURS)
def test_a_mixture_begins_and_ends_with_its_parts(one: str, other: str) -> None:
    assert (mixed(one, other, 0), mixed(one, other, 1)) == (one, other)


def test_the_grounds_are_read_from_the_stylesheet() -> None:
    sheet = ":root{--paper: light-dark(#fbf8f2, #191815);--sheet:light-dark(#FFFEFB,#22201c)}"
    assert grounds(sheet) == Grounds(("#fbf8f2", "#FFFEFB"), ("#191815", "#22201c"))
    assert grounds("body{color:red}") == Grounds()


def test_the_palette_is_four_custom_properties() -> None:
    palette = Palette(light="#111111", dark="#222222", on_light="#333333", on_dark="#444444")
    assert css(palette) == (
        ":root{--accent-light:#111111;--accent-dark:#222222;"
        "--on-accent-light:#333333;--on-accent-dark:#444444}"
    )
