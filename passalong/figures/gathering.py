"""Brings events together with what is known of their referrals and accounts, and works out what
these give to the figures now. Nothing is written here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from passalong.attribution.stages import STAGES
from passalong.events import DECLINED, INTRODUCED, OVERRIDDEN, VISITED
from passalong.figures.contribution import together
from passalong.figures.rows import About, Given
from passalong.figures.units import (
    ACCOUNT,
    REFEREE,
    REFERRAL,
    Referee,
    Unit,
    read_referee,
    read_unit,
)
from passalong.ledger.port import Conflict
from passalong.ledger.tallies import Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from passalong.attribution.rules import Rules
    from passalong.events import Event
    from passalong.figures.rows import Lookup
    from passalong.ledger.port import Ledger

_KINDS: Final = frozenset({INTRODUCED, VISITED, OVERRIDDEN, *STAGES})


@dataclass
class Kept:
    """What a tally holds, as it was read or as it is changed since."""

    tally: Tally
    thing: Unit | Referee
    changed: bool = False

    def next(self) -> Tally:
        """The tally after this change."""
        return Tally(self.tally.key, self.tally.version + 1, self.thing.written())


@dataclass
class Change:
    """What some events change that has to do with each other.

    ``goals`` is what units give to the figures from now on; ``losing`` are those from which
    something is taken away, because it belongs to another one.
    """

    events: list[Event] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    goals: dict[str, Given] = field(default_factory=dict)
    losing: set[str] = field(default_factory=set)


def is_gathered(event: Event) -> bool:
    """Whether an event says anything of a referral or an account."""
    if event.type not in _KINDS or event.classification == DECLINED:
        return False
    if event.type == VISITED:
        return bool(event.referee)
    return bool(event.referral or event.referee or event.data.get("account"))


def keys_of(event: Event) -> list[str]:
    """The keys of every unit and referee that an event can have to do with."""
    if not is_gathered(event):
        return []
    account = event.data.get("account", "")
    ids = ((REFEREE, event.referee), (REFERRAL, event.referral), (ACCOUNT, account))
    return [kind + name for kind, name in ids if name]


def gather(
    ledger: Ledger, generation: int, events: Sequence[Event], lookups: Lookup, rules: Rules
) -> list[Change]:
    """What these events change, in parts that have nothing to do with each other."""
    gathering = _Gathering(ledger, generation, events, lookups, rules)
    gathering.take_in()
    gathering.lend()
    gathering.place()
    return gathering.changes()


class _Gathering:
    def __init__(
        self,
        ledger: Ledger,
        generation: int,
        events: Sequence[Event],
        lookups: Lookup,
        rules: Rules,
    ) -> None:
        self._ledger, self._prefix, self._events = ledger, f"{generation}.", events
        self._lookups, self._rules = lookups, rules
        self._kept: dict[str, Kept] = {}
        self._changes: dict[str, Change] = {}
        self._losing: set[str] = set()
        self._leader: dict[str, str] = {}
        self._touched: dict[str, None] = {}
        self._before: dict[str, list[str]] = {}

    # --- Reading -----------------------------------------------------------------------------

    def _load(self, keys: Iterable[str]) -> None:
        missing = [key for key in dict.fromkeys(keys) if key not in self._kept]
        if not missing:
            return
        program = self._events[0].program
        found = self._ledger.tallies([self._prefix + key for key in missing])
        for key in missing:
            tally = found[self._prefix + key]
            read = read_referee if key.startswith(REFEREE) else read_unit
            self._kept[key] = Kept(tally, read(key, tally.record, program))

    def _unit(self, key: str) -> Unit:
        thing = self._kept[key].thing
        if not isinstance(thing, Unit):
            raise TypeError(key)
        return thing

    def _referee(self, key: str) -> Referee:
        thing = self._kept[key].thing
        if not isinstance(thing, Referee):
            raise TypeError(key)
        return thing

    # --- Events ------------------------------------------------------------------------------

    def take_in(self) -> None:
        """Puts each event where it is kept."""
        self._load(key for event in self._events for key in _keys(event))
        referees = [key for key in self._kept if key.startswith(REFEREE)]
        self._before = {key: list(self._referee(key).lends()) for key in referees}
        for event in self._events:
            keys = _keys(event)
            for key in keys:
                self._join(keys[0], key)
                thing = self._kept[key].thing
                if isinstance(thing, Referee):
                    changed = thing.name(event) if event.referral else thing.put(event)
                else:
                    self._touched[key] = None
                    changed = thing.put(event)
                self._kept[key].changed |= changed

    def lend(self) -> None:
        """Puts what only names a referee where that referee is now known to belong."""
        after = {key: self._referee(key).lends() for key in self._before}
        self._load(place for lent in (*self._before.values(), *after.values()) for place in lent)
        for key, now in after.items():
            for place in {*self._before[key], *now}:
                self._join(key, place)
                self._touched[place] = None
                unit, kept = self._unit(place), self._kept[place]
                if place not in now:
                    kept.changed |= unit.lent.pop(key, None) is not None
                    self._losing.add(place)
                elif unit.lent.get(key, {}).keys() != now[place].keys():
                    unit.lent[key] = dict(now[place])
                    kept.changed = True

    def place(self) -> None:
        """Puts each referral to the account that it is of."""
        referrals = [key for key in self._touched if key.startswith(REFERRAL)]
        named = {key: self._unit(key).named() for key in referrals}
        accounts = {self._unit(key).account for key in referrals} | set(named.values())
        self._load(ACCOUNT + account for account in accounts if account)
        for key, account in named.items():
            unit, referral = self._unit(key), key.removeprefix(REFERRAL)
            for one in filter(None, (unit.account, account)):
                self._join(key, ACCOUNT + one)
                self._touched[ACCOUNT + one] = None
                theirs = self._unit(ACCOUNT + one).referrals
                if one != account and referral in theirs:
                    theirs.discard(referral)
                    self._kept[ACCOUNT + one].changed = True
                    self._losing.add(ACCOUNT + one)
                elif one == account and referral not in theirs:
                    theirs.add(referral)
                    self._kept[ACCOUNT + one].changed = True
            self._kept[key].changed |= unit.account != account
            unit.account = account

    # --- What it comes to --------------------------------------------------------------------

    def changes(self) -> list[Change]:
        """The changes; of what is as it was there are none. Raises Conflict."""
        early = [key for key in self._kept if not key.startswith(ACCOUNT)]
        stirred = {self._find(key) for key, kept in self._kept.items() if kept.changed}
        stirred |= {self._find(key) for key in self._touched if self._unit(key).owes}
        units = [self._unit(key) for key in self._touched if self._find(key) in stirred]
        self._load(REFERRAL + each for unit in units for each in unit.referrals)
        for unit in units:
            change = self._changes.setdefault(self._find(unit.key), Change())
            change.goals[unit.key] = self._goal(unit)
        for key, kept in self._kept.items():
            if kept.changed:
                change = self._changes.setdefault(self._find(key), Change())
                change.kept.append(kept)
                change.losing |= {key} & self._losing
        for event in self._events:
            if (leader := self._find(_keys(event)[0])) in self._changes:
                self._changes[leader].events.append(event)
        self._look_again(early)
        return list(self._changes.values())

    def _look_again(self, early: Iterable[str]) -> None:
        """Raises Conflict where something is not as it was when it was read, before its account:
        what is relied on and not changed no condition of a write holds."""
        kept = {self._prefix + key: self._kept[key] for key in early}
        relied = [
            key
            for key, one in kept.items()
            if not one.changed and self._find(key.removeprefix(self._prefix)) in self._changes
        ]
        found = self._ledger.tallies(relied) if relied else {}
        if any(found[key].version != kept[key].tally.version for key in relied):
            raise Conflict("somebody else counts the same")

    def _goal(self, unit: Unit) -> Given:
        """What a unit gives; a change of that is one of its tally."""
        events = unit.all_events()
        for referral in unit.referrals:
            member = self._unit(REFERRAL + referral)
            if ACCOUNT + member.account == unit.key:
                events += member.all_events()
        goal: Given = {}
        if not unit.account:  # else its account gives for it
            goal = together(events, lambda who: self._about(unit, who), self._rules)
        self._kept[unit.key].changed |= goal != unit.given or unit.owes
        return goal

    def _about(self, unit: Unit, advocate: str) -> About:
        """What the lists said of an advocate when the unit first heard of them."""
        if advocate not in unit.about:
            found = self._lookups(advocate)
            if found is None:
                return About()
            unit.about[advocate] = found
            self._kept[unit.key].changed = True
        return unit.about[advocate]

    # --- What belongs together ---------------------------------------------------------------

    def _find(self, key: str) -> str:
        while (leader := self._leader.get(key, key)) != key:
            key = leader
        return key

    def _join(self, one: str, other: str) -> None:
        self._leader[self._find(other)] = self._find(one)


def _keys(event: Event) -> list[str]:
    """Where an event is put, and what it says of its referee."""
    found = [REFEREE + event.referee] if event.referee else []
    if event.referral:
        return [*found, REFERRAL + event.referral]
    return found or [ACCOUNT + event.data["account"]]
