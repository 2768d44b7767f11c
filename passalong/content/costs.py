"""``[[costs]]`` and ``[[channels]]`` of ``program.toml``: what the program cost, and what other
ways to customers bring, both as the marketer gives them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from passalong.currencies import minor_units
from passalong.program import Channel, Cost

if TYPE_CHECKING:
    from collections.abc import Iterable

    from passalong.content.schema import Table

_EXPECTED = 'an amount in {}, with a point, such as "1200.00"'
_UNIT = 1_000_000
_PERCENT = 10_000
_LONGEST = 100_000


def read_costs(tables: Iterable[Table], currency: str) -> tuple[Cost, ...]:
    """The costs; one that is wrong is reported and left out."""
    return tuple(filter(None, (_cost(table, currency) for table in tables)))


def read_channels(tables: Iterable[Table], currency: str) -> tuple[Channel, ...]:
    """The channels, each with a name of its own."""
    channels: dict[str, Channel] = {}
    for table in tables:
        channel = _channel(table, currency)
        if channel.name in channels:
            table.error("name", f"is “{channel.name}”, which is another channel's already.")
        channels.setdefault(channel.name, channel)
    return tuple(channels.values())


def _cost(table: Table, currency: str) -> Cost | None:
    name = table.text("name", required=True)
    kind = table.choice("kind", ("running", "rewards"), "running")
    since = table.day("from")
    if not table.has("from"):
        table.error("from", "is missing: the first day that it is for, such as 2026-01-01.")
    until = table.day("until") or since
    amount = _amount(table, "amount", currency, required=True)
    if since and until and until < since:
        table.error("until", f"is {until}, which is before {since}.")
    table.finish()
    if since is None or until is None or amount is None or until < since:
        return None
    return Cost(name, cast("Literal['running', 'rewards']", kind), since, until, amount)


def _channel(table: Table, currency: str) -> Channel:
    channel = Channel(
        name=table.text("name", required=True),
        deals=_number(table, "deals", _UNIT, 10**9),
        average_value=_amount(table, "average_value", currency),
        sales_cycle=_number(table, "sales_cycle_days", _UNIT, _LONGEST),
        retention=_number(table, "retention_percent", _PERCENT, 100),
        cost_per_acquisition=_amount(table, "cost_per_acquisition", currency),
    )
    table.finish()
    return channel


def _number(table: Table, key: str, unit: int, high: int) -> int | None:
    number = table.number(key, 0, 0, high)
    return number * unit if table.has(key) else None


def _amount(table: Table, key: str, currency: str, *, required: bool = False) -> int | None:
    def is_amount(text: str) -> bool:
        try:
            return minor_units(text, currency) >= 0
        except ValueError:
            return False

    text = table.checked(key, is_amount, _EXPECTED.format(currency), required=required)
    return minor_units(text, currency) if text else None
