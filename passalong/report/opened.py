"""What opens the rows of a figure: its name, and what it is narrowed to, as one short text."""

from __future__ import annotations

from base64 import b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from passalong.report.model import BREAKDOWNS
from passalong.report.period import BadPicks

if TYPE_CHECKING:
    from passalong.report.model import Picks

ACTED: Final = "acted"
HITS: Final = "hits"
SOLD: Final = "won.money"
"""All that pipeline won is the sum of, where ``won`` is only how often something was."""
REASON: Final = "reason"
"""The breakdown of hits, which nobody can pick."""
_LONGEST: Final = 2000


@dataclass(frozen=True, slots=True)
class Opened:
    """A figure whose rows are asked for: ``value`` of the breakdown ``by``, from ``first`` to
    ``last``, both within."""

    figure: str
    by: str
    value: str
    first: date
    last: date


def key_of(
    picks: Picks,
    figure: str,
    first: date | None = None,
    last: date | None = None,
    *,
    by: str = "",
    value: str = "",
) -> str:
    """The text that opens a figure of a report with these picks; without ``by``, of all that the
    report is about."""
    if not by and picks.only:
        by, value = picks.by, picks.only
    encoded = urlsafe_b64encode(value.encode("utf-8", "surrogatepass")).decode().rstrip("=")
    days = (first.isoformat() if first else "", last.isoformat() if last else "")
    return "/".join((figure, by, encoded, *days)).rstrip("/")


def opened_by(key: str, picks: Picks) -> Opened:
    """What a key opens, in the period that is picked unless it names days. Raises BadPicks."""
    parts = [*key.split("/"), "", "", "", ""]
    figure, by, encoded, first, last = parts[:5]
    try:
        if len(key) > _LONGEST or any(parts[5:]) or by not in ("", REASON, *BREAKDOWNS):
            raise ValueError(key)  # noqa: TRY301 - one sentence for all that is wrong
        value = _decoded(encoded)
        begin = max(picks.first, date.fromisoformat(first)) if first else picks.first
        end = min(picks.last, date.fromisoformat(last)) if last else picks.last
    except ValueError:
        raise BadPicks("rows", "rows must be as the report gave it") from None
    return Opened(figure, by or "all", value, begin, end)


def _decoded(text: str) -> str:
    """The value that a key names. Raises ValueError where we never wrote it so."""
    padded = text + "=" * (-len(text) % 4)
    return b64decode(padded, altchars=b"-_", validate=True).decode("utf-8")
