"""All that a ledger has, from the first event on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from passalong.events import Event
    from passalong.ledger.port import Ledger

_BATCH: Final = 500


def events_in(ledger: Ledger) -> Iterator[Event]:
    """Every event, in the order in which they came in."""
    cursor = ""
    while True:
        events, after = ledger.after(cursor, _BATCH)
        yield from events
        if len(events) < _BATCH:
            return
        cursor = after
