"""Has many events come in at once, where that would take long one by one."""

from __future__ import annotations

from collections.abc import Sequence

from passalong.events import Event
from passalong.ledger.port import Ledger
from passalong.ledger.sqlite import SqliteLedger
from passalong.ledger.sqlite_step import Step

PORTION = 10_000


def file_all(ledger: Ledger, events: Sequence[Event]) -> None:
    """Each event comes in once, in this order: in a file many of them in one transaction."""
    if not isinstance(ledger, SqliteLedger):
        for event in events:
            ledger.file(event)
        return
    for start in range(0, len(events), PORTION):
        with ledger._store.writing() as db:
            for event in events[start : start + PORTION]:
                step = Step(db, event, None)
                if not step.earlier:
                    step.put()
