"""What a report costs, by how many events there were: one line of JSON for each figure.

    -m bench.report [--events 1000 200000 1000000] [--taken 20000] [--rounds 9] [--work FOLDER]

`report` is one of the whole program, and one broken down by advocate, of 90 and of 365 days, after
so many events of a simulated year of 50 advocates, in SQLite: `value` is the median time, `reads`
how often the ledger is asked. Its figures are worked out at once and not event by event, which
leaves the same cells. `take` is how many events a second the relay counts, in the order in which
they happen. Ends with status 1 if more events need more reads.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import cast

from bench.shop import Timed
from passalong.attribution.money import WHOLE
from passalong.attribution.opportunities import accounts_of
from passalong.events import HIT, Event
from passalong.figures.contribution import ALONE, alone, together
from passalong.figures.following import catch_up
from passalong.figures.rows import BY_DAY, REASON, About, month_of, places, sum_into, table
from passalong.figures.state import consumer
from passalong.known import Known
from passalong.ledger.port import Ledger
from passalong.ledger.sqlite import SqliteLedger, open_file
from passalong.ledger.tallies import TOGETHER, Cell, Tally
from passalong.report.compute import report_of
from passalong.report.period import picks_of
from tests.filing import file_all
from tests.simulated_year import FIRST, Year, about, rules
from tests.worlds import a_world

Figure = dict[str, object]
ADVOCATES = 50
NOW = FIRST + timedelta(days=365)
PICKED = ({"period": "90"}, {"period": "365"}, {"period": "365", "by": "advocate"})
GENERATION = 1


def figures(folder: Path, options: argparse.Namespace) -> Iterator[Figure]:
    known, reads = a_world(folder).known(), dict[str, int]()
    program = known.program.id
    yield taken(open_file(folder / "taken.db", program), program, options.taken)
    for number in options.events:
        ledger = open_file(folder / f"{number}.db", program)
        events = Year(1, number, advocates=ADVOCATES, program=program).events()
        file_all(ledger, events)
        count(ledger, events)
        for picked in PICKED:
            name = " ".join(picked.values())
            spent, asked = measured(ledger, known, picked, options.rounds)
            before = reads.setdefault(name, asked)
            yield {
                "figure": "report",
                "of": name,
                "events": len(events),
                "value": round(spent * 1000, 1),
                "unit": "ms of CPU",
                "reads": asked,
                "broken": [f"{asked} reads, {before} before"] if asked != before else [],
            }
        ledger.close()


def taken(ledger: SqliteLedger, program: str, number: int) -> Figure:
    """How fast the relay counts."""
    events = Year(1, number, advocates=ADVOCATES, program=program).events()
    file_all(ledger, events)
    began = time.process_time()
    catch_up(ledger, about, rules())
    seconds = time.process_time() - began
    ledger.close()
    each = {"figure": "take", "events": len(events), "value": round(len(events) / seconds)}
    return {**each, "unit": "events a second of CPU", "broken": []}


def count(ledger: SqliteLedger, events: Sequence[Event]) -> None:
    """The cells that the relay would leave, and where it would stand."""
    cells: dict[Cell, dict[str, int]] = {}
    for event in events:
        if event.type in ALONE:
            row, metric = alone(event, about(event.advocate) or About(), rules())
            sum_into(cells, places(GENERATION, row), {metric: WHOLE})
            if event.type == HIT:
                reason = Cell(table(GENERATION, BY_DAY, REASON), row.day, event.classification)
                sum_into(cells, [reason, month_of(reason)], {metric: WHOLE})
    for unit, group in accounts_of(events).items():
        given = together(group, lambda who: about(who) or About(), rules())
        for row, numbers in given.items():
            sum_into(cells, places(GENERATION, row, unit), numbers)
    found = list(cells.items())
    for start in range(0, len(found), TOGETHER - 1):
        ledger.tally([Tally(f"bench.{start}", 1)], dict(found[start : start + TOGETHER - 1]))
    ledger.advance(consumer(GENERATION), ledger.after("", len(events))[1])


def measured(
    ledger: Ledger, known: Known, picked: dict[str, str], rounds: int
) -> tuple[float, int]:
    """The median of the seconds of CPU that a report takes, and how often it asks the ledger."""
    picks, spent, asked = picks_of(known.program, NOW, **picked), list[float](), 0
    for _ in range(rounds):
        timed = Timed(ledger)
        began = time.process_time()
        report_of(cast("Ledger", timed), known, picks, NOW)
        spent.append(time.process_time() - began)
        asked = timed.calls
    return median(spent), asked


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--events", type=int, nargs="+", default=[1000, 200_000, 1_000_000])
    parser.add_argument("--taken", type=int, default=20_000, help="events that are counted")
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
