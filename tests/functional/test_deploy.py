"""``make deploy``: what it asks of AWS' own programs, without AWS."""

from __future__ import annotations

import json
import os
import shlex
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from passalong.hooks import parsed
from passalong.keyring import signing_keys
from passalong.ledger import open_ledger
from tests.programs import ROOT

SETTINGS = ("--region", "eu-central-1", "--mail-domain", "leeway.example")

CLOUD = """\
import json, pathlib, sys
here = pathlib.Path(__file__).parent
args = sys.argv[1:]
given = sys.stdin.read() if "--cli-input-json" in args else ""
parameters = ""
for arg in args:
    if arg.startswith("file:///") and arg.endswith(".yaml"):
        parameters = pathlib.Path(arg.removeprefix("file://")).read_text()
        print("Parameter overrides : " + parameters)
program = pathlib.Path(sys.argv[0]).name
if program == "python3.13":
    sys.exit((here / "shim").exists())
with (here / "calls").open("a") as calls:
    calls.write(json.dumps([program, *args, given, parameters]) + "\\n")
store = here / "store.json"
kept = json.loads(store.read_text()) if store.exists() else {}
if "get-caller-identity" in args and (here / "nobody").exists():
    sys.exit("Unable to locate credentials.")
if args[:2] == ["ssm", "get-parameter"]:
    name = args[args.index("--name") + 1]
    if name not in kept:
        sys.exit("An error occurred (ParameterNotFound) when calling the GetParameter operation: ")
    print(json.dumps({"Parameter": {"Value": kept[name]}}))
if args[:2] == ["ssm", "put-parameter"]:
    put = json.loads(given)
    assert put["Type"] == "SecureString" and not put["Overwrite"]
    store.write_text(json.dumps(kept | {put["Name"]: put["Value"]}))
if args[:2] == ["cloudformation", "deploy"] and (here / "broken").exists():
    sys.exit("Failed to create the changeset: Waiter ChangeSetCreateComplete failed")
if "describe-stacks" in args:
    name = args[args.index("--stack-name") + 1]
    outputs = {
        "passalong-edge": {"Firewall": "arn:aws:wafv2:us-east-1:1:global/webacl/a/b"},
        "passalong": {
            "Address": "https://d111.cloudfront.net", "DistributionId": "E1",
            "LedgerTable": "ledger", "DistributionDomain": "d111.cloudfront.net",
            "SiteBucket": "the-site", "PrivateBucket": "what-is-private",
            "MailRecord1": "k._domainkey.x k.dkim.example",
        },
    }.get(name)
    print(json.dumps(outputs and [{"OutputKey": k, "OutputValue": v} for k, v in outputs.items()]))
"""


