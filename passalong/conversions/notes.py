"""Why a person decided about credit, in their words: kept beside the event, which holds ids only.

A note goes with whomever it is about: it is listed under each of them, and dropped with the first
who is erased.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NamedTuple

from passalong.ledger.port import Conflict, Unavailable
from passalong.ledger.tallies import TOGETHER, Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from passalong.ledger.port import Ledger

_TRIES: Final = 20
_NOTE: Final = "note:"
_ABOUT: Final = "notes:"


class Note(NamedTuple):
    """What somebody of the firm wrote: ``by`` is their name."""

    by: str
    text: str


def keep(ledger: Ledger, event: str, note: Note, referees: Sequence[str]) -> None:
    """Keeps the note of an event, and under whom it is found; one that is there stays as it is."""
    for start in range(0, len(referees), TOGETHER):
        _list(ledger, event, referees[start : start + TOGETHER])
    try:
        ledger.tally([Tally(_NOTE + event, 1, json.dumps(note._asdict()))], {})
    except Conflict:
        return  # it was kept before


def _list(ledger: Ledger, event: str, referees: Sequence[str]) -> None:
    for _ in range(_TRIES):
        pages = ledger.tallies([_ABOUT + one for one in referees]).values()
        changed = [
            Tally(page.key, page.version + 1, json.dumps([*_ids(page), event]))
            for page in pages
            if event not in _ids(page)
        ]
        try:
            return ledger.tally(changed, {}) if changed else None
        except Conflict:
            continue
    raise Unavailable("the notes are busy")


def notes(ledger: Ledger, events: Iterable[str]) -> Mapping[str, Note]:
    """The notes that are kept of these events."""
    keys = [_NOTE + event for event in dict.fromkeys(events)]
    found = ledger.tallies(keys) if keys else {}
    return {
        key.removeprefix(_NOTE): Note(**json.loads(page.record))
        for key, page in found.items()
        if page.record
    }


def notes_about(ledger: Ledger, referees: Iterable[str]) -> Mapping[str, Note]:
    """The notes that are found under these people, by the event that each belongs to."""
    keys = [_ABOUT + one for one in dict.fromkeys(referees)]
    pages = ledger.tallies(keys).values() if keys else ()
    return notes(ledger, [event for page in pages for event in _ids(page)])


def forget(ledger: Ledger, referee: str) -> None:
    """Drops every note that is found under somebody; can be done again."""
    page = ledger.tallies([_ABOUT + referee])[_ABOUT + referee]
    if not page.version:
        return
    ledger.drop_tallies([_NOTE + event for event in _ids(page)])
    ledger.drop_tallies([page.key])


def _ids(page: Tally) -> list[str]:
    return list(json.loads(page.record)) if page.record else []
