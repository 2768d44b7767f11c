"""What API Gateway does between a request and a function, as it is done on this machine."""

from __future__ import annotations

import base64
import json
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from hypothesis import example, given
from hypothesis import strategies as st

from infra.local.gateway import Answer, Context, Gateway, Handler, Request, answer_of, event_of
from infra.local.routes import Function

NOON = datetime(2026, 11, 24, 12, 0, 0, 250_000, UTC)
ECHO = Function("Echo", "functions.echo.handler", 15, 512)
JSON = ("Content-Type", "application/json")

names = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-", min_size=1, max_size=12)
values = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"))
types = st.sampled_from(
    ["application/json", "text/plain; charset=utf-8", "application/x-www-form-urlencoded",
     "application/octet-stream", "", "TEXT/HTML", "application/xml", "multipart/form-data"]
)  # fmt: skip


def event(request: Request) -> dict[str, Any]:
    made = event_of(request, "ANY /api/share", "id-1", NOON)
    assert json.loads(json.dumps(made)) == made  # it could be sent to AWS
    return made


def gateway(handler: Handler) -> Gateway:
    found = {ECHO.handler: handler}
    return Gateway(
        {("ANY", "/api/echo"): ECHO}, found.__getitem__, clock=lambda: NOON, new_id=lambda: "id-1"
    )


# --- Requests become events -------------------------------------------------------------------


def test_an_event_says_what_was_asked_for_by_whom_and_when() -> None:
    headers = (("Host", "127.0.0.1:8000"), ("User-Agent", "curl/8"), JSON)
    made = event(Request("POST", "/api/share?a=1", headers, b"{}", "::1"))
    assert (made["version"], made["routeKey"], made["rawPath"], made["rawQueryString"]) == (
        "2.0", "ANY /api/share", "/api/share", "a=1",
    )  # fmt: skip
    assert made["headers"] == {
        "host": "127.0.0.1:8000",
        "user-agent": "curl/8",
        "content-type": "application/json",
        "x-forwarded-for": "::1",
    }
    context = made["requestContext"]
    assert context["http"] == {
        "method": "POST",
        "path": "/api/share",
        "protocol": "HTTP/1.1",
        "sourceIp": "::1",
        "userAgent": "curl/8",
    }
    assert (context["requestId"], context["stage"]) == ("id-1", "$default")
    assert context["time"] == "24/Nov/2026:12:00:00 +0000"
    assert context["timeEpoch"] == 1_795_521_600_250


@given(st.lists(st.tuples(names, values)))
@example([("A", "1"), ("a", "2"), ("A", "3")])
def test_headers_have_lower_case_names_and_several_values_are_joined_by_commas(
    headers: list[tuple[str, str]],
) -> None:
    made = event(Request("POST", "/api/share", headers))["headers"]
    kept = [(name.lower(), value) for name, value in headers]
    for name in {name for name, _ in kept} - {"cookie", "x-forwarded-for"}:
        assert made[name] == ",".join(value.strip() for key, value in kept if key == name)


def test_who_asks_is_added_to_what_is_forwarded() -> None:
    made = event(Request("POST", "/", [("X-Forwarded-For", "203.0.113.7")], client="127.0.0.1"))
    assert made["headers"]["x-forwarded-for"] == "203.0.113.7, 127.0.0.1"


def test_cookies_are_listed_and_are_no_header() -> None:
    made = event(Request("GET", "/", [("Cookie", "a=1; b=2")]))
    assert made["cookies"] == ["a=1", "b=2"]
    assert "cookie" not in made["headers"]
    assert "cookies" not in event(Request("GET", "/"))


@given(st.binary(max_size=2000), types)
@example(b"\xff\x00", "application/json")
@example("Zürich".encode(), "application/json")
def test_every_body_arrives_as_it_was_sent(body: bytes, content_type: str) -> None:
    made = APIGatewayProxyEventV2(
        event(Request("POST", "/", [("Content-Type", content_type)], body))
    )
    text = made.body or ""
    arrived = base64.b64decode(text) if made.is_base64_encoded else text.encode()
    assert arrived == body


@pytest.mark.parametrize(
    ("content_type", "encoded"),
    [
        ("application/json; charset=utf-8", False),
        ("text/plain", False),
        ("application/x-www-form-urlencoded", True),  # so does the real one
        ("application/octet-stream", True),
        ("", True),
    ],
)
def test_only_text_comes_as_text(content_type: str, encoded: bool) -> None:
    made = event(Request("POST", "/", [("Content-Type", content_type)], b"a=1"))
    assert made["isBase64Encoded"] is encoded


def test_no_body_is_no_body() -> None:
    made = event(Request("POST", "/", [JSON]))
    assert "body" not in made
    assert made["isBase64Encoded"] is False