class Cloud:
    """Stands for the two programs, in a folder that is first on PATH."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.var = folder / "bin", folder / "var"
        self.folder.mkdir()
        for name in ("aws", "sam", "python3.13"):
            program = self.folder / name
            program.write_text(f"#!{sys.executable}\n{CLOUD}", "utf-8")
            program.chmod(0o755)

    def deploy(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "infra.aws.deploy", *arguments],
            cwd=ROOT,
            env={**os.environ, "PATH": str(self.folder), "PASSALONG_VAR": str(self.var)},
            check=False,
            capture_output=True,
            text=True,
        )

    def calls(self) -> list[list[str]]:
        file = self.folder / "calls"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def called(self, *words: str) -> list[list[str]]:
        return [call for call in self.calls() if all(word in call for word in words)]

    @property
    def secrets(self) -> dict[str, str]:
        kept: dict[str, str] = json.loads((self.folder / "store.json").read_text())
        return kept


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    return Cloud(tmp_path)


def test_an_empty_account_gets_secrets_and_three_stacks_in_their_order(cloud: Cloud) -> None:
    done = cloud.deploy(*SETTINGS)
    assert done.returncode == 0, done.stderr
    made = dict(cloud.secrets)
    assert len(parsed(made.pop("/passalong/hooks"), "hooks").of("conversions")) == 1
    assert {name: len(value) for name, value in made.items()} == {
        f"/passalong/{last}": 64
        for last in ("signing-keys", "path-secret", "origin-secret", "report-key")
    }
    assert len({*cloud.secrets.values()}) == 5
    deployed = [
        (call[call.index("--region") + 1], call[call.index("--stack-name") + 1])
        for call in cloud.calls()
        if "deploy" in call
    ]
    assert deployed == [
        ("us-east-1", "passalong-edge"),
        ("eu-central-1", "passalong"),
        ("us-east-1", "passalong-logs"),
    ]


def test_the_main_stack_is_told_what_the_edge_made_and_the_newest_secret(cloud: Cloud) -> None:
    cloud.deploy(*SETTINGS)
    (call,) = cloud.called("sam", "deploy")
    told = json.loads(call[-1])
    assert told["OriginHeader"] == cloud.secrets["/passalong/origin-secret"]
    assert told["Firewall"].startswith("arn:aws:wafv2:us-east-1")
    assert told["MailDomain"] == "leeway.example"
    assert told["SigningKeys"] == "passalong/signing-keys"
    parameters = {*told} - {"OriginHeader"}
    template = (ROOT / "template.yaml").read_text("utf-8")
    assert [name for name in parameters if f"\n  {name}:\n    Type: String" not in template] == []


def test_done_again_it_makes_no_secret_and_changes_none(cloud: Cloud) -> None:
    cloud.deploy(*SETTINGS)
    before = cloud.secrets
    assert cloud.deploy(*SETTINGS).returncode == 0
    assert cloud.secrets == before
    assert len(cloud.called("put-parameter")) == 5


def test_while_the_origin_secret_is_changed_cloudfront_tells_the_newest(cloud: Cloud) -> None:
    cloud.deploy(*SETTINGS)
    both = "a" * 64 + "," + "b" * 64
    changed = cloud.secrets | {"/passalong/origin-secret": both}
    (cloud.folder / "store.json").write_text(json.dumps(changed))
    cloud.deploy(*SETTINGS)
    assert json.loads(cloud.called("sam", "deploy")[1][-1])["OriginHeader"] == "b" * 64


def test_no_secret_is_an_argument_or_printed(cloud: Cloud) -> None:
    said = "".join(
        done.stdout + done.stderr for done in (cloud.deploy(*SETTINGS), cloud.deploy(*SETTINGS))
    )
    for secret in cloud.secrets.values():
        assert secret not in said
        assert not any(secret in word for call in cloud.calls() for word in call[:-2])
    assert "(hidden)" in said


def test_what_publishing_needs_is_written_down(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "none")
    done = cloud.deploy(*SETTINGS)
    file = cloud.var / "aws.env"
    assert done.stdout.endswith("Next:\n  python build.py publish\n")
    lines = [shlex.split(line)[1] for line in file.read_text().splitlines()]
    environ = dict(line.split("=", 1) for line in lines)
    assert environ["PASSALONG_PUBLISH_TO"] == (
        "s3://the-site?region=eu-central-1&distribution=E1&bundle=s3://what-is-private/bundle.json"
    )
    path_secret = environ["PASSALONG_PATH_SECRET"]
    assert path_secret == "ssm:/passalong/path-secret?region=eu-central-1"  # noqa: S105
    open_ledger(environ["LEDGER"], program="leeway").close()
    assert not any(secret in file.read_text() for secret in cloud.secrets.values())
    assert stat.S_IMODE(cloud.var.stat().st_mode) == 0o700


def test_the_secrets_are_such_as_the_code_reads(cloud: Cloud, tmp_path: Path) -> None:
    cloud.deploy(*SETTINGS)
    given = {"PASSALONG_SIGNING_KEYS": cloud.secrets["/passalong/signing-keys"]}
    assert len(signing_keys(tmp_path, given)) == 1


def test_a_dry_run_shows_the_commands_and_asks_nothing(cloud: Cloud) -> None:
    done = cloud.deploy(*SETTINGS, "--dry-run", "--domain", "friends.leeway.example")
    assert done.returncode == 0, done.stderr
    assert cloud.calls() == []
    assert not cloud.var.exists()
    for words in ("aws ssm put-parameter", "edge.yaml", "sam build", "sam deploy", "logs.yaml"):
        assert words in done.stdout
    assert "friends.leeway.example" in done.stdout


@pytest.mark.parametrize("program", ["aws", "sam"])
def test_a_program_that_is_missing_is_named(cloud: Cloud, program: str) -> None:
    (cloud.folder / program).unlink()
    done = cloud.deploy(*SETTINGS)
    assert (done.returncode, f"“{program}”" in done.stderr) == (1, True)
    assert "Traceback" not in done.stderr


def test_a_python_that_cannot_compile_the_functions_is_told_before_anything_is_made(
    cloud: Cloud,
) -> None:
    (cloud.folder / "shim").touch()
    done = cloud.deploy(*SETTINGS)
    assert done.returncode == 1
    assert "pyenv prefix 3.13" in done.stderr
    (cloud.folder / "python3.13").unlink()
    assert "none on PATH runs" in cloud.deploy(*SETTINGS).stderr
    assert cloud.calls() == []


def test_whoever_is_nobody_to_aws_is_told_so_first(cloud: Cloud) -> None:
    (cloud.folder / "nobody").touch()
    done = cloud.deploy(*SETTINGS)
    assert done.returncode == 1
    assert "aws configure" in done.stderr
    assert "Unable to locate credentials" in done.stderr
    assert len(cloud.calls()) == 1


def test_a_stack_that_fails_ends_it_with_its_own_words(cloud: Cloud) -> None:
    (cloud.folder / "broken").touch()
    done = cloud.deploy(*SETTINGS)
    assert done.returncode == 1
    assert "Failed to create the changeset" in done.stdout
    assert "aws cloudformation deploy failed" in done.stderr
    assert cloud.called("sam") == []


@pytest.mark.parametrize(
    ("arguments", "said"), [((), "--region"), ((*SETTINGS, "--set", "LogDays"), "NAME=VALUE")]
)
def test_what_is_missing_on_the_command_line_is_said(
    cloud: Cloud, arguments: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    done: Any = cloud.deploy(*arguments)
    assert (done.returncode, said in done.stderr) == (2, True)
