"""A meeting and the people in it, as letters tell of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from passalong import zones

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from passalong.ledger.port import Meeting
    from passalong.people import Account
    from passalong.program import Host, Program

Moment = Literal["booked", "moved", "cancelled", "reminder"]
"""What a letter about a meeting is for; a reminder comes a day before it."""

_NUMBER = re.compile(r"[+(]?\d[\d\s()./-]{4,30}")


class Guest(NamedTuple):
    """The referee as they are known when they book.

    ``note`` is what they wrote to the host, with what they answered to the program's questions.
    """

    name: str
    email: str
    company: str = ""
    role: str = ""
    phone: str = ""
    note: str = ""


class Introduction(NamedTuple):
    """How the referee came: by name, in an advocate's own ``words``, or ``by_link``.

    ``byline`` is the advocate's role and company, ``email`` their address.
    """

    advocate: str
    byline: str = ""
    words: str = ""
    by_link: bool = False
    email: str = ""


@dataclass(frozen=True, slots=True)
class Talk:
    """A meeting, whose it is and how it came about.

    ``account`` is what was known about the company beforehand, ``story`` the title of the case
    study that the referee's page showed.
    """

    meeting: Meeting
    host: Host
    guest: Guest
    introduction: Introduction
    account: Account | None = None
    story: str = ""

    def host_zone(self, program: Program) -> ZoneInfo:
        """Where the host's clock is."""
        return zones.first(self.host.timezone, program.timezone)

    def guest_zone(self, program: Program) -> ZoneInfo:
        """Where the referee's clock is, as far as is known."""
        return zones.first(self.meeting.timezone, self.host.timezone, program.timezone)

    def number(self) -> str:
        """The referee's number, if it is one that can be dialled."""
        phone = self.guest.phone.strip()
        return phone if _NUMBER.fullmatch(phone) else ""
