"""Money: read exactly, converted by dated rates, split so that the parts make the whole."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passalong.attribution.money import WHOLE, convert, shares
from passalong.currencies import minor_units
from passalong.events import Money
from passalong.program import Rate
from tests.histories import RATES

MARCH, JULY = date(2026, 3, 2), date(2026, 7, 1)
THIRD = Fraction(1, 3)


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("1999.99", "EUR", 199999),
        ("1999.9", "EUR", 199990),
        ("1999", "EUR", 199900),
        ("0.01", "USD", 1),
        ("-12.50", "USD", -1250),
        ("+12.50", "USD", 1250),
        ("-0.50", "USD", -50),
        ("150000", "JPY", 150000),
        ("150000.00", "JPY", 150000),  # how CRMs write every currency
        ("1.234", "KWD", 1234),
        ("1.2", "KWD", 1200),
        ("9007199254740993.0"[:15], "EUR", 90071992547409900),  # more than a float could tell
        ("1.50000", "EUR", 150),
    ],
)
def test_an_amount_is_read_exactly(amount: str, currency: str, minor: int) -> None:
    assert minor_units(amount, currency) == minor


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        ("19.999", "EUR"),
        ("1.5", "JPY"),
        ("1.2345", "KWD"),
        ("1,999.99", "EUR"),
        ("1999,99", "EUR"),
        ("1e3", "EUR"),
        ("١٢", "EUR"),
        ("", "EUR"),
        (".5", "EUR"),
        ("5.", "EUR"),
        (" 5", "EUR"),
        ("NaN", "EUR"),
        ("Infinity", "EUR"),
        ("1" * 16, "EUR"),
    ],
)
def test_what_is_no_amount_of_the_currency_is_refused(amount: str, currency: str) -> None:
    with pytest.raises(ValueError, match=r"decimals|written like"):
        minor_units(amount, currency)


@pytest.mark.parametrize("amount", [1999.99, 2000, Decimal("1999.99"), None, True])
def test_an_amount_is_never_a_float_nor_anything_but_text(amount: Any) -> None:
    with pytest.raises(TypeError):
        minor_units(amount, "EUR")


def test_the_own_currency_needs_no_rate() -> None:
    assert convert(Money(199999, "EUR"), MARCH, "EUR", ()) == 199999


@pytest.mark.parametrize(
    ("money", "day", "worth"),
    [
        (Money(100000, "USD"), MARCH, 92000),
        (Money(100000, "USD"), date(2026, 6, 30), 92000),
        (Money(100000, "USD"), JULY, 90000),
        (Money(150000, "JPY"), MARCH, 90000),
        (Money(12345, "KWD"), MARCH, 3704),  # 3,703.5 cents: to the even one
        (Money(12355, "KWD"), MARCH, 3706),  # 3,706.5 cents: to the even one
        (Money(-12345, "KWD"), MARCH, -3704),
        (Money(100, "USD"), date(2025, 12, 31), None),
        (Money(100, "CHF"), JULY, None),
    ],
)
def test_the_newest_rate_up_to_the_day_holds(money: Money, day: date, worth: int | None) -> None:
    assert convert(money, day, "EUR", RATES) == worth
    assert convert(money, day, "EUR", RATES[::-1]) == worth


def test_a_currency_without_decimals_is_led_to_as_well() -> None:
    assert convert(Money(1000, "EUR"), MARCH, "JPY", [Rate(MARCH, "EUR", "166.67")]) == 1667


@pytest.mark.parametrize(
    ("total", "fractions", "parts"),
    [
        (100, [THIRD, THIRD, THIRD], [34, 33, 33]),  # one left: to the first of those alike
        (101, [THIRD, THIRD, THIRD], [34, 34, 33]),
        (-100, [THIRD, THIRD, THIRD], [-34, -33, -33]),
        (5, [Fraction(1, 2), Fraction(1, 2)], [3, 2]),
        # 0.4, 4/30, 4/30, 4/30, 0.2 of 2: 0.8, 0.27, 0.27, 0.27, 0.4 → the largest remainders
        (2, [Fraction(2, 5), *[Fraction(2, 15)] * 3, Fraction(1, 5)], [1, 0, 0, 0, 1]),
        (WHOLE, [Fraction(2, 3), THIRD], [666667, 333333]),
        (0, [THIRD, THIRD, THIRD], [0, 0, 0]),
        (100, [], []),
    ],
)
def test_what_is_left_goes_where_most_was_cut_off(
    total: int, fractions: list[Fraction], parts: list[int]
) -> None:
    assert shares(total, fractions) == parts


@pytest.mark.parametrize(
    "fractions", [[THIRD], [THIRD] * 4, [Fraction(3, 2), Fraction(-1, 2)], [Fraction()]]
)
def test_parts_of_more_or_less_than_a_whole_are_refused(fractions: list[Fraction]) -> None:
    with pytest.raises(ValueError, match="whole"):
        shares(100, fractions)


@given(
    total=st.integers(-(10**12), 10**12),
    weights=st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(any),
)
def test_parts_sum_to_the_whole_and_none_is_off_by_a_unit(total: int, weights: list[int]) -> None:
    fractions = [Fraction(weight, sum(weights)) for weight in weights]
    parts = shares(total, fractions)
    assert sum(parts) == total
    exact = [total * fraction for fraction in fractions]
    assert all(abs(part - e) < 1 for part, e in zip(parts, exact, strict=True))
    assert shares(-total, fractions) == [-part for part in parts]


@given(
    minor=st.integers(-(10**14), 10**14),
    currency=st.sampled_from(["EUR", "JPY", "KWD", "CLF"]),
)
def test_what_is_written_of_an_amount_reads_back(minor: int, currency: str) -> None:
    decimals = {"EUR": 2, "JPY": 0, "KWD": 3, "CLF": 4}[currency]
    written = f"{Decimal(minor).scaleb(-decimals):f}"
    assert minor_units(written, currency) == minor
