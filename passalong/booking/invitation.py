"""The invitation to a meeting, as calendars read it: RFC 5545, sent as RFC 5546 and 6047 have it.

A meeting keeps one UID for good; its SEQUENCE grows with every change, so that a calendar moves or
removes what it has. The same arguments give the same bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import quote

from icalendar import Calendar, Event, vCalAddress, vText, vUri

from passalong import zones
from passalong.booking.uids import uid_of
from passalong.booking.vtimezone import vtimezone

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from passalong.ledger.port import Meeting
    from passalong.party import Party

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_UTC_NAMES: Final = frozenset({"UTC", "Etc/UTC", "Etc/UCT", "UCT", "Zulu", "Etc/Zulu"})


@dataclass(frozen=True, slots=True)
class Words:
    """What an invitation says to its reader. With a ``link`` the meeting is a video call there."""

    summary: str
    description: str
    place: str
    link: str = ""


def method_of(meeting: Meeting) -> Literal["REQUEST", "CANCEL"]:
    """What a calendar shall do with the invitation; the mail's content type says the same."""
    return "CANCEL" if meeting.status == "cancelled" else "REQUEST"


def invitation(
    meeting: Meeting,
    *,
    words: Words,
    sender: Party,
    guests: Sequence[Party],
    base_url: str,
    now: datetime,
) -> bytes:
    """The meeting as a calendar file: an invitation, or its withdrawal if it was cancelled.

    ``sender`` is the organiser and must be who the mail is from, or calendars refuse it;
    ``guests`` are the host and the referee. Times are in the meeting's zone, or in UTC where that
    is none.
    """
    zone = _zone_of(meeting)
    calendar = Calendar()
    calendar.add("PRODID", "-//Passalong//Passalong//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", method_of(meeting))
    if zone:
        calendar.add_component(vtimezone(zone, meeting.start))
    event = Event()
    event.add("UID", uid_of(meeting, base_url))
    event.add("SEQUENCE", meeting.sequence)
    event.add("DTSTAMP", now.astimezone(UTC).replace(microsecond=0))
    event.add("DTSTART", meeting.start.astimezone(zone or UTC))
    event.add("DTEND", meeting.end.astimezone(zone or UTC))
    event.add("STATUS", "CANCELLED" if meeting.status == "cancelled" else "CONFIRMED")
    event.add("TRANSP", "OPAQUE")
    event.add("ORGANIZER", _address(sender))
    for guest in guests:
        event.add("ATTENDEE", _attendee(guest))
    _say(event, words)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _zone_of(meeting: Meeting) -> ZoneInfo | None:
    zone = None if meeting.timezone in _UTC_NAMES else zones.find(meeting.timezone)
    # the second time that a clock shows the same hour cannot be written but in UTC
    told = zone and not any(at.astimezone(zone).fold for at in (meeting.start, meeting.end))
    return zone if told else None


def _say(event: Event, words: Words) -> None:
    event.add("SUMMARY", _line(words.summary))
    event.add("DESCRIPTION", _text(words.description))
    event.add("LOCATION", _line(words.place))
    if words.link:
        event.add("URL", vUri(words.link))
        conference = vUri(words.link)
        conference.params["VALUE"] = "URI"
        conference.params["FEATURE"] = "VIDEO"
        event.add("CONFERENCE", conference)  # RFC 7986, section 5.11


def _attendee(guest: Party) -> vCalAddress:
    address = _address(guest)
    address.params["CUTYPE"] = vText("INDIVIDUAL")
    address.params["ROLE"] = vText("REQ-PARTICIPANT")
    address.params["PARTSTAT"] = vText("NEEDS-ACTION")
    address.params["RSVP"] = vText("TRUE")
    return address


def _address(party: Party) -> vCalAddress:
    # a quotation mark cannot stand in a parameter, and few calendars know RFC 6868's way around it
    address = vCalAddress("mailto:" + quote(party.email, safe="@!$&'*+/=._~-"))
    address.params["CN"] = vText(_line(party.name).replace('"', "’") or party.email)
    return address


def _line(text: str) -> str:
    return " ".join(_text(text).split())


def _text(text: str) -> str:
    return _CONTROL.sub("", text.replace("\r\n", "\n"))
