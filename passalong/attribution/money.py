"""Money in the program's currency, and amounts split so that the parts make the whole."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from passalong.currencies import decimals_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from passalong.events import Money
    from passalong.program import Rate

WHOLE: Final = 1_000_000
"""Counts are kept in millionths, so that half a meeting is a whole number too."""


def convert(money: Money, day: date, currency: str, rates: Iterable[Rate]) -> int | None:
    """``money`` in the minor units of ``currency``, by the newest rate up to that day.

    A half goes to the even neighbour. None where there is no rate yet: an amount is never guessed.
    """
    if money.currency == currency:
        return money.minor
    known = [rate for rate in rates if rate.currency == money.currency and rate.since <= day]
    if not known:
        return None
    rate = max(known, key=lambda rate: rate.since).rate
    with localcontext(prec=60):
        amount = Decimal(money.minor).scaleb(decimals_of(currency) - decimals_of(money.currency))
        return int((amount * Decimal(rate)).quantize(Decimal(1), ROUND_HALF_EVEN))


def shares(total: int, fractions: Sequence[Fraction]) -> list[int]:
    """``total`` in whole parts of these fractions, which sum to one; so do the parts to it.

    By largest remainder (Hamilton): each part is rounded down, and what is left goes one by one to
    where most was cut off, to the earlier of two alike. A negative total is split as the positive
    one is, so that taking back leaves nothing. Raises ValueError where the sum is not one.
    """
    if not fractions:
        return []
    if sum(fractions) != 1 or min(fractions) < 0:
        raise ValueError("fractions must be parts of one whole")
    exact = [abs(total) * fraction for fraction in fractions]
    parts = [int(part) for part in exact]
    order = sorted(range(len(parts)), key=lambda place: (parts[place] - exact[place], place))
    for place in order[: abs(total) - sum(parts)]:
        parts[place] += 1
    return parts if total >= 0 else [-part for part in parts]
