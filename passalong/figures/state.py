"""Which generation of the figures is shown, which one is being filled, and by what rules."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from passalong.attribution.rules import rules_of
from passalong.figures.rows import About

if TYPE_CHECKING:
    from passalong.attribution.rules import Rules
    from passalong.figures.rows import Lookup
    from passalong.known import Known
    from passalong.ledger.port import Ledger

_CURSOR: Final = "figures"


@dataclass(frozen=True, slots=True)
class State:
    """``shown`` is what reports read; ``filling`` what a rebuild fills by ``settings``, or 0.

    ``rules`` are those by which the shown one was begun, ``last`` is the newest generation ever
    begun, ``dropping`` those that nobody reads any more.
    """

    shown: int = 1
    filling: int = 0
    last: int = 1
    dropping: tuple[int, ...] = ()
    rules: str = ""
    settings: str = ""


def state_of(ledger: Ledger) -> State:
    """The state of the figures; that of a ledger that has none is the first."""
    kept = ledger.cursor(_CURSOR)
    if not kept:
        return State()
    given = json.loads(kept)
    return State(**given | {"dropping": tuple(given["dropping"])})


def keep(ledger: Ledger, state: State) -> None:
    """Notes the state."""
    ledger.advance(_CURSOR, json.dumps(asdict(state)))


def consumer(generation: int) -> str:
    """The name of the cursor up to which a generation has taken events in."""
    return f"{_CURSOR}.{generation}"


def lookups_of(known: Known) -> Lookup:
    """What the lists say of advocates now."""

    def look(advocate: str) -> About | None:
        found = known.advocate(advocate)
        return About(found.kind, found.owner, found.region, found.industry) if found else None

    return look


def digest_of(rules: Rules) -> str:
    """A short text that is another one when the rules are."""
    return _digest(repr(rules))


def settings_of(known: Known) -> str:
    """A short text that is another one when the rules are, or what the lists say of advocates."""
    said = [
        (one.id, one.kind, one.owner, one.region, one.industry) for one in known.bundle.advocates
    ]
    return _digest(repr((rules_of(known.program), sorted(said))))


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
