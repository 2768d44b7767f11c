"""``[[rates]]`` of ``program.toml``: what other currencies are worth in the program's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from passalong.content.forms import is_currency
from passalong.currencies import is_rate
from passalong.program import Rate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from passalong.content.schema import Table


def read_rates(tables: Iterable[Table], own: str) -> tuple[Rate, ...]:
    """The rates in order of day and currency; one that is wrong is reported and left out."""
    rates: dict[tuple[str, str], Rate] = {}
    for table in tables:
        rate = _rate(table, own)
        if rate is None:
            continue
        about = (rate.since.isoformat(), rate.currency)
        if about in rates:
            table.error("from", f"is {rate.since}, from which {rate.currency} has a rate already.")
        rates.setdefault(about, rate)
    return tuple(rates[about] for about in sorted(rates))


def _rate(table: Table, own: str) -> Rate | None:
    since = table.day("from")
    if not table.has("from"):
        table.error("from", "is missing: the day from which the rate holds, such as 2026-01-01.")
    currency = table.checked(
        "currency", is_currency, "three capital letters such as USD", required=True
    )
    if currency == own:
        table.error("currency", f"is {own}, the program's own: it needs no rate.")
    expected = f'what one is worth in {own}, with a point, such as "0.92"'
    rate = table.checked("rate", is_rate, expected, required=True)
    table.finish()
    if since is None or not rate or currency in ("", own):
        return None
    return Rate(since, currency, rate)
