"""``mail --verify``, as it is typed, against a DNS server and an SES on this machine."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from infra.aws.deploy import Wanted, settings
from passalong.commands.deployed import FILE
from tests.dns_stand_in import Names, names_of
from tests.programs import Made, files, write
from tests.served import served

KEY = '"v=DKIM1; k=rsa; p=TUlJQklqQU5CZ2txaGtpRzl3MEJBUUVGQUFPQ0FROA=="'
TOKENS = ["one", "two", "three"]
KNOWN = {
    "IdentityType": "DOMAIN",
    "VerifiedForSendingStatus": True,
    "DkimAttributes": {
        "SigningEnabled": True,
        "Status": "SUCCESS",
        "Tokens": TOKENS,
        "SigningAttributesOrigin": "AWS_SES",
        "SigningHostedZone": "dkim.amazonses.com",
    },
    "MailFromAttributes": {
        "MailFromDomain": "bounce.leeway.example",
        "MailFromDomainStatus": "SUCCESS",
        "BehaviorOnMxFailure": "USE_DEFAULT_VALUE",
    },
}
SET_UP = {
    ("bounce.leeway.example", "TXT"): ['"v=spf1 include:amazonses.com ~all"'],
    ("bounce.leeway.example", "MX"): ["10 feedback-smtp.eu-central-1.amazonses.com."],
    ("amazonses.com", "TXT"): ['"v=spf1 ip4:199.255.192.0/22 -all"'],
    ("_dmarc.leeway.example", "TXT"): ['"v=DMARC1; p=quarantine"'],
    ("leeway.example", "TXT"): ['"v=spf1 a:mail.leeway.example -all"'],
    ("leeway.example", "MX"): ["10 mx.host.example."],
    ("mx.host.example", "A"): ["192.0.2.25"],
    **{
        (f"{token}._domainkey.leeway.example", "CNAME"): [f"{token}.dkim.amazonses.com."]
        for token in TOKENS
    },
    **{(f"{token}.dkim.amazonses.com", "TXT"): [KEY] for token in TOKENS},
}
OUTPUTS = dict.fromkeys(
    ("PrivateBucket", "SiteBucket", "LedgerTable", "DistributionId", "MailRecord1"), "x"
)


class Service(HTTPServer):
    """SES, as far as it is asked about identities: ``known`` by domain."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Call)
        self.known: dict[str, Any] = {"leeway.example": KNOWN}
        self.refusal = ""


