"""Puts everything on AWS, or brings it up to date; done again, it changes what changed.

    make deploy DEPLOY="--domain friends.example.com --mail-domain example.com --alarms me@…"

First the secrets that are missing, in the parameter store; then a small stack in us-east-1, where
CloudFront wants its firewall and certificate; then the main stack; then the access log. A secret is
never an argument, where other users of this machine could read it, nor printed.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from infra.aws.package import RUNS_ON
from infra.aws.shell import Failed, Shell
from passalong.commands.deployed import FILE
from passalong.hooks import first_hooks

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT: Final = Path(__file__).parents[2]
EDGE_REGION: Final = "us-east-1"
SECRETS: Final = {
    "SigningKeys": "signing-keys",
    "PathSecret": "path-secret",
    "OriginSecret": "origin-secret",
    "ReportKey": "report-key",
    "Hooks": "hooks",
}
"""The secrets, each 64 hex digits but the last: the template's parameter, and the last part of its
name."""
_HIDDEN: Final = "(made or read by make deploy)"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for; what is empty is left as the templates have it."""

    region: str
    stack: str
    edge: Mapping[str, str]
    main: Mapping[str, str]


def deploy(wanted: Wanted, shell: Shell, var: Path) -> None:
    """Deploys. Raises Failed with a sentence."""
    origin = keep_secrets(wanted, shell)
    edge = stack(shell, EDGE_REGION, f"{wanted.stack}-edge", "edge.yaml", wanted.edge)
    names = {name: f"{wanted.stack}/{SECRETS[name]}" for name in sorted(SECRETS)}
    # Of several, the newest is told: functions believe all of them (functions/_origin.py).
    told = {"OriginHeader": origin.rpartition(",")[2].strip()}
    made = {name: value for name, value in edge.items() if name in ("Firewall", "Certificate")}
    shell.run(["sam", "build", "--build-in-source"])
    main = _main(wanted, shell, {**names, **made, **wanted.main, **told})
    kept = {"Distribution": main.get("DistributionId", "…")}
    if days := wanted.main.get("LogDays"):
        kept["LogDays"] = days
    stack(shell, EDGE_REGION, f"{wanted.stack}-logs", "logs.yaml", kept)
    if main:
        _tell(wanted, main, var)


def keep_secrets(wanted: Wanted, shell: Shell) -> str:
    """Makes the secrets that are missing; the one that CloudFront tells."""
    origin = ""
    for last in SECRETS.values():
        name = f"/{wanted.stack}/{last}"
        value = _parameter(shell, wanted.region, name)
        if value is None:
            value = first_hooks() if last == SECRETS["Hooks"] else secrets.token_hex(32)
            _make_parameter(shell, wanted.region, name, value)
        if last == SECRETS["OriginSecret"]:
            origin = value
    return origin


def _parameter(shell: Shell, region: str, name: str) -> str | None:
    """A secret, or None where there is none yet."""
    command = ["aws", "ssm", "get-parameter", "--region", region, "--name", name]
    try:
        text = shell.ask([*command, "--with-decryption", "--output", "json"])
    except Failed as failed:
        if "ParameterNotFound" in failed.said:
            return None
        raise
    return str(json.loads(text)["Parameter"]["Value"]) if text else None


def _make_parameter(shell: Shell, region: str, name: str, value: str) -> None:
    """Puts it by the standard input; one that somebody else made meanwhile stands."""
    given = {"Name": name, "Value": value, "Type": "SecureString", "Overwrite": False}
    command = ["aws", "ssm", "put-parameter", "--region", region]
    shell.ask([*command, "--cli-input-json", "file:///dev/stdin"], json.dumps(given))
    if not shell.dry:
        shell.say(f"Made the secret {name}.")


def stack(
    shell: Shell, region: str, name: str, template: str, given: Mapping[str, str]
) -> dict[str, str]:
    """Deploys a template of infra/aws; what it puts out."""
    command = ["aws", "cloudformation", "deploy", "--region", region, "--stack-name", name]
    command += [
        "--template-file",
        str(Path("infra/aws") / template),
        "--no-fail-on-empty-changeset",
    ]
    if given:
        command += ["--parameter-overrides", *(f"{key}={value}" for key, value in given.items())]
    shell.run(command)
    return outputs(shell, region, name)


def outputs(shell: Shell, region: str, name: str) -> dict[str, str]:
    """What a stack puts out; nothing in a dry run."""
    command = ["aws", "cloudformation", "describe-stacks", "--region", region]
    command += ["--stack-name", name, "--query", "Stacks[0].Outputs", "--output", "json"]
    found = json.loads(shell.ask(command) or "null") or []
    return {one["OutputKey"]: one["OutputValue"] for one in found}


def _main(wanted: Wanted, shell: Shell, given: Mapping[str, str]) -> dict[str, str]:
    with tempfile.TemporaryDirectory() as folder:  # which only its owner can read
        file = Path(folder) / "parameters.yaml"
        file.write_text(json.dumps(dict(given)), "utf-8")  # JSON is YAML
        if shell.dry:
            shell.say("with " + json.dumps({**given, "OriginHeader": _HIDDEN}))
        command = ["sam", "deploy", "--region", wanted.region, "--stack-name", wanted.stack]
        command += ["--resolve-s3", "--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset"]
        command += ["--no-fail-on-empty-changeset", "--parameter-overrides", f"file://{file}"]
        shell.run(command, hide=given["OriginHeader"])
    return outputs(shell, wanted.region, wanted.stack)


