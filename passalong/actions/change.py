"""A booked meeting, moved or called off by the referee on their own page."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from passalong.access import Refused
from passalong.actions.back import back
from passalong.actions.exchange import Outcome, Reply
from passalong.actions.hosting import host_of_meeting
from passalong.actions.meetings import again, meeting_data, meeting_reply, own_meeting, to_come
from passalong.actions.offers import offer, reader_zone, working_slot
from passalong.actions.times import fault_words, taken, to_mend
from passalong.actions.wording import say
from passalong.booking.slots import held
from passalong.events import CANCELLED, RESCHEDULED, Event, id_of
from passalong.ledger.port import SlotTaken
from passalong.names import first_name
from passalong.requests import BadFields

if TYPE_CHECKING:
    from passalong.actions.acting import Acting
    from passalong.actions.exchange import Asked
    from passalong.booking.slots import Slot
    from passalong.known import Known
    from passalong.ledger.port import Meeting
    from passalong.program import Host
    from passalong.world import World

A_DAY: Final = 10
"""So often a day a meeting can be moved, and so often one can be called off."""


def change(world: World, known: Known, who: Acting, asked: Asked) -> Outcome:
    """Asks the ledger twice, to see whose meeting it is, and changes it in one step."""
    if who.referee is None:
        raise Refused("only a referee has a meeting of their own")
    if "action" in asked.fields.faults:
        raise BadFields(asked.fields.faults)
    meeting = own_meeting(world.ledger, who)
    cancels = asked.fields["action"] == "cancel"
    if cancels and meeting and meeting.status == "cancelled":
        return _cancelled(world, known, who, meeting)
    found = to_come(known, who, asked, meeting)
    if isinstance(found, Outcome):
        return found
    if cancels:
        return _cancel(world, known, who, asked, found)
    return _move(world, known, who, asked, found)


def _move(world: World, known: Known, who: Acting, asked: Asked, meeting: Meeting) -> Outcome:
    host = host_of_meeting(known, who, meeting)
    start = asked.fields.times.get("start")
    if asked.fields.faults or start is None:
        if not asked.fields.form:
            raise BadFields(asked.fields.faults or {"start": "is missing"})
        locale = known.locale(who.locale)
        problems = list(fault_words(locale, asked)) or [locale.text("answer.problem.start")]
        fresh = offer(world, known, asked, host, moving=meeting)
        return to_mend(known, who, asked, fresh, problems)
    if start == meeting.start:  # sent again, or it has not changed
        return _moved(world, known, who, meeting)
    slot = working_slot(world, known, asked, host, start)
    if slot:
        after = _after(known, asked, meeting, host, slot)
        event = _event(known, who, asked, RESCHEDULED, after)
        with suppress(SlotTaken):
            done = world.ledger.reschedule(event, meeting, after, who.actor(A_DAY))
            return _moved(world, known, who, after if done.fresh else meeting)
    return taken(known, who, asked, offer(world, known, asked, host, moving=meeting), start)


def _after(known: Known, asked: Asked, meeting: Meeting, host: Host, slot: Slot) -> Meeting:
    """The meeting as it will be: the same one, at its next sequence."""
    return replace(
        meeting,
        host=host.id,
        start=slot.start,
        end=slot.end,
        timezone=reader_zone(known, asked, host, meeting).key,
        sequence=meeting.sequence + 1,
        held=held(known.program.booking, slot),
    )


def _moved(world: World, known: Known, who: Acting, meeting: Meeting) -> Outcome:
    locale = known.locale(who.locale)
    return Outcome(
        HTTPStatus.OK,
        meeting_data(world, known, who, meeting) | {"status": "booked"},
        lambda: meeting_reply(
            known,
            who,
            meeting,
            title=locale.text("answer.moved.title"),
            text=locale.text("answer.moved.text"),
        ),
        who.locale,
    )


def _cancel(world: World, known: Known, who: Acting, asked: Asked, meeting: Meeting) -> Outcome:
    event = _event(known, who, asked, CANCELLED, meeting)
    world.ledger.cancel(event, meeting, who.actor(A_DAY))
    return _cancelled(world, known, who, meeting)


def _cancelled(world: World, known: Known, who: Acting, meeting: Meeting) -> Outcome:
    locale = known.locale(who.locale)
    host = first_name(host_of_meeting(known, who, meeting).name)

    def reply() -> Reply:
        return Reply(
            "said",
            {
                "title": locale.text("answer.cancelled.title"),
                "text": say(locale, "answer.cancelled.text", host=host),
                "again": (again(known, who, "answer.cancelled.again", meeting.timezone),),
                **back(known, who),
            },
        )

    data = meeting_data(world, known, who, meeting) | {"status": "cancelled"}
    return Outcome(HTTPStatus.OK, data, reply, who.locale)


def _event(known: Known, who: Acting, asked: Asked, kind: str, meeting: Meeting) -> Event:
    return Event(
        id=asked.event_id(who) if asked.fields["id"] else _id(who, asked, meeting),
        program=known.program.id,
        type=kind,
        at=asked.at,
        advocate=meeting.advocate,
        referee=meeting.referee,
        referral=meeting.referral,
        medium=meeting.medium,
        evidence="booking-form",
        data={
            "meeting": meeting.id,
            "host": meeting.host,
            "start": meeting.start.isoformat(),
            "end": meeting.end.isoformat(),
        },
    )


def _id(who: Acting, asked: Asked, meeting: Meeting) -> str:
    """An id for whoever gave none: who moves a meeting there and back in a minute means it."""
    about = f"{asked.event_id(who)}\0{meeting.id}\0{meeting.sequence}"
    return id_of(about)
