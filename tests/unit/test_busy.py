"""Busy times, read from calendars as Google, Outlook and Apple write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from passalong.booking import ics
from passalong.booking.busy import Busy, busy_spans

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
SYDNEY = ZoneInfo("Australia/Sydney")
FROM, TO = datetime(2026, 10, 19, tzinfo=UTC), datetime(2026, 11, 9, tzinfo=UTC)
DAY = timedelta(days=1)
STAND_UP = (
    "UID:1\nDTSTART;TZID=Europe/Berlin:20260105T090000\nDTEND;TZID=Europe/Berlin:20260105T093000\n"
)
WEEKLY = STAND_UP + "RRULE:FREQ=WEEKLY;BYDAY=MO\n"
MONDAYS = ["10-19 07:00", "10-26 08:00", "11-02 08:00"]  # in UTC: clocks change on the 25th


def calendar(*events: str, before: str = "") -> bytes:
    inside = "".join(f"BEGIN:VEVENT\n{event}END:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{before}{inside}END:VCALENDAR\n".replace(
        "\n", "\r\n"
    ).encode()


def read(*events: str, zone: ZoneInfo = BERLIN, before: str = "", mailbox: str = "") -> Busy:
    data = calendar(*events, before=before)
    return busy_spans(data, zone, FROM, TO, mailbox=mailbox, own="friends.leeway.example")


def starts(*events: str, zone: ZoneInfo = BERLIN, before: str = "", mailbox: str = "") -> list[str]:
    found = read(*events, zone=zone, before=before, mailbox=mailbox)
    return [f"{start:%m-%d %H:%M}" for start, _ in found.spans]


# --- What recurs ------------------------------------------------------------------------------


def test_a_weekly_meeting_keeps_its_hour_when_clocks_change() -> None:
    assert starts(WEEKLY) == MONDAYS
    assert {end - start for start, end in read(WEEKLY).spans} == {timedelta(minutes=30)}


def test_an_instance_that_was_taken_out_is_free() -> None:
    assert starts(WEEKLY + "EXDATE;TZID=Europe/Berlin:20261026T090000\n") == [
        MONDAYS[0],
        MONDAYS[2],
    ]
    assert starts(WEEKLY + "EXDATE:20261026T080000Z,20261102T080000Z\n") == MONDAYS[:1]
    assert starts(WEEKLY + "EXDATE;VALUE=DATE:20261026\n") == [MONDAYS[0], MONDAYS[2]]


def test_an_instance_that_was_moved_blocks_where_it_is_now() -> None:
    moved = (
        "UID:1\nRECURRENCE-ID;TZID=Europe/Berlin:20261026T090000\n"
        "DTSTART;TZID=Europe/Berlin:20261027T140000\nDURATION:PT1H30M\n"
    )
    assert starts(moved, WEEKLY) == ["10-19 07:00", "10-27 13:00", "11-02 08:00"]
    assert starts(WEEKLY, moved + "STATUS:CANCELLED\n") == ["10-19 07:00", "11-02 08:00"]
    assert starts(WEEKLY, moved + "TRANSP:TRANSPARENT\n") == ["10-19 07:00", "11-02 08:00"]


def test_an_instance_that_is_named_in_utc_is_the_same_one() -> None:
    moved = (
        "UID:1\nRECURRENCE-ID:20261102T080000Z\nDTSTART:20261102T100000Z\nDTEND:20261102T110000Z\n"
    )
    assert starts(WEEKLY, moved) == [*MONDAYS[:2], "11-02 10:00"]


def test_a_series_ends_when_it_says() -> None:
    assert starts(WEEKLY.replace("BYDAY", "UNTIL=20261026T080000Z;BYDAY")) == MONDAYS[:2]
    assert starts(WEEKLY.replace("BYDAY", "UNTIL=20261026T075959Z;BYDAY")) == MONDAYS[:1]
    assert starts(WEEKLY.replace("BYDAY", "UNTIL=20261026;BYDAY")) == MONDAYS[:2]
    assert starts(WEEKLY.replace("BYDAY", "UNTIL=20261026T090000;BYDAY")) == MONDAYS[:2]
    assert starts(WEEKLY.replace("BYDAY", "COUNT=43;BYDAY")) == MONDAYS[:2]


def test_every_second_week_stays_every_second_week_from_long_ago() -> None:
    long_ago = WEEKLY.replace("2026010", "2006010").replace("0105T", "0102T")
    assert starts(long_ago.replace("BYDAY", "INTERVAL=2;WKST=SU;BYDAY")) == ["10-26 08:00"]


def test_every_day_of_the_week_that_a_rule_names_recurs() -> None:
    friday = STAND_UP.replace("20260105", "20260109") + "RRULE:FREQ=WEEKLY;BYDAY=MO,FR\n"
    assert starts(friday)[:3] == ["10-19 07:00", "10-23 07:00", "10-26 08:00"]


def test_days_are_added_to_a_series() -> None:
    assert starts(STAND_UP + "RDATE;TZID=Europe/Berlin:20261020T090000,20261021T100000\n") == [
        "10-20 07:00",
        "10-21 08:00",
    ]


@settings(deadline=None)
@given(
    st.sampled_from([BERLIN, NEW_YORK, SYDNEY]),
    st.datetimes(datetime(2024, 1, 1), datetime(2026, 11, 1)),
    st.sampled_from([("DAILY", 1), ("WEEKLY", 7)]),
    st.integers(1, 5),
)
def test_what_recurs_does_so_on_the_clocks_of_its_own_zone(
    zone: ZoneInfo, first: datetime, freq: tuple[str, int], interval: int
) -> None:
    first = first.replace(second=0, microsecond=0)
    event = (
        f"UID:1\nDTSTART;TZID={zone.key}:{first:%Y%m%dT%H%M%S}\nDURATION:PT20M\n"
        f"RRULE:FREQ={freq[0]};INTERVAL={interval}\n"
    )
    found = {start for start, _ in read(event, zone=SYDNEY).spans}
    expected = set()
    while first < datetime(2026, 11, 12):
        start = first.replace(tzinfo=zone).astimezone(UTC)
        if start < TO and start + timedelta(minutes=20) > FROM:
            expected.add(start)
        first += interval * freq[1] * DAY
    assert found == expected


# --- Days, zones and what blocks ---------------------------------------------------------------


def test_a_whole_day_is_the_hosts_own() -> None:
    event = "UID:1\nDTSTART;VALUE=DATE:20261025\nDTEND;VALUE=DATE:20261027\n"
    (berlin,) = read(event).spans
    (sydney,) = read(event, zone=SYDNEY).spans
    assert berlin == (
        datetime(2026, 10, 24, 22, tzinfo=UTC),
        datetime(2026, 10, 26, 23, tzinfo=UTC),
    )
    assert sydney == (
        datetime(2026, 10, 24, 13, tzinfo=UTC),
        datetime(2026, 10, 26, 13, tzinfo=UTC),
    )


def test_a_day_without_an_end_is_one_day_and_recurs_as_one() -> None:
    event = "UID:1\nDTSTART;VALUE=DATE:20260101\nRRULE:FREQ=MONTHLY;BYDAY=-1SU\n"
    (sunday,) = read(event).spans
    assert [moment.astimezone(BERLIN).date() for moment in sunday] == [
        date(2026, 10, 25),
        date(2026, 10, 26),
    ]
    assert sunday[1] - sunday[0] == timedelta(hours=25)


def test_a_time_without_a_zone_is_on_the_hosts_clock() -> None:
    event = "UID:1\nDTSTART:20261020T090000\nDTEND:20261020T093000\n"
    assert starts(event) == ["10-20 07:00"]
    assert [f"{s:%d %H:%M}" for s, _ in read(event, zone=NEW_YORK).spans] == ["20 13:00"]


@pytest.mark.parametrize(
    "tzid",
    [
        "W. Europe Standard Time",
        "/freeassociation.sourceforge.net/Europe/Berlin",
        '"Europe/Berlin"',
        "CET",
    ],
)
def test_zones_go_by_many_names(tzid: str) -> None:
    event = f"UID:1\nDTSTART;TZID={tzid}:20261020T090000\nDURATION:PT1H\n"
    assert [f"{s:%H:%M}" for s, _ in read(event, zone=NEW_YORK).spans] == ["07:00"]


OUTLOOK = """\
BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:STANDARD
DTSTART:16011028T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010325T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
"""


def test_a_zone_that_only_the_calendar_knows_is_read_from_it() -> None:
    weekly = WEEKLY.replace("Europe/Berlin", "Customized Time Zone")
    assert starts(weekly, before=OUTLOOK, zone=NEW_YORK) == MONDAYS
    hostile = OUTLOOK.replace("YEARLY;", "YEARLY;INTERVAL=0;")
    assert len(starts(weekly, before=hostile)) == 3


def test_a_zone_that_nobody_knows_is_the_hosts() -> None:
    assert starts(WEEKLY.replace("Europe/Berlin", "Middle Earth")) == MONDAYS


@pytest.mark.parametrize(
    "line",
    [
        "TRANSP:TRANSPARENT",
        "STATUS:CANCELLED",
        "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
        "ATTENDEE;CN=\"Petersen, Jonas\";PARTSTAT=DECLINED;X-A=b:MAILTO:Jonas@leeway.example",
        "UID:m7k2@friends.leeway.example",
    ],
)  # fmt: skip
def test_what_is_shown_as_free_or_declined_or_ours_blocks_nothing(line: str) -> None:
    jonas = "jonas@leeway.example"
    event = f"{line}\n" + STAND_UP.replace("UID:1\n", "").replace("20260105", "20261020")
    assert starts(event, mailbox=jonas) == []
    assert starts(event.replace(line, "SUMMARY:Other"), mailbox=jonas) == ["10-20 07:00"]


@pytest.mark.parametrize(
    "line",
    [
        "STATUS:TENTATIVE",
        "ATTENDEE;PARTSTAT=DECLINED:mailto:other@leeway.example",
        "X-MICROSOFT-CDO-BUSYSTATUS:OOF",
        "BEGIN:VALARM\nTRIGGER:-PT15M\nDURATION:PT5M\nSTATUS:CANCELLED\nEND:VALARM",
    ],
)
def test_all_else_blocks(line: str) -> None:
    event = STAND_UP.replace("20260105", "20261020") + line + "\n"
    assert starts(event, mailbox="jonas@leeway.example") == ["10-20 07:00"]


def test_free_and_busy_times_are_read_too() -> None:
    data = (
        b"BEGIN:VCALENDAR\r\nBEGIN:VFREEBUSY\r\n"
        b"FREEBUSY;FBTYPE=BUSY:20261020T070000Z/PT30M,20261021T070000Z/20261021T08\r\n 0000Z\r\n"
        b"FREEBUSY;FBTYPE=FREE:20261022T070000Z/PT30M\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n"
    )
    found = busy_spans(data, BERLIN, FROM, TO).spans
    assert [(s.day, (e - s).seconds // 60) for s, e in found] == [(20, 30), (21, 60)]


def test_what_overlaps_is_one_span_and_what_is_elsewhere_in_time_is_none() -> None:
    first = "UID:1\nDTSTART:20261020T090000Z\nDURATION:PT1H\n"
    second = "UID:2\nDTSTART:20261020T093000Z\nDURATION:PT1H\n"
    long = "UID:3\nDTSTART:20260901T000000Z\nDTEND:20261019T060000Z\n"
    past = "UID:4\nDTSTART:20261018T090000Z\nDURATION:PT1H\n"
    never = "UID:5\nDTSTART:20261020T150000Z\n"
    found = read(first, second, long, past, never)
    assert [f"{moment:%m-%d %H:%M}" for span in found.spans for moment in span] == [
        "09-01 00:00", "10-19 06:00", "10-20 09:00", "10-20 10:30",
    ]  # fmt: skip


# --- Bounds -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY",
        "FREQ=DAILY;BYHOUR=9",
        "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU",
        "FREQ=DAILY;INTERVAL=1;BYMONTH=10,11",
    ],
)
def test_an_endless_rule_is_followed_only_where_it_matters(rule: str) -> None:
    event = STAND_UP.replace("20260105", "19700105") + f"RRULE:{rule}\n"
    assert len(starts(event)) == 21


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYSETPOS=5",
        "FREQ=DAILY;COUNT=999999999",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;UNTIL=tomorrow",
        "FREQ=YEARLY;BYEASTER=1",
        "FREQ=DAILY;BYHOUR=99",
        "BYDAY=MO",
        "",
        "=;=;=",
    ],
)
def test_a_rule_that_makes_no_sense_blocks_the_first_time_and_is_counted(rule: str) -> None:
    event = STAND_UP.replace("20260105", "19700105")
    sane = STAND_UP.replace("20260105", "20261020")
    found = read(event + f"RRULE:{rule}\n", sane)
    assert ([s.day for s, _ in found.spans], found.unread) == ([20], 1)
    first = read(sane + f"RRULE:{rule}\n")
    assert first.spans[0][0].day == 20


@pytest.mark.parametrize(
    "rule", ["FREQ=WEEKLY;BYDAY=MO;BYSETPOS=9", "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6"]
)
def test_a_rule_that_never_comes_about_ends(rule: str) -> None:
    assert starts(STAND_UP + f"RRULE:{rule}\n") == []


@pytest.mark.parametrize(
    "event",
    [
        "UID:1\n",
        "UID:1\nDTSTART:soon\n",
        "DTSTART:20261340T000000\n",
        "DTSTART:00010101T000000\nDURATION:PT1H\n",
        "DTSTART:20261020T090000\nDURATION:P\n",
        "RECURRENCE-ID:never\nDTSTART:x\n",
    ],
)
def test_an_event_that_makes_no_sense_is_counted_and_the_rest_is_read(event: str) -> None:
    found = read(event, WEEKLY)
    assert len(found.spans) == 3
    assert found.unread >= 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html><title>Sign in</title>",
        calendar(WEEKLY)[:-20],
        calendar(WEEKLY).replace(b"END:VEVENT", b"END:VALARM"),
        b"BEGIN:VCALENDAR\r\n" + b" " * ics.MOST_BYTES,
    ],
)
def test_what_is_no_whole_calendar_is_refused(data: bytes) -> None:
    with pytest.raises(ics.Broken):
        busy_spans(data, BERLIN, FROM, TO)


WORDS = st.sampled_from(
    ["DTSTART", "DTEND", "RRULE", "EXDATE", "RECURRENCE-ID", "DURATION", ":", ";", "=", ",", "/",
     "P", "1", "9", "T", "Z", "20261020", "T090000", "FREQ=", "DAILY", "MONTHLY", "COUNT=", "-",
     "INTERVAL=", "BYMONTHDAY=", "31", "TZID=", "Europe/Berlin", '"', "é", "\n", "\n ",
     "BEGIN:VTIMEZONE\n", "END:VTIMEZONE\n"]
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(WORDS, max_size=60).map("".join))
@example('DTSTART;TZID="x:20261020T090000')
@example("DTSTART" + ";A=b" * 2000)
def test_whatever_stands_in_an_event_is_read_or_refused(text: str) -> None:
    try:
        found = read(text + "\n", WEEKLY)
    except ics.Broken:
        return
    assert found.spans == tuple(sorted(found.spans))
    assert all(start.tzinfo is UTC and start < end for start, end in found.spans)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    for whole in (data, b"BEGIN:VCALENDAR\n" + data + b"\nEND:VCALENDAR\n"):
        try:
            busy_spans(whole, BERLIN, FROM, TO)
        except ics.Broken:
            continue
