"""Tables as CSV (RFC 4180), in which no cell is taken for a formula by a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_NUMBER: Final = re.compile(r"-\d+(?:\.\d+)?|\+\d[\d ()]*", re.ASCII)


def as_csv(rows: Iterable[Sequence[str]]) -> str:
    """The rows as text, lines ending as the RFC wants them."""
    out = io.StringIO()
    csv.writer(out).writerows([[harmless(cell) for cell in row] for row in rows])
    return out.getvalue()


def harmless(cell: str) -> str:
    """A cell as it is, or behind an apostrophe where a spreadsheet would run it.

    Numbers, and phone numbers as the world writes them, stay as they are: nothing in them runs.
    https://owasp.org/www-community/attacks/CSV_Injection
    """
    is_formula = cell.startswith(_FORMULA) and not _NUMBER.fullmatch(cell)
    return f"'{cell}" if is_formula else cell
