"""What all storages hold true of meetings: the cells of time that they take, how they follow.

A host's time is numbered cells, so that meetings of any length meet in the same ones.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from passalong.ledger.port import GRID_MINUTES, LONGEST_HOURS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from passalong.ledger.port import Meeting

CELLS_A_DAY = 24 * 60 // GRID_MINUTES

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CELL = timedelta(minutes=GRID_MINUTES)
_MOST_CELLS = LONGEST_HOURS * 60 // GRID_MINUTES


def cells_between(start: datetime, end: datetime) -> range:
    """The numbers of the cells that the span touches; cell 0 begins 1970."""
    return range((start - _EPOCH) // _CELL, -((_EPOCH - end) // _CELL))


def cells_of(meeting: Meeting) -> range:
    """The cells that a meeting takes. One that takes none, or too many, is a ValueError."""
    cells = cells_between(*meeting.span)
    if not 0 < len(cells) <= _MOST_CELLS:
        raise ValueError(f"a meeting takes up to {LONGEST_HOURS} hours, and not {meeting.span}")
    return cells


def span_of(first: int, until: int) -> tuple[datetime, datetime]:
    """From the beginning of a cell to the beginning of another."""
    return _EPOCH + first * _CELL, _EPOCH + until * _CELL


def cancelled(meeting: Meeting) -> Meeting:
    """The meeting as it is kept once it is cancelled."""
    return replace(meeting, status="cancelled", sequence=meeting.sequence + 1)


def must_follow(before: Meeting, after: Meeting) -> None:
    """A ValueError, unless ``after`` is the same meeting at its next sequence, and booked."""
    expected = (before.id, before.referee, before.sequence + 1, "booked")
    if (after.id, after.referee, after.sequence, after.status) != expected:
        raise ValueError(f"{after.id} at {after.sequence} does not follow {before.sequence}")


def spans_of(cells: Iterable[tuple[int, str]]) -> list[tuple[datetime, datetime]]:
    """Runs of cells with the same meeting, as spans; cells come with their meeting, in order."""
    runs = groupby(enumerate(cells), key=lambda found: (found[1][0] - found[0], found[1][1]))
    spans = []
    for _, run in runs:
        numbers = [number for _, (number, _) in run]
        spans.append(span_of(numbers[0], numbers[-1] + 1))
    return spans
