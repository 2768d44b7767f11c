"""``report --link`` and ``revoke report:NAME``: links to the report, made, taken away, replaced."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from infra.local.backstage import Backstage
from tests.calls import request
from tests.programs import ROOT, Made, files, write

LINK = re.compile(r"https://friends\.leeway\.example/report/#(\S+)")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A built program with its bundle, and a ledger of its own."""
    folder = tmp_path_factory.mktemp("links")
    program = Made(write(folder / "content", files()), folder / "site", folder / "var")
    program.build(bundle=program.var / "bundle.json")
    return program


@contextmanager
def serving(made: Made) -> Iterator[Backstage]:
    order = made.order(bundle=made.var / "bundle.json")
    behind = Backstage(order, ROOT / "template.yaml", "http://127.0.0.1:8000", made.settings())
    yield behind
    behind.wiring.ledger.close()


def opens(made: Made, token: str) -> int:
    """The status of what somebody with a token is answered."""
    with serving(made) as behind:
        return behind.answer(request("report", {"token": token})).status


def report(made: Made, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(made, "report", *arguments)


def run(made: Made, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "build.py"), *arguments],
        env=made.environment(),
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


def link(made: Made, name: str, *more: str) -> str:
    done = report(made, "--link", name, *more)
    assert (done.returncode, done.stderr) == (0, "")
    found = LINK.match(done.stdout)
    assert found, done.stdout
    return found[1]


def revoke(made: Made, name: str, *more: str) -> str:
    place = ["--content", str(made.content), "--out", str(made.out)]
    done = run(made, "revoke", f"report:{name}", *more, *place)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_a_link_opens_the_report_and_the_command_says_how_it_goes(made: Made) -> None:
    done = report(made, "--link", "Anna Berg")
    found = LINK.match(done.stdout)
    assert found
    assert opens(made, found[1]) == 200
    until = (datetime.now(UTC) + timedelta(days=365)).date()
    assert f"for Anna Berg until {until}" in done.stdout
    assert "python build.py revoke 'report:Anna Berg'" in done.stdout


def test_each_marketer_has_a_link_of_their_own_that_goes_alone(made: Made) -> None:
    anna, boris = link(made, "Anna"), link(made, "Boris")
    assert "it opens no report" in revoke(made, "Anna")
    assert (opens(made, anna), opens(made, boris)) == (404, 200)
    assert "was revoked before" in revoke(made, "anna")


def test_a_new_link_has_to_be_asked_for_once_one_was_taken_away(made: Made) -> None:
    old = link(made, "Cleo")
    revoke(made, "Cleo")
    refused = report(made, "--link", "Cleo")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "python build.py revoke report:Cleo --renew" in refused.stderr
    said = revoke(made, "Cleo", "--renew")
    (new,) = LINK.findall(said)
    assert (opens(made, old), opens(made, new)) == (404, 200)
    assert opens(made, link(made, "Cleo")) == 200


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--link", " "), "Say whose link it is"),
        (("--link", "Anna", "--days", "0"), "--days is from 1 to 3650"),
        (("--link", "Anna", "--days", "99999"), "--days is from 1 to 3650"),
    ],
)
def test_what_no_link_can_be_is_refused(
    made: Made, arguments: tuple[str, ...], sentence: str
) -> None:
    done = report(made, *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert sentence in done.stderr


def test_to_revoke_nobody_s_link_is_refused(made: Made) -> None:
    done = run(made, "revoke", "report:", "--content", str(made.content))
    assert done.returncode == 1
    assert "report:NAME" in done.stderr


def test_programs_read_what_the_command_prints(made: Made) -> None:
    said = report(made, "--json")
    assert said.returncode == 0, said.stderr
    with serving(made) as behind:
        behind.look()  # which makes the key
        key = (made.var / "report-key").read_text().strip()
        borne = request("report", {}, headers={"Authorization": f"Bearer {key}"})
        answer = json.loads(behind.answer(borne).body)
    printed = json.loads(said.stdout)
    assert printed.keys() == answer.keys()
    assert printed["figures"] == answer["figures"]


def test_a_server_prints_a_link_that_opens(made: Made) -> None:
    with serving(made) as behind:
        (door,) = behind.doors()
        assert (door.what, door.path.partition("#")[0]) == ("The report", "/report/")
        token = door.path.partition("#")[2]
        assert behind.answer(request("report", {"token": token})).status == 200


def test_no_link_says_a_name(made: Made) -> None:
    payload = link(made, "Konstantin").partition(".")[0]
    said = urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode()
    assert "konstantin" not in said.casefold()
