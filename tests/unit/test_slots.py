"""Free slots, held against a minute-by-minute look at the clock on the host's wall."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from passalong.booking.hours import parse
from passalong.booking.slots import GRID, STEP, Slot, free_slots, held, pick, slot_at
from passalong.program import Booking, Host

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Sydney")
CHANGES = [  # every change of the three zones in a year
    ("America/New_York", datetime(2026, 3, 8, 7, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Australia/Sydney", datetime(2026, 4, 4, 16, tzinfo=UTC)),
    ("Australia/Sydney", datetime(2026, 10, 3, 16, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 6, tzinfo=UTC)),
]
Span = tuple[datetime, datetime]


def host(*hours: str, zone: str = "Europe/Berlin") -> Host:
    return Host("jonas", "Jonas", "", "jonas@leeway.example", hours=hours, timezone=zone)


def booking(minutes: int = 25, **rest: int | tuple[date, ...]) -> Booking:
    plain = Booking((), minutes, buffer_before=0, buffer_after=0, notice_hours=0)
    return Booking(**{name: rest.get(name, getattr(plain, name)) for name in Booking.__slots__})


def at(text: str, zone: str = "Europe/Berlin") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def local(slots: list[Slot], zone: str = "Europe/Berlin") -> list[str]:
    return [f"{slot.start.astimezone(ZoneInfo(zone)):%a %H:%M}" for slot in slots]


def on(day: str, program: Booking, who: Host, *, busy: list[Span], taken: list[Span]) -> list[str]:
    start = at(f"{day} 00:00")
    return local(
        free_slots(program, who, busy, taken, now=start - 2 * DAY, start=start, end=start + DAY)
    )


# --- By hand ----------------------------------------------------------------------------------


def test_a_day_is_offered_every_half_hour_as_long_as_a_meeting_fits() -> None:
    slots = on("2026-11-23", booking(45), host("Mon-Fri 09:10-11:00"), busy=[], taken=[])
    assert slots == ["Mon 09:10", "Mon 09:40", "Mon 10:10"]


def test_nothing_comes_near_a_meeting_but_its_buffers() -> None:
    start = at("2026-11-23 10:00")
    program = booking(buffer_before=5, buffer_after=35)
    taken = held(program, Slot(start, start + 25 * MINUTE))
    assert taken == (at("2026-11-23 09:55"), at("2026-11-23 11:00"))
    free = on("2026-11-23", program, host("Mon 08:30-12:00"), busy=[], taken=[taken])
    assert free == ["Mon 08:30", "Mon 11:30"]


def test_what_the_calendar_says_needs_only_the_new_meetings_buffers() -> None:
    busy = [(at("2026-11-23 10:00"), at("2026-11-23 10:25"))]
    program = booking(buffer_before=5, buffer_after=35)
    free = on("2026-11-23", program, host("Mon 09:00-12:00"), busy=busy, taken=[])
    assert free == ["Mon 09:00", "Mon 10:30", "Mon 11:00", "Mon 11:30"]


def test_an_entry_of_no_length_blocks_nothing() -> None:
    noon = at("2026-11-23 09:10")
    assert on("2026-11-23", booking(), host("Mon 09:00-09:30"), busy=[(noon, noon)], taken=[])


def test_nobody_is_booked_on_a_holiday_of_the_hosts_own_calendar() -> None:
    sydney = host("Mon-Sun 08:00-09:00", zone="Australia/Sydney")
    program = booking(holidays=(date(2026, 12, 25),))
    start = at("2026-12-24 00:00", "Australia/Sydney")
    slots = free_slots(program, sydney, [], [], now=start, start=start, end=start + 3 * DAY)
    assert local(slots, "Australia/Sydney") == ["Thu 08:00", "Thu 08:30", "Sat 08:00", "Sat 08:30"]


def test_notice_and_horizon_bound_what_is_offered() -> None:
    now = at("2026-11-23 09:15")
    program = booking(notice_hours=24, horizon_days=2)
    slots = free_slots(
        program, host("Mon-Sun 09:00-10:30"), [], [], now=now, start=now, end=now + 30 * DAY
    )
    assert local(slots) == ["Tue 09:30", "Tue 10:00", "Wed 09:00"]


def test_clocks_that_go_forward_skip_an_hour_of_work() -> None:
    slots = on("2026-03-29", booking(45), host("Sun 00:50-04:10"), busy=[], taken=[])
    assert slots == ["Sun 00:50", "Sun 01:20", "Sun 01:50", "Sun 03:20"]


def test_clocks_that_go_back_give_an_hour_twice() -> None:
    slots = on("2026-10-25", booking(30), host("Sun 01:30-03:30"), busy=[], taken=[])
    assert slots == ["Sun 01:30", "Sun 02:00", "Sun 02:30", "Sun 02:00", "Sun 02:30", "Sun 03:00"]


def test_a_span_that_begins_in_the_skipped_hour_begins_when_the_clocks_have_moved() -> None:
    slots = on("2026-03-29", booking(30), host("Sun 02:30-04:00"), busy=[], taken=[])
    assert slots == ["Sun 03:00", "Sun 03:30"]


def test_a_host_without_hours_has_no_slots() -> None:
    assert on("2026-11-23", booking(), host(), busy=[], taken=[]) == []


def test_a_slot_is_found_again_by_its_start_alone() -> None:
    who, now = host("Mon 09:00-12:00"), at("2026-11-20 12:00")
    start = at("2026-11-23 09:30")
    assert slot_at(booking(), who, [], [], now=now, start=start) == Slot(start, start + 25 * MINUTE)
    assert slot_at(booking(), who, [], [], now=now, start=start + 5 * MINUTE) is None
    assert slot_at(booking(), who, [], [(start, start + MINUTE)], now=now, start=start) is None
    assert slot_at(booking(), who, [], [], now=start, start=start - DAY) is None


# --- Against brute force ----------------------------------------------------------------------


def clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


@st.composite
def hours(draw: st.DrawFn) -> tuple[str, ...]:
    spans = []
    for _ in range(draw(st.integers(1, 4))):
        days = draw(st.sampled_from(["Sun", "Sat-Mon", "Mon-Thu", "Mon-Sun", "Fri"]))
        start, end = sorted(draw(st.tuples(*[st.integers(0, 96)] * 2)))
        shift = draw(st.sampled_from([0, 0, 5, 7]))
        if start < end:
            spans.append(f"{days} {clock(start * 15 + shift)}-{clock(min(end * 15 + shift, 1440))}")
    return tuple(spans)


@st.composite
def times(draw: st.DrawFn, around: datetime) -> list[Span]:
    starts = draw(st.lists(st.integers(-2 * 1440, 2 * 1440), max_size=5))
    lengths = [draw(st.sampled_from([1, 15, 25, 60, 600])) for _ in starts]
    return [
        (around + start * MINUTE, around + (start + length) * MINUTE)
        for start, length in zip(starts, lengths, strict=True)
    ]


def worked(program: Booking, who: Host, start: datetime, end: datetime) -> dict[datetime, date]:
    """Each minute that is worked, with the host's day that it belongs to."""
    zone, spans = ZoneInfo(who.timezone), [span for span in map(parse, who.hours) if span]
    minutes = {}
    for number in range((end - start) // MINUTE):
        wall = (start + number * MINUTE).astimezone(zone)
        of_day = wall.hour * 60 + wall.minute
        hit = any(wall.weekday() in s.days and s.start <= of_day < s.end for s in spans)
        if hit and wall.date() not in program.holidays:
            minutes[start + number * MINUTE] = wall.date()
    return minutes


def can_start(work: dict[datetime, date], minute: datetime) -> bool:
    """Whether half hours, counted from the first round five minutes of a run of work, end here."""
    began = minute
    while work.get(began - MINUTE) == work[minute]:
        began -= MINUTE
    while began.minute % 5:
        began += MINUTE
    return minute >= began and not (minute - began) % STEP


def is_disturbed(program: Booking, minute: datetime, busy: list[Span], taken: list[Span]) -> bool:
    """Whether a meeting that starts then, or its buffers, would run into anything."""
    before, after = program.buffer_before * MINUTE, program.buffer_after * MINUTE
    end = minute + program.minutes * MINUTE
    return any(a < end + after and minute - before < b for a, b in busy + taken)


def by_brute_force(
    program: Booking, who: Host, busy: list[Span], taken: list[Span], *window: datetime
) -> list[Slot]:
    """Walks the clock minute by minute; ``window`` is now, start and end."""
    now, start, end = window
    first = max(start, now + timedelta(hours=program.notice_hours))
    last = min(end, now + program.horizon_days * DAY)
    work = worked(program, who, start - 1.5 * DAY, end + 1.5 * DAY)
    length = range(program.minutes)
    return [
        Slot(minute, minute + program.minutes * MINUTE)
        for minute, day in work.items()
        if first <= minute < last
        and not minute.minute % 5
        and can_start(work, minute)
        and all(work.get(minute + number * MINUTE) == day for number in length)
        and not is_disturbed(program, minute, busy, taken)
    ]


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_slots_are_those_of_a_minute_by_minute_look(data: st.DataObject) -> None:
    draw = data.draw
    own, change = draw(st.sampled_from(CHANGES))
    who = host(*draw(hours()), zone=draw(st.sampled_from([own, own, *ZONES])))
    program = booking(
        draw(st.sampled_from([10, 25, 45, 90])),
        buffer_before=draw(st.sampled_from([0, 5, 30])),
        buffer_after=draw(st.sampled_from([0, 10, 40])),
        notice_hours=draw(st.sampled_from([0, 0, 1, 24])),
        horizon_days=draw(st.sampled_from([28, 2, 1])),
        holidays=tuple(change.date() + n * DAY for n in draw(st.sets(st.integers(-3, 3)))),
    )
    start = change - draw(st.integers(-6, 24)) * 60 * MINUTE
    end = start + draw(st.integers(0, 40)) * 60 * MINUTE
    now = start - draw(st.integers(-10, 30)) * 60 * MINUTE
    busy, taken = draw(times(change)), draw(times(change))
    referee = ZoneInfo(draw(st.sampled_from(ZONES)))
    found = free_slots(
        program,
        who,
        busy,
        taken,
        now=now.astimezone(referee),
        start=start.astimezone(referee),
        end=end.astimezone(referee),
    )
    assert found == by_brute_force(program, who, busy, taken, now, start, end)
    assert all(slot.start.tzinfo is UTC and slot.start.minute % 5 == 0 for slot in found)


# --- What a page shows of them ----------------------------------------------------------------


def test_a_page_shows_a_few_times_of_each_day_from_its_first_to_its_last() -> None:
    start = at("2026-11-23 00:00")
    slots = free_slots(
        booking(),
        host("Mon-Fri 09:00-17:00"),
        [],
        [],
        now=start,
        start=start,
        end=start + 5 * DAY,
    )
    assert local(pick(slots, 3, 2)) == [
        "Mon 09:00", "Mon 12:30", "Mon 16:30", "Tue 09:00", "Tue 12:30", "Tue 16:30",
    ]  # fmt: skip
    assert local(pick(slots, 1, 2)) == ["Mon 09:00", "Tue 09:00"]
    assert pick(slots, 99, 99) == slots


def test_a_day_is_the_readers_own() -> None:
    start = at("2026-11-23 00:00", "Australia/Sydney")
    sydney = host("Mon-Tue 09:00-17:00", zone="Australia/Sydney")
    slots = free_slots(booking(), sydney, [], [], now=start, start=start, end=start + 3 * DAY)
    new_york = ZoneInfo("America/New_York")
    assert {slot.start.astimezone(new_york).date() for slot in pick(slots, 2, 1, new_york)} == {
        date(2026, 11, 22)
    }


@settings(deadline=None)
@given(st.lists(st.integers(0, 400), unique=True), st.integers(0, 6), st.integers(0, 6))
def test_what_is_picked_is_among_the_slots_in_order(
    starts: list[int], per_day: int, days: int
) -> None:
    base = datetime(2026, 11, 23, tzinfo=UTC)
    slots = [Slot(base + n * STEP, base + n * STEP + GRID) for n in sorted(starts)]
    few = pick(slots, per_day, days)
    assert few == sorted(few)
    assert set(few) <= set(slots)
    by_day = [
        sum(slot.start.date() == day for slot in few) for day in {s.start.date() for s in few}
    ]
    assert len(by_day) <= days
    assert all(0 < count <= per_day for count in by_day)
