"""What somebody decides about being asked, named, thanked or kept.

Whoever removes their name is revoked first, and their page goes second: should that fail, the relay
takes it away, for it follows from the same event. “Not for me” holds whichever advocate names the
person: every page made for somebody of that name and company goes, and none is made again.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, NamedTuple

from passalong.actions.acting import whole
from passalong.actions.back import back, home
from passalong.actions.exchange import Outcome, Reply
from passalong.actions.wording import say
from passalong.booking.accounts import company_key
from passalong.events import CANCELLED, PREFERRED, REMOVED, REVOKED, Event, id_of
from passalong.holders import pages_at, who_key
from passalong.ledger.port import NotFound, Unavailable
from passalong.merging import GIFT, NO, NOT_NOW_UNTIL, SHOW_NAME, SILENT, STOP, YES, paths_of
from passalong.names import first_name
from passalong.requests import BadFields

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from passalong.actions.acting import Acting
    from passalong.actions.exchange import Asked
    from passalong.known import Known
    from passalong.ledger.port import Person
    from passalong.people import Advocate, Referee
    from passalong.world import World

LIMIT: Final = 50
"""How often somebody may change their mind on one day."""
NOT_NOW: Final = timedelta(days=90)


class _Wish(NamedTuple):
    """Preferences that an action changes, where "" takes one back; the action that undoes it."""

    kind: str
    changes: dict[str, str]
    undo: str = ""


_WISHES: Final = {
    "not-now": _Wish("advocate", {}, "resume"),
    "stop": _Wish("advocate", {STOP: YES}, "resume"),
    "resume": _Wish("advocate", {STOP: "", NOT_NOW_UNTIL: ""}, "stop"),
    "show-name": _Wish("advocate", {SHOW_NAME: YES}, "hide-name"),
    "hide-name": _Wish("advocate", {SHOW_NAME: NO}, "show-name"),
    "no-gift": _Wish("advocate", {GIFT: NO}, "gift"),
    "gift": _Wish("advocate", {GIFT: ""}, "no-gift"),
    "silent": _Wish("referee", {SILENT: YES}),
}


def prefer(world: World, known: Known, who: Acting, asked: Asked) -> Outcome:
    """Notes what somebody wishes, or takes them out. Raises BadFields where it is not theirs."""
    action = asked.fields["action"]
    wish = _WISHES.get(action)
    if wish and wish.kind == who.kind:
        return _wish(world, known, who, asked, wish)
    leave = _LEAVES.get((who.kind, action))
    if leave is None:
        raise BadFields({"action": "cannot be done from this page"})
    leave(world, known, who, asked)
    words = "leave" if who.kind == "advocate" else action
    return Outcome(HTTPStatus.OK, {"action": action}, lambda: _left(known, who, words), who.locale)


# --- Wishes -----------------------------------------------------------------------------------


def _wish(world: World, known: Known, who: Acting, asked: Asked, wish: _Wish) -> Outcome:
    action = asked.fields["action"]
    changes = wish.changes or {NOT_NOW_UNTIL: (asked.at + NOT_NOW).date().isoformat()}
    event = Event(
        id=asked.event_id(who),
        program=known.program.id,
        type=PREFERRED,
        at=asked.at,
        advocate=who.advocate.id,
        referee=who.referee.id if who.referee else "",
        evidence="own-page",
        data={"action": action},
    )
    world.ledger.prefer(event, changes, who.actor(LIMIT))
    return Outcome(
        HTTPStatus.OK,
        {"action": action},
        lambda: _done(known, who, asked, wish),
        who.locale,
    )


def _done(known: Known, who: Acting, asked: Asked, wish: _Wish) -> Reply:
    locale, key = known.locale(who.locale), f"answer.preference.{asked.fields['action']}"
    advocate = first_name(who.advocate.name)
    said = {name: say(locale, f"{key}.{name}", advocate=advocate) for name in ("title", "text")}
    undo = {
        "action": "/api/preferences",
        "token": asked.fields["token"],
        "name": "action",
        "value": wish.undo,
    }
    again = ({**undo, "label": locale.text(f"{key}.undo")},) if wish.undo else ()
    return Reply("said", {**said, "again": again, **back(known, who)})


# --- Leaving ----------------------------------------------------------------------------------


def _leave_as_advocate(world: World, known: Known, who: Acting, asked: Asked) -> None:
    """Their page and their share link go; what the firm knows of them is the firm's."""
    event = _event(known, who, asked, REVOKED, who.advocate)
    world.ledger.revoke(event, who.subject, who.actor())
    chosen = who.advocate.share_code
    _take_away(world, pages_at(known.holders.keys, who.subject, who.revision, chosen))


