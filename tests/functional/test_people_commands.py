"""``export`` and ``erase`` as they are typed: what they print, what they leave, what they note."""

from __future__ import annotations

import csv
import json
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from passalong.events import BOOKED, EXPORTED, Event
from passalong.ledger import open_ledger
from passalong.ledger.port import Actor, Ledger, Person
from passalong.mail.folder import FolderMailer
from passalong.mail.port import Mail
from passalong.party import Party
from tests.programs import ROOT, Made, files, path_of, write
from tests.storages import all_of

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
BOX = "tomas@kestrel.example"


@pytest.fixture
def made(own_url: str, at_once: None, tmp_path: Path) -> Made:
    """A built program in which Tomas, who is in the lists, has booked, and has had a letter; its
    ledger is in each of the storages."""
    content = write(tmp_path / "content", files())
    program = Made(content, tmp_path / "site", tmp_path / "var", own_url)
    assert program.run("build").returncode == 0
    with ledger(program) as opened:
        given: dict[str, Any] = {"email": BOX, "company": "Kestrel Ferries", "phone": "+49 40 1"}
        person = Person("r-1", "referee", "a-1", "Tomas Berg", "booking", NOW, **given)
        event = Event("e-1", "leeway", BOOKED, NOW, "a-1", "r-1", "ref-1")
        opened.book(event, None, person, Actor("referee:r-1"))
    mailer = FolderMailer(program.var / "mail", lambda: NOW)
    firm = Party("Leeway", "hello@leeway.example")
    for number, to in enumerate((BOX, "ana@elsewhere.example")):
        text, mail = "Hello.", Party("", to)
        mailer.send(Mail(f"m-{number}", mail, firm, "Your meeting", text, f"<p>{text}</p>", "en"))
    return program


@contextmanager
def ledger(made: Made) -> Iterator[Ledger]:
    opened = open_ledger(made.address, program="leeway")
    yield opened
    opened.close()


def run(made: Made, *arguments: str) -> subprocess.CompletedProcess[str]:
    place = ["--content", str(made.content)]
    if arguments[0] == "erase":
        place += ["--out", str(made.out)]
    return subprocess.run(
        [sys.executable, str(ROOT / "build.py"), *arguments, *place],
        env=made.environment(),
        cwd=made.content.parent,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


def events(made: Made) -> list[Event]:
    with ledger(made) as opened:
        return list(opened.after("", 100)[0])


@pytest.mark.parametrize("who", [BOX, "r-1", "referee:r-1"])
def test_all_that_is_held_on_somebody_is_one_command_and_noted_without_it(
    made: Made, who: str
) -> None:
    done = run(made, "export", "--person", who)
    held = json.loads(done.stdout)
    assert [one["where"] for one in held["records"]] == ["referees.csv:2", "ledger"]
    assert held["records"][1]["email"] == BOX
    assert len(held["letters"]) == 1
    last = events(made)[-1]
    assert (last.type, last.referee, last.data) == (EXPORTED, "r-1", {"subject": "referee:r-1"})


def test_an_erasure_is_one_command_and_leaves_nothing(made: Made) -> None:
    page = made.out / path_of("referee", "r-1")
    assert page.is_file()
    assert BOX in all_of(made.address)
    done = run(made, "erase", BOX)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Erased: referee:r-1.\n")
    assert "referees.csv:2" in done.stdout
    assert "--remove r-1" in done.stdout
    for told in "Tomas", "Berg", BOX:
        assert told not in done.stdout + done.stderr
    assert not page.exists()
    assert len(list((made.var / "mail").glob("*.eml"))) == 1
    with ledger(made) as opened:
        assert list(opened.people()) == []
    assert [event.type for event in events(made)] == ["booked", "removed"]
    assert BOX not in all_of(made.address)
    assert run(made, "build").returncode == 0
    assert not page.exists()


@pytest.mark.parametrize("command", [["erase"], ["export", "--person"]])
def test_nobody_is_a_sentence_that_quotes_no_address(made: Made, command: list[str]) -> None:
    done = run(made, *command, "nobody@elsewhere.example")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Nobody is known by that")
    assert len(events(made)) == 1


@pytest.mark.parametrize(
    ("crm", "names"),
    [("hubspot", {"contacts.csv", "companies.csv", "deals.csv"}), ("salesforce", {"leads.csv"})],
)
def test_files_for_a_crm_are_their_owners_and_the_same_again(
    made: Made, crm: str, names: set[str]
) -> None:
    done = run(made, "export", f"--{crm}")
    assert done.returncode == 0, done.stderr
    folder = made.content.parent / f"export-{crm}"
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert set(first) == names
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert done.stdout.startswith(f"1 person who booked is in export-{crm}: ")
    for data in first.values():
        assert len(list(csv.reader(data.decode().splitlines()))) == 2
    run(made, "export", f"--{crm}")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == first
    run(made, "erase", BOX)
    assert "0 people" in run(made, "export", f"--{crm}").stdout
    assert BOX.encode() not in b"".join(path.read_bytes() for path in folder.iterdir())


@pytest.mark.parametrize("storage", ["sqlite"])
def test_what_is_exported_has_to_be_said(made: Made) -> None:
    assert run(made, "export").returncode == 2
    assert run(made, "export", "--hubspot", "--salesforce").returncode == 2
