"""Single values: what is cleaned away, what stays, and the forms that values take."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from passalong.booking.hours import is_hours
from passalong.content.clean import is_tidy, tidy, tidy_text, unusable
from passalong.content.forms import (
    as_locale,
    base_url_fault,
    feed_fault,
    is_colour,
    is_email,
    is_locale,
    is_since,
    is_size,
    is_timezone,
    url_fault,
)
from passalong.content.problems import Problems, did_you_mean, one_of
from passalong.content.stories import shortened


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Maria \t\n Lindqvist ", "Maria Lindqvist"),
        ("<b>Maria</b> & “Co”", "<b>Maria</b> & “Co”"),
        ("Zoë 👩🏽‍🚀 王", "Zoë 👩🏽‍🚀 王"),
        ("\u202bمريم\u202c", "\u202bمريم\u202c"),
        ("31\u00a0% less", "31\u00a0% less"),
        ("a\x00b\x1bc\x7f\x9b", "abc"),
        ("a\ue000b\uf8ffc\ufdd0\U0001ffff", "abc"),
        ("a\u2028b", "a b"),
    ],
)
def test_a_value_is_kept_as_typed_but_for_stray_space_and_controls(typed: str, kept: str) -> None:
    assert tidy(typed) == kept


@given(st.text())
@example("\ud800x")
@example(" \x00 ")
def test_a_tidy_value_stays_as_it_is_and_holds_nothing_unusable(value: str) -> None:
    once = tidy(value)
    assert tidy(once) == once
    assert not unusable(once)
    assert once == once.strip()
    assert "\n" not in once
    assert all(unicodedata.category(letter) not in {"Cc", "Cs"} for letter in once)
    once.encode()


@given(st.lists(st.text(), min_size=1))
def test_a_column_that_looks_tidy_is(values: list[str]) -> None:
    if is_tidy(values):
        assert [tidy(value) for value in values] == values


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_a_text_keeps_its_lines(text: str) -> None:
    kept = tidy_text(text, "x.md", Problems())
    assert kept.count("\n") == text.replace("\r\n", "\n").replace("\r", "\n").count("\n")


def test_a_break_inside_a_pasted_paragraph_parts_the_words() -> None:
    problems = Problems()
    assert tidy_text("title: drills\u2028found\x0bat once\n", "x.md", problems) == (
        "title: drills found at once\n"
    )
    assert problems.sorted() == ()


def test_a_character_that_goes_is_said_at_its_line() -> None:
    problems = Problems()
    assert tidy_text("a\nb\x00c\n", "x.md", problems) == "a\nbc\n"
    assert [str(problem) for problem in problems.sorted()] == [
        "x.md:2: warning: the character U+0000 cannot be shown; it is left out."
    ]


@pytest.mark.parametrize(
    ("good", "value"),
    [
        (True, "maria@nordhavn.example"),
        (True, "maria.o'neil+sales@mail.nordhavn.co.uk"),
        (True, "jürgen@münchen.de"),
        (True, "a@b.xn--p1ai"),
        (False, "maria@nordhavn"),
        (False, "maria nordhavn.example"),
        (False, "maria@@nordhavn.example"),
        (False, "maria@nordhavn..example"),
        (False, ".maria@nordhavn.example"),
        (False, "Maria <maria@nordhavn.example>"),
        (False, "maria@nordhavn.example, ida@lund.example"),
        (False, "maria@-nordhavn.example"),
    ],
)
def test_an_address_is_one_that_can_be_written_to(good: bool, value: str) -> None:
    assert is_email(value) is good


@pytest.mark.parametrize(
    "value",
    [
        "400",
        "1,200",
        "1.200",
        "1 200",
        "1’200",
        "200-500",
        "200 – 500",
        "1000+",
        "10,001+",
        "400.0",
    ],
)
def test_a_company_size_is_a_number_of_people(value: str) -> None:
    assert is_size(value)


@pytest.mark.parametrize("value", ["many", "-5", "4.5", "", "200-", "+", "1,20", "400 people"])
def test_a_company_size_is_nothing_else(value: str) -> None:
    assert not is_size(value)


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("https://friends.leeway.example", ""),
        ("https://friends.leeway.example:8443", ""),
        ("https://friends.leeway.example/", "ends with a slash; leave it out"),
        ("http://friends.leeway.example", "does not begin with https://"),
        ("friends.leeway.example", "does not begin with https://"),
        ("https://friends", "has no domain such as example.com"),
        ("https://leeway.example/friends", "has more than a domain; pages live at its root"),
        ("https://leeway.example?a", "has more than a domain; pages live at its root"),
        ("https://leeway.example#", "has more than a domain; pages live at its root"),
        ("https://me@leeway.example", "carries a user name"),
        ("https://lee way.example", "has a space in it"),
        ("https://[::1", "is not a web address"),
        ("https://leeway.example:none", "is not a web address"),
    ],
)
def test_a_base_url_is_a_secure_domain_alone(url: str, fault: str) -> None:
    assert base_url_fault(url) == fault


def test_other_forms() -> None:
    assert is_colour("#0b5d6b")
    assert is_colour("#ABC")
    assert not is_colour("0b5d6b")
    assert is_locale("pt-BR")
    assert is_locale("zh-Hant-TW")
    assert not is_locale("DE")
    assert as_locale("de_at") == "de-AT"
    assert as_locale("zh_hant_tw") == "zh-Hant-TW"
    assert is_timezone("Europe/Berlin")
    assert not is_timezone("Europe/Berln")
    assert not is_timezone("../etc/passwd")
    assert is_since("2021")
    assert is_since("2021-03-15")
    assert not is_since("2021-13")
    assert not is_since("2021-02-29")
    assert is_since("2024-02-29")
    assert url_fault("https://meet.example/jonas?x=1") == ""


@pytest.mark.parametrize(
    ("good", "address"),
    [
        (True, "https://calendar.example/key/basic.ics"),
        (True, "webcal://calendar.example/key/basic.ics"),
        (True, "file:///home/jonas/calendar.ics"),
        (False, "http://calendar.example/key/basic.ics"),
        (False, "webcal://calendar"),
        (False, "file://elsewhere/calendar.ics"),
        (False, "calendar.ics"),
    ],
)
def test_a_calendar_is_on_the_web_or_a_file_on_this_machine(good: bool, address: str) -> None:
    assert (feed_fault(address) == "") is good


@pytest.mark.parametrize(
    ("good", "hours"),
    [
        (True, "Mon-Thu 09:00-17:00"),
        (True, "Fri 09:00-24:00"),
        (False, "Mon-Thu 9:00-17:00"),
        (False, "Mon 17:00-09:00"),
        (False, "Mon 09:00-24:30"),
        (False, "Monday 09:00-17:00"),
        (False, "09:00-17:00"),
    ],
)
def test_working_hours_are_days_and_a_span(good: bool, hours: str) -> None:
    assert is_hours(hours) is good


@given(st.text(min_size=1), st.integers(min_value=2, max_value=80))
def test_a_shortened_text_fits(text: str, limit: int) -> None:
    short = shortened(text, limit)
    assert len(short) <= limit
    assert short == text or short.endswith("…")


def test_a_text_is_cut_after_a_word_or_where_there_are_no_words_anywhere() -> None:
    assert shortened("Ships wait a third less at the quay", 20) == "Ships wait a third…"
    assert shortened("一二三四五六七八九十", 6) == "一二三四五…"
    assert shortened("One, two", 5) == "One…"


def test_a_hint_is_given_only_for_what_is_close() -> None:
    assert did_you_mean("custmer", ["customer", "partner"]) == "Did you mean “customer”?"
    assert did_you_mean("Customer", ["customer", "partner"]) == "Did you mean “customer”?"
    assert did_you_mean("xyz", ["customer", "partner"]) == ""
    assert one_of(["a"]) == "a"
    assert one_of(["a", "b", "c"]) == "a, b or c"
