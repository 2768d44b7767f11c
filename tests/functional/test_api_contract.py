"""The functions behind the local server do what docs/openapi.json says, whatever they are sent.

Requests are made up from the document, right ones and wrong ones (schemathesis), with tokens and
free times that are real in three of four. ``make soak`` makes 2,000 for each operation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import schemathesis
from hypothesis import given, settings
from hypothesis import strategies as st
from schemathesis import checks
from schemathesis.generation import GenerationMode

from passalong.endpoints import ENDPOINTS, endpoint
from passalong.openapi import PROBLEM, document
from passalong.readers import subject_of, token_for
from tests import sample
from tests.programs import Made, advocate, files, holders, path_of, referee, write

PEOPLE = 100
LEAVING = 60
"""So many of them may be removed: preferences are told with their tokens only."""
MODES = tuple(GenerationMode)


@dataclass(frozen=True)
class Api:
    """The functions of a program that is served, and tokens of its pages by their kind."""

    address: str
    tokens: dict[str, list[str]]

    def tokens_for(self, name: str, kinds: Iterable[str]) -> list[str]:
        """Tokens that an endpoint takes."""
        some = slice(LEAVING) if name == "preferences" else slice(LEAVING, None)
        return [token for kind in kinds for token in self.tokens[kind][some]]

    def ask(
        self, path: str, body: bytes = b"", method: str = "POST", **headers: str
    ) -> tuple[int, Message, bytes]:
        connection = HTTPConnection(urlsplit(self.address).netloc, timeout=30)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, named)
        answer = connection.getresponse()
        found = answer.status, answer.headers, answer.read()
        connection.close()
        return found

    def post(self, name: str, **fields: Any) -> tuple[int, Message, Any]:
        status, headers, body = self.ask(
            f"/api/{name}", json.dumps(fields).encode(), Content_Type="application/json"
        )
        return status, headers, json.loads(body) if body else None


@contextmanager
def serving(made: Made) -> Iterator[Api]:
    """The program as ``build.py serve`` serves it, functions, relay and all."""
    with sample.serving(made, follows=False) as site:
        yield Api(site.address, tokens(made))
        backstage = site.backstage
    assert backstage
    backstage.round()  # what follows from all that can be done, or it is said here why not


def tokens(made: Made) -> dict[str, list[str]]:
    """The token of everybody's page, as it stands there."""
    pages = {
        "advocate": [path_of("advocate", f"a-{n}") for n in range(PEOPLE)],
        "share": [path_of("share", f"a-{n}") for n in range(PEOPLE)],
        "referee": [path_of("referee", f"r-{n}") for n in range(PEOPLE)],
    }
    known = {kind: [token_in(made.out / path) for path in paths] for kind, paths in pages.items()}
    subject, until = subject_of(holders().keys, "Anna"), datetime.now(UTC) + timedelta(days=1)
    return known | {"report": [token_for(holders().signer, subject, 0, until)] * PEOPLE}


def token_in(page: Path) -> str:
    found = re.search(r'data-token="([^"]+)"', page.read_text("utf-8"))
    assert found, f"no token in {page}"
    return found[1]


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    folder = tmp_path_factory.mktemp("api")
    content = files(
        advocates=[advocate(f"a-{n}", f"Maria Lindqvist {n}") for n in range(PEOPLE)],
        referees=[referee(f"r-{n}", f"Tomas Berg {n}", advocate=f"a-{n}") for n in range(PEOPLE)],
    )
    with serving(Made(write(folder / "content", content), folder / "site", folder / "var")) as api:
        yield api


# --- Whatever the document allows, and whatever it does not -----------------------------------


def closed(schema: dict[str, Any]) -> dict[str, Any]:
    """The document without fields that nobody named: they are ignored, and hide the others."""
    found = deepcopy(schema)
    for item in found["paths"].values():
        for content in item.get("post", {}).get("requestBody", {}).get("content", {}).values():
            content["schema"]["additionalProperties"] = False
    return found


SCHEMA = schemathesis.openapi.from_dict(closed(document()))
NAMES = [one.name for one in ENDPOINTS]
EVERY = [*NAMES, "report"]
CHECKS = [
    checks.CHECKS.get_one(name)
    for name in (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    )
]


REAL = {
    "csv": ["funnel", "advocate", ""],
    "email": [f"guest-{n}@kestrel-ferries.com" for n in range(50)],
    "from": ["2026-01-01", ""],
    "locale": ["en", "de"],
    "medium": ["linkedin", "email", "copy"],
    "phone": ["+45 33 12 34 56"],
    "rows": ["visited", "met", ""],
    "shown": ["1700000000"],
    "to": ["2026-12-31", ""],
    "timezone": ["Europe/Berlin", "America/New_York", "Asia/Kathmandu"],
    "website": [""],
}
"""What nothing but chance would find."""


