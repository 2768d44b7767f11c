"""Working hours as they are written, and when the clocks of a zone change."""

from __future__ import annotations

import locale
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passalong import zones
from passalong.booking.hours import Hours, parse, week

NINE_TO_FIVE = (540, 1020)
HOUR = timedelta(hours=1)


def zone(name: str) -> ZoneInfo:
    found = zones.find(name)
    assert found is not None
    return found


def test_a_span_of_days_goes_over_the_weekend() -> None:
    assert parse("Sat-Mon 22:00-24:00") == Hours((5, 6, 0), 1320, 1440)
    assert parse("Wed 08:15-08:45") == Hours((2,), 495, 525)


def test_the_days_are_english_whatever_the_machine_speaks() -> None:
    before = locale.setlocale(locale.LC_TIME)
    try:
        for spoken in ("de_DE.UTF-8", "C.UTF-8", "C"):
            try:
                locale.setlocale(locale.LC_TIME, spoken)
            except locale.Error:
                continue
            assert parse("Wed 09:00-17:00") == Hours((2,), *NINE_TO_FIVE)
            assert parse("Mi 09:00-17:00") is None
    finally:
        locale.setlocale(locale.LC_TIME, before)


def test_a_day_has_as_many_spans_as_it_needs() -> None:
    hours = ("Mon-Thu 14:00-18:30", "Mon-Fri 09:30-12:30")
    monday, *_, friday, saturday, sunday = week(hours)
    assert monday == ((570, 750), (840, 1110))
    assert (friday, saturday, sunday) == (((570, 750),), (), ())


def test_spans_that_touch_or_overlap_are_one() -> None:
    assert week(("Mon 09:00-12:00", "Mon 12:00-15:00", "Mon 14:00-17:00"))[0] == (NINE_TO_FIVE,)


@settings(deadline=None)
@given(st.text() | st.from_regex(r"[MTWFS][a-z]{2}(-[A-Z][a-z]{2})? \d\d:\d\d-\d\d:\d\d"))
def test_whatever_is_written_is_a_span_within_a_day_or_nothing(text: str) -> None:
    hours = parse(text)
    assert hours is None or (
        0 <= hours.start < hours.end <= 1440 and set(hours.days) <= {*range(7)}
    )


@pytest.mark.parametrize(
    "name", ["Europe/Berln", "../etc/passwd", "/etc/passwd", "", "a\0b", "Europe"]
)
def test_a_zone_that_is_not_is_none(name: str) -> None:
    assert zones.find(name) is None


@pytest.mark.parametrize(
    ("name", "instants"),
    [
        ("Europe/Berlin", ["2026-03-29 01:00", "2026-10-25 01:00"]),
        ("America/New_York", ["2026-03-08 07:00", "2026-11-01 06:00"]),
        ("Australia/Sydney", ["2026-04-04 16:00", "2026-10-03 16:00"]),
        ("Australia/Lord_Howe", ["2026-04-04 15:00", "2026-10-03 15:30"]),
        ("Asia/Kolkata", []),
        ("UTC", []),
    ],
)
def test_clocks_change_when_they_do(name: str, instants: list[str]) -> None:
    year = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    found = list(zones.changes(zone(name), *year))
    assert [f"{change.at:%Y-%m-%d %H:%M}" for change in found] == instants
    assert all(zones.offset(zone(name), c.at) == c.after for c in found)
    assert all(zones.offset(zone(name), c.at - zones.SECOND) == c.before for c in found)


def test_stretches_cover_the_time_and_end_where_clocks_change() -> None:
    start, end = datetime(2026, 3, 20, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    change = datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert list(zones.stretches(zone("Europe/Berlin"), start, end)) == [
        (start, change, HOUR),
        (change, end, 2 * HOUR),
    ]