class _Call(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        found = self.server.known.get(self.path.removeprefix("/v2/email/identities/"))
        refusal = self.server.refusal or ("" if found else "NotFoundException")
        data = json.dumps(found or {"message": "no"}).encode()
        self.send_response(404 if refusal == "NotFoundException" else 403 if refusal else 200)
        self.send_header("x-amzn-ErrorType", refusal)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def service() -> Iterator[Service]:
    server = Service()
    with served(server):
        yield server


@pytest.fixture
def names() -> Iterator[Names]:
    with names_of(SET_UP) as held:
        yield held


class Desk:
    """A program whose letters leave as ``mail`` says; nobody is signed in to AWS."""

    def __init__(self, folder: Path) -> None:
        self.made = Made(write(folder / "content", files()), folder / "site", folder / "var")

    def verify(
        self, place: str, mail: str, *arguments: str, **program: Any
    ) -> subprocess.CompletedProcess[str]:
        if program:
            write(self.made.content, files(program=program))
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        kept |= self.made.settings() | {"AWS_EC2_METADATA_DISABLED": "true", "HOME": "/nowhere"}
        return subprocess.run(
            self.made.command("mail", "--verify", "--dns", place, *arguments),
            env=kept | ({"PASSALONG_MAIL": mail} if mail else {}),
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def at(service: Service) -> str:
    return f"ses://eu-central-1?endpoint=http://127.0.0.1:{service.server_port}"


def states(done: subprocess.CompletedProcess[str]) -> list[tuple[str, str]]:
    """Of each line its check and its state."""
    lines = [line.split() for line in done.stdout.splitlines()]
    return [
        (words[1], words[0]) for words in lines if words[0] in ("ok", "note", "mend", "unknown")
    ]


def test_a_domain_at_ses_that_is_set_up_ends_well(
    desk: Desk, names: Names, service: Service
) -> None:
    done = desk.verify(names.place, at(service))
    assert (done.returncode, done.stderr) == (0, "")
    assert states(done) == [
        ("SES", "ok"), ("SPF", "ok"), ("returns", "ok"), ("DKIM", "ok"), ("DKIM", "ok"),
        ("DKIM", "ok"), ("DMARC", "ok"), ("alignment", "ok"), ("replies", "ok"), ("links", "ok"),
    ]  # fmt: skip
    assert done.stdout.endswith("letters are known to be yours, and replies arrive.\n")


def test_what_is_missing_is_said_with_the_record_to_set(
    desk: Desk, names: Names, service: Service
) -> None:
    del names.zone["bounce.leeway.example", "TXT"], names.zone["_dmarc.leeway.example", "TXT"]
    names.zone["two._domainkey.leeway.example", "CNAME"] = ["two.old.example."]
    done = desk.verify(names.place, at(service), "--json")
    assert (done.returncode, done.stderr) == (1, "")
    for record in (
        'bounce.leeway.example TXT "v=spf1 include:amazonses.com ~all"',
        'Set _dmarc.leeway.example TXT "v=DMARC1; p=none; rua=mailto:hello@leeway.example"',
        "Set two._domainkey.leeway.example CNAME two.dkim.amazonses.com",
    ):
        assert record in done.stdout
    said = json.loads(done.stdout.splitlines()[-1])
    assert (said["domain"], said["open"]) == ("leeway.example", 3)
    assert [(one["check"], one["state"]) for one in said["findings"]] == states(done)
    assert {one["record"]["kind"] for one in said["findings"] if one["record"]} == {"TXT", "CNAME"}


def test_the_first_run_after_a_deployment_needs_no_settings(desk: Desk, names: Names) -> None:
    said = settings(Wanted("eu-central-1", "passalong", {}, {}), OUTPUTS)
    desk.made.var.mkdir()
    lines = [f"export {name}='{value}'\n" for name, value in said.items()]
    (desk.made.var / FILE).write_text("".join(lines), "utf-8")
    done = desk.verify(names.place, "", *(f"--selector={token}" for token in TOKENS))
    assert done.returncode == 0, done.stdout + done.stderr
    assert states(done)[0] == ("SES", "note")
    assert "there are no credentials for AWS here" in done.stdout


def test_without_credentials_and_selectors_the_keys_are_not_known(desk: Desk, names: Names) -> None:
    done = desk.verify(names.place, "ses://eu-central-1")
    assert done.returncode == 1
    assert [state for state in states(done) if state[1] != "ok"] == [
        ("SES", "unknown"),
        ("DKIM", "unknown"),
    ]
    assert "2 not known" in done.stdout


def test_ses_may_know_the_domain_above_or_none_or_refuse(
    desk: Desk, names: Names, service: Service
) -> None:
    brand = {"email": "hello@mail.leeway.example"}
    names.zone["mail.leeway.example", "MX"] = ["10 mx.host.example."]
    above = desk.verify(names.place, at(service), brand=brand)
    assert above.returncode == 0, above.stdout
    service.known.clear()
    none = desk.verify(names.place, at(service), brand=brand)
    assert none.returncode == 1
    assert "SES in eu-central-1 does not know mail.leeway.example." in none.stdout
    assert "make deploy" in none.stdout
    service.refusal = "AccessDeniedException"
    refused = desk.verify(names.place, at(service), brand=brand)
    assert "was not asked: it answered AccessDeniedException" in refused.stdout


def test_a_mail_server_is_looked_at_by_the_senders_own_domain(desk: Desk, names: Names) -> None:
    names.zone["s1._domainkey.leeway.example", "TXT"] = [KEY]
    server = "smtp://someone:secret@mail.leeway.example:587"
    done = desk.verify(names.place, server, "--selector", "s1", "--selector", "s2")
    assert done.returncode == 1
    assert states(done) == [
        ("SPF", "ok"), ("DKIM", "ok"), ("DKIM", "mend"), ("DMARC", "ok"), ("alignment", "ok"),
        ("replies", "ok"), ("links", "ok"),
    ]  # fmt: skip
    assert "s2._domainkey.leeway.example does not exist (NXDOMAIN)" in done.stdout
    assert "secret" not in done.stdout + done.stderr


def test_replies_to_hosts_have_to_arrive_too_and_links_to_lead_home(
    desk: Desk, names: Names
) -> None:
    names.zone["s1._domainkey.leeway.example", "TXT"] = [KEY]
    host = {"id": "jonas", "name": "Jonas", "role": "Yards", "email": "jonas@other.example"}
    done = desk.verify(
        names.place,
        "smtp://mail.leeway.example",
        "--selector=s1",
        booking={"hosts": [host]},
        base_url="https://d111.cloudfront.net",
    )
    assert done.returncode == 1
    wrong = [state for state in states(done) if state[1] != "ok"]
    assert wrong == [("replies", "mend"), ("links", "mend")]
    assert "other.example does not exist (NXDOMAIN): replies cannot arrive" in done.stdout


def test_what_dns_does_not_tell_is_not_called_a_fault(desk: Desk, names: Names) -> None:
    names.zone["s1._domainkey.leeway.example", "TXT"] = [KEY]
    names.failing.add("leeway.example")
    done = desk.verify(names.place, "smtp://mail.leeway.example", "--selector=s1")
    assert done.returncode == 1
    wrong = [state for state in states(done) if state[1] != "ok"]
    assert wrong == [("SPF", "unknown"), ("replies", "unknown")]
    assert "SERVFAIL" in done.stdout


@pytest.mark.parametrize(
    ("place", "mail", "sentence"),
    [
        ("nowhere.invalid:x", "smtp://mail.leeway.example", "--dns nowhere.invalid:x is no server"),
        ("127.0.0.1", "", "Letters leave by nothing yet"),
        ("127.0.0.1", "folder://var/mail", "Letters leave by nothing yet"),
        ("127.0.0.1", "pigeon://loft", "PASSALONG_MAIL must say what carries mail"),
        ("127.0.0.1", "smtp://", "PASSALONG_MAIL names no mail server"),
        ("127.0.0.1", "ses://", "PASSALONG_MAIL names no region"),
    ],
)
def test_what_cannot_be_begun_is_a_sentence(
    desk: Desk, place: str, mail: str, sentence: str
) -> None:
    done = desk.verify(place, mail)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_dns_server_that_says_nothing_is_a_sentence(desk: Desk, names: Names) -> None:
    names.silent.add("leeway.example")
    done = desk.verify(names.place, "smtp://mail.leeway.example")
    assert done.returncode == 1
    assert done.stderr.startswith("No DNS server answered within 5 seconds")
    assert done.stdout == ""


def test_mistakes_of_the_program_are_named_first(desk: Desk, names: Names) -> None:
    done = desk.verify(names.place, "smtp://mail.leeway.example", brand={"email": "nobody"})
    assert done.returncode == 1
    assert "program.toml:" in done.stderr
    assert names.asked == []
