"""``report`` and ``figures``: what the program brought, read at a terminal, as JSON, as files."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from passalong.events import HIT, INTRODUCED, SHARED, VISITED, Event
from passalong.ledger.sqlite import open_file
from tests.programs import ROOT, Made, advocate, files, write

NOW = datetime.now(UTC)
CONTENT = files(
    advocates=[advocate(), advocate("a-2", "李小龍", region="DACH")],
)


def a_program(folder: Path) -> Made:
    made = Made(write(folder / "content", CONTENT), folder / "site", folder / "var")
    made.build(bundle=made.var / "bundle.json")
    return made


def happened(made: Made, *events: tuple[str, str, dict[str, Any]]) -> None:
    ledger = open_file(made.var / "ledger.db", "leeway")
    for number, (kind, who, more) in enumerate(events):
        at = NOW - timedelta(days=2, minutes=number)
        ledger.file(Event(f"{kind}-{number}", "leeway", kind, at, who, **more))
    ledger.close()


def run(made: Made, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "build.py"), *arguments],
        env=made.environment(),
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A program in which a little happened, all of it counted."""
    program = a_program(tmp_path_factory.mktemp("report"))
    happened(
        program,
        (SHARED, "a-1", {"medium": "linkedin"}),
        (INTRODUCED, "a-2", {"referral": "ref-1", "referee": "in-1"}),
        (VISITED, "a-1", {"medium": "linkedin", "classification": "person"}),
        (HIT, "a-1", {"classification": "bot:linkedinbot"}),
    )
    done = run(program, "relay", "--out", str(program.out))
    assert done.returncode == 0, done.stderr
    return program


def test_the_report_of_a_program_in_which_nothing_happened_says_what_to_do(tmp_path: Path) -> None:
    done = run(a_program(tmp_path), "report")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Nothing has happened yet")
    assert "python build.py links" in done.stdout


def test_the_report_is_a_sentence_and_tables_that_are_aligned_in_any_script(made: Made) -> None:
    done = run(made, "report", "--by", "advocate")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0].startswith("In the last 90 days 0 were asked and 2 acted")
    assert done.stdout.index("Maria Lindqvist") < done.stdout.index("From asked to won")
    rows = [line for line in done.stdout.splitlines() if "Maria Lindqvist" in line or "李" in line]
    ends = {len(line) + line.count("李") + line.count("小") + line.count("龍") for line in rows}
    assert len(rows) == 2
    assert len(ends) == 1


def test_json_is_one_line_with_all_figures(made: Made) -> None:
    done = run(made, "report", "--json", "--period", "30")
    said = json.loads(done.stdout)
    assert len(done.stdout.splitlines()) == 1
    assert (said["figures"]["acted"], said["figures"]["visited"]) == (2, 1)


def test_csv_is_a_file_for_each_table(made: Made, tmp_path: Path) -> None:
    done = run(made, "report", "--by", "region", "--csv", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    assert {"funnel.csv", "region.csv", "numbers.csv"} <= {
        path.name for path in (tmp_path / "out").iterdir()
    }
    with (tmp_path / "out/region.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert {row[0] for row in rows[1:]} == {"Nordics", "DACH"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--period", "week"), "period must be one of 30, 90, 365"),
        (("--by", "planet"), "by must be one of all, story"),
        (("--from", "2026-13-01"), "from must be a day such as 2026-11-22"),
        (
            ("--by", "region", "--only", "nordic"),
            "only is “nordic”; by region it can be Nordics, D",
        ),
    ],
)
def test_what_cannot_be_picked_is_refused_in_a_sentence(
    made: Made, arguments: tuple[str, ...], sentence: str
) -> None:
    done = run(made, "report", *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(sentence)


def test_figures_say_how_far_they_are_and_are_counted_anew(tmp_path: Path) -> None:
    made = a_program(tmp_path)
    assert "There is no event yet" in run(made, "figures", "--rebuild").stdout
    happened(made, (SHARED, "a-1", {}), (SHARED, "a-2", {}))
    assert run(made, "figures").stdout.startswith("2 events are to be counted yet")
    assert run(made, "relay", "--out", str(made.out)).returncode == 0
    assert run(made, "figures").stdout == "The figures have everything.\n"
    settings = {"attribution": {"rule": "last"}}
    write(made.content, files(advocates=[advocate()], program=settings))
    made.build(bundle=made.var / "bundle.json")
    assert "program.toml has other rules" in run(made, "figures").stdout
    done = run(made, "figures", "--rebuild")
    assert done.stdout.startswith("Counted anew, by the rules and lists as they are: 2 events.")
    assert run(made, "figures").stdout == "The figures have everything.\n"
    assert json.loads(run(made, "report", "--json").stdout)["figures"]["acted"] == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--period", "30", "--from", "2026-10-01"), "give one or the other"),
        (("--only", "linkedin"), "--by medium --only linkedin"),
        (("--days", "5"), "--link NAME --days N"),
        (("--link", "Anna", "--json"), "leave out --json"),
    ],
)
def test_an_option_that_would_do_nothing_is_refused(
    made: Made, options: tuple[str, ...], said: str
) -> None:
    done = run(made, "report", *options)
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
