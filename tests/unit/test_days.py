"""Slots as a reader sees them: by days of their own zone, in words of their own language."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passalong.booking.days import by_day, place, zone_words
from passalong.booking.slots import Slot
from passalong.locales import load

FOLDERS = [Path(__file__).parents[2] / "site/locales"]
ENGLISH, GERMAN = load(FOLDERS, "en"), load(FOLDERS, "de")
BERLIN, SYDNEY = ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Sydney")
NEW_YORK = ZoneInfo("America/New_York")
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def slot(start: datetime) -> Slot:
    return Slot(start, start + timedelta(minutes=25))


def test_a_late_slot_is_the_next_days_further_east() -> None:
    slots = [slot(NOON), slot(NOON + timedelta(hours=2))]
    days = by_day(slots, SYDNEY, ENGLISH)
    shown = [(day.words, [time.words for time in day.times]) for day in days]
    assert shown == [("Monday 2 November", ["23:00"]), ("Tuesday 3 November", ["1:00"])]
    (day,) = by_day(slots, BERLIN, GERMAN)
    assert (day.words, [time.words for time in day.times]) == (
        "Montag, 2. November",
        ["13:00", "15:00"],
    )


def test_an_hour_that_the_clock_shows_twice_is_told_apart() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    slots = [slot(first + hours * timedelta(hours=1)) for hours in range(3)]
    (day,) = by_day(slots, BERLIN, ENGLISH)
    assert [time.words for time in day.times] == ["2:30 (UTC+2)", "2:30 (UTC+1)", "3:30"]


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 60 * 24), unique=True),
    st.sampled_from([BERLIN, NEW_YORK, SYDNEY, ZoneInfo("America/St_Johns")]),
    st.sampled_from([datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 31, tzinfo=UTC)]),
)
def test_every_slot_is_shown_once_on_its_own_day_and_clock(
    minutes: list[int], zone: ZoneInfo, start: datetime
) -> None:
    slots = [slot(start + timedelta(minutes=n)) for n in minutes]
    days = by_day(slots, zone, ENGLISH)
    shown = [time for day in days for time in day.times]
    utc = [Slot(time.start.astimezone(UTC), time.end.astimezone(UTC)) for time in shown]
    assert utc == sorted(slots)
    assert all(
        time.start.tzinfo is zone and time.start.date() == day.date
        for day in days
        for time in day.times
    )
    assert [day.date for day in days] == sorted({s.start.astimezone(zone).date() for s in slots})
    assert all(len({time.words for time in day.times}) == len(day.times) for day in days)
    assert all(time.words.startswith(f"{time.start:%-H:%M}") for time in shown)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Europe/Berlin", "Berlin"),
        ("America/New_York", "New York"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires"),
        ("Asia/Calcutta", "Kolkata"),
        ("UTC", "UTC"),
        ("Etc/GMT", "UTC"),
        ("Etc/GMT+5", "UTC−5"),
        ("EST5EDT", "UTC−5"),
    ],
)
def test_a_zone_is_called_after_its_city(name: str, expected: str) -> None:
    assert place(ZoneInfo(name), NOON) == expected


def test_the_reader_is_told_whose_time_it_is() -> None:
    assert zone_words(BERLIN, ENGLISH, NOON, yours=True) == "your time, Berlin"
    assert zone_words(BERLIN, ENGLISH, NOON, yours=False) == "Berlin time"
    assert zone_words(BERLIN, GERMAN, NOON, yours=False) == "Zeit in Berlin"


def test_no_slots_are_no_days() -> None:
    assert by_day([], BERLIN, ENGLISH) == ()
    assert by_day([slot(NOON)], BERLIN, ENGLISH)[0].date == date(2026, 11, 2)
