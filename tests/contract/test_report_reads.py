"""What a report asks of the ledger: as much after a thousand events as after a hundred."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path

import pytest

from passalong.figures.following import catch_up
from passalong.figures.rows import BY_COHORT, BY_DAY, REASON, TABLES, table
from passalong.ledger.port import Ledger
from passalong.ledger.sqlite import open_file
from passalong.report.compute import report_of
from passalong.report.model import BREAKDOWNS, Report
from passalong.report.period import picks_of
from passalong.report.reading import Figures
from tests.contract.ledger_samples import Desk
from tests.contract.watched import Watched
from tests.simulated_year import FIRST, Year, about, rules
from tests.worlds import Place, a_world

NOW = FIRST + timedelta(days=380)
MOST = 28


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return a_world(tmp_path_factory.mktemp("place"))


def read(place: Place, ledger: Ledger, opened: str = "", **picked: str) -> tuple[Report, list[str]]:
    """A report, and what it asked of the ledger."""
    watched, known = Watched(ledger), place.known()
    picks = picks_of(known.program, NOW, **picked)
    report = report_of(watched.as_ledger(), known, picks, NOW, opened=opened)
    return report, watched.calls


PICKED = [
    {"period": "90"},
    {"period": "365"},
    *({"period": "365", "by": by} for by in BREAKDOWNS[1:]),
    {"period": "365", "by": "region", "only": "DACH"},
]


def test_a_report_asks_as_much_of_the_ledger_however_many_events_there_are(
    desk: Desk, place: Place
) -> None:
    asked: list[list[list[str]]] = []
    events = Year(41, 1000, program=desk.program).events()
    for some in (events[::10], events):
        for event in some:
            desk.ledger.file(event)
        desk.clock.forward(minutes=1)
        assert catch_up(desk.ledger, about, rules()).is_all
        asked.append([sorted(read(place, desk.ledger, **picked)[1]) for picked in PICKED])
    few, many = asked
    assert few == many
    assert max(map(len, many)) <= MOST


def test_what_is_summed_by_months_is_what_its_days_say(desk: Desk, place: Place) -> None:
    for event in Year(43, 600, program=desk.program).events():
        desk.ledger.file(event)
    desk.clock.forward(minutes=1)
    catch_up(desk.ledger, about, rules())
    every = [(basis, by) for basis in (BY_DAY, BY_COHORT) for by in TABLES]
    for picked in ({"period": "30"}, {"period": "365"}, {"first": "2026-01-17"}):
        picks = picks_of(place.known().program, NOW, **picked)
        figures = Figures(desk.ledger, place.known(), picks, NOW)
        for basis, by in (*every, (BY_DAY, REASON)):
            assert figures.lines(basis, by) == day_by_day(figures, basis, by), (basis, by)


def day_by_day(figures: Figures, basis: str, by: str) -> dict[str, Counter[str]]:
    """The sums of a report's days by what a line is about; there are some."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    days = figures.picks.first.isoformat(), figures.picks.last.isoformat()
    for cell, metrics in figures.ledger.figures(table(1, basis, by), *days):
        for line in figures.values(by, cell.value):
            found[line].update(metrics)
    assert found, (basis, by)
    return found


def test_rows_are_as_many_calls_as_people_who_are_shown(desk: Desk, place: Place) -> None:
    for event in Year(42, 900, program=desk.program).events():
        desk.ledger.file(event)
    desk.clock.forward(minutes=1)
    catch_up(desk.ledger, about, rules())
    report, asked = read(place, desk.ledger, period="365")
    rows = next(stage.count.rows for stage in report.funnel if stage.code == "booked")
    opened, calls = read(place, desk.ledger, opened=rows, period="365")
    assert opened.rows
    assert opened.rows.lines
    assert calls.count("person") <= len(opened.rows.lines)
    assert len(calls) - calls.count("person") <= len(asked)


def test_both_storages_say_the_same(tmp_path: Path, desk: Desk, place: Place) -> None:
    other = open_file(tmp_path / "other.db", desk.program)
    events = Year(43, 400, program=desk.program).events()
    for ledger in (desk.ledger, other):
        for event in events:
            ledger.file(event)
        desk.clock.forward(minutes=1)
        catch_up(ledger, about, rules())
    for picked in PICKED:
        assert read(place, desk.ledger, **picked)[0] == read(place, other, **picked)[0]
    other.close()
