"""Each function has exactly the rights that it uses, and what is revoked is gone at once on AWS.

The functions are the built ones, with the environment and the rights of the transformed template;
AWS is stand-ins behind a gate for each function (tests/cloud).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from infra.local.gateway import Request
from passalong.headers import headers_for
from passalong.webhooks import signed_headers
from tests.calls import FORM, RIGHT, request, token_of, until
from tests.cloud.deployed import HOOK, REPORT_KEY, Deployed, Tools, deployed
from tests.programs import Made, advocate, files, holders, path_of, referee, write

FUNCTIONS = ("Share", "Booking", "Attribution", "Relay")
BY_LAMBDA = re.compile(
    r"logs:|sqs:|dynamodb:(DescribeStream|GetRecords|GetShardIterator|ListStreams)$"
)
"""What Lambda itself does by the right of the function."""
WITH_RAW_MAIL = "ses:SendEmail"
"""AWS names it beside SendRawEmail for the one call that sends a raw mail; we cannot tell which of
the two it looks at."""
MINUTE = 60.0
NOBODY_THERE = "http://127.0.0.1:1/"


@pytest.fixture(scope="module")
def there(
    built: dict[str, Path],
    aws_tools: Path,
    node: str,
    dynamodb: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Deployed]:
    folder = tmp_path_factory.mktemp("rights")
    people = [advocate(f"a-{n}", f"Maria Lind {n}") for n in range(1, 5)]
    content = files(
        advocates=people,
        referees=[referee("r-1"), referee("r-2", "Anna Frost")],
        program={"events_out": [{"name": "crm", "url": NOBODY_THERE, "kind": "webhook"}]},
    )
    made = Made(write(folder / "content", content), folder / "site", folder / "var")
    with deployed(made, built, Tools(aws_tools, node, dynamodb), "rights") as up:
        yield up
    assert up.functions.faults == []


def post(there: Deployed, name: str, /, **fields: Any) -> tuple[int, dict[str, Any]]:
    """The status, and what is answered to a request by way of CloudFront."""
    answer = there.edge.answer(request(name, RIGHT.get(name, {}) | fields))
    return answer.status, json.loads(answer.body or b"{}")


def is_there(there: Deployed, path: str) -> bool:
    return there.edge.answer(Request("GET", f"/{path}")).status == HTTPStatus.OK


def token(there: Deployed, kind: str, person: str) -> str:
    return token_of(there.made, kind, person)


# --- What people do ---------------------------------------------------------------------------


def share_and_introduce(there: Deployed) -> None:
    own = token(there, "advocate", "a-1")
    assert post(there, "share", token=own)[0] == HTTPStatus.NO_CONTENT
    status, made = post(there, "introductions", token=own, name="Ida Lund", company="Fjord Foods")
    assert status == HTTPStatus.CREATED
    assert post(there, "status", token=own)[0] == HTTPStatus.OK
    assert post(there, "preferences", token=own, action="hide-name")[0] == HTTPStatus.OK
    page = made["url"].removeprefix(there.address + "/") + "index.html"
    found = re.search(rb'data-token="([^"]+)"', there.site()[page].data)
    assert found
    assert post(there, "preferences", token=found[1].decode(), action="not-for-me")[0] == 200
    assert not is_there(there, page)


def leave(there: Deployed) -> None:
    assert post(there, "preferences", token=token(there, "advocate", "a-2"))[0] == HTTPStatus.OK
    assert not is_there(there, path_of("advocate", "a-2"))


def book(there: Deployed) -> None:
    own = token(there, "referee", "r-1")
    slots = post(there, "slots", token=own)[1]["slots"]
    first, second, third = (slot["start"] for slot in slots[:3])
    assert post(there, "bookings", token=own, start=first)[0] == HTTPStatus.CREATED
    change = {"token": own, "action": "reschedule", "start": second}
    assert post(there, "bookings/change", **change)[0] == HTTPStatus.OK
    assert post(there, "bookings/change", token=own)[0] == HTTPStatus.OK
    guest = {"token": token(there, "share", "a-1"), "start": third, "name": "Per Dahl"}
    assert post(there, "bookings", **guest, email="per@oslo.example")[0] == HTTPStatus.CREATED


def visit(there: Deployed) -> None:
    for kind, person in (("share", "a-1"), ("referee", "r-2")):
        assert post(there, "visits", token=token(there, kind, person))[0] == HTTPStatus.NO_CONTENT


def tell_what_came_of_it(there: Deployed) -> None:
    """A host at the page of their letter, and another system by its hook."""
    own = token(there, "referee", "r-2")
    start = post(there, "slots", token=own)[1]["slots"][-1]["start"]
    assert post(there, "bookings", token=own, start=start)[0] == HTTPStatus.CREATED
    with closing(there.ledger()) as ledger:
        meeting = ledger.meeting_of("r-2")
    assert meeting
    path, form = f"/api/outcomes/{holders().outcome_token(meeting)}", (("Content-Type", FORM),)
    assert there.edge.answer(Request("GET", path)).status == HTTPStatus.OK
    met = Request("POST", path, form, b"what=met&shown=1")
    assert there.edge.answer(met).status == HTTPStatus.OK
    now = datetime.now(UTC)
    won = {"type": "won", "timestamp": now.isoformat(), "data": {"referral": "r-2"}}
    body = json.dumps(won).encode()
    headers = (*signed_headers([HOOK], "m-1", now, body).items(),)
    told = there.edge.answer(Request("POST", "/api/hooks/conversions", headers, body))
    assert told.status == HTTPStatus.ACCEPTED


def read_the_report(there: Deployed) -> None:
    key = {"Authorization": f"Bearer {REPORT_KEY}"}
    said = there.edge.answer(request("report", {}, headers=key))
    assert said.status == HTTPStatus.OK
    assert "figures" in json.loads(said.body)


def write_letters(there: Deployed) -> None:
    """What follows by itself, what the clock does, and what comes back from SES."""
    until(lambda: len(there.letters()) >= 4, "letters of introduction and booking")
    there.clock()
    gone = {"eventType": "Complaint", "mail": {"messageId": "1", "tags": {}}}
    assert there.functions("Relay", {"source": "aws.ses", "detail": gone}) == {}


# --- What is promised -------------------------------------------------------------------------


def test_a_page_and_its_link_and_tokens_are_revoked_within_a_minute(there: Deployed) -> None:
    page, link = path_of("advocate", "a-3"), path_of("share", "a-3")
    own, shared = token(there, "advocate", "a-3"), token(there, "share", "a-3")
    assert is_there(there, page)
    assert is_there(there, link)
    there.run("revoke", "a-3", "--out", str(there.made.out))
    until(lambda: not is_there(there, page), "the page is taken away", MINUTE / 2)
    until(lambda: not is_there(there, link), "the share page is taken away", MINUTE / 2)
    assert "no-store" in headers_for(page)["Cache-Control"]
    assert "s-maxage=30, must-revalidate" in headers_for(link)["Cache-Control"]
    assert post(there, "share", token=own)[0] == HTTPStatus.NOT_FOUND
    free = post(there, "slots", token=token(there, "referee", "r-2"))[1]["slots"][-1]["start"]
    assert post(there, "bookings", token=shared, start=free)[0] == HTTPStatus.NOT_FOUND


def test_every_function_uses_each_of_its_rights_and_asks_for_no_other(there: Deployed) -> None:
    there.run("revoke", "a-4", "--out", str(there.made.out))
    for act in (share_and_introduce, leave, book, visit, tell_what_came_of_it, write_letters):
        act(there)
    read_the_report(there)
    for name in FUNCTIONS:
        gate, rights = there.gates[name], set(there.stack.rights(name))
        assert gate.refused == set(), f"{name} asked for what it may not"
        used = {
            (action, on)
            for action, on in rights
            if any(one == action and fnmatchcase(what, on) for one, what in gate.done)
        }
        idle = {right for right in rights - used if not BY_LAMBDA.match(right[0])}
        idle = {right for right in idle if right[0] != WITH_RAW_MAIL}
        assert idle == set(), f"{name} may do what it never does"
