"""Preview pictures: their form, what is drawn on them, and text that does not fit."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from passalong.pages import typeset
from passalong.pages.cards import SIZE, card, covers, fingerprint
from passalong.pages.colour import Palette, accent

PALETTE = accent("#0b5d6b")
TITLES = {
    "short": "Quay to gate",
    "long": "A mill of 780 people loads its 140 trucks a day in one shift, not two, and then rests",
    "compound": "Terminaldispositionsautomatisierung spart Kühlkettenverantwortlichen elf Stunden",
    "one word": "Donaudampfschifffahrtsgesellschaftskapitänsmützenfabrikationsbetrieb" * 2,
    "endless": "word " * 400,
}


def picture(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image.convert("RGB")


def inked(image: Image.Image) -> tuple[int, int, int, int]:
    """The box of everything that is not paper."""
    grey = image.convert("L").point([255 if level < 200 else 0 for level in range(256)])
    box = grey.getbbox()
    assert box
    return box


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))


@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES.keys())
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_a_card_is_a_small_png_with_everything_inside_its_margins(
    title: str, direction: str
) -> None:
    data = card(title, "Nordhavn Lines", "Leeway", PALETTE, direction)  # type: ignore[arg-type]
    image = picture(data)
    assert data.startswith(b"\x89PNG")
    assert image.size == SIZE == (1200, 630)
    assert len(data) < 30_000
    left, top, right, bottom = inked(image)
    assert left >= 80
    assert top >= 72
    assert right <= 1120
    assert bottom <= 606


def test_the_same_words_give_the_same_bytes() -> None:
    words = ("Ships wait 31 % less", "Nordhavn Lines", "Leeway")
    first = card(*words, PALETTE)
    typeset.font.cache_clear()
    assert card(*words, PALETTE) == first


def test_each_word_shows() -> None:
    made = {
        card(title, kicker, footer, PALETTE)
        for title in ("One", "Two")
        for kicker in ("", "Three")
        for footer in ("Four", "Five")
    }
    assert len(made) == 8


def test_paper_and_accent_are_those_of_the_pages() -> None:
    palette = Palette(light="#aa0033", dark="#ffffff", on_light="#fff8f0", on_dark="#000000")
    colours = {
        colour for _, colour in picture(card("One", "", "Two", palette)).getcolors(999) or []
    }
    assert {rgb("#aa0033"), rgb("#fff8f0")} < colours
    assert len(colours) <= 16


def test_the_bar_stands_where_reading_begins() -> None:
    for direction, x in (("ltr", 90), ("rtl", 1110)):
        image = picture(card("One", "Two", "Three", PALETTE, direction))  # type: ignore[arg-type]
        assert image.getpixel((x, 83)) == rgb(PALETTE.light)
        assert image.getpixel((1200 - x, 83)) == rgb(PALETTE.on_light)


@pytest.mark.parametrize("title", ["国家工业互联网", "مرحبا", "שלום", "Done 🎉", "", "  "])
def test_a_title_that_cannot_be_set_gives_a_card_with_a_mark(title: str) -> None:
    image = picture(card(title, "Nordhavn", "Leeway", PALETTE))
    colours = {colour: count for count, colour in image.getcolors(999) or []}
    assert colours[rgb(PALETTE.light)] > 8 * 50
    assert image.getpixel((90, 83)) == rgb(PALETTE.on_light)


def test_a_kicker_and_a_footer_that_cannot_be_set_are_left_out() -> None:
    assert card("One", "国家", "中国", PALETTE) == card("One", "", "", PALETTE)


@pytest.mark.parametrize(
    "text",
    [
        "Plain, “quoted” – and dashed…",
        "Grüße, Łódź, Việt Nam, İstanbul",
        "Москва Київ",
        "Αθήνα",
        "1 200 €, 31\u202f%, Cafe\u0301",
        "soft\u00adhyphen",
        "",
    ],
)
def test_the_typeface_has_european_letters(text: str) -> None:
    assert covers(text)


@pytest.mark.parametrize("text", ["中", "한국", "ไทย", "हिन्दी", "🎉", "a\x07", "\uffff"])
def test_the_typeface_lacks_others(text: str) -> None:
    assert not covers(text)


def test_letters_that_are_taken_for_granted_are_in_the_typeface() -> None:
    taken = [chr(code) for code in range(0x20, 0x2500) if typeset._COMMON.fullmatch(chr(code))]
    assert len(taken) > 500
    assert [char for char in taken if not all(map(typeset._has, typeset.plain(char)))] == []


@given(st.text(st.characters(codec="utf-8", max_codepoint=0x17F), min_size=1, max_size=300))
@settings(deadline=None, max_examples=60)
def test_any_text_fits_its_lines(text: str) -> None:
    setting = typeset.fit(text, (90, 60, 40), 1024, 300, 1.1)
    assert len(setting.lines) <= 4
    assert len(setting.lines) * setting.size * 1.1 <= 300
    for line in setting.lines:
        assert typeset.width(line, setting.size) <= 1024


def test_short_text_is_large_and_long_text_loses_nothing_while_it_fits() -> None:
    assert typeset.fit("Quay", (90, 60), 1024, 300, 1.1) == typeset.Setting(("Quay",), 90)
    text = TITLES["long"]
    setting = typeset.fit(text, (90, 60), 1024, 300, 1.1)
    assert setting.size == 60
    assert " ".join(setting.lines) == text


def test_lines_are_of_even_length() -> None:
    lines = typeset.fit("one two three four five six seven eight", (100,), 1024, 300, 1.1).lines
    widths = [typeset.width(line, 100) for line in lines]
    assert len(lines) == 2
    assert min(widths) > 0.7 * max(widths)


def test_what_must_stay_together_stays_together() -> None:
    lines = typeset.fit("a" * 20 + " 31\u00a0% less", (90,), 1024, 300, 1.1).lines
    assert any("31\u00a0%" in line for line in lines)


def test_text_that_is_too_long_ends_in_an_ellipsis() -> None:
    assert typeset.fit("word " * 99, (90, 60), 600, 200, 1.1).lines[-1].endswith("word…")


def test_a_word_that_is_too_long_is_hyphenated() -> None:
    lines = typeset.fit("x" * 60, (60,), 1024, 300, 1.1).lines
    assert [line[-1] for line in lines] == ["-"] * (len(lines) - 1) + ["x"]


def test_pairs_that_gape_are_closed() -> None:
    assert typeset.width("To", 100) < typeset.width("T", 100) + typeset.width("o", 100)
    assert typeset.width("Tö", 100) == typeset.width("To", 100)


def test_the_fingerprint_is_the_same_for_the_same_code() -> None:
    assert fingerprint() == fingerprint()
    assert len(fingerprint()) == 16
