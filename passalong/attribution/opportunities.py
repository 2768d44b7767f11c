"""Opportunities: one account, many contacts, one thing at a time that may be sold to it.

Everything here is a function of the set of events: neither order nor repetition matters.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from passalong.attribution.credit import IN_REVIEW, Credit, credit_of
from passalong.attribution.stages import (
    STAGES,
    Stage,
    finder,
    in_order,
    is_stage,
    stages_of,
)
from passalong.attribution.touchpoints import Touchpoint, counted, signals_of, touchpoints_of
from passalong.events import (
    BOOKED,
    CANCELLED,
    CHURNED,
    DISQUALIFIED,
    EXPANDED,
    INFLUENCED,
    INTRODUCED,
    LOST,
    OVERRIDDEN,
    QUALIFIED,
    RENEWED,
    RESCHEDULED,
    REVERSED,
    SOURCED,
    VISITED,
    WON,
    Event,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from passalong.attribution.rules import Rules

COUNTED: Final = "counted"
_ACCOUNT: Final = "account:"
_REFERRAL: Final = "referral:"

_STARTING: Final = frozenset(STAGES) - {RESCHEDULED, CANCELLED, REVERSED}
_ENDING: Final = frozenset({LOST, DISQUALIFIED, CHURNED})
_REOPENING: Final = frozenset({QUALIFIED, WON, RENEWED, EXPANDED})
_ANEW: Final = frozenset({INTRODUCED, BOOKED})


@dataclass(frozen=True, slots=True)
class Opportunity:
    """What came of an account, from its first stage event on (``start``; ``id`` is that event's).

    ``account`` is empty where the company is not known: then it is one referral's. ``state`` is
    "counted", or "review" while a person has to look at the ``signals`` of a self-referral first.
    ``touchpoints`` are all that there are, also those that came too early or too late to count.
    ``first_touch`` is the program's day of the first touchpoint that counts, else of the start.
    ``influenced``: the account was ours before.
    """

    id: str
    account: str
    start: datetime
    stages: tuple[Stage, ...]
    touchpoints: tuple[Touchpoint, ...]
    credit: Credit
    state: str
    first_touch: date
    influenced: bool = False
    signals: tuple[str, ...] = ()

    @property
    def is_contested(self) -> bool:
        """Whether more than one advocate has a touchpoint, be it one that counts or not."""
        return len({touch.advocate for touch in self.touchpoints}) > 1


@dataclass(slots=True)
class _Span:
    """The stage events of an opportunity while it is put together."""

    events: list[Event]
    ended: bool = False
    anew: bool = False
    decisions: list[Event] = field(default_factory=list)

    @property
    def start(self) -> datetime:
        return self.events[0].at


def opportunities_of(events: Iterable[Event], rules: Rules) -> tuple[Opportunity, ...]:
    """The opportunities in these events, each with its stages and its credit; oldest first.

    Events that belong to no account and no referral make none.
    """
    found: list[Opportunity] = []
    for unit, group in accounts_of(events).items():
        account = unit.removeprefix(_ACCOUNT) if unit.startswith(_ACCOUNT) else ""
        found += _opportunities(account, group, rules)
    return tuple(sorted(found, key=lambda one: (one.start, one.id)))


def accounts_of(events: Iterable[Event]) -> dict[str, list[Event]]:
    """The events by ``account:<key>``, or ``referral:<id>`` where no account is known of it.

    A referral is of the account that its earliest event names; a referee's visits are of their
    referral, a reversal or a decision without either of what it is about.
    """
    ordered = _with_referrals(sorted({event.id: event for event in events}.values(), key=in_order))
    accounts: dict[str, str] = {}
    for event in ordered:
        if event.referral and _named(event):
            accounts.setdefault(event.referral, _named(event))
    groups: dict[str, list[Event]] = {}
    pointing: list[Event] = []
    places: dict[str, str] = {}
    for event in ordered:
        if place := _place(event, accounts):
            groups.setdefault(place, []).append(event)
            places[event.id] = place
        elif event.type in (REVERSED, OVERRIDDEN):
            pointing.append(event)
    find = finder(ordered)
    for event in pointing:
        target = find(event)
        if target and target.id in places:
            groups[places[target.id]].append(event)
    return groups


def _with_referrals(ordered: Sequence[Event]) -> list[Event]:
    """The events, with the referral of their referee where they do not say it: the earliest."""
    known: dict[str, str] = {}
    for event in ordered:
        if event.referee and event.referral:
            known.setdefault(event.referee, event.referral)
    return [
        event if event.referral else replace(event, referral=known.get(event.referee, ""))
        for event in ordered
    ]


def _place(event: Event, accounts: Mapping[str, str]) -> str:
    account = accounts.get(event.referral, "") if event.referral else _named(event)
    if account:
        return _ACCOUNT + account
    return _REFERRAL + event.referral if event.referral else ""


def _named(event: Event) -> str:
    """The account that an event names; a visit names none, for most visits are not kept."""
    return "" if event.type == VISITED else event.data.get("account", "")


def _opportunities(account: str, events: Sequence[Event], rules: Rules) -> list[Opportunity]:
    spans = _spans(sorted(events, key=in_order))
    if not spans:
        return []
    _decide(spans, [event for event in events if event.type == OVERRIDDEN])
    touchpoints = touchpoints_of(events)
    ends: list[datetime | None] = [*(span.start for span in spans[1:]), None]
    return [
        _opportunity(
            account, span, [t for t in touchpoints if end is None or t.at < end], events, rules
        )
        for span, end in zip(spans, ends, strict=True)
    ]


def _spans(ordered: Sequence[Event]) -> list[_Span]:
    """The stage events, cut where something new begins once the last thing had ended."""
    spans: list[_Span] = []
    meetings: dict[str, _Span] = {}
    for event in ordered:
        span = spans[-1] if spans else None
        if span and event.type in _ANEW:
            span.anew = span.anew or span.ended
        if not is_stage(event) or event.type == REVERSED:
            continue
        own = meetings.get(event.data.get("meeting", ""))
        if own and own is not span:  # told late of a meeting of before
            own.events.append(event)
            continue
        if event.type in _STARTING and (span is None or (span.ended and span.anew)):
            span = _Span([])
            spans.append(span)
        if span is None:
            continue
        span.events.append(event)
        span.ended = event.type in _ENDING or (span.ended and event.type not in _REOPENING)
        if event.type == BOOKED and "meeting" in event.data:
            meetings[event.data["meeting"]] = span
    return _with_reversals(spans, ordered)


def _with_reversals(spans: list[_Span], ordered: Sequence[Event]) -> list[_Span]:
    """Each reversal goes where its target is, else to the opportunity of its time."""
    find = finder(ordered)
    for event in ordered:
        if event.type == REVERSED and spans:
            target = find(event)
            home = next((span for span in spans if target in span.events), None)
            (home or _at(spans, event.at)).events.append(event)
    return spans


def _decide(spans: Sequence[_Span], decisions: Iterable[Event]) -> None:
    """Each decision is about the opportunity that it names by an event, else about that of its
    time."""
    for decision in decisions:
        of = decision.data.get("of", "")
        named = (span for span in spans if of and any(event.id == of for event in span.events))
        (next(named, None) or _at(spans, decision.at)).decisions.append(decision)


def _at(spans: Sequence[_Span], at: datetime) -> _Span:
    return next((span for span in reversed(spans) if span.start <= at), spans[0])


def _opportunity(
    account: str,
    span: _Span,
    touchpoints: Sequence[Touchpoint],
    events: Iterable[Event],
    rules: Rules,
) -> Opportunity:
    start = span.start
    inside = counted(touchpoints, start - rules.window, start)
    signals = {signal for touch in inside for signal in touch.signals}
    signals.update(signal for event in span.events for signal in signals_of(event))
    decision = max(span.decisions, key=lambda event: (event.at, event.id), default=None)
    credit = credit_of(touchpoints, start, rules, signals=signals, decision=decision)
    return Opportunity(
        id=span.events[0].id,
        account=account,
        start=start,
        stages=stages_of(span.events, start, rules),
        touchpoints=tuple(touchpoints),
        credit=credit,
        state="review" if credit.reason == IN_REVIEW else COUNTED,
        first_touch=rules.day(inside[0].at if inside else start),
        influenced=_is_influenced(span, inside, events),
        signals=tuple(sorted(signals)),
    )


def _is_influenced(span: _Span, inside: Sequence[Touchpoint], events: Iterable[Event]) -> bool:
    """What the first of its events says that says it: later the account is ours in any case."""
    own = {touch.id for touch in inside} | {event.id for event in span.events}
    said = (event for event in sorted(events, key=in_order) if event.id in own)
    told = (e.classification for e in said if e.classification in (SOURCED, INFLUENCED))
    return next(told, SOURCED) == INFLUENCED
