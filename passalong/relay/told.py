"""What other systems are told of an event: JSON for machines, a sentence for people on Slack.

Events are ids and codes. Whoever they are about is looked up when they are told, so that nothing
is said of anybody who was removed meanwhile.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from passalong import zones
from passalong.ledger.port import NotFound
from passalong.merging import referee_of
from passalong.relay.case import guest_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from passalong.events import Event
    from passalong.known import Known
    from passalong.ledger.port import Person
    from passalong.locales import Locale
    from passalong.mail.letters.talk import Guest
    from passalong.world import World

VERSION: Final = 1
"""Of the form of what is told; it grows when a receiver would have to change."""
_IDS: Final = (
    *("program", "advocate", "referee", "referral"),
    *("medium", "variant", "evidence", "classification"),
)
_LONGEST: Final = 3000
"""Characters that a block of Slack takes."""


def person_of(world: World, event: Event) -> Guest | None:
    """Whoever an event is about, as they are known now; None of somebody who was removed."""
    if not event.referee:
        return None
    known, person = world.known(), _person(world, event.referee)
    referee = known.referee(event.referee) or (referee_of(person) if person else None)
    if referee is None:
        return None
    guest = guest_of(referee, person)
    everywhere = known.holders.who(guest.name, guest.company)
    subjects = [f"referee:{event.referee}", f"referee:{everywhere}"]
    gone = any(one.revoked for one in world.ledger.standing(subjects).values())
    return None if gone else guest


def _person(world: World, person_id: str) -> Person | None:
    try:
        return world.ledger.person(person_id)
    except NotFound:
        return None


def as_json(event: Event, person: Guest | None) -> bytes:
    """The body of a webhook; what does not apply is left out."""
    data: dict[str, Any] = {**event.data}
    data |= {name: value for name in _IDS if (value := getattr(event, name))}
    if event.amount:
        data["amount"] = asdict(event.amount)
    if person:
        fields = ("name", "email", "company", "role")
        data["person"] = {name: value for name in fields if (value := getattr(person, name))}
    return _written(
        {
            "id": event.id,
            "type": event.type,
            "version": VERSION,
            "occurred_at": event.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "data": data,
        }
    )


def as_slack(known: Known, event: Event, person: Guest | None, *, people: bool) -> bytes:
    """A message in the program's own language; names stand in it if ``people`` says so."""
    locale = known.locale(known.program.locale)
    advocate = known.advocate(event.advocate) if people else None
    sentence = locale.text(
        f"told.{event.type}",
        person=_named(locale, person.name, person.company)
        if person
        else locale.text("told.person"),
        advocate=_named(locale, advocate.name) if advocate else locale.text("told.advocate"),
    )
    details = " · ".join(_details(known, locale, event))
    blocks: list[dict[str, Any]] = [{"type": "section", "text": _plain(sentence)}]
    if details:
        blocks.append({"type": "context", "elements": [_plain(details)]})
    return _written({"text": _escaped(sentence), "blocks": blocks})


def _named(locale: Locale, *words: str) -> str:
    return locale.isolated(locale.pattern("list.separator").join(filter(None, words)))


def _details(known: Known, locale: Locale, event: Event) -> Iterator[str]:
    if event.amount:
        yield locale.money(event.amount.minor, event.amount.currency)
    if start := event.data.get("start"):
        zone = zones.first(known.program.timezone)
        yield locale.datetime(datetime.fromisoformat(start).astimezone(zone))
    if event.referral:
        yield event.referral


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text[:_LONGEST], "emoji": False}


def _escaped(text: str) -> str:
    # what stands beside blocks is markup, where <!channel> calls everybody
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")[:_LONGEST]


def _written(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