@given(st.lists(st.tuples(st.text(min_size=1, max_size=8), st.text(max_size=8)), min_size=1))
def test_a_query_is_decoded_and_kept_as_it_was(pairs: list[tuple[str, str]]) -> None:
    query = urlencode(pairs, errors="replace")
    made = event(Request("GET", f"/api/share?{query}"))
    assert made["rawQueryString"] == query
    first = pairs[0][0].encode(errors="replace").decode()
    wanted = [v.encode(errors="replace").decode() for n, v in pairs
              if n.encode(errors="replace").decode() == first]  # fmt: skip
    assert made["queryStringParameters"][first] == ",".join(wanted)


@given(st.text())
def test_a_path_arrives_decoded(path: str) -> None:
    sent = quote("/" + path, errors="replace")
    made = event(Request("GET", sent))
    assert made["rawPath"] == ("/" + path).encode(errors="replace").decode()
    assert made["requestContext"]["http"]["path"] == made["rawPath"]


# --- What functions return becomes an answer --------------------------------------------------


@given(st.binary(max_size=500), st.booleans())
def test_every_body_goes_back_as_the_function_meant_it(body: bytes, encode: bool) -> None:
    try:
        given = base64.b64encode(body).decode() if encode else body.decode()
    except UnicodeDecodeError:
        return
    answer = answer_of({"statusCode": 200, "body": given, "isBase64Encoded": encode})
    assert answer.body == body


def test_headers_and_cookies_go_back() -> None:
    answer = answer_of(
        {
            "statusCode": 201,
            "headers": {"Content-Type": "text/html", "Content-Length": "7", "Connection": "x"},
            "cookies": ["a=1", "b=2"],
            "body": "done",
        }
    )
    assert answer == Answer(
        201, [("content-type", "text/html"), ("set-cookie", "a=1"), ("set-cookie", "b=2")], b"done"
    )


def test_what_powertools_returns_is_an_answer() -> None:
    app = APIGatewayHttpResolver()

    @app.post("/api/echo")
    def echo() -> Response[str]:
        sent = app.current_event.decoded_body or ""
        return Response(201, "text/plain", sent[::-1], headers={"X-Here": "yes"})

    sent = Request("POST", "/api/echo", [("Content-Type", "application/x-www-form-urlencoded")],
                   b"abc")  # fmt: skip
    answer = gateway(app.resolve).answer(sent)
    assert (answer.status, answer.body) == (201, b"cba")
    assert {("content-type", "text/plain"), ("x-here", "yes")} <= set(answer.headers)


@pytest.mark.parametrize(
    "returned",
    [
        None,
        "text",
        {"body": "no status"},
        {"statusCode": 99},
        {"statusCode": "many"},
        {"statusCode": 200, "headers": {"a": "1\r\nset-cookie: b=2"}},
        {"statusCode": 200, "headers": {"a": "€"}},
        {"statusCode": 200, "body": "no base64!", "isBase64Encoded": True},
    ],
)
def test_what_is_no_answer_becomes_a_500_that_says_nothing(
    returned: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = gateway(lambda *_: returned).answer(Request("POST", "/api/echo"))
    assert (answer.status, answer.body) == (500, b'{"message":"Internal Server Error"}')
    assert "Error" in capsys.readouterr().err


def test_a_function_that_fails_shows_its_traceback_here_and_nowhere_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("the secret reason")

    answer = gateway(fails).answer(Request("POST", "/api/echo"))
    assert (answer.status, answer.body) == (500, b'{"message":"Internal Server Error"}')
    assert "the secret reason" in capsys.readouterr().err


# --- Which function is asked ------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_a_known_path_gets_every_method(method: str) -> None:
    def said(event: dict[str, Any], _: object) -> Any:
        return {"statusCode": 200, "body": event["requestContext"]["http"]["method"]}

    assert gateway(said).answer(Request(method, "/api/echo?x")).body == method.encode()


def test_an_unknown_path_is_the_apis_own_404() -> None:
    answer = gateway(lambda *_: {"statusCode": 200}).answer(Request("POST", "/api/nothing"))
    assert (answer.status, answer.body) == (404, b'{"message":"Not Found"}')
    assert answer.headers == (("content-type", "application/json"),)


def test_a_function_is_told_who_it_is_and_how_long_it_has() -> None:
    told: list[Context] = []

    def listens(_: object, context: Context) -> Any:
        told.append(context)
        return {"statusCode": 204}

    gateway(listens).answer(Request("POST", "/api/echo"))
    (context,) = told
    assert (context.aws_request_id, context.function_name) == ("id-1", "Echo")
    assert context.memory_limit_in_mb == 512
    assert 14_000 < context.get_remaining_time_in_millis() <= 15_000


@pytest.fixture
def often() -> Iterator[None]:
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_functions_take_one_event_at_a_time(often: None) -> None:
    """Powertools keeps the event of the moment where all threads see it."""
    app = APIGatewayHttpResolver()

    @app.post("/api/echo")
    def echo() -> str:
        return str(app.current_event.body)

    api = gateway(app.resolve)
    wrong: list[str] = []

    def ask(number: int) -> None:
        for turn in range(10):
            text = f"{number} {turn}"
            answer = api.answer(Request("POST", "/api/echo", [JSON], text.encode()))
            if answer.body != text.encode():
                wrong.append(text)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
