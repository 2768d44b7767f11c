"""``links`` as it is typed: whoever asked not to be written to is in no mail merge."""

from __future__ import annotations

import csv
import io
import subprocess
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from passalong.events import PREFERRED, Event
from passalong.ledger import open_ledger
from passalong.ledger.port import Actor
from tests.programs import Made, advocate, files, write

DAY = timedelta(days=1)


@pytest.fixture
def made(own_url: str, tmp_path: Path) -> Made:
    """A program of four advocates, of whom none has said anything, on each storage."""
    people = [advocate(f"a-{number}") for number in range(1, 5)]
    content = write(tmp_path / "content", files(advocates=people, referees=()))
    return Made(content, tmp_path / "site", tmp_path / "var", own_url)


def wishes(made: Made, who: str, **changes: str) -> None:
    """An advocate presses something on their page."""
    at = datetime.now(UTC)
    with closing(open_ledger(made.address, program="leeway")) as ledger:
        event = Event(f"{who}-{at}", "leeway", PREFERRED, at, who)
        ledger.prefer(event, changes, Actor(f"advocate:{who}"))


def listed(done: subprocess.CompletedProcess[str]) -> list[str]:
    assert done.returncode == 0, done.stderr
    return [row["id"] for row in csv.DictReader(io.StringIO(done.stdout, newline=""))]


def test_whoever_said_stop_or_not_now_is_not_in_the_list_until_they_may_be_asked(
    made: Made,
) -> None:
    wishes(made, "a-1", stop="yes")
    wishes(made, "a-2", not_now_until=f"{date.today() + DAY}")
    wishes(made, "a-3", not_now_until=f"{date.today() - DAY}")
    done = made.run("links", "--csv")
    assert listed(done) == ["a-3", "a-4"]
    assert done.stderr == "2 not listed: they asked not to be written to, for good or for now.\n"
    assert "a-1" not in made.run("links").stdout
    wishes(made, "a-1", stop="", not_now_until="")
    assert listed(made.run("links", "--csv")) == ["a-1", "a-3", "a-4"]


@pytest.mark.parametrize("storage", ["sqlite"])
def test_where_there_is_no_ledger_it_is_said_that_nobody_can_be_left_out(made: Made) -> None:
    done = made.run("links", "--csv")
    assert listed(done) == ["a-1", "a-2", "a-3", "a-4"]
    assert done.stderr.startswith(f"There is no ledger at {made.address}, ")
    wishes(made, "a-1", show_name="yes")
    assert made.run("links", "--csv").stderr == ""
