"""The figures once more, from the events alone and in SQL: written without a look at how the relay
counts, for the rule by which the first touch is credited.

What SQL lacks is given as tables: when the zone's clocks change, rates as fractions, the lists.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

from passalong.attribution.rules import Rules
from passalong.currencies import decimals_of
from passalong.figures.rows import About
from passalong.zones import changes, offset

Cells = dict[tuple[str, str, str], dict[str, int]]
"""By table without its generation, day and value the numbers of each metric."""

SCRIPT = Path(__file__).with_suffix(".sql").read_text("utf-8")
LONG_AGO, LATER = datetime(2024, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def figures_in_sql(
    file: Path, program: str, rules: Rules, about: Callable[[str], About | None]
) -> Cells:
    """The figures of a program's events in the file of a SQLite ledger."""
    db = sqlite3.connect(file)
    _tables(db, program, rules, about)
    db.executescript(SCRIPT)
    found: Cells = {}
    for table, day, value, metric, number in db.execute(
        "SELECT name, day, value, metric, sum(number) FROM cells"
        " GROUP BY name, day, value, metric HAVING sum(number) <> 0"
    ):
        found.setdefault((table, day, value), {})[metric] = number
    db.close()
    return found


def _tables(
    db: sqlite3.Connection, program: str, rules: Rules, about: Callable[[str], About | None]
) -> None:
    db.execute("CREATE TEMP TABLE settings (program, time_window, credit, currency)")
    spans = (rules.window // timedelta(microseconds=1), rules.credit // timedelta(microseconds=1))
    db.execute("INSERT INTO settings VALUES (?, ?, ?, ?)", (program, *spans, rules.currency))
    db.execute("CREATE TEMP TABLE clock (since, until, ahead)")
    db.executemany("INSERT INTO clock VALUES (?, ?, ?)", _clock(rules))
    db.execute("CREATE TEMP TABLE rates (since, currency, above, below)")
    for rate in rules.rates:
        decimals = decimals_of(rules.currency) - decimals_of(rate.currency)
        exact = Fraction(rate.rate) * Fraction(10) ** decimals
        values = (rate.since.isoformat(), rate.currency, exact.numerator, exact.denominator)
        db.execute("INSERT INTO rates VALUES (?, ?, ?, ?)", values)
    db.execute("INSERT INTO rates VALUES ('0001-01-01', ?, 1, 1)", (rules.currency,))
    db.execute("CREATE TEMP TABLE lists (advocate PRIMARY KEY, kind, owner, region, industry)")
    asked = "SELECT DISTINCT json_extract(record, '$.advocate') FROM events WHERE program = ?"
    for (advocate,) in db.execute(asked, (program,)).fetchall():
        said = about(advocate) if advocate else None
        if said:
            db.execute("INSERT INTO lists VALUES (?, ?, ?, ?, ?)", (advocate, *said))


def _clock(rules: Rules) -> Iterable[tuple[int, int, int]]:
    """Seconds since 1970 from and until which clocks are so many seconds ahead of UTC."""
    at, ahead = LONG_AGO, offset(rules.zone, LONG_AGO) // SECOND
    for change in changes(rules.zone, LONG_AGO, LATER):
        yield int(at.timestamp()), int(change.at.timestamp()), ahead
        at, ahead = change.at, change.after // SECOND
    yield int(at.timestamp()), int(LATER.timestamp()), ahead
