"""``revoke``: whose page goes, at once and for good, what takes its place, and what is refused."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from passalong.events import INTRODUCED, REVOKED, Event
from passalong.ledger import open_ledger
from passalong.ledger.port import Actor, Ledger, Person, Standing
from tests.programs import ROOT, Made, advocate, files, keys, path_of, referee, write

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
BASE = "https://friends.leeway.example"
CONTENT = files(
    advocates=[
        *(advocate(f"a-{number}", f"Maria {number}") for number in range(1, 6)),
        advocate("a-6", "Vera", share_code="vera-k"),
        advocate("both", "Boris"),
    ],
    referees=[referee("r-1"), referee("r-2", "Ida Lund", status="suggested"), referee("both")],
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A built program with a ledger of its own; each test takes people of its own."""
    folder = tmp_path_factory.mktemp("revoke")
    program = Made(write(folder / "content", CONTENT), folder / "site", folder / "var")
    assert program.run("build").returncode == 0
    return program


@contextmanager
def ledger(made: Made) -> Iterator[Ledger]:
    opened = open_ledger(f"sqlite:///{made.var / 'ledger.db'}", program="leeway")
    yield opened
    opened.close()


def standing(made: Made, subject: str) -> Standing:
    with ledger(made) as opened:
        return opened.standing([subject])[subject]


def revoke(made: Made, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    place = ["--content", str(made.content), "--out", str(made.out)]
    return subprocess.run(
        [sys.executable, str(ROOT / "build.py"), "revoke", *arguments, *place],
        env=made.environment() | environ,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


def urls(said: str) -> list[str]:
    """The paths of the addresses that were said, each as its file."""
    found = re.findall(rf"{BASE}/([apr]/[^/\s]+)/", said)
    return [f"{path}/index.html" for path in found]


def test_an_advocates_page_and_link_go_at_once_and_stay_away(made: Made) -> None:
    gone = {path_of("advocate", "a-1"), path_of("share", "a-1")}
    before = set(made.tree())
    done = revoke(made, "a-1")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Maria 1 (advocate a-1) is revoked" in done.stdout
    assert f"Taken out of {made.out}: /{path_of('share', 'a-1').removesuffix('index.html')}" in (
        done.stdout
    )
    assert before - set(made.tree()) == gone
    assert standing(made, "advocate:a-1").revoked
    assert made.run("build").returncode == 0
    assert not gone & set(made.tree())
    assert path_of("advocate", "a-2") in made.tree()


def test_a_referees_page_goes(made: Made) -> None:
    assert revoke(made, "r-1").returncode == 0
    assert path_of("referee", "r-1") not in made.tree()
    assert standing(made, "referee:r-1").revoked


def test_somebody_whom_only_the_ledger_knows_can_be_revoked(made: Made) -> None:
    event = Event("e-1", "leeway", INTRODUCED, NOW, advocate="a-2", referee="in-1")
    with ledger(made) as opened:
        person = Person("in-1", "referee", "a-2", "Ana Ruiz", "introduction", NOW)
        opened.introduce(event, person, Actor("advocate:a-2"))
    page = made.out / f"p/{keys().key('referee', 'in-1')}/index.html"
    page.parent.mkdir(parents=True)
    page.write_text("made by a function")
    assert "Ana Ruiz (referee in-1)" in revoke(made, "in-1").stdout
    assert not page.parent.exists()
    with ledger(made) as opened:
        *_, last = opened.events_of("a-2")
    assert (last.type, last.referee, last.data["subject"]) == (REVOKED, "in-1", "referee:in-1")


def test_revoking_twice_is_revoking_once(made: Made) -> None:
    revoke(made, "a-3")
    again = revoke(made, "a-3")
    assert (again.returncode, "was revoked before" in again.stdout) == (0, True)
    with ledger(made) as opened:
        assert [event.type for event in opened.events_of("a-3")] == [REVOKED]


def test_whoever_is_renewed_has_new_addresses_and_the_old_ones_go(made: Made) -> None:
    old = {path_of("advocate", "a-4"), path_of("share", "a-4")}
    done = revoke(made, "a-4", "--renew")
    assert done.returncode == 0
    new = set(urls(done.stdout))
    assert len(new) == 2
    assert not (old | new) & set(made.tree())
    assert made.run("build").returncode == 0
    assert new <= set(made.tree())
    assert not old & set(made.tree())


def test_whoever_was_revoked_lives_again_when_renewed(made: Made) -> None:
    revoke(made, "a-5")
    assert revoke(made, "a-5", "--renew").returncode == 0
    assert standing(made, "advocate:a-5") == Standing(revision=1)


def test_a_code_that_was_chosen_stays_when_its_owner_is_renewed(made: Made) -> None:
    done = revoke(made, "a-6", "--renew")
    assert f"{BASE}/r/vera-k/?v=copy-link (as you chose it)" in done.stdout
    assert "r/vera-k/index.html" in made.tree()
    assert path_of("advocate", "a-6") not in made.tree()


def test_somebody_whom_we_only_have_in_mind_has_no_address_yet(made: Made) -> None:
    done = revoke(made, "r-2", "--renew")
    assert (done.returncode, urls(done.stdout)) == (0, [])


def test_an_id_that_nobody_has_is_refused_with_a_hint(made: Made) -> None:
    done = revoke(made, "a-33")
    assert (done.returncode, done.stdout) == (1, "")
    assert "Nobody has the id a-33. Did you mean “a-3”?" in done.stderr
    assert "Traceback" not in revoke(made, "", "--renew").stderr


def test_an_id_that_two_have_wants_to_know_which(made: Made) -> None:
    done = revoke(made, "both")
    assert done.returncode == 1
    assert "advocate:both or referee:both" in done.stderr
    assert revoke(made, "referee:both").returncode == 0
    assert standing(made, "referee:both").revoked
    assert not standing(made, "advocate:both").revoked
    assert path_of("advocate", "both") in made.tree()


def test_it_does_not_wait_for_content_without_mistakes(made: Made, tmp_path: Path) -> None:
    spoilt = Made(write(tmp_path / "content", CONTENT), made.out, tmp_path / "var")
    with (spoilt.content / "advocates.csv").open("a") as file:
        file.write("a-9,,no address,,,,,,\n")
    assert spoilt.run("check").returncode == 1
    assert revoke(spoilt, "a-2").returncode == 0
    assert standing(spoilt, "advocate:a-2").revoked


def test_the_ledger_is_the_one_of_the_environment(made: Made, tmp_path: Path) -> None:
    there = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    before = standing(made, "referee:r-2")
    assert revoke(made, "r-2", LEDGER=there).returncode == 0
    assert standing(made, "referee:r-2") == before
    opened = open_ledger(there, program="leeway")
    assert opened.standing(["referee:r-2"])["referee:r-2"].revoked
    opened.close()
    assert revoke(made, "r-2", LEDGER="nowhere").returncode == 1
    assert "Traceback" not in revoke(made, "r-2", LEDGER=f"sqlite:///{os.devnull}/x").stderr
