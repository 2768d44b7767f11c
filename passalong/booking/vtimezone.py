"""A time zone as an invitation carries it: VTIMEZONE, short enough for every calendar.

Of icalendar's own writer come seventy years of dates, with the onset of summer an hour late; what
is written here are the rules of the years around a meeting. Source: RFC 5545, section 3.6.5.
"""

from __future__ import annotations

import calendar
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

from passalong import zones

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta
    from zoneinfo import ZoneInfo

    from passalong.zones import Change

_YEARS: Final = 6
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def vtimezone(zone: ZoneInfo, at: datetime) -> Timezone:
    """The zone, right from a year before the instant to some years after it."""
    start = datetime(at.year - 1, 1, 1, tzinfo=UTC)
    changes = list(zones.changes(zone, start, start.replace(year=start.year + _YEARS)))
    component = Timezone()
    component.add("TZID", zone.key)
    for change, rule in _observances(changes, at):
        component.add_component(_part(change, rule, change.at.astimezone(zone).tzname()))
    if not any("RRULE" in part for part in component.subcomponents):
        ahead = changes[0].before if changes else zones.offset(zone, at)
        always = zones.Change(_LONG_AGO - ahead, ahead, ahead)
        name = start.astimezone(zone).tzname()
        component.subcomponents.insert(0, _part(always, {}, name))
    return component


def _part(
    change: Change, rule: dict[str, str | int], name: str | None
) -> TimezoneDaylight | TimezoneStandard:
    part = TimezoneDaylight() if change.after > change.before else TimezoneStandard()
    part.add("DTSTART", _onset(change))
    part.add("TZOFFSETFROM", change.before)
    part.add("TZOFFSETTO", change.after)
    part.add("TZNAME", name)
    if rule:
        part.add("RRULE", rule)
    return part


def _observances(
    changes: Sequence[Change], at: datetime
) -> list[tuple[Change, dict[str, str | int]]]:
    """Changes that recur by a rule, with it; where one does not, the changes around one by one."""
    kinds: dict[tuple[timedelta, timedelta], list[Change]] = {}
    for change in changes:
        kinds.setdefault((change.before, change.after), []).append(change)
    rules = [(alike[0], _rule(alike)) for alike in kinds.values()]
    if all(rule for _, rule in rules):
        return rules
    return [(change, {}) for change in changes if abs(change.at.year - at.year) < 2]


def _rule(changes: Sequence[Change]) -> dict[str, str | int]:
    """The yearly rule that the changes follow, if they do: the same weekday of the same month."""
    onsets = [_onset(change) for change in changes]
    yearly = all(later.year == earlier.year + 1 for earlier, later in pairwise(onsets))
    alike = {(onset.month, onset.weekday(), onset.time()) for onset in onsets}
    if len(onsets) < _YEARS or not yearly or len(alike) > 1:
        return {}
    for places in zip(*map(_places, onsets), strict=True):
        if len(set(places)) == 1:
            day = f"{places[0]}{_DAYS[onsets[0].weekday()]}"
            return {"FREQ": "YEARLY", "BYMONTH": onsets[0].month, "BYDAY": day}
    return {}


def _places(day: datetime) -> tuple[int, int]:
    """Which of its weekday in the month a day is, from the end and from the beginning: -1, 4."""
    left = calendar.monthrange(day.year, day.month)[1] - day.day
    return -(left // 7 + 1), (day.day - 1) // 7 + 1


def _onset(change: Change) -> datetime:
    """When it happens, on the clocks as they were before."""
    return (change.at + change.before).replace(tzinfo=None)
