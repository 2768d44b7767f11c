"""Who takes the meeting: whoever looks after the account, else the host whom the page names."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from passalong.booking.accounts import handling
from passalong.booking.hosts import host_for

if TYPE_CHECKING:
    from passalong.actions.acting import Acting
    from passalong.booking.accounts import Handling
    from passalong.known import Known
    from passalong.ledger.port import Meeting
    from passalong.people import Referee
    from passalong.program import Host


class Hosting(NamedTuple):
    """Who takes the meeting, and what is known about the company beforehand."""

    host: Host
    handling: Handling


def hosting(
    known: Known, who: Acting, email: str = "", company: str = "", referee: Referee | None = None
) -> Hosting:
    """The host for somebody who gives this address and company.

    Where these tell of no account, what is known of the ``referee`` may.
    """
    decided = handling(known.accounts, email, company)
    if decided.account is None and referee:
        decided = handling(known.accounts, referee.email, referee.company)
    return Hosting(_called(known, decided.owner) or named_host(known, who, referee), decided)


def named_host(known: Known, who: Acting, referee: Referee | None) -> Host:
    """The host whom the page names: a referee's, or the one behind an advocate's share link."""
    advocate = who.advocate
    if referee:
        found = _called(known, known.host_of(referee, advocate))
        if found:
            return found
    return host_for(known.program, advocate.id, advocate.owner, advocate.region, who.locale)


def host_of_meeting(known: Known, who: Acting, meeting: Meeting) -> Host:
    """Whom a meeting is with; of a host who has left the program, whoever follows."""
    return _called(known, meeting.host) or named_host(known, who, who.referee)


def role_of(known: Known, host: Host, locale: str) -> str:
    """What a host does, in a language of the program."""
    role, _ = known.program.texts[locale].hosts.get(host.id, (host.role, host.bio))
    return role


def _called(known: Known, host_id: str) -> Host | None:
    return next((host for host in known.program.booking.hosts if host.id == host_id), None)
