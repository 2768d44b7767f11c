"""From what was told to an event: which stage, whose referral; or why a person has to look.

What cannot be filed is held, with a code for the reason, until a person, new people or another
mapping in program.toml decide.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from passalong.attribution.money import convert
from passalong.attribution.rules import rules_of
from passalong.conversions.hubspot import DealGone, NoToken, fetched
from passalong.conversions.told import (
    HUBSPOT,
    IMPORT,
    KIND,
    SALESFORCE,
    SOURCES,
    Told,
    data_of,
    told_in,
)
from passalong.conversions.whom import Row, look
from passalong.events import ASKED, CONVERSIONS, MET, NO_SHOW, REVERSED, Event
from passalong.program import IGNORED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from passalong.ledger.port import Delivery
    from passalong.program import Program
    from passalong.world import World

Reason = Literal[
    "unknown-stage", "unmatched", "ambiguous", "no-rate", "no-token", "deal-gone", "bad-amount"
]
"""Why something is held: nobody knows the stage; nobody is meant, or several companies may be; the
currency has no rate on that day; there is no token to ask HubSpot with, or no such deal there; the
amount cannot be read."""

_OF_MEETINGS: Final = frozenset({MET, NO_SHOW})
_EVIDENCE: Final = {HUBSPOT: "crm", SALESFORCE: "crm", IMPORT: "import"}


class Held(NamedTuple):
    """Not filed, for a reason."""

    reason: Reason


class Found(NamedTuple):
    """Whose it is, and how we know."""

    row: Row
    evidence: str


def is_conversion(delivery: Delivery) -> bool:
    """Whether a delivery is something that somebody told us."""
    return delivery.kind.startswith(f"{KIND}.")


def resolve(world: World, delivery: Delivery) -> Delivery:
    """The delivery as it is once it was tried: done with its event in the ledger, or held.

    Raises what stands in the way: Unavailable, NotReached.
    """
    told = told_in(delivery.data)
    try:
        told, outcome = _tried(world, told)
    except NoToken:
        outcome = Held("no-token")
    except DealGone:
        outcome = Held("deal-gone")
    except ValueError:
        outcome = Held("bad-amount")
    if isinstance(outcome, Held):
        return replace(delivery, state="held", error=outcome.reason, data=data_of(told))
    if outcome:
        world.ledger.file(outcome)
    short = {"source": told.source, "stage": told.stage}
    return replace(delivery, state="done", error="", data=short)


def _tried(world: World, told: Told) -> tuple[Told, Event | Held | None]:
    """What was told, with what its source says besides, and the event; None for a stage of no
    meaning."""
    program = world.known().program
    if told.stage == ASKED and told.source == IMPORT:
        return told, _event(program, told, ASKED, Found(Row("", told.advocate), "import"))
    stage = stage_of(program, told)
    if stage == IGNORED:
        return told, None
    if told.source == HUBSPOT:
        told = fetched(world, told)
    if not stage:
        return told, Held("unknown-stage")
    if not has_rate(program, told):
        return told, Held("no-rate")
    found = match(world, told)
    return told, found if isinstance(found, Held) else _event(program, told, stage, found)


def stage_of(program: Program, told: Told) -> str:
    """Our word for a stage: what a person chose, the program's mapping, ours; empty if unknown."""
    own = {name: name for name in CONVERSIONS} if told.source != HUBSPOT else {}
    stages = program.conversions.stages
    words = own | stages.get("", {}) | stages.get(told.source, {})
    return told.decided or words.get(told.stage, "")


def has_rate(program: Program, told: Told) -> bool:
    """Whether an amount can be counted in the program's currency."""
    if told.amount is None:
        return True
    rules = rules_of(program)
    day = rules.day(told.at)
    return convert(told.amount, day, rules.currency, rules.rates) is not None


def match(world: World, told: Told) -> Found | Held:
    """Whose referral is meant, by the surest thing that leads to anybody."""
    if told.advocate and not told.referral:
        return Found(_chosen(world, told), _EVIDENCE.get(told.source, "webhook"))
    for names, evidence in _ways(told):
        rows = look(world, names)
        if len({row.account or row.referral for row in rows}) > 1:
            # Contacts of several companies: the deal's own, if it says which that is.
            rows = [row for row in rows if row.account in told.accounts]
            if len({row.account for row in rows}) != 1:
                return Held("ambiguous")
        if rows:
            return Found(min(rows, key=_earliest), evidence)
    return Held("unmatched")


def _ways(told: Told) -> Iterator[tuple[list[str], str]]:
    """The ways to somebody, the surest first: names in the index, and what evidence they are."""
    how = _EVIDENCE.get(told.source, "webhook")
    ways = (
        ([f"referral:{told.referral}"] if told.referral else [], how),
        ([f"meeting:{told.booking}"] if told.booking else [], how),
        ([f"deal:{told.source}:{told.external}"] if told.external else [], how),
        ([f"deal:{told.of}"] if told.of else [], how),
        ([f"mailbox:{digest}" for digest in told.mailboxes], "e-mail"),
        ([f"account:{key}" for key in told.accounts], "company-domain"),
        (_elsewhere(told), how),
    )
    return ((names, evidence) for names, evidence in ways if names)


def _elsewhere(told: Told) -> list[str]:
    """The names of a deal of the same id that another source told of.

    Two systems may count their deals from one, so this is for what says nothing of a company.
    """
    if told.mailboxes or told.accounts:
        return []
    deals = dict.fromkeys(filter(None, (told.external, told.of.partition(":")[2])))
    return [f"deal:{source}:{deal}" for deal in deals for source in (*SOURCES, IMPORT)]


def _earliest(row: Row) -> tuple[bool, str, str]:
    """Of several contacts of a company the first; those whom only the lists know come last."""
    return not row.since, row.since, row.referee


def _chosen(world: World, told: Told) -> Row:
    """Whom a person credits by their advocate alone: a referral of the company's."""
    holders = world.known().holders
    about = told.company or told.external or told.record
    account = told.accounts[0] if told.accounts else ""
    return Row("", told.advocate, holders.referral(told.advocate, about, about), account)


def _event(program: Program, told: Told, stage: str, found: Found) -> Event:
    row, of = found.row, told.of
    if stage == REVERSED and not of and told.external:
        of = f"{told.source}:{told.external}"
    data = {
        "source": told.source,
        "external": told.external,
        "account": row.account or next(iter(told.accounts), ""),
        "meeting": told.booking if stage in _OF_MEETINGS else "",
        "signals": row.signals,
        "of": of,
    }
    return Event(
        id=told.event_id,
        program=program.id,
        type=stage,
        at=told.at,
        advocate=row.advocate,
        referee=row.referee,
        referral=row.referral,
        evidence=found.evidence,
        amount=told.amount,
        data={name: value for name, value in data.items() if value},
    )


def again(delivery: Delivery, now: datetime) -> Delivery:
    """A held delivery that is to be tried again."""
    return replace(delivery, state="waiting", next_at=now, attempts=0, error="")


def names_of(told: Told) -> set[str]:
    """All names in the index that could lead to whom this is about."""
    return {name for names, _ in _ways(told) for name in names}


def waiting_for(held: Iterable[Delivery], names: Iterable[str]) -> list[Delivery]:
    """Those of the held ones that one of these names may lead to somebody."""
    new = set(names)
    return [one for one in held if is_conversion(one) and new & names_of(told_in(one.data))]
