"""What waits for a person: told, and not to be filed by rule. Each is tried again when people come
in who may be meant, when the program says something else, and once a day.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from passalong.conversions.notes import forget as forget_notes
from passalong.conversions.resolving import again, is_conversion, waiting_for
from passalong.conversions.told import data_of, told_in
from passalong.conversions.whom import drop, note

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from passalong.events import Event
    from passalong.ledger.port import Delivery, Ledger
    from passalong.world import World

HELD: Final = "held"
REASONS: Final = {
    "unknown-stage": "nobody told us what this stage means",
    "unmatched": "nobody we know is meant",
    "ambiguous": "several companies may be meant",
    "no-rate": "its currency has no rate on that day",
    "no-token": "there is no token to ask HubSpot with",
    "deal-gone": "HubSpot has no such deal",
    "bad-amount": "its amount cannot be read",
}
"""Why something waits, by `resolving.Reason`."""
_CONSUMER: Final = "inbox"


def held(ledger: Ledger) -> list[Delivery]:
    """Everything that waits for a person, the oldest first."""
    return [one for one in ledger.deliveries(HELD) if is_conversion(one)]


def dismissed(one: Delivery) -> Delivery:
    """One that a person wants nothing of, with nothing left of what it told."""
    short = {name: one.data[name] for name in ("source", "stage")}
    return replace(one, state="done", error="", data=short | {"dismissed": "1"})


def take_note(world: World, event: Event) -> None:
    """Notes whom an event tells of, and tries what may be about them once more."""
    if new := note(world, event):
        _retry(world.ledger, waiting_for(held(world.ledger), new), world.clock())


def forget(world: World, referee: str) -> None:
    """Forgets what somebody was known by, also in what waits for a person, and notes about them."""
    forget_notes(world.ledger, referee)
    gone = drop(world.ledger, referee)
    for one in waiting_for(held(world.ledger), gone):
        told = told_in(one.data)
        left = tuple(digest for digest in told.mailboxes if f"mailbox:{digest}" not in gone)
        world.ledger.settle(replace(one, data=data_of(replace(told, mailboxes=left))))


def reconsider(world: World) -> int:
    """Tries everything once more after each change of the program or its lists, and once a day;
    how many there were.
    """
    now, known = world.clock(), world.known()
    state = f"{known.bundle.version} {now:%Y-%m-%d}"
    if world.ledger.cursor(_CONSUMER) == state:
        return 0
    waiting = held(world.ledger)
    _retry(world.ledger, waiting, now)
    world.ledger.advance(_CONSUMER, state)
    return len(waiting)


def _retry(ledger: Ledger, waiting: Iterable[Delivery], now: datetime) -> None:
    for one in waiting:
        ledger.settle(again(one, now))
