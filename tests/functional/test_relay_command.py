"""``relay`` as it is typed, with a receiver of events that works, fails, and works again."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from passalong.events import WON, Event
from passalong.ledger import open_ledger
from tests.programs import ROOT, Made, files, write
from tests.receiver import SECRET, Receiver, a_receiver


def relay(made: Made, *arguments: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, str(ROOT / "build.py"), "relay", *arguments, "--out", str(made.out)],
        env=os.environ | made.settings(),
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.stdout.splitlines()


def won(made: Made, number: int) -> str:
    opened = open_ledger(f"sqlite:///{made.var / 'ledger.db'}", program="leeway")
    event = Event(f"e-{number}", "leeway", WON, datetime.now(UTC), "a-1", referral="ref-1")
    opened.file(event)
    opened.close()
    return event.id


def a_program(tmp_path: Path, crm: Receiver) -> Made:
    told = {"events_out": [{"name": "crm", "url": crm.url}]}
    made = Made(write(tmp_path / "c", files(program=told)), tmp_path / "site", tmp_path / "var")
    made.build(bundle=made.var / "bundle.json")
    (made.var / "hooks").write_text(f"out.crm={SECRET}\n", "utf-8")
    return made


def test_a_receiver_is_told_by_a_round_and_one_that_fails_is_named(tmp_path: Path) -> None:
    with a_receiver() as crm:
        made = a_program(tmp_path, crm)
        first = won(made, 1)
        assert "0 dead." in relay(made)[0]
        assert crm.ids == [first]
        crm.status = 401
        won(made, 2)
        assert "crm is behind by 1: Failed: crm answered 401" in relay(made)


def test_what_a_receiver_refused_for_good_is_listed_and_can_be_played_again(
    tmp_path: Path,
) -> None:
    with a_receiver() as crm:
        made = a_program(tmp_path, crm)
        crm.status, event = 410, won(made, 1)
        relay(made)
        (line,) = relay(made, "--dead")
        assert line.startswith(f"{event}.hook.crm  1 try  ")
        assert "410" in line
        crm.status = 200
        relay(made, "--replay")
        relay(made)
        assert crm.ids == [event]
        assert relay(made, "--dead") == ["Nothing is dead."]
