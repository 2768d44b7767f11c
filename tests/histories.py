"""What happened, written down in short lines, as the events that say so; and what came of it.

A line is ``<when> <advocate> <type> name=value …``: when is a day after noon of 2 March 2026, with
seconds after a plus (``90+1s``); ``-`` is no advocate, which is how a CRM speaks of a company.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from passalong.attribution.opportunities import Opportunity
from passalong.attribution.rules import Rule, Rules
from passalong.attribution.stages import Stage
from passalong.currencies import minor_units
from passalong.events import BOOKED, INTRODUCED, Event, Money
from passalong.program import Rate

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
RATES = (
    Rate(date(2026, 1, 1), "USD", "0.92"),
    Rate(date(2026, 7, 1), "USD", "0.90"),
    Rate(date(2026, 1, 1), "JPY", "0.0060"),
    Rate(date(2026, 1, 1), "KWD", "3.00"),
    Rate(date(2026, 7, 1), "GBP", "1.15"),
)
_WHEN = re.compile(r"(\d+)(?:\+(\d+)s)?")
_OWN = {"id", "referral", "referee", "medium", "variant", "evidence", "classification"}


def rules(rule: Rule = "first", window: int = 90, credit: int = 365) -> Rules:
    days = timedelta(days=1)
    return Rules(rule, window * days, credit * days, "EUR", ZoneInfo("Europe/Berlin"), RATES)


def moment(when: str) -> datetime:
    found = _WHEN.fullmatch(when)
    assert found, when
    return START + timedelta(days=int(found[1]), seconds=int(found[2] or 0))


def history(lines: str) -> list[Event]:
    """The events of some lines. Unless it says otherwise, an event is about Kestrel."""
    told = [line for line in map(str.strip, lines.splitlines()) if line]
    return [_event(f"e{number}", line) for number, line in enumerate(told, 1)]


def _event(name: str, line: str) -> Event:
    when, advocate, kind, *words = line.split()
    said = dict(word.split("=", 1) for word in words)
    own: dict[str, Any] = {key: said.pop(key) for key in list(said) if key in _OWN}
    sums = [Money(minor_units(said.pop(key), key), key) for key in list(said) if key.isupper()]
    who = "" if advocate == "-" else advocate
    if kind in (INTRODUCED, BOOKED) or not who:
        said.setdefault("account", "kestrel")
    event = Event(
        id=name,
        program="leeway",
        type=kind,
        at=moment(when),
        advocate=who,
        referral=f"ref-{who}" if who else "",
        referee=f"r-{who}" if who else "",
        amount=sums[0] if sums else None,
        data={key: value for key, value in said.items() if value},
    )
    return replace(event, **own)


def outcome(opportunities: Iterable[Opportunity]) -> list[str]:
    """Each opportunity in a line: ``<day it started>: <who, how much>, <why>; <stages>``."""
    return [
        f"{(one.start - START).days}: {_credited(one)}, {one.credit.reason}; "
        + ", ".join(map(_stage, one.stages))
        for one in opportunities
    ]


def _credited(one: Opportunity) -> str:
    parts: dict[str, Fraction] = {}
    for share in one.credit.shares:
        who = share.touchpoint.advocate
        parts[who] = parts.get(who, Fraction()) + share.part
    return " ".join(f"{who} {part}" for who, part in sorted(parts.items())) or "nobody"


def _stage(stage: Stage) -> str:
    """A stage that says again what is known stands in brackets."""
    words = [stage.type if stage.counts else f"({stage.type})"]
    words += [str(stage.money)] if stage.money else []
    words += [] if stage.is_priced else ["unpriced"]
    words += [] if stage.is_credited else ["to nobody"]
    return " ".join(words)
