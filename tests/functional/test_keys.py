"""``keys``: a new key signs the next build, and the oldest goes once nothing needs it."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from passalong.access import Kind, Refused, Signer
from passalong.keyring import signing_keys
from tests.programs import ROOT, Made, files, keys, write

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
ADVOCATE: tuple[Kind, ...] = ("advocate",)


@dataclass
class Desk:
    """Somebody with a program of their own, whose keys lie in a file."""

    made: Made

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environ = self.made.environment()
        del environ["PASSALONG_SIGNING_KEYS"]
        command = [sys.executable, str(ROOT / "build.py"), *arguments]
        return subprocess.run(
            command, env=environ, check=False, capture_output=True, text=True, timeout=60
        )

    def build(self) -> None:
        place = ["--content", str(self.made.content), "--out", str(self.made.out)]
        assert self.run("build", *place).returncode == 0

    def token(self) -> str:
        """The token of an advocate's page, as it was built."""
        found = re.search(r"[\w-]{20,}\.[\w-]{43}", self.made.page("advocate", "a-1"))
        assert found
        return found[0]

    def accepts(self, token: str) -> bool:
        signer = Signer([key.secret for key in signing_keys(self.made.var, {})])
        try:
            found = signer.verify(token, ADVOCATE, NOW)
        except Refused:
            return False
        return found.reference == keys().key("advocate", "a-1")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    content = write(tmp_path / "content", files(referees=[]))
    return Desk(Made(content, tmp_path / "site", tmp_path / "var"))


def test_a_key_goes_through_its_whole_life(desk: Desk) -> None:
    desk.build()
    first = desk.token()
    (line,) = desk.run("keys", "list").stdout.splitlines()
    assert re.fullmatch(r"\w{8}  made [\d-]{10}, signs, signed the pages of a build", line)

    refused = desk.run("keys", "retire")
    assert (refused.returncode, "only one" in refused.stderr) == (1, True)

    rotated = desk.run("keys", "rotate")
    assert (rotated.returncode, "build.py build" in rotated.stdout) == (0, True)
    assert desk.accepts(first)
    early = desk.run("keys", "retire")
    assert early.returncode == 1
    assert "Build and publish first" in early.stderr
    assert str(desk.made.var / "builds") in early.stderr

    desk.build()
    second = desk.token()
    assert first != second
    assert desk.accepts(first)
    assert desk.accepts(second)
    old, new = desk.run("keys", "list").stdout.splitlines()
    assert old.endswith("verifies")
    assert new.endswith("signs, signed the pages of a build")

    retired = desk.run("keys", "retire")
    assert (retired.returncode, retired.stdout[:12]) == (0, f"Key {old[:8]}")
    assert not desk.accepts(first)
    assert desk.accepts(second)
    assert desk.run("keys", "list").stdout.splitlines() == [new]


def test_a_build_that_is_remembered_in_another_way_may_need_the_oldest(desk: Desk) -> None:
    desk.run("keys", "rotate")
    folder = desk.made.var / "builds/0123456789abcdef"
    folder.mkdir(parents=True)
    (folder / "state").write_bytes(b"of another version")
    refused = desk.run("keys", "retire")
    assert refused.returncode == 1
    assert "not known which key" in refused.stderr
    assert str(folder) in refused.stderr
    assert len(desk.run("keys", "list").stdout.splitlines()) == 2
    (folder / "state").unlink()
    assert desk.run("keys", "retire").returncode == 0


def test_no_command_says_a_key(desk: Desk) -> None:
    said = desk.run("keys", "rotate").stdout + desk.run("keys", "list").stdout
    for key in signing_keys(desk.made.var, {}):
        assert key.secret.hex() not in said
