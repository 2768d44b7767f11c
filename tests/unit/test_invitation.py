"""Invitations: by the rules of RFC 5545, through icalendar and through a mail and back."""

from __future__ import annotations

import email
import email.policy
import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from dateutil.tz import tzical
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from passalong.booking.invitation import Words, invitation, method_of
from passalong.booking.uids import uid_of
from passalong.ledger.port import Meeting
from passalong.party import Party

BASE = "https://friends.leeway.example"
START = datetime(2026, 12, 1, 13, tzinfo=UTC)
MEETING = Meeting(
    "m7k2", "r1", "p1", "a1", "jonas", START, START + timedelta(minutes=25), "Europe/Berlin"
)
LINK = "https://meet.leeway.example/jonas"
WORDS = Words(
    "Leeway: Tomas Berg and Jonas Petersen", "Maria thought of you.\n\nBring a photo.", LINK, LINK
)
SENDER = Party("Leeway", "meetings@leeway.example")
GUESTS = (
    Party("Jonas Petersen", "jonas@leeway.example"),
    Party("Tomas Berg", "t.berg@kestrel.example"),
)
HOUR = timedelta(hours=1)
NOW = datetime(2026, 11, 20, 8, 30, 15, 999, tzinfo=UTC)
ZONES = (
    "Europe/Berlin", "Europe/Dublin", "America/New_York", "Australia/Sydney", "Asia/Kolkata",
    "Asia/Kathmandu", "Africa/Casablanca", "Africa/Cairo", "Asia/Jerusalem", "America/Asuncion",
    "Australia/Lord_Howe", "Pacific/Chatham", "America/Santiago",
)  # fmt: skip
NAME = r"[A-Za-z0-9-]+"
QUOTED = r'"[^"\x00-\x08\x0a-\x1f\x7f]*"'
SAFE = r'[^",;:\x00-\x08\x0a-\x1f\x7f]*'
LINE = re.compile(
    rf"(?P<name>{NAME})(?P<params>(?:;{NAME}=(?:{QUOTED}|{SAFE})(?:,(?:{QUOTED}|{SAFE}))*)*):"
    r"(?P<value>[^\x00-\x08\x0a-\x1f\x7f]*)"
)
ONCE = {
    "VCALENDAR": ("PRODID", "VERSION", "CALSCALE", "METHOD"),
    "VEVENT": ("UID", "DTSTAMP", "DTSTART", "DTEND", "ORGANIZER", "SEQUENCE", "SUMMARY", "STATUS"),
    "VTIMEZONE": ("TZID",),
    "STANDARD": ("DTSTART", "TZOFFSETFROM", "TZOFFSETTO"),
    "DAYLIGHT": ("DTSTART", "TZOFFSETFROM", "TZOFFSETTO"),
}


def write(meeting: Meeting = MEETING, words: Words = WORDS, **rest: Any) -> bytes:
    return invitation(
        meeting,
        words=words,
        sender=rest.get("sender", SENDER),
        guests=rest.get("guests", GUESTS),
        base_url=BASE,
        now=rest.get("now", NOW),
    )


def event(data: bytes) -> Any:
    (found,) = Calendar.from_ical(data).walk("VEVENT")
    return found


def lines(data: bytes) -> list[str]:
    """The content lines; asserts that they end, fold and read as RFC 5545, section 3.1, has it."""
    assert data.endswith(b"\r\n")
    physical = data[:-2].split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line for line in physical)
    assert max(map(len, physical)) <= 75
    for line in physical:
        line.decode()  # a fold within a letter would be legal, and break lesser readers
    return data[:-2].decode().replace("\r\n ", "").split("\r\n")


def check(data: bytes) -> None:
    """Asserts the rules of RFC 5545 and 5546 that an invitation has to keep."""
    open_parts: list[tuple[str, list[str]]] = []
    defined, used = set(), set()
    for line in lines(data):
        found = LINE.fullmatch(line)
        assert found, line
        name, value = found["name"], found["value"]
        if name == "BEGIN":
            open_parts.append((value, []))
        elif name == "END":
            kind, names = open_parts.pop()
            assert kind == value
            assert {one: names.count(one) for one in ONCE[kind]} == dict.fromkeys(ONCE[kind], 1)
            assert "DURATION" not in names
            assert kind != "VEVENT" or names.count("ATTENDEE") >= 1
            assert kind != "VTIMEZONE" or "part" in names
            if open_parts:
                open_parts[-1][1].append("part")
        else:
            open_parts[-1][1].append(name)
            used |= set(re.findall(r";TZID=([^:;]+)", found["params"]))
            defined |= {value} if name == "TZID" else set()
            assert name != "DTSTAMP" or re.fullmatch(r"\d{8}T\d{6}Z", value)
    assert open_parts == []
    assert used == defined


def in_utc_by_its_own_zone(data: bytes) -> datetime:
    """DTSTART in UTC, by nothing but the VTIMEZONE that came with it."""
    text = "\r\n".join(lines(data))
    local = re.search(r"DTSTART;TZID=[^:]+:(\d{8}T\d{6})", text)
    part = re.search(r"BEGIN:VTIMEZONE.*END:VTIMEZONE", text, re.DOTALL)
    assert local
    assert part
    zone = tzical(io.StringIO(part[0])).get()
    return datetime.strptime(local[1], "%Y%m%dT%H%M%S").replace(tzinfo=zone).astimezone(UTC)


