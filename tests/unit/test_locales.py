"""Languages: words, plural forms, and how values are written."""

from __future__ import annotations

import string
import tomllib
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passalong.errors import Stop, UnknownWord
from passalong.locales import load
from passalong.plurals import CATEGORIES, category

SITE = Path(__file__).parents[2] / "site"
FOLDERS = [SITE / "locales"]
CODES = sorted(path.stem for path in (SITE / "locales").glob("*.toml"))
LOCALES = {code: load(FOLDERS, code) for code in CODES}
ENGLISH = LOCALES["en"]


def fields(text: str) -> set[str]:
    """The placeholders; a formal letter greets by the name where others do by the first."""
    names = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    return {"name"} if names == {"first"} else names


def own(code: str) -> tuple[dict[str, str], dict[str, list[str]]]:
    """What the file of one locale says itself, with nothing fallen back on: texts and lists."""
    words: dict[str, str] = {}
    lists: dict[str, list[str]] = {}
    tables: list[tuple[str, Any]] = [("", tomllib.loads((FOLDERS[0] / f"{code}.toml").read_text()))]
    for prefix, value in tables:
        if isinstance(value, dict):
            tables += [(f"{prefix}.{key}".lstrip("."), inner) for key, inner in value.items()]
        elif isinstance(value, list):
            lists[prefix] = value
        else:
            words[prefix] = value
    return words, lists


def plural_keys(words: dict[str, str]) -> set[str]:
    return {key.removesuffix(".other") for key in words if key.endswith(".other")}


def texts(words: dict[str, str]) -> dict[str, set[str]]:
    """Per key, with the plural forms of one text taken together, its placeholders."""
    plurals = plural_keys(words)
    found: dict[str, set[str]] = {}
    for key, text in words.items():
        stem, _, form = key.rpartition(".")
        name = stem if stem in plurals and form in CATEGORIES else key
        found[name] = found.get(name, set()) | fields(text)
    return found


def test_the_languages_that_are_promised_are_there() -> None:
    assert {"ar", "de", "en", "zh"} <= set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_every_language_has_the_keys_and_placeholders_of_english(code: str) -> None:
    (words, lists), (english, english_lists) = own(code), own("en")
    greeted = {"host_first", "owner_first"}  # a formal letter does not greet by the first name
    found, expected = texts(words), texts(english)
    assert found.keys() == expected.keys()
    assert {key: names for key, names in found.items() if names - expected[key]} == {}
    assert {key: names for key, names in found.items() if expected[key] - names - greeted} == {}
    assert {key: len(items) for key, items in lists.items()} == {
        key: len(items) for key, items in english_lists.items()
    }


@pytest.mark.parametrize("code", CODES)
def test_every_language_has_exactly_the_plural_forms_it_uses(code: str) -> None:
    used = {category(code, n) for n in range(200)} | {"other"}
    words, _ = own(code)
    for key in plural_keys(words):
        assert {form for form in CATEGORIES if f"{key}.{form}" in words} == used, key


@pytest.mark.parametrize("code", CODES)
def test_no_text_is_empty_or_ends_in_space_by_mistake(code: str) -> None:
    words = {key: text for key, text in own(code)[0].items() if key[:5] not in ("mail.", "list.")}
    assert [key for key, text in words.items() if not text or text != text.strip()] == []


def test_arabic_is_written_from_right_to_left_and_the_others_are_not() -> None:
    assert {code for code in CODES if LOCALES[code].dir == "rtl"} == {"ar"}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("en", {1: "one", 0: "other", 2: "other", 21: "other"}),
        ("de", {1: "one", 0: "other", 2: "other"}),
        ("de-AT", {1: "one", 2: "other"}),
        ("zh", {0: "other", 1: "other", 2: "other"}),
        ("ar", {0: "zero", 1: "one", 2: "two", 3: "few", 10: "few", 11: "many", 99: "many"}),
        ("ar", {100: "other", 102: "other", 103: "few", 111: "many", 200: "other", 1000: "other"}),
        ("fr", {0: "one", 1: "one", 2: "other", 1_000_000: "many"}),
        ("pt-BR", {0: "one", 2: "other"}),
        ("es", {0: "other", 1: "one", 2_000_000: "many"}),
        ("pl", {1: "one", 2: "few", 5: "many", 12: "many", 21: "many", 22: "few"}),
        ("ru", {1: "one", 2: "few", 5: "many", 11: "many", 21: "one", 22: "few", 112: "many"}),
        ("cs", {1: "one", 4: "few", 5: "other"}),
        ("he", {1: "one", 2: "two", 3: "other"}),
        ("ja", {1: "other"}),
        ("sv", {1: "one", 2: "other"}),
    ],
)
def test_plural_forms_follow_cldr(code: str, expected: dict[int, str]) -> None:
    assert {n: category(code, n) for n in expected} == expected