def _remove(world: World, known: Known, who: Acting, asked: Asked) -> None:
    """The record of the referee at this page, and the page; nobody waits for them, either."""
    if who.referee:
        _call_off(world, known, who, asked, who.referee.id)
        event = _event(known, who, asked, REMOVED, who.referee)
        world.ledger.remove(event, who.referee.id, who.actor())
        _take_away(world, paths_of([who.referee], known.holders))


def _call_off(world: World, known: Known, who: Acting, asked: Asked, referee: str) -> None:
    """Cancels a meeting that is to come, so that the host hears of it and has the time back."""
    meeting = world.ledger.meeting_of(referee)
    if meeting is None or meeting.status == "cancelled" or meeting.end <= asked.at:
        return
    about = f"{CANCELLED}\0{meeting.id}\0{meeting.sequence}\0removed"
    event = Event(
        id=id_of(about),
        program=known.program.id,
        type=CANCELLED,
        at=asked.at,
        advocate=meeting.advocate,
        referee=referee,
        referral=meeting.referral,
        evidence="own-page",
        data={"meeting": meeting.id, "host": meeting.host, "start": meeting.start.isoformat()},
    )
    world.ledger.cancel(event, meeting, who.actor())


def _remove_everywhere(world: World, known: Known, who: Acting, asked: Asked) -> None:
    """Whoever the referee is to whichever advocate; their own record last, for it says who.

    Done again after it broke off, it goes on; done again after it was done, it changes nothing.
    """
    person = _still_known(world, who)
    if person and _is_telling(person):
        everywhere = person._replace(id=known.holders.who(person.name, person.company))
        event = _event(known, who, asked, REMOVED, everywhere)
        world.ledger.remove(event, everywhere.id, who.actor())
        for other in _others(world, known, person):
            _call_off(world, known, who, asked, other.id)
            world.ledger.remove(_event(known, who, asked, REMOVED, other), other.id)
            _take_away(world, paths_of([other], known.holders))
    _remove(world, known, who, asked)


def _still_known(world: World, who: Acting) -> Referee | None:
    try:
        return whole(world.ledger, who, who.referee) if who.referee else None
    except NotFound:
        return None


def _is_telling(person: Referee) -> bool:
    """Whether name and company tell somebody: a first name alone is that of many."""
    return bool(company_key(person.company)) or len(person.name.split()) > 1


def _others(world: World, known: Known, person: Referee) -> list[Person | Referee]:
    """Those with a page who are the same person, known by another advocate or under another id."""
    name, key = person.name.casefold().split(), who_key(person.name, person.company)
    listed = [row for row in known.bundle.referees if row.status != "suggested"]
    everybody: dict[str, Person | Referee] = {one.id: one for one in world.ledger.people()}
    everybody |= {row.id: row for row in listed}
    return [
        other
        for other in everybody.values()
        if other.id != person.id
        and other.name.casefold().split() == name
        and who_key(other.name, other.company) == key
    ]


def _event(
    known: Known, who: Acting, asked: Asked, kind: str, whose: Advocate | Referee | Person
) -> Event:
    """The event that takes somebody out: the same one whenever it is asked for."""
    is_advocate = kind == REVOKED
    subject = f"{'advocate' if is_advocate else 'referee'}:{whose.id}"
    about = f"{kind}\0{subject}\0{known.holders.revision(*subject.split(':', 1))}"
    return Event(
        id=id_of(about),
        program=known.program.id,
        type=kind,
        at=asked.at,
        advocate=getattr(whose, "advocate", who.advocate.id),
        referee="" if is_advocate else whose.id,
        evidence="own-page",
        classification=asked.fields["action"],
        data={"subject": subject},
    )


def _take_away(world: World, paths: Iterable[str]) -> None:
    """Takes pages out of the site; what fails here the relay does, for the event stands."""
    for path in paths:
        with suppress(OSError, Unavailable):
            world.pages.remove(path)


def _left(known: Known, who: Acting, words: str) -> Reply:
    locale, brand = known.locale(who.locale), known.program.brand
    key = f"answer.preference.{words}"
    said = {
        "title": say(locale, f"{key}.title"),
        "text": say(locale, f"{key}.text", brand=brand.name, email=brand.email),
    }
    return Reply("said", {**said, **home(known, who)})


_LEAVES: Final[dict[tuple[str, str], Callable[[World, Known, Acting, Asked], None]]] = {
    ("advocate", "remove"): _leave_as_advocate,
    ("referee", "remove"): _remove,
    ("referee", "not-for-me"): _remove_everywhere,
}
