"""Whose referral is meant: a small index of everybody whom the ledger knows, and of the lists.

The relay keeps the index as events come by, in records of the ledger: one for each referee, and one
for each thing that they can be known by (a mailbox, a company, a referral, a meeting, a deal). Who
is removed is taken out of it. Mailboxes and companies are in it as keyed digests only.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from passalong.attribution.accounts import self_referral
from passalong.attribution.stages import deal_of
from passalong.conversions.told import Keys
from passalong.events import CONVERSIONS
from passalong.ledger.port import Conflict, NotFound, Unavailable
from passalong.ledger.tallies import Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from passalong.events import Event
    from passalong.known import Known
    from passalong.ledger.port import Ledger
    from passalong.world import World

_PREFIX: Final = "whom:"
_TRIES: Final = 20
_MOST: Final = 60
"""Names of one referee that change in one step."""


@dataclass(frozen=True, slots=True)
class Row:
    """A referee as the index knows them: ``since`` is the earliest event that told of them.

    ``names`` are the keys that lead here; ``outcomes`` the newest time, in ISO 8601, of each
    type of event that told what came of it; ``signals`` those of a self-referral.
    """

    referee: str
    advocate: str = ""
    referral: str = ""
    account: str = ""
    since: str = ""
    signals: str = ""
    names: tuple[str, ...] = ()
    outcomes: Mapping[str, str] = field(default_factory=dict)


def note(world: World, event: Event) -> tuple[str, ...]:
    """Takes in what an event says of its referee; the names that are new. Done again, none is.

    Of somebody of whom nothing is kept any longer nothing is noted.
    """
    for _ in range(_TRIES):
        found = _said(world, event)
        if found is None:
            return ()
        try:
            new = _merge(world.ledger, found)
        except Conflict:
            continue
        if new and _said(world, event) is None:  # they were removed while this was written
            drop(world.ledger, event.referee)
            return ()
        return new
    raise Unavailable("the index of people is busy")


def drop(ledger: Ledger, referee: str) -> set[str]:
    """Takes somebody out, with all that they are known by: these names."""
    known: set[str] = set()
    for _ in range(_TRIES):
        own = ledger.tallies([_key(referee)])[_key(referee)]
        row = _row(own)
        if row is None:
            return known
        known.update(row.names)
        gone, rest = row.names[:_MOST], row.names[_MOST:]
        pages = ledger.tallies([_PREFIX + name for name in gone]).values()
        changed = [_next(page, _listed(page, without=referee)) for page in pages]
        left = _written(replace(row, names=rest))
        try:
            ledger.tally([_next(own, left), *changed], {})
        except Conflict:
            continue
        if not rest:
            ledger.drop_tallies([own.key])
            return known
    raise Unavailable("the index of people is busy")


def look(world: World, names: Iterable[str]) -> list[Row]:
    """Everybody who is known by one of these names, in the ledger or the lists, each once."""
    wanted = list(dict.fromkeys(names))
    lists = _lists(world.known(), world.secret)
    found = {row.referee: row for name in wanted for row in lists.get(name, ())}
    pages = world.ledger.tallies([_PREFIX + name for name in wanted]) if wanted else {}
    ids = [referee for page in pages.values() for referee in _ids(page)]
    return [*(found | rows_of(world.ledger, ids)).values()]


def rows_of(ledger: Ledger, referees: Iterable[str]) -> dict[str, Row]:
    """The rows of these referees, as the relay has noted them."""
    keys = list(dict.fromkeys(map(_key, referees)))
    rows = map(_row, ledger.tallies(keys).values()) if keys else ()
    return {row.referee: row for row in rows if row}


def _said(world: World, event: Event) -> Row | None:
    """What an event says, with what is known of its referee now; None where that is nobody."""
    known, keys = world.known(), keys_of(world)
    try:
        person = world.ledger.person(event.referee)
        email, company = person.email, person.company
    except NotFound:
        listed = known.referee(event.referee)
        if listed is None or listed.status == "suggested":
            return None
        email, company = listed.email, listed.company
    advocate = known.advocate(event.advocate)
    account = event.data.get("account", "") or keys.account(company, email)
    mailbox, meeting = keys.mailbox(email), event.data.get("meeting", "")
    signals = self_referral(advocate.email if advocate else "", email)
    names = {
        f"referral:{event.referee}",
        f"referral:{event.referral}" if event.referral else "",
        f"account:{account}" if account else "",
        f"mailbox:{mailbox}" if mailbox else "",
        f"meeting:{meeting}" if meeting else "",
        f"deal:{deal_of(event)}" if deal_of(event) else "",
    }
    outcomes = {event.type: event.at.isoformat()} if event.type in CONVERSIONS else {}
    return Row(
        event.referee,
        event.advocate,
        event.referral,
        account,
        event.at.isoformat(),
        ",".join(signals),
        tuple(sorted(names - {""})),
        outcomes,
    )


def _merge(ledger: Ledger, said: Row) -> tuple[str, ...]:
    """Adds to the index what it lacks; the names that are new. Raises Conflict."""
    own = ledger.tallies([_key(said.referee)])[_key(said.referee)]
    row = _row(own) or Row(said.referee)
    new = tuple(name for name in said.names if name not in row.names)
    outcomes = dict(row.outcomes)
    for kind, at in said.outcomes.items():
        outcomes[kind] = max(at, outcomes.get(kind, ""))
    is_first = not row.since or said.since < row.since
    first, later = (said, row) if is_first else (row, said)
    merged = Row(
        said.referee,
        first.advocate or later.advocate,
        first.referral or later.referral,
        first.account or later.account,
        first.since,
        said.signals or row.signals,
        tuple(sorted({*row.names, *new})),
        outcomes,
    )
    if merged == row:
        return ()
    pages = ledger.tallies([_PREFIX + name for name in new]).values() if new else ()
    changed = [_next(page, [*_ids(page), said.referee]) for page in pages]
    ledger.tally([_next(own, _written(merged)), *changed], {})
    return new


def keys_of(world: World) -> Keys:
    """What people and companies are told apart by."""
    return Keys(world.secret, world.known().accounts)


@lru_cache(maxsize=2)
def _lists(known: Known, secret: bytes) -> dict[str, list[Row]]:
    """The index of the lists: people whom an advocate is known to have named."""
    keys, found = Keys(secret, known.accounts), dict[str, list[Row]]()
    for referee in known.bundle.referees:
        if referee.status == "suggested":
            continue
        referral = known.holders.referral(referee.advocate, referee.company, referee.id)
        account, mailbox = keys.account(referee.company, referee.email), keys.mailbox(referee.email)
        advocate = known.advocate(referee.advocate)
        signals = self_referral(advocate.email if advocate else "", referee.email)
        row = Row(referee.id, referee.advocate, referral, account, signals=",".join(signals))
        names = [f"referral:{referee.id}", f"referral:{referral}"]
        names += [f"account:{account}"] if account else []
        names += [f"mailbox:{mailbox}"] if mailbox else []
        for name in names:
            found.setdefault(name, []).append(row)
    return found


def _key(referee: str) -> str:
    return f"{_PREFIX}referee:{referee}"


def _next(tally: Tally, record: str | list[str]) -> Tally:
    written = record if isinstance(record, str) else json.dumps(sorted(set(record)))
    return Tally(tally.key, tally.version + 1, written)


def _ids(page: Tally) -> list[str]:
    """The referees that a name leads to."""
    return list(json.loads(page.record)) if page.record else []


def _listed(page: Tally, without: str) -> list[str]:
    return [referee for referee in _ids(page) if referee != without]


def _written(row: Row) -> str:
    given = {name: getattr(row, name) for name in Row.__slots__}
    return json.dumps({name: value for name, value in given.items() if value})


def _row(tally: Tally) -> Row | None:
    if not tally.record:
        return None
    given = json.loads(tally.record)
    return Row(**given | {"names": tuple(given.get("names", ()))})
