"""What a report costs, by how many events there were: one line of JSON for each figure.

    -m bench.report [--events 1000 1000000] [--rounds 9] [--work FOLDER]

`report` is one of the whole program and one broken down by advocate, of 90 and of 365 days, after
so many events of a simulated year of 50 advocates, in SQLite: `value` is the median time in
milliseconds, `reads` how often the ledger is asked. `take` is how many events a second are counted,
in the order in which they happened. Ends with status 1 if more events need more reads.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import cast

from bench.shop import Timed
from passalong.figures.following import catch_up
from passalong.known import Known
from passalong.ledger.port import Ledger
from passalong.ledger.sqlite import SqliteLedger, open_file
from passalong.ledger.sqlite_step import Step
from passalong.report.compute import report_of
from passalong.report.period import picks_of
from tests.simulated_year import FIRST, Year, about, rules
from tests.worlds import a_world

Figure = dict[str, object]
ADVOCATES = 50
NOW = FIRST + timedelta(days=365)
PICKED = ({"period": "90"}, {"period": "365"}, {"period": "365", "by": "advocate"})
PORTION = 10_000


def figures(folder: Path, options: argparse.Namespace) -> Iterator[Figure]:
    known, reads = a_world(folder).known(), dict[str, int]()
    for number in options.events:
        ledger = open_file(folder / f"{number}.db", known.program.id)
        fill(ledger, known.program.id, number)
        began = time.perf_counter()
        catch_up(ledger, about, rules())
        seconds = time.perf_counter() - began
        yield {
            "figure": "take",
            "events": number,
            "value": round(number / seconds),
            "unit": "events a second",
            "broken": [],
        }
        for picked in PICKED:
            name = " ".join(picked.values())
            spent, asked = measured(ledger, known, picked, options.rounds)
            before = reads.setdefault(name, asked)
            yield {
                "figure": "report",
                "of": name,
                "events": number,
                "value": round(spent * 1000, 1),
                "unit": "ms",
                "reads": asked,
                "broken": [f"{asked} reads, {before} before"] if asked != before else [],
            }
        ledger.close()


def fill(ledger: SqliteLedger, program: str, number: int) -> None:
    """Has a year's events come in, many in a transaction."""
    events = Year(1, number, advocates=ADVOCATES, program=program).events()
    for start in range(0, len(events), PORTION):
        with ledger._store.writing() as db:
            for event in events[start : start + PORTION]:
                Step(db, event, None).put()


def measured(
    ledger: Ledger, known: Known, picked: dict[str, str], rounds: int
) -> tuple[float, int]:
    """The median of the seconds that a report takes, and how often it asks the ledger."""
    picks, spent, asked = picks_of(known.program, NOW, **picked), list[float](), 0
    for _ in range(rounds):
        timed = Timed(ledger)
        began = time.perf_counter()
        report_of(cast("Ledger", timed), known, picks, NOW)
        spent.append(time.perf_counter() - began)
        asked = timed.calls
    return median(spent), asked


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--events", type=int, nargs="+", default=[1000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=9, help="reports of each kind")
    parser.add_argument("--work", type=Path, help="a folder for it all; else memory, or /tmp")
    options = parser.parse_args()
    memory_disk = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    work, broken = options.work or (memory_disk if memory_disk.is_dir() else None), 0
    with tempfile.TemporaryDirectory(dir=work) as folder:
        for line in figures(Path(folder), options):
            broken += bool(line["broken"])
            print(json.dumps(line), flush=True)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
