"""The stages of an opportunity: which events count, with what money, and what takes it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from passalong.attribution.money import convert
from passalong.events import (
    BOOKED,
    CANCELLED,
    CHURNED,
    DISQUALIFIED,
    EXPANDED,
    LOST,
    MET,
    NO_SHOW,
    QUALIFIED,
    RENEWED,
    RESCHEDULED,
    REVERSED,
    REVIEW,
    VISITED,
    WON,
    Event,
    Money,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from passalong.attribution.rules import Rules

STAGES: Final = (
    *(BOOKED, RESCHEDULED, CANCELLED, MET, NO_SHOW, QUALIFIED, DISQUALIFIED),
    *(WON, LOST, RENEWED, EXPANDED, CHURNED, REVERSED),
)
"""What happens to an opportunity, in the order in which what has one time is taken to happen."""
_RANK: Final = {kind: rank for rank, kind in enumerate(STAGES)}
SALES: Final = frozenset({WON, RENEWED, EXPANDED})
"""Stages that bring money, and are credited within the credit window alone."""
_OUTCOMES: Final = frozenset({MET, NO_SHOW})
_OF_MEETINGS: Final = frozenset({BOOKED, CANCELLED, *_OUTCOMES})
_EACH: Final = frozenset({RESCHEDULED, RENEWED, EXPANDED, REVERSED})
_ANY: Final = "*:"
"""What stands before a deal's id in place of the source."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One event of an opportunity; ``id``, ``type``, ``at`` and ``amount`` are the event's.

    ``counts``: whether it is one more of its type, or says again what is known. ``money`` is in the
    minor units of the program's currency, 0 where it brings none; negative where it takes back what
    a stage of type ``reverses`` brought. ``is_priced`` is False where the amount's currency has no
    rate for that day. ``is_credited``: whether it goes to whoever is credited with the
    opportunity, or, outside the credit window, to nobody.
    """

    id: str
    type: str
    at: datetime
    day: date
    counts: bool = True
    amount: Money | None = None
    money: int = 0
    is_priced: bool = True
    is_credited: bool = True
    reverses: str = ""


def is_stage(event: Event) -> bool:
    """Whether an event is a stage; a booking that the firm looks at first has no meeting yet."""
    return event.type in _RANK and not (event.type == BOOKED and event.classification == REVIEW)


def in_order(event: Event) -> tuple[datetime, int, str]:
    """What events are sorted by: time, then the usual course of things."""
    return event.at, _RANK.get(event.type, -1), event.id


def stages_of(events: Sequence[Event], start: datetime, rules: Rules) -> tuple[Stage, ...]:
    """The stages that the events of one opportunity make, in order.

    A meeting counts once however often it is moved, and its outcome is what was said last; a deal
    is won once, whoever tells it; qualified, lost and the like are reached once.
    """
    ordered = sorted(events, key=in_order)
    sold = sold_in(ordered)
    counting = _counting(ordered, sold)
    find = finder(ordered)
    stages: dict[str, Stage] = {}
    left: dict[str, int] = {}
    for event in ordered:
        if event.type == REVERSED:
            continue
        stages[event.id] = stage = _stage(event, start, rules, counts=event.id in counting)
        left[event.id] = stage.money
    for event in ordered:
        if event.type == REVERSED:
            target = find(event)
            of = sold.get(target.id, target.id) if target else ""
            stages[event.id] = _reversal(event, of, stages, left, rules)
    return tuple(stages[event.id] for event in ordered)


def deal_of(event: Event) -> str:
    """What a source calls a deal, ``<source>:<external>``; empty where it does not say."""
    external = _deal(event)
    return f"{event.data.get('source', '')}:{external}" if external else ""


def finder(ordered: Iterable[Event]) -> Callable[[Event], Event | None]:
    """What finds the event that a reversal or a decision is about, among these `in_order`.

    ``data["of"]`` is the event's id, or what a source calls a deal: then the newest sale before of
    which that source told, else its newest, else one of the same deal that another source told.
    """
    by_id: dict[str, Event] = {}
    sales: dict[str, list[Event]] = {}
    for event in ordered:
        if event.type not in (REVERSED, VISITED):
            by_id[event.id] = event
        if event.type in SALES and _deal(event):
            sales.setdefault(deal_of(event), []).append(event)
            sales.setdefault(_ANY + _deal(event), []).append(event)

    def find(event: Event) -> Event | None:
        of = event.data.get("of", "")
        if of in by_id:
            return by_id[of]
        known = sales.get(of) or sales.get(_ANY + of.partition(":")[2], [])
        before = [sale for sale in known if sale.at <= event.at]
        return next(iter([*before[-1:], *known[-1:]]), None)

    return find


def sold_in(ordered: Sequence[Event]) -> dict[str, str]:
    """For each event that says that something was won, the one that counts for the same deal.

    A deal is one by its external id, whatever the source; what names none is of the only one there
    is, and of none where there are several. The earliest counts that tells an amount, before that
    one with the deal's name.
    """
    won = [event for event in ordered if event.type == WON]
    names = {_deal(event) for event in won} - {""}
    only = min(names) if len(names) == 1 else ""
    told = [event for event in won if _deal(event) or len(names) < 2]
    counting: dict[str, str] = {}
    for event in sorted(told, key=lambda event: (event.amount is None, not _deal(event))):
        counting.setdefault(_deal(event) or only, event.id)
    first = next(iter(counting.values()), "")
    return {event.id: counting.get(_deal(event) or only, first) for event in won}


def _counting(ordered: Sequence[Event], sold: Mapping[str, str]) -> set[str]:
    """The ids of those that are one more of their type."""
    said_last = {_meeting(e): e.type for e in ordered if e.type in _OUTCOMES}
    known = any(_meeting(event) for event in ordered if event.type in _OUTCOMES)
    seen: set[tuple[str, str]] = set()
    counting = {*sold.values()}
    for event in ordered:
        if event.type == WON:
            continue
        about = _about(event)
        if event.type in _OUTCOMES:
            is_vague = known and not _meeting(event)  # some meeting, which another event names
            if is_vague or said_last[_meeting(event)] != event.type:
                continue
        if (event.type, about) not in seen:
            seen.add((event.type, about))
            counting.add(event.id)
    return counting


def _about(event: Event) -> str:
    """What an event tells of; two of one type that tell of the same are one."""
    if event.type in _EACH:
        return event.id
    if event.type in _OF_MEETINGS:
        return _meeting(event) or (event.id if event.type == BOOKED else "")
    return ""


def _meeting(event: Event) -> str:
    return event.data.get("meeting", "")


def _deal(event: Event) -> str:
    return event.data.get("external", "")


def _stage(event: Event, start: datetime, rules: Rules, *, counts: bool) -> Stage:
    day = rules.day(event.at)
    brings = event.amount if counts and event.type in SALES else None
    money = convert(brings, day, rules.currency, rules.rates) if brings else 0
    return Stage(
        id=event.id,
        type=event.type,
        at=event.at,
        day=day,
        counts=counts,
        amount=event.amount,
        money=money or 0,
        is_priced=money is not None,
        is_credited=event.type not in SALES or event.at - start <= rules.credit,
    )


def _reversal(
    event: Event,
    target: str,
    stages: dict[str, Stage],
    left: dict[str, int],
    rules: Rules,
) -> Stage:
    """Takes back what is left of its target's money, or its own amount at the target's rate."""
    day = rules.day(event.at)
    if not target:
        return Stage(event.id, event.type, event.at, day, amount=event.amount)
    entry = stages[target]
    wanted: int | None = left[target]
    if event.amount:
        wanted = convert(event.amount, entry.day, rules.currency, rules.rates)
    taken = min(abs(wanted or 0), left[target])
    left[target] -= taken
    return Stage(
        id=event.id,
        type=event.type,
        at=event.at,
        day=day,
        amount=event.amount,
        money=-taken,
        is_priced=wanted is not None and entry.is_priced,
        is_credited=entry.is_credited,
        reverses=entry.type,
    )
