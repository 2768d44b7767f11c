"""Once it is deployed: commands about what is live find it by themselves, the others never do."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra.aws.deploy import Wanted, settings
from passalong.commands.deployed import ABOUT_LIVE, FILE, settle
from passalong.errors import Stop
from passalong.ledger import open_ledger
from passalong.tokens import PathKeys, Secret
from tests.programs import ROOT, Made, files, write

LIVE = bytes(range(200, 232))
OUTPUTS = {
    "PrivateBucket": "what-is-private",
    "SiteBucket": "the-site",
    "LedgerTable": "ledger",
    "DistributionId": "E1",
}


@dataclass
class Desk:
    """A program that is deployed, as far as its settings say."""

    made: Made
    table: Path
    """The ledger that is live."""

    def run(
        self, command: str, *arguments: str, **environ: str
    ) -> subprocess.CompletedProcess[str]:
        place = ["--content", str(self.made.content)] if command in ("links", "revoke") else []
        place += ["--out", str(self.made.out)] if command in ("relay", "revoke") else []
        if command == "build":
            place = self.made.command("build")[3:]
        given = self.made.environment() | environ
        for name in ("PASSALONG_PATH_SECRET", "PASSALONG_SIGNING_KEYS"):
            if name not in environ:
                del given[name]
        done = [sys.executable, str(ROOT / "build.py"), command, *arguments, *place]
        return subprocess.run(
            done, env=given, check=False, capture_output=True, text=True, timeout=60
        )

    def is_revoked(self, ledger: Path, subject: str) -> bool:
        opened = open_ledger(f"sqlite:///{ledger}", program="leeway")
        found = opened.standing([subject])[subject]
        opened.close()
        return found.revoked


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Made(write(tmp_path / "content", files()), tmp_path / "site", tmp_path / "var")
    made.var.mkdir()
    table = tmp_path / "live.db"
    (made.var / FILE).write_text(
        f"# by make deploy\nexport LEDGER='sqlite:///{table}'\n"
        f"export PASSALONG_PATH_SECRET='{LIVE.hex()}'\n",
        "utf-8",
    )
    return Desk(made, table)


def test_links_are_those_of_the_published_site(desk: Desk) -> None:
    done = desk.run("links")
    assert done.returncode == 0, done.stderr
    assert PathKeys(Secret(LIVE), "leeway").key("advocate", "a-1") in done.stdout
    assert f"{FILE} says, this is about what is on AWS" in done.stderr


def test_revoking_is_told_to_the_ledger_that_is_live(desk: Desk) -> None:
    assert desk.run("revoke", "a-1").returncode == 0
    assert desk.is_revoked(desk.table, "advocate:a-1")
    assert not (desk.made.var / "ledger.db").exists()


def test_what_the_environment_says_goes_first(desk: Desk) -> None:
    here = desk.made.var / "ledger.db"
    assert desk.run("revoke", "a-1", LEDGER=f"sqlite:///{here}").returncode == 0
    assert desk.is_revoked(here, "advocate:a-1")
    assert not desk.table.exists()


def test_work_on_this_machine_stays_on_this_machine(desk: Desk) -> None:
    done = desk.run("build")
    assert done.returncode == 0, done.stderr
    live = PathKeys(Secret(LIVE), "leeway").key("advocate", "a-1")
    assert f"a/{live}/index.html" not in desk.made.tree()
    assert FILE not in done.stderr
    for command in ("serve", "build", "check", "init", "new", "sign-off", "approval"):
        environ = {"PASSALONG_VAR": str(desk.made.var)}
        settle(command, ROOT, environ)
        assert [*environ] == ["PASSALONG_VAR"]


def test_everything_is_set_that_a_deployment_says(tmp_path: Path) -> None:
    said = settings(Wanted("eu-central-1", "passalong", {}, {}), OUTPUTS)
    assert all("eu-central-1" in value for value in said.values()), "whatever the shell's region is"
    lines = [f"export {name}='{value}'\n" for name, value in said.items()]
    (tmp_path / FILE).write_text("".join(lines), "utf-8")
    for command in ABOUT_LIVE:
        environ = {"PASSALONG_VAR": str(tmp_path)}
        settle(command, ROOT, environ)
        assert environ == said | {"PASSALONG_VAR": str(tmp_path)}


def test_how_letters_leave_on_aws_is_for_looking_at_their_domain_and_not_for_sending_them(
    tmp_path: Path,
) -> None:
    said = settings(Wanted("eu-central-1", "passalong", {}, {}), OUTPUTS | {"MailRecord1": "k k"})
    assert said["PASSALONG_MAIL"] == "ses://eu-central-1?configuration=passalong"
    lines = [f"export {name}='{value}'\n" for name, value in said.items()]
    (tmp_path / FILE).write_text("".join(lines), "utf-8")
    looking, sending = ({"PASSALONG_VAR": str(tmp_path)} for _ in range(2))
    settle("mail", ROOT, looking)
    settle("relay", ROOT, sending)
    assert looking["PASSALONG_MAIL"] == said["PASSALONG_MAIL"]
    assert "LEDGER" in sending
    assert "PASSALONG_MAIL" not in sending


@pytest.mark.parametrize("line", ["LEDGER", "rm -rf x=1", "export 'LEDGER=x"])
def test_a_line_that_is_no_setting_is_named(line: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(f"# fine\n\n{line}\n", "utf-8")
    with pytest.raises(Stop, match=f"{FILE}:3: this is no setting"):
        settle("links", ROOT, {"PASSALONG_VAR": str(tmp_path)})


def test_letters_of_what_is_live_never_end_in_a_folder_here(desk: Desk) -> None:
    desk.made.build(bundle=desk.made.var / "bundle.json")
    table = "dynamodb://ledger?region=local&endpoint=http://127.0.0.1:9"
    done = desk.run("relay", LEDGER=table)
    assert done.returncode == 1
    assert "relay --dead" in done.stderr
    assert not (desk.made.var / "mail").exists()
