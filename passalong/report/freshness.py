"""Whether a report says anything new, from three calls of the ledger."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from passalong.conversions.inbox import held
from passalong.figures.rows import changes_cell
from passalong.figures.state import state_of

if TYPE_CHECKING:
    from passalong.known import Known
    from passalong.ledger.port import Ledger
    from passalong.report.model import Picks


def version_of(ledger: Ledger, known: Known, picks: Picks, opened: str) -> str:
    """A text that is another one whenever the report on these picks may be.

    It goes by the steps in which figures changed, by what waits for a person, and by the bundle,
    which has all names. Asked before a report is made, it never is newer than that.
    """
    cell = changes_cell(state_of(ledger).shown)
    steps = [(at, dict(n)) for at, n in ledger.figures(cell.table, cell.day, cell.day)]
    waiting = [one.id for one in held(ledger)]
    said = repr((steps, waiting, known.bundle.version, picks, opened))
    return hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
