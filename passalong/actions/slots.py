"""The times at which somebody can meet a host, and those to which they can move a meeting."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from passalong.actions.exchange import Outcome
from passalong.actions.hosting import host_of_meeting, hosting
from passalong.actions.meetings import own_meeting, to_come
from passalong.actions.offers import offer
from passalong.actions.times import times_reply

if TYPE_CHECKING:
    from passalong.actions.acting import Acting
    from passalong.actions.exchange import Asked
    from passalong.known import Known
    from passalong.ledger.port import Meeting
    from passalong.program import Host
    from passalong.world import World


def slots(world: World, known: Known, who: Acting, asked: Asked) -> Outcome:
    """Asks the ledger once; for a move twice more, for the meeting that is to be moved."""
    moving: Meeting | None = None
    if who.referee and asked.fields["change"]:
        found = to_come(known, who, asked, own_meeting(world.ledger, who))
        if isinstance(found, Outcome):
            return found
        moving = found
    offered = offer(
        world,
        known,
        asked,
        _host(known, who, asked, moving),
        moving=moving,
        start=asked.fields.times.get("from"),
        end=asked.fields.times.get("to"),
    )
    return Outcome(
        HTTPStatus.OK,
        None if asked.fields.form else offered.data(),
        lambda: times_reply(known, who, asked, offered),
        who.locale,
    )


def _host(known: Known, who: Acting, asked: Asked, moving: Meeting | None) -> Host:
    if moving:
        return host_of_meeting(known, who, moving)
    typed = asked.fields["email"], asked.fields["company"]
    return hosting(known, who, *typed, referee=who.referee).host