def settings(wanted: Wanted, main: Mapping[str, str]) -> dict[str, str]:
    """What `passalong.commands.deployed` sets, so that build.py works on what was deployed."""
    region = wanted.region
    bundle, store = f"s3://{main['PrivateBucket']}/bundle.json", f"ssm:/{wanted.stack}"
    target = f"s3://{main['SiteBucket']}?region={region}"
    mail = {"PASSALONG_MAIL": f"ses://{region}?configuration={wanted.stack}"}
    return (mail if "MailRecord1" in main else {}) | {
        "LEDGER": f"dynamodb://{main['LedgerTable']}?region={region}",
        "PASSALONG_BUNDLE": f"{bundle}?region={region}",
        "PASSALONG_PATH_SECRET": f"{store}/path-secret?region={region}",
        "PASSALONG_SIGNING_KEYS": f"{store}/signing-keys?region={region}",
        "PASSALONG_PUBLISH_TO": f"{target}&distribution={main['DistributionId']}&bundle={bundle}",
    }


def _tell(wanted: Wanted, main: Mapping[str, str], var: Path) -> None:
    """Writes the settings, and says what is to be done next."""
    var.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = var / FILE
    lines = [f"export {name}='{value}'" for name, value in settings(wanted, main).items()]
    file.write_text("\n".join(lines) + "\n", "utf-8")
    print(f"\nDeployed. The site is reached at {main['Address']}.")
    if wanted.main.get("Domain") and not wanted.main.get("HostedZone"):
        print(f"  {wanted.main['Domain']} needs a CNAME record: {main['DistributionDomain']}")
    for name, value in sorted(main.items()):
        if name.startswith("MailRecord"):
            print(f"  the mail domain needs a CNAME record: {value.replace(' ', ' → ')}")
    if "MailRecord1" in main:
        print("  and others: “python build.py mail --verify” says which are missing")
    print("Next:\n  python build.py publish")


def wanted_by(arguments: list[str] | None = None) -> tuple[Wanted, bool]:
    """What the command line says, and whether it is only to be shown."""
    parser = argparse.ArgumentParser(prog="make deploy", description=(__doc__ or "").split("\n")[0])
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or ""
    parser.add_argument("--region", default=region, help="where functions and ledger lie")
    parser.add_argument("--stack", default="passalong", help="a name for all of it")
    parser.add_argument("--domain", default="", help="the site's own domain")
    parser.add_argument("--zone", default="", help="the id of its zone in Route 53")
    parser.add_argument("--mail-domain", default="", help="the domain that mail is sent from")
    parser.add_argument("--alarms", default="", metavar="EMAIL", help="who is told what is wrong")
    parser.add_argument("--budget", default="", metavar="USD", help="a month, before that is told")
    parser.add_argument("--no-firewall", action="store_true", help="save its seven dollars a month")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE",
                        help="any other parameter of template.yaml")  # fmt: skip
    parser.add_argument("--dry-run", action="store_true", help="only show what would be done")
    given = parser.parse_args(arguments)
    if not given.region:
        parser.error("say where: --region eu-central-1, or set AWS_REGION")
    if wrong := [one for one in given.set if "=" not in one]:
        parser.error(f"--set {wrong[0]} is no NAME=VALUE")
    both = {"Domain": given.domain, "HostedZone": given.zone, "AlarmEmail": given.alarms}
    edge = both | {"MonthlyBudget": given.budget, "UseFirewall": "no" if given.no_firewall else ""}
    more = dict(one.split("=", 1) for one in given.set)
    main = _said(both | {"MailDomain": given.mail_domain}) | more
    return Wanted(given.region, given.stack, _said(edge), main), given.dry_run


def _said(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def check(shell: Shell) -> None:
    """Raises Failed where something is missing that is needed before anything is begun."""
    for program, how in (("aws", "AWS CLI"), ("sam", "AWS SAM CLI")):
        if not shutil.which(program):
            raise Failed(f"make deploy needs the {how}: there is no “{program}” on PATH.")
    try:
        shell.ask([RUNS_ON, "-c", ""])
    except (Failed, FileNotFoundError):  # a shim of pyenv is there, and does not run
        raise Failed(
            f"The functions are compiled by {RUNS_ON}, and none on PATH runs. With pyenv: "
            'PATH="$(pyenv prefix 3.13)/bin:$PATH" make deploy'
        ) from None
    try:
        shell.ask(["aws", "sts", "get-caller-identity", "--output", "json"])
    except Failed as failed:
        sentence = "AWS does not know who you are: “aws configure” or “aws sso login” first."
        raise Failed(f"{sentence}\n{failed.said}".strip()) from failed


def main() -> int:
    """Deploys as the command line says."""
    wanted, dry = wanted_by()
    shell = Shell(ROOT, dry=dry)
    var = Path(os.environ.get("PASSALONG_VAR") or ROOT / "var")
    try:
        if not dry:
            check(shell)
        deploy(wanted, shell, var)
    except Failed as failed:
        print(failed, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
