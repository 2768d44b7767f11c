"""Units as they are kept, for whoever asks where a figure comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from passalong.attribution.opportunities import opportunities_of
from passalong.figures.units import ACCOUNT, REFERRAL, read_unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from passalong.attribution.opportunities import Opportunity
    from passalong.attribution.rules import Rules
    from passalong.events import Event
    from passalong.figures.rows import About
    from passalong.figures.units import Unit
    from passalong.ledger.port import Ledger


class Shown(NamedTuple):
    """What came of a referral or an account: its events by id, its opportunities, and what the
    lists said of its advocates."""

    events: Mapping[str, Event]
    opportunities: Sequence[Opportunity]
    about: Mapping[str, About]


def shown(
    ledger: Ledger, generation: int, units: Sequence[str], rules: Rules, program: str
) -> dict[str, Shown]:
    """Units by their keys, from two calls of the ledger."""
    found = _read(ledger, generation, units, program)
    members = [REFERRAL + each for unit in found.values() for each in sorted(unit.referrals)]
    found |= _read(ledger, generation, [key for key in members if key not in found], program)
    return {key: _shown(found[key], found, rules) for key in units}


def _read(ledger: Ledger, generation: int, keys: Sequence[str], program: str) -> dict[str, Unit]:
    if not keys:
        return {}
    kept = ledger.tallies([f"{generation}.{key}" for key in keys])
    return {key: read_unit(key, kept[f"{generation}.{key}"].record, program) for key in keys}


def _shown(unit: Unit, found: Mapping[str, Unit], rules: Rules) -> Shown:
    events = unit.all_events()
    for referral in unit.referrals:
        member = found[REFERRAL + referral]
        if ACCOUNT + member.account == unit.key:
            events += member.all_events()
    return Shown({event.id: event for event in events}, opportunities_of(events, rules), unit.about)