def check(name: str, mode: GenerationMode, examples: int, api: Api) -> None:
    """Holds that many answers to requests of an operation against the document."""
    wanted = endpoint(name)
    real = REAL | {
        "token": api.tokens_for(name, wanted.pages),
        "start": starts(api),
    }
    usable = {field.name: real[field.name] for field in wanted.fields if field.name in real}
    mostly = {f: st.sampled_from([*([True] * 3), False]) for f in usable}

    @settings(max_examples=examples, database=None, deadline=None)
    @given(
        SCHEMA[wanted.path]["POST"].as_strategy(generation_mode=mode),
        st.fixed_dictionaries({f: st.sampled_from(values) for f, values in usable.items()}),
        st.fixed_dictionaries(mostly),
    )
    def answers(case: Any, truth: dict[str, str], is_true: dict[str, bool]) -> None:
        if isinstance(case.body, dict):
            said = {field: truth[field] for field in case.body if is_true.get(field)}
            case.body.update(said)
        response = case.call(base_url=api.address)
        case.validate_response(response, checks=CHECKS)

    answers()


def starts(api: Api) -> list[str]:
    status, _, found = api.post("slots", token=api.tokens_for("slots", ["share"])[0])
    assert status == 200
    return [slot["start"] for slot in found["slots"]]


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
@pytest.mark.parametrize("name", EVERY)
def test_no_request_gets_an_answer_that_is_not_documented(
    name: str, mode: GenerationMode, api: Api
) -> None:
    check(name, mode, 25, api)


@pytest.mark.soak
@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
@pytest.mark.parametrize("name", EVERY)
def test_no_request_of_thousands_gets_an_answer_that_is_not_documented(
    name: str, mode: GenerationMode, api: Api
) -> None:
    check(name, mode, 1000, api)


# --- What no document describes ---------------------------------------------------------------

DEEP = b'{"token": ' + b"[" * 30_000 + b"]" * 30_000 + b"}"
HOSTILE = {
    "ten megabytes": (b"x" * 10 * 1024 * 1024, "application/json", 413),
    "deep JSON": (DEEP, "application/json", 400),
    "a list": (b"[]", "application/json", 400),
    "a number": (b"1e999", "application/json", 400),
    "half of it": (b'{"token": "abc', "application/json", 400),
    "nothing": (b"", "application/json", 400),
    "bad UTF-8": (b'{"token": "\xff\xfe"}', "application/json", 400),
    "a lone surrogate": (b'{"token": "\\ud800"}', "application/json", 404),
    "NUL": (b'{"token": "\\u0000"}', "application/json", 422),
    "a number for a text": (b'{"token": 1}', "application/json", 422),
    "an object for a text": (b'{"token": {"a": []}}', "application/json", 422),
    "a form in bad UTF-8": (b"token=%ff%fe", "application/x-www-form-urlencoded", 400),
    "a form of a thousand fields": (b"a=1&" * 1000, "application/x-www-form-urlencoded", 400),
    "a multipart form": (b"--x--", "multipart/form-data; boundary=x", 415),
    "a multipart form without a boundary": (b"x", "multipart/form-data", 415),
    "XML": (b"<a/>", "application/xml", 415),
    "no type": (b"{}", "", 415),
    "a type of nonsense": (b"{}", "\xe9\xe9;;;=", 415),
}


@pytest.mark.parametrize("what", HOSTILE)
@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_body_is_refused_in_a_sentence(name: str, what: str, api: Api) -> None:
    body, content_type, expected = HOSTILE[what]
    status, headers, text = api.ask(f"/api/{name}", body, Content_Type=content_type)
    assert status in {expected, 422} if expected == 404 else status == expected
    assert b"Traceback" not in text
    if headers["Content-Type"] == PROBLEM:
        problem = json.loads(text)
        assert problem["status"] == status
        assert problem["detail"].endswith(".")
    else:
        assert headers["Content-Type"].startswith("text/html")  # a form was sent


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("name", NAMES)
def test_another_method_is_refused_and_told_which_one_is_right(
    name: str, method: str, api: Api
) -> None:
    for path in (f"/api/{name}", f"/api/{name}/", f"/api/{name}?token=x"):
        status, headers, body = api.ask(path, method=method)
        assert (status, headers["Allow"], headers["Content-Type"]) == (405, "POST", PROBLEM)
        assert (body == b"") == (method == "HEAD")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
def test_the_link_in_a_letter_says_that_it_can_be_opened_and_pressed(method: str, api: Api) -> None:
    status, headers, _ = api.ask("/api/unsubscribe/x.y", method=method)
    assert (status, headers["Allow"]) == (405, "GET, HEAD, POST")


@pytest.mark.parametrize("name", NAMES)
def test_a_last_slash_too_many_changes_nothing(name: str, api: Api) -> None:
    plain, slashed = (
        api.ask(f"/api/{name}{end}", b"{}", Content_Type="application/json") for end in ("", "/")
    )
    assert plain[0] == slashed[0] == 422
    assert plain[2] == slashed[2]


@pytest.mark.parametrize("path", ["/api/", "/api/nothing", "/api/share/x", "/api/bookings/x/y"])
def test_an_unknown_address_has_a_problem_document(path: str, api: Api) -> None:
    status, headers, body = api.ask(path, b"{}", Content_Type="application/json")
    assert (status, headers["Content-Type"]) == (404, PROBLEM)
    assert json.loads(body)["code"] == "missing"


@pytest.mark.parametrize("name", NAMES)
def test_another_sites_page_may_not_ask(name: str, api: Api) -> None:
    body = urlencode({"token": api.tokens["advocate"][0]}).encode()
    for headers in (
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
    ):
        status, _, _ = api.ask(
            f"/api/{name}", body, Content_Type="application/x-www-form-urlencoded", **headers
        )
        assert status == 400
