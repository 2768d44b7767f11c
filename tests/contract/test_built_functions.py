"""The functions as they are built for AWS: under Lambda's own loop, from the built files alone.

Their DynamoDB is a stand-in. What each may do is test_rights.py's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from functions._origin import HEADER
from infra.aws.package import FUNCTIONS
from infra.local.gateway import Request, answer_of, event_of
from passalong.events import Event
from passalong.hooks import parsed
from passalong.ledger import open_ledger
from passalong.ledger.dynamodb_calls import connect
from passalong.ledger.dynamodb_items import packed
from passalong.ledger.dynamodb_table import create_table
from passalong.ledger.port import Ledger
from passalong.ledger.records import written
from passalong.readers import subject_of, token_for
from passalong.webhooks import signed_headers
from tests.calls import FORM, RIGHT, request, token_of
from tests.cloud.gate import Gate, opened
from tests.lambda_loop import Running, running
from tests.programs import Made, advocate, files, holders, referee, write

SECRET = "e" * 64
TABLE = "built"
FORBIDDEN = (
    *("jinja2", "markdown_it", "markdown", "PIL", "babel", "yaml", "nh3", "phonenumbers"),
    "dns",  # email-validator could ask, and is told never to
)
PEOPLE: dict[str, Any] = {
    "advocates": [advocate("a-1", "Maria Lindqvist"), advocate("a-2", "Jens Holm")],
    "referees": [referee("r-1", "Tomas Berg"), referee("r-2", "Anna Frost")],
}
LARGEST_MB = 40
"""Unpacked; AWS takes 250, but what is not there needs no time to load."""


# --- Built --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_holds_nothing_that_only_a_build_needs(
    name: str, built: dict[str, Path]
) -> None:
    there = {path.name.partition(".")[0] for path in built[name].iterdir()}
    assert there.isdisjoint(FORBIDDEN)
    pages = {path.stem for path in (built[name] / "passalong/pages").glob("*.py")}
    assert pages == {"__init__", "fill"}
    assert not list((built[name] / "passalong").rglob("sqlite*"))
    assert not list(built[name].rglob("*.so"))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_no_larger_than_it_has_to_be(name: str, built: dict[str, Path]) -> None:
    size = sum(path.stat().st_size for path in built[name].rglob("*") if path.is_file())
    assert size < LARGEST_MB * 1_000_000
    data = {path.name for path in (built[name] / "botocore/data").iterdir() if path.is_dir()}
    assert data == {"dynamodb", "s3", "ssm"} | ({"sesv2"} if name == "relay" else set())


@pytest.mark.parametrize("name", FUNCTIONS)
def test_bytecode_holds_whatever_becomes_of_the_times_of_files(
    name: str, built: dict[str, Path]
) -> None:
    compiled = list(built[name].rglob("*.pyc"))
    assert compiled
    for path in compiled:
        flags = int.from_bytes(path.read_bytes()[4:8], "little")
        assert flags == 0b01, f"{path} is not marked as unchecked"  # PEP 552


# --- Behind a gate ------------------------------------------------------------------------------


@dataclass
class Cloud:
    """The built functions, each started when it is first asked, over one program."""

    made: Made
    gates: dict[str, Gate]
    built: dict[str, Path]
    tools: Path
    folder: Path
    stack: ExitStack
    up: dict[str, Running] = field(default_factory=dict)

    def function(self, name: str) -> Running:
        if name not in self.up:
            gate = self.gates[name]
            environ = self.made.settings() | {
                "LEDGER": f"dynamodb://{TABLE}?region=local&endpoint={gate.address}",
                "PASSALONG_BUNDLE": str(self.made.var / "bundle.json"),
                "PASSALONG_SITE": str(self.made.out),
                "PASSALONG_MAIL": f"ses://eu-central-1?endpoint={gate.address}&configuration=set",
                "POWERTOOLS_METRICS_NAMESPACE": "Passalong/test",
            }
            if name != "relay":
                environ["PASSALONG_ORIGIN_SECRET"] = SECRET
            up = running(
                self.built[name],
                f"functions.{name}.handler",
                self.tools,
                self.folder / "loop",
                environ,
            )
            self.up[name] = self.stack.enter_context(up)
        return self.up[name]

    def post(self, function: str, name: str, told: str = SECRET, /, **fields: Any) -> Any:
        """The status, and what is answered to a request that came through CloudFront."""
        asked = request(name, RIGHT.get(name, {}) | fields, headers={HEADER: told})
        event = event_of(asked, f"ANY {asked.path}", "request-1", datetime.now(UTC))
        answer = answer_of(self.function(function)(event))
        return answer.status, json.loads(answer.body or b"null")

    def send(self, function: str, asked: Request) -> int:
        """The status of the answer to a request."""
        event = event_of(asked, f"ANY {asked.path}", "request-1", datetime.now(UTC))
        return answer_of(self.function(function)(event)).status


@pytest.fixture(scope="module")
def cloud(
    built: dict[str, Path], aws_tools: Path, dynamodb: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cloud]:
    folder = tmp_path_factory.mktemp("cloud")
    made = Made(write(folder / "content", files(**PEOPLE)), folder / "site", folder / "var")
    made.build(bundle=made.var / "bundle.json")
    create_table(connect("local", dynamodb), TABLE)
    with ExitStack() as stack:
        gates = {name: stack.enter_context(opened(Gate(dynamodb))) for name in FUNCTIONS}
        yield Cloud(made, gates, built, aws_tools, folder, stack)


# --- Served -------------------------------------------------------------------------------------


def test_an_advocate_shares_introduces_decides_and_leaves(cloud: Cloud) -> None:
    advocate = token_of(cloud.made, "advocate", "a-1")
    assert cloud.post("share", "share", token=advocate) == (204, None)
    named = {"name": "Ida Lund", "company": "Fjord Foods"}
    status, made = cloud.post("share", "introductions", token=advocate, **named)
    assert status == 201
    page = cloud.made.out / made["url"].split("/", 3)[3] / "index.html"
    referee = re.search(r'data-token="([^"]+)"', page.read_text("utf-8"))
    assert referee
    assert cloud.post("share", "status", token=advocate)[0] == 200
    for action in ("silent", "hide-name", "no-gift"):
        status, _ = cloud.post("share", "preferences", token=advocate, action=action)
        assert status in (200, 422)
    assert cloud.post("share", "preferences", token=referee[1], action="not-for-me")[0] == 200
    assert not page.exists()


def test_a_referee_finds_a_time_books_moves_and_cancels(cloud: Cloud) -> None:
    token = token_of(cloud.made, "referee", "r-1")
    status, found = cloud.post("booking", "slots", token=token)
    assert status == 200
    first, second = (slot["start"] for slot in found["slots"][:2])
    status, booked = cloud.post("booking", "bookings", token=token, start=first)
    assert (status, booked.get("errors")) == (201, None)
    move = {"token": token, "action": "reschedule", "start": second}
    assert cloud.post("booking", "bookings/change", **move)[0] == 200
    assert cloud.post("booking", "bookings/change", token=token)[0] == 200


def test_a_visit_is_counted(cloud: Cloud) -> None:
    token = token_of(cloud.made, "share", "a-1")
    assert cloud.post("attribution", "visits", token=token) == (204, None)
    token = token_of(cloud.made, "referee", "r-1")
    assert cloud.post("attribution", "visits", token=token) == (204, None)


def test_a_host_and_another_system_say_what_came_of_a_meeting(cloud: Cloud) -> None:
    token = token_of(cloud.made, "referee", "r-2")
    _, found = cloud.post("booking", "slots", token=token)
    told = {"token": token, "start": found["slots"][-1]["start"]}
    assert cloud.post("booking", "bookings", **told)[0] == 201
    meeting = _ledger(cloud).meeting_of("r-2")
    assert meeting
    path = f"/api/outcomes/{holders().outcome_token(meeting)}"
    form = (("Content-Type", FORM), (HEADER, SECRET))
    assert cloud.send("attribution", Request("GET", path, form)) == 200
    assert cloud.send("attribution", Request("POST", path, form, b"what=met&shown=1")) == 200
    hook = "/api/hooks/conversions"
    cloud.send("attribution", Request("POST", hook, form))  # which makes the first secret
    (secret,) = parsed((cloud.made.var / "hooks").read_text("utf-8"), "hooks").of("conversions")
    now = datetime.now(UTC)
    event = {"type": "won", "timestamp": now.isoformat(), "data": {"referral": "r-2"}}
    body = json.dumps(event).encode()
    headers = (*signed_headers([secret], "m-1", now, body).items(), (HEADER, SECRET))
    assert cloud.send("attribution", Request("POST", hook, headers, body)) == 202


def test_a_marketer_reads_the_report_and_so_does_a_program(cloud: Cloud) -> None:
    keys, signer = holders().keys, holders().signer
    expires = datetime.now(UTC) + timedelta(days=1)
    token = token_for(signer, subject_of(keys, "Anna"), 0, expires)
    status, said = cloud.post("attribution", "report", token=token, period="30")
    assert (status, {"visited", "pipeline_won"} < said["figures"].keys()) == (200, True)
    for picked in ("rows=visited", "rows=met", "csv=funnel", "by=medium", "period=year"):
        form = (("Content-Type", FORM), (HEADER, SECRET))
        body = f"token={token}&{picked}".encode()
        assert cloud.send("attribution", Request("POST", "/api/report", form, body)) == 200
    asked = (("Authorization", "Bearer none"), (HEADER, SECRET))
    assert cloud.send("attribution", Request("POST", "/api/report", asked)) == 404  # makes a key
    key = (cloud.made.var / "report-key").read_text("ascii").strip()
    borne = (("Authorization", f"Bearer {key}"), (HEADER, SECRET))
    assert cloud.send("attribution", Request("POST", "/api/report", borne)) == 200


def test_the_relay_follows_the_stream_the_clock_and_ses(cloud: Cloud) -> None:
    advocate = token_of(cloud.made, "advocate", "a-2")
    assert cloud.post("share", "introductions", token=advocate, name="Per Dahl")[0] == 201
    item = {"log": "all", "record": written(_newest(cloud))}
    record = {
        "eventID": "1",
        "eventName": "INSERT",
        "dynamodb": {"SequenceNumber": "1", "NewImage": packed(item)},
    }
    relay, gate = cloud.function("relay"), cloud.gates["relay"]
    assert relay({"Records": [record]}) == {"batchItemFailures": []}
    mail = gate.mails[-1]
    assert mail["ConfigurationSetName"] == "set"
    (tag,) = mail["EmailTags"]
    assert relay({"do": "deliver"}) == relay({"do": "forget"}) == {}
    came_back = {"mail": {"messageId": "1", "tags": {"delivery": [tag["Value"]]}}}
    complaint = {"source": "aws.ses", "detail": {"eventType": "Complaint", **came_back}}
    assert relay(complaint) == {}


def _newest(cloud: Cloud) -> Event:
    return list(_ledger(cloud).events_of("a-2"))[-1]


def _ledger(cloud: Cloud) -> Ledger:
    url = f"dynamodb://{TABLE}?region=local&endpoint={cloud.gates['share'].dynamodb}"
    return open_ledger(url, program="leeway")


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name != "relay"])
def test_to_whoever_does_not_come_through_cloudfront_nothing_is_there(
    name: str, cloud: Cloud
) -> None:
    asked = {"share": "status", "booking": "slots", "attribution": "visits"}[name]
    status, said = cloud.post(name, asked, "f" * 64)
    assert (status, said["code"]) == (404, "missing")
