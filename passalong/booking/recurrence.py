"""When a recurring event recurs, by its rule; whatever the rule says, this comes to an end.

dateutil knows the rules and goes through time from the first occurrence to the year 9999, whether
or not it finds another one. Two things keep that short: a daily or weekly rule starts just before
the time that is asked for, and the calendar of this century is taken for that of the last, which
is the same, day for day, since the Gregorian calendar repeats itself after 400 years.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Final

from dateutil.rrule import rrulestr

from passalong.booking import ics

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST: Final = 5_000
"""No rule is followed over more occurrences, of those that it counts from the first included."""

_ALWAYS: Final = frozenset({"FREQ", "INTERVAL", "COUNT", "WKST", "BYMONTH", "BYDAY"})
_CLOCK: Final = frozenset({"BYHOUR", "BYMINUTE", "BYSECOND"})
_MAY_SAY: Final = {  # RFC 5545, section 3.3.10; nobody is busy by the hour, minute or second
    "DAILY": _ALWAYS | _CLOCK | {"BYMONTHDAY"},
    "WEEKLY": _ALWAYS | _CLOCK | {"BYSETPOS"},
    "MONTHLY": _ALWAYS | _CLOCK | {"BYMONTHDAY", "BYSETPOS"},
    "YEARLY": _ALWAYS | _CLOCK | {"BYMONTHDAY", "BYSETPOS", "BYYEARDAY", "BYWEEKNO"},
}
_LONGEST_MONTHS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAY: Final = timedelta(days=1)


def occurrences(rule: str, start: ics.When, first: datetime, last: datetime) -> Iterator[datetime]:
    """The times at which an event that began at ``start`` recurs, from ``first`` to ``last``.

    All are on the clocks of its zone. Raises Broken where the rule is none, is one that we do not
    follow, or has more than `MOST` occurrences.
    """
    said = read(rule)
    until = said.pop("UNTIL", "")
    last = min(last, _until(until, start.zone)) if until else last
    local = start.local
    if local > last:
        return
    if "COUNT" not in said:
        local = _brought_near(local, first, said)
    ahead = (9999 - last.year) // 400 * 400
    for number, then in enumerate(_followed(said, local.replace(year=local.year + ahead))):
        now = then.replace(year=then.year - ahead)
        if now > last:
            return
        if number == MOST:
            raise ics.Broken("recurs too often")
        if now >= first:
            yield now


def _followed(said: Mapping[str, str], start: datetime) -> Iterator[datetime]:
    try:
        yield from rrulestr(";".join(map("=".join, said.items())), dtstart=start)
    except (ValueError, TypeError, KeyError, IndexError, OverflowError) as error:
        raise ics.Broken(f"recurs by a rule that is none: {error}") from error


def read(rule: str) -> dict[str, str]:
    """What a rule says, by name. Raises Broken if we do not follow such rules."""
    said = dict(part.partition("=")[::2] for part in rule.upper().split(";") if part)
    known = _MAY_SAY.get(said.get("FREQ", ""), frozenset())
    if not known or said.keys() - known - {"UNTIL"}:
        raise ics.Broken("recurs by a rule that we do not follow")
    if not said.get("INTERVAL", "1").isdecimal() or int(said.get("INTERVAL", "1")) < 1:
        raise ics.Broken("recurs at no interval")
    if not _comes_about(said):
        raise ics.Broken("recurs on a day that no month has")
    return said


def _comes_about(said: Mapping[str, str]) -> bool:
    """Whether any of the months has any of the days."""
    try:
        months = [int(month) for month in said.get("BYMONTH", "1").split(",")]
        days = [abs(int(day)) for day in said.get("BYMONTHDAY", "1").split(",")]
        return any(day <= _LONGEST_MONTHS[month - 1] for month in months for day in days)
    except (ValueError, IndexError):
        return False


def _until(value: str, zone: tzinfo) -> datetime:
    """The last local time that the rule may reach; a day is reached to its end."""
    end = ics.when(value, "", lambda _: zone)
    if end.is_day:
        return end.local + _DAY - timedelta(microseconds=1)
    if end.zone is UTC:
        return end.utc.astimezone(zone).replace(tzinfo=None)
    return end.local


def _brought_near(start: datetime, first: datetime, said: Mapping[str, str]) -> datetime:
    """A later start of the same daily or weekly rule, before ``first``."""
    days = {"DAILY": 1, "WEEKLY": 7}.get(said["FREQ"], 0) * int(said.get("INTERVAL", "1"))
    if not 0 < days < 10_000:
        return start
    periods = (first - start) // (days * _DAY) - 1
    return start + max(periods, 0) * days * _DAY