def test_an_invitation_says_who_meets_when_and_where() -> None:
    data = write()
    check(data)
    found = event(data)
    assert Calendar.from_ical(data)["METHOD"] == "REQUEST"
    assert found["UID"] == "m7k2@friends.leeway.example"
    assert found["ORGANIZER"] == "mailto:meetings@leeway.example"
    assert [(str(a), a.params["CN"], a.params["RSVP"]) for a in found["ATTENDEE"]] == [
        ("mailto:jonas@leeway.example", "Jonas Petersen", "TRUE"),
        ("mailto:t.berg@kestrel.example", "Tomas Berg", "TRUE"),
    ]
    assert (found["DTSTART"].dt, found["DTEND"].dt) == (MEETING.start, MEETING.end)
    assert found["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert found["DTSTAMP"].dt == NOW.replace(microsecond=0)
    assert (found["SUMMARY"], found["DESCRIPTION"]) == (WORDS.summary, WORDS.description)
    assert {str(found[name]) for name in ("LOCATION", "URL", "CONFERENCE")} == {LINK}


def test_a_meeting_by_phone_has_a_place_and_no_link() -> None:
    found = event(write(words=Words("Call", "", "By phone: +49 40 1")))
    assert found["LOCATION"] == "By phone: +49 40 1"
    assert "URL" not in found
    assert "CONFERENCE" not in found


def test_moving_and_cancelling_speak_of_the_same_event() -> None:
    moved = replace(MEETING, start=START + timedelta(days=1), sequence=1)
    gone = replace(moved, status="cancelled", sequence=2)
    data = [write(meeting) for meeting in (MEETING, moved, gone)]
    assert {str(event(each)["UID"]) for each in data} == {uid_of(MEETING, BASE)}
    assert [event(each)["SEQUENCE"] for each in data] == [0, 1, 2]
    assert [event(each)["STATUS"] for each in data] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert [method_of(meeting) for meeting in (MEETING, moved, gone)] == [
        "REQUEST",
        "REQUEST",
        "CANCEL",
    ]
    assert Calendar.from_ical(data[2])["METHOD"] == "CANCEL"
    check(data[2])


@pytest.mark.parametrize("name", ["UTC", "Etc/UTC", "Europe/Berln", ""])
def test_without_a_zone_of_their_own_times_are_in_utc(name: str) -> None:
    data = write(replace(MEETING, timezone=name))
    check(data)
    assert b"DTSTART:20261201T130000Z\r\n" in data
    assert b"VTIMEZONE" not in data


def test_a_zone_is_told_by_its_rules() -> None:
    data = write()
    assert b"DTSTART:20250330T020000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\n" in data
    assert b"DTSTART:20251026T030000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\n" in data


@settings(deadline=None)
@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2025, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),
)
def test_a_calendar_that_knows_no_zones_gets_the_time_right(name: str, start: datetime) -> None:
    start = start.replace(microsecond=0)
    data = write(replace(MEETING, start=start, end=start + timedelta(minutes=25), timezone=name))
    check(data)
    assert event(data)["DTSTART"].dt.astimezone(UTC) == start
    assert b"VTIMEZONE" not in data or in_utc_by_its_own_zone(data) == start


def test_the_second_of_an_hour_that_is_shown_twice_is_told_in_utc() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    minutes = timedelta(minutes=25)
    data = [write(replace(MEETING, start=at, end=at + minutes)) for at in (first, first + HOUR)]
    assert in_utc_by_its_own_zone(data[0]) == first
    assert b"DTSTART:20261025T013000Z" in data[1]
    assert [event(each)["DTSTART"].dt.astimezone(UTC) for each in data] == [first, first + HOUR]


ANY = st.text(st.characters(codec="utf-8"), max_size=120)


@settings(deadline=None)
@given(ANY, ANY, ANY, ANY)
def test_whatever_people_are_called_the_file_stays_whole(
    name: str, summary: str, description: str, place: str
) -> None:
    guests = (Party(name, "tomas+leeway@kestrel.example"), GUESTS[0])
    data = write(words=Words(summary, description, place), guests=guests)
    check(data)
    found = event(data)
    assert str(found["ATTENDEE"][0]) == "mailto:tomas+leeway@kestrel.example"
    assert len(found["ATTENDEE"]) == 2
    kept = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", description.replace("\r\n", "\n"))
    assert str(found["DESCRIPTION"]) == kept
    assert write(words=Words(summary, description, place), guests=guests) == data


def test_an_address_cannot_bring_a_line_of_its_own() -> None:
    data = write(guests=(Party("x", "a@b.example\r\nATTENDEE:mailto:c@d.example"), GUESTS[0]))
    check(data)
    assert len(event(data)["ATTENDEE"]) == 2


def test_a_mail_carries_it_as_one_of_its_alternatives() -> None:
    data = write()
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "m@leeway.example", "t@kestrel.example", "Tuesday"
    mail.set_content("Tuesday at two.")
    mail.add_alternative("<p>Tuesday at two.</p>", subtype="html")
    mail.add_alternative(data.decode(), subtype="calendar", params={"method": method_of(MEETING)})
    read = email.message_from_bytes(mail.as_bytes(), policy=email.policy.default)
    assert isinstance(read, EmailMessage)
    assert read.get_content_type() == "multipart/alternative"
    part = list(read.iter_parts())[-1]
    assert part.get_content_type() == "text/calendar"
    assert part.get_param("method") == "REQUEST"
    assert part.get_content_charset() == "utf-8"
    assert part.get_content().replace("\r\n", "\n") == data.decode().replace("\r\n", "\n")
    assert event(part.get_content().encode()) == event(data)