@given(st.sampled_from(CODES), st.integers(-(10**12), 10**12))
def test_every_number_has_a_form_and_reads_back(code: str, n: int) -> None:
    locale = LOCALES[code]
    assert locale.count("people", n, people="x")
    written = locale.number(n).replace(locale.pattern("number.group"), "").replace("−", "-")
    assert int(written) == n


@pytest.mark.parametrize(
    ("code", "expected"),
    [("en", "1,234,567"), ("de", "1.234.567"), ("zh", "1,234,567"), ("ar", "1,234,567")],
)
def test_numbers_are_grouped_as_the_language_does(code: str, expected: str) -> None:
    assert LOCALES[code].number(1234567) == expected


def test_decimals_and_percentages() -> None:
    assert LOCALES["de"].number(Decimal("1234.5"), 2) == "1.234,50"
    assert LOCALES["en"].number(-0.5, 1) == "−0.5"
    assert LOCALES["de"].percent(0.31) == "31\u00a0%"
    assert LOCALES["en"].percent(0.3125, 1) == "31.2%"


@pytest.mark.parametrize(
    ("minor", "currency", "english", "german"),
    [
        (18400000, "EUR", "€184,000", "184.000\u00a0€"),
        (199999, "EUR", "€1,999.99", "1.999,99\u00a0€"),
        (-50, "GBP", "−£0.50", "−0,50\u00a0£"),
        (500, "JPY", "¥500", "500\u00a0¥"),
        (1234567, "KWD", "1,234.567\u00a0KWD", "1.234,567\u00a0KWD"),
        (120000, "CHF", "1,200\u00a0CHF", "1.200\u00a0CHF"),
        (0, "EUR", "€0", "0\u00a0€"),
    ],
)
def test_money_is_written_from_its_minor_units(
    minor: int, currency: str, english: str, german: str
) -> None:
    assert LOCALES["en"].money(minor, currency) == english
    assert LOCALES["de"].money(minor, currency) == german


def test_dates_and_times() -> None:
    day = date(2026, 11, 2)
    start, end = datetime(2026, 11, 2, 9, 5), datetime(2026, 11, 2, 14, 30)
    english, german, chinese = LOCALES["en"], LOCALES["de"], LOCALES["zh"]
    assert english.date(day) == "2 November 2026"
    assert english.date(day, "short") == "2 Nov"
    assert english.time(time(9, 5)) == "9:05"
    assert english.datetime(start) == "Monday 2 November, 9:05"
    assert english.time_range(start, end) == "9:05–14:30"
    assert german.date(day) == "2. November 2026"
    assert german.datetime(start) == "Montag, 2. November, 9:05\u00a0Uhr"
    assert chinese.date(day) == "2026年11月2日"


@pytest.mark.parametrize(
    ("items", "expected"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_lists_in_a_sentence(items: list[str], expected: str) -> None:
    assert ENGLISH.joined(items) == expected


def test_quotation_marks_are_the_languages() -> None:
    assert ENGLISH.quoted("so") == "“so”"
    assert LOCALES["de"].quoted("so") == "„so“"


def test_a_word_that_is_not_there_is_named() -> None:
    with pytest.raises(UnknownWord, match=r"referee\.nosuch.*de"):
        LOCALES["de"].text("referee.nosuch")


def test_a_text_without_its_word_names_both() -> None:
    with pytest.raises(UnknownWord, match=r"next\.write.*\{host\}"):
        ENGLISH.text("next.write")


def written(folder: Path, **files: str) -> Path:
    folder.mkdir()
    for code, text in files.items():
        (folder / f"{code.replace('_', '-')}.toml").write_text(text)
    return folder


def test_a_theme_overrides_single_words_and_the_rest_falls_back(tmp_path: Path) -> None:
    site = written(
        tmp_path / "site",
        en='dir = "ltr"\na = "en"\nb = "en"\nc = "en"\nd = "en"',
        fr='a = "fr"\nb = "fr"\nc = "fr"',
        de='a = "de"\nb = "de"',
        de_AT='a = "de-AT"',
    )
    theme = written(tmp_path / "theme", de='b = "theme"')
    locale = load([theme, site], "de-AT", fallback="fr")
    assert [locale.text(key) for key in "abcd"] == ["de-AT", "theme", "fr", "en"]


def test_a_language_without_a_file_speaks_english(tmp_path: Path) -> None:
    site = written(tmp_path / "site", en='dir = "ltr"\na = "en"')
    assert load([site], "nl").text("a") == "en"


@pytest.mark.parametrize("text", ["a = ", "a = 1", "a = [1]"])
def test_a_file_that_cannot_be_read_stops_with_its_name(text: str, tmp_path: Path) -> None:
    site = written(tmp_path / "site", en=text)
    with pytest.raises(Stop, match=r"en\.toml"):
        load([site], "en")


def test_no_words_at_all_stop_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="no locale"):
        load([tmp_path], "en")


def test_a_stray_brace_is_a_fault_with_its_key(tmp_path: Path) -> None:
    site = written(tmp_path / "site", en='a = "{x"')
    with pytest.raises(UnknownWord, match="the word a cannot be filled"):
        load([site], "en").text("a")
