"""What became of it: an advocate's introductions, first names and stages only; a referee's meeting.

That somebody opened their page is nobody's business, and of a referee who asked for silence an
advocate hears no more than that there is a page.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from passalong.actions.acting import refuse_revoked
from passalong.actions.back import back
from passalong.actions.exchange import Outcome, Reply
from passalong.actions.hosting import host_of_meeting
from passalong.actions.meetings import meeting_data, meeting_reply, own_meeting, to_come
from passalong.actions.wording import say
from passalong.events import (
    BOOKED,
    CANCELLED,
    DISQUALIFIED,
    INTRODUCED,
    LOST,
    MET,
    NO_SHOW,
    QUALIFIED,
    RESCHEDULED,
    REVIEW,
    WON,
)
from passalong.ledger.port import NotFound
from passalong.merging import BY_LINK, SILENT, referee_of
from passalong.names import first_name, short_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from passalong.actions.acting import Acting
    from passalong.actions.exchange import Asked
    from passalong.events import Event
    from passalong.known import Known
    from passalong.ledger.port import Meeting
    from passalong.world import World

MOST: Final = 100
"""The newest introductions, which are shown."""

_ASKED: Final = "asked"
_BOOKED: Final = "booked"
_PAST: Final = "past"
"""A meeting's time is over, and nobody said what came of it."""
_TOLD: Final = {MET: MET, NO_SHOW: NO_SHOW, QUALIFIED: MET, DISQUALIFIED: DISQUALIFIED} | {
    WON: WON,
    LOST: LOST,
}
"""What is told of each outcome: whether somebody is worth pursuing is the firm's own affair."""
_USUAL: Final = (INTRODUCED, BOOKED, RESCHEDULED, CANCELLED, *_TOLD)
STAGES: Final = tuple(dict.fromkeys((_ASKED, _BOOKED, _PAST, *_TOLD.values())))
"""Every stage that there is, in the usual course of things."""


def status(world: World, known: Known, who: Acting, asked: Asked) -> Outcome:
    """Where things stand, for whoever asks. Raises Revoked."""
    if who.referee:
        return _of_meeting(world, known, who, asked)
    return _of_introductions(world, known, who)


def _of_introductions(world: World, known: Known, who: Acting) -> Outcome:
    rows = tuple(
        {"label": label, "stage": stage} for label, stage in _introductions(world, known, who)
    )
    locale = known.locale(who.locale)

    def reply() -> Reply:
        said = {
            "title": locale.text("answer.status.title"),
            "text": locale.text("answer.status.text" if rows else "answer.status.none"),
            **back(known, who),
        }
        people = tuple(
            {"label": row["label"], "stage": locale.text(f"stage.{row['stage']}")} for row in rows
        )
        return Reply("status", {**said, "people": people})

    return Outcome(HTTPStatus.OK, {"introductions": list(rows)}, reply, who.locale)


def _introductions(world: World, known: Known, who: Acting) -> Iterator[tuple[str, str]]:
    """Everybody with a page of this advocate's: first name and initial, and the stage."""
    stages = dict(list(_stages(world, known, who).items())[-MOST:])
    standings = world.ledger.standing([who.subject, *(f"referee:{person}" for person in stages)])
    refuse_revoked(who, standings[who.subject])
    for person, stage in stages.items():
        standing = standings[f"referee:{person}"]
        label = "" if standing.revoked else _label(world, known, who, person)
        if label:
            yield label, _ASKED if standing.preferences.get(SILENT) else stage


def _stages(world: World, known: Known, who: Acting) -> dict[str, str]:
    """The stage of each of an advocate's referees, by their id, in the order they came."""
    rows = known.referees_of(who.advocate)
    stages = {row.id: _ASKED for row in rows if row.status == "confirmed"}
    happened: dict[str, list[Event]] = {}
    for event in world.ledger.events_of(who.advocate.id):
        if event.type in _USUAL and event.referee and event.classification != REVIEW:
            happened.setdefault(event.referee, []).append(event)
    now = world.clock()
    return stages | {person: _stage(events, now) for person, events in happened.items()}


def _stage(events: Iterable[Event], now: datetime) -> str:
    """The stage that the newest of somebody's events makes; of one time, the usual last.

    A meeting called off leaves what was said before, and a meeting with a customer takes away
    nothing.
    """
    stage = told = _ASKED
    for event in sorted(events, key=lambda event: (event.at, _USUAL.index(event.type))):
        if stage == WON and event.type not in (LOST, DISQUALIFIED):
            continue
        if event.type in _TOLD:
            stage = told = _TOLD[event.type]
        elif event.type == CANCELLED:
            stage = told
        elif event.type != INTRODUCED:
            end = event.data.get("end") or event.data.get("start")
            stage = _PAST if end and datetime.fromisoformat(end) <= now else _BOOKED
    return stage


def _label(world: World, known: Known, who: Acting, person: str) -> str:
    """What an advocate is told of who it is; nothing for whoever was removed.

    Whoever followed a link that anybody may have passed on is not named.
    """
    try:
        row = known.referee(person) or referee_of(world.ledger.person(person))
    except NotFound:
        return ""
    if row.status == BY_LINK:
        return known.locale(who.locale).text("answer.status.by_link")
    return short_name(row.name)


def _of_meeting(world: World, known: Known, who: Acting, asked: Asked) -> Outcome:
    found = to_come(known, who, asked, own_meeting(world.ledger, who))
    if isinstance(found, Outcome):
        return replace(found, status=HTTPStatus.OK, data={"meeting": None}, code="")
    return Outcome(
        HTTPStatus.OK,
        {"meeting": meeting_data(world, known, who, found)},
        lambda: _meeting(known, who, found),
        who.locale,
    )


def _meeting(known: Known, who: Acting, meeting: Meeting) -> Reply:
    locale = known.locale(who.locale)
    host = first_name(host_of_meeting(known, who, meeting).name)
    title = say(locale, "answer.meeting.title", host=host)
    return meeting_reply(known, who, meeting, title=title, text=locale.text("answer.meeting.text"))
