"""``inbox`` and ``import``: what waits for a person, and what a person says of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import build
from passalong.commands import inbox
from passalong.conversions.inbox import REASONS
from passalong.events import CONVERSIONS, Event
from passalong.ledger import open_ledger
from passalong.ledger.port import Ledger
from tests.programs import ROOT, Made, advocate, files, referee, write

NOW = datetime.now(UTC)
DAY = f"{NOW - timedelta(days=3):%Y-%m-%d}"
ADVOCATES = [advocate("a-1", email="maria@nordhavn.example"), advocate("a-2", "Jens Holm")]
REFEREES = [referee("r-1", "Ana Ruiz", email="ana@havn.example", company="Havn")]
CONTENT = files(advocates=ADVOCATES, referees=REFEREES)
UNKNOWN = f"""type,at,email,company,amount,external_id
won,{DAY},ana@havn.example,Havn,48000,D-1
won,{DAY},x@kestrel.example,Kestrel Ferries,12000.50,D-2
lost,{DAY},y@fjord.example,Fjord Foods,,D-3
asked,{DAY},maria@nordhavn.example,,,
"""


@pytest.fixture
def made(own_url: str, at_once: None, tmp_path: Path) -> Made:
    """A built program with its ledger, in each of the storages."""
    content = write(tmp_path / "content", CONTENT)
    program = Made(content, tmp_path / "site", tmp_path / "var", own_url)
    program.build(bundle=program.var / "bundle.json")
    return program


def run(made: Made, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "build.py"), *arguments],
        env=made.environment(),
        check=False,
        capture_output=True,
        text=True,
    )


def imported(made: Made, text: str = UNKNOWN) -> subprocess.CompletedProcess[str]:
    (made.var / "deals.csv").write_text(text, "utf-8")
    return run(made, "import", str(made.var / "deals.csv"))


@contextmanager
def ledger(made: Made) -> Iterator[Ledger]:
    opened = open_ledger(made.address, program="leeway")
    yield opened
    opened.close()


def filed(made: Made) -> dict[str, Event]:
    with ledger(made) as opened:
        return {event.data.get("external", event.type): event for event in opened.after("", 99)[0]}


def waiting(made: Made) -> dict[str, dict[str, str]]:
    found = json.loads(run(made, "inbox", "--json").stdout)
    return {one["external_id"]: one for one in found}


def test_a_table_is_imported_once_however_often(made: Made) -> None:
    assert imported(made).stdout.startswith("4 read: 2 filed, 2 in the inbox, 0 known before.\n")
    assert imported(made).stdout.startswith("4 read: 0 filed, 2 in the inbox, 2 known before.\n")
    found = filed(made)
    assert (found["D-1"].advocate, found["D-1"].referee) == ("a-1", "r-1")
    assert (found["asked"].advocate, found["asked"].referee) == ("a-1", "")
    assert len(found) == 2


def test_a_table_with_a_fault_is_not_imported_at_all(made: Made) -> None:
    done = imported(made, UNKNOWN + f"wun,{DAY},a@b.example,,,\n")
    assert (done.returncode, done.stdout) == (1, "")
    assert "deals.csv:6: type is “wun”" in done.stderr
    assert "nothing was imported" in done.stderr
    assert filed(made) == {}
    assert waiting(made) == {}


def test_what_waits_is_listed_with_its_reason(made: Made) -> None:
    assert run(made, "inbox").stdout == "Nothing waits.\n"
    imported(made)
    shown = run(made, "inbox").stdout.splitlines()
    assert shown[0].split() == ["id", "source", "stage", "when", "company", "amount", "why"]
    (kestrel,) = [line for line in shown if "Kestrel Ferries" in line]
    for said in ("Table (CSV)", "won", DAY, "€12,000.50", "nobody we know is meant"):
        assert said in kestrel
    assert "@" not in "".join(shown)
    assert waiting(made)["D-2"] == {
        "id": waiting(made)["D-2"]["id"],
        "source": "import",
        "stage": "won",
        "at": waiting(made)["D-2"]["at"],
        "company": "Kestrel Ferries",
        "external_id": "D-2",
        "amount": {"value": 1_200_050, "currency": "EUR"},
        "reason": "unmatched",
    }


@pytest.mark.parametrize(
    ("reason", "mended"),
    [
        ("unmatched", "python build.py inbox --resolve {id} --referral R (or --advocate A)"),
        ("ambiguous", "python build.py inbox --resolve {id} --referral R (or --advocate A)"),
        ("unknown-stage", "python build.py inbox --resolve {id} --stage won"),
        ("deal-gone", "build.py inbox --dismiss {id}"),
        ("no-rate", "[[rates]] in program.toml, then: python build.py inbox --retry"),
        ("no-token", "hubspot-token=…"),
        ("bad-amount", "build.py inbox --retry"),
    ],
)
def test_below_each_stands_what_mends_it(made: Made, reason: str, mended: str) -> None:
    imported(made)
    with ledger(made) as opened:
        for one in opened.deliveries("held"):
            opened.settle(replace(one, error=reason))
    shown = run(made, "inbox").stdout.splitlines()
    for told in waiting(made).values():
        (place,) = [n for n, line in enumerate(shown) if line.startswith(told["id"])]
        assert mended.format(id=told["id"]) in shown[place + 1]
    assert shown[-1].endswith("build.py inbox --dismiss ID")


def test_every_reason_has_what_mends_it() -> None:
    assert inbox.MENDS.keys() == REASONS.keys()


def test_a_person_says_whose_it_is(made: Made) -> None:
    imported(made)
    one, other = (waiting(made)[external]["id"] for external in ("D-2", "D-3"))
    done = run(made, "inbox", "--resolve", one, "--referral", "r-1")
    assert done.stdout == f"Filed: won, Kestrel Ferries, {DAY}.\n"
    stage = run(made, "inbox", "--resolve", other, "--advocate", "a-2", "--stage", "disqualified")
    assert stage.stdout == f"Filed: disqualified, Fjord Foods, {DAY}.\n"
    found = filed(made)
    assert (found["D-2"].referee, found["D-2"].advocate) == ("r-1", "a-1")
    assert (found["D-3"].type, found["D-3"].advocate) == ("disqualified", "a-2")
    assert found["D-3"].referral
    assert waiting(made) == {}


def test_what_nobody_wants_goes_and_does_not_come_back(made: Made) -> None:
    imported(made)
    one = waiting(made)["D-3"]["id"]
    assert run(made, "inbox", "--dismiss", one).stdout == f"Dismissed: lost, Fjord Foods, {DAY}.\n"
    imported(made)
    assert waiting(made).keys() == {"D-2"}
    with ledger(made) as opened:
        assert "Fjord" not in str([one.data for one in opened.deliveries("done")])


def test_all_are_tried_again_when_somebody_says_so(made: Made) -> None:
    imported(made)
    assert run(made, "inbox", "--retry").stdout == "2 tried again: 0 filed, 2 wait.\n"
    newcomer = referee("r-2", "Xe Kest", advocate="a-2", email="x@kestrel.example", company="K")
    write(made.content, files(advocates=ADVOCATES, referees=[*REFEREES, newcomer]))
    made.build(bundle=made.var / "bundle.json")
    assert run(made, "inbox", "--retry").stdout == "2 tried again: 1 filed, 1 wait.\n"
    assert filed(made)["D-2"].advocate == "a-2"


@pytest.mark.parametrize("storage", ["sqlite"])
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--referral", "r-1"], "Say which: --resolve ID"),
        (["--resolve", "abc"], "Say whose it is, or what"),
        (["--resolve", "zzz", "--referral", "r-1"], "Nothing waits under zzz"),
        (["--dismiss", "zzz"], "Nothing waits under zzz"),
    ],
)
def test_what_cannot_be_done_is_said(arguments: list[str], said: str, made: Made) -> None:
    done = run(made, "inbox", *arguments)
    assert (done.returncode, said in done.stderr) == (1, True), done.stderr


@pytest.mark.parametrize(
    ("whose", "said"),
    [
        (["--referral", "nobody"], "Nobody is known as nobody"),
        (["--advocate", "nobody"], "No advocate has the id nobody"),
    ],
)
def test_whoever_is_named_has_to_be_known(whose: list[str], said: str, made: Made) -> None:
    imported(made)
    done = run(made, "inbox", "--resolve", waiting(made)["D-2"]["id"], *whose)
    assert (done.returncode, said in done.stderr) == (1, True)
    assert "D-2" in waiting(made)


def test_the_command_line_knows_every_stage() -> None:
    assert build.STAGES == CONVERSIONS
