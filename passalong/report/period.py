"""What a report is about: a period in the program's days, and one way to break it down."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Literal

from passalong import zones
from passalong.errors import PassalongError
from passalong.report.model import BREAKDOWNS, PERIODS, Picks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from passalong.program import Program

Span = tuple[date, date]
PERIOD: Final = "90"
"""What is picked where nobody picks."""
LONGEST_DAYS: Final = 3653
"""A period has ten years at most."""
_YEARS: Final = range(1900, 3000)
ONE_DAY: Final = timedelta(days=1)
_DAYS: Final = 31
_WEEKS: Final = 26 * 7


class BadPicks(PassalongError):
    """No such period, breakdown or figure: the message says so, ``field`` is what was asked by."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def picks_of(
    program: Program,
    now: datetime,
    *,
    period: str = "",
    first: str = "",
    last: str = "",
    by: str = "",
    only: str = "",
) -> Picks:
    """What somebody picked, as texts; what is empty is left to us. Raises BadPicks.

    ``first`` and ``last`` are days such as 2026-11-22, both within; they are read where the period
    is custom, or none is named.
    """
    period = period or ("custom" if first or last else PERIOD)
    if period not in PERIODS:
        raise BadPicks("period", f"period must be one of {', '.join(PERIODS)}")
    by = by or "all"
    if by not in BREAKDOWNS:
        raise BadPicks("by", f"by must be one of {', '.join(BREAKDOWNS)}")
    today = now.astimezone(zones.first(program.timezone)).date()
    begin, end = _custom(first, last, today) if period == "custom" else _days(period, today)
    return Picks(period, begin, end, by, "" if by == "all" else only)


def _days(period: str, today: date) -> tuple[date, date]:
    if period.isdecimal():
        return today - timedelta(days=int(period) - 1), today
    months = {"month": 1, "quarter": 3, "year": 12}[period]
    return today.replace(month=(today.month - 1) // months * months + 1, day=1), today


def _custom(first: str, last: str, today: date) -> tuple[date, date]:
    end = _day("to", last) if last else today
    begin = _day("from", first) if first else end - timedelta(days=int(PERIOD) - 1)
    if begin > end:
        raise BadPicks("from", f"from is {begin}, which is after {end}")
    if (end - begin).days >= LONGEST_DAYS:
        raise BadPicks("from", "a period has ten years at most")
    return begin, end


def _day(name: str, text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if day.year not in _YEARS:
        raise BadPicks(name, f"{name} must be a day such as 2026-11-22")
    return day


def steps(first: date, last: date) -> tuple[Literal["day", "week", "month"], list[date]]:
    """How a period is cut for a series, and the days on which its steps begin, the first one's too.

    Weeks begin on the weekday of the first day, months on their own first.
    """
    days = (last - first).days + 1
    if days <= _DAYS:
        return "day", [first + timedelta(days=n) for n in range(days)]
    if days <= _WEEKS:
        return "week", [first + timedelta(days=n) for n in range(0, days, 7)]
    return "month", [first, *_months(first, last)]


def by_months(first: date, last: date) -> tuple[Span | None, Span | None, Span | None]:
    """A period as days, whole months, and days: each from its first day to its last, or None.

    The months end with the first day of the last of them.
    """
    begin = first if first.day == 1 else _next_month(first)
    end = (last + ONE_DAY).replace(day=1)  # of the first month that is not whole
    if begin >= end:
        return (first, last), None, None
    before = (first, begin - ONE_DAY) if begin > first else None
    after = (end, last) if end <= last else None
    return before, (begin, (end - ONE_DAY).replace(day=1)), after


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def _months(first: date, last: date) -> Iterator[date]:
    day = _next_month(first)
    while day <= last:
        yield day
        day = _next_month(day)
