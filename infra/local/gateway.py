"""What API Gateway does between a request and a function, on this machine.

A request becomes an event of the HTTP API (payload format 2.0), the function's answer becomes a
response. The handlers are the ones that run on AWS.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

import base64
import importlib
import json
import os
import secrets
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, unquote

from infra.local.routes import find

if TYPE_CHECKING:
    from infra.local.routes import Function, Routes
    from passalong.world import World

Handler = Callable[[dict[str, Any], Any], Any]

LARGEST: Final = 10 * 1024 * 1024
"""Bytes of a body: the quota of an HTTP API."""
_TEXTS = ("application/json", "application/xml", "application/javascript")
"""Besides text/*, the only types whose bodies arrive as text; forms, too, come as base64."""
_OF_THE_CONNECTION = frozenset({"connection", "content-length", "date", "server", "keep-alive",
                                "transfer-encoding"})  # fmt: skip
_HERE = "local"


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came: ``target`` is its path with its query, ``client`` who asks."""

    method: str
    target: str
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b""
    client: str = "127.0.0.1"
    protocol: str = "HTTP/1.1"

    @property
    def path(self) -> str:
        """The decoded path."""
        return unquote(self.target.partition("?")[0])


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: ``headers`` without those that only concern the connection."""

    status: int
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Context:
    """What a function is told of its own invocation, under the names that AWS gives it."""

    aws_request_id: str
    function_name: str
    memory_limit_in_mb: int
    ends: float
    """When its time is up, by ``time.monotonic``."""
    function_version: str = "$LATEST"
    invoked_function_arn: str = "arn:aws:lambda:local:000000000000:function:local"

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the function would be stopped."""
        return max(0, round((self.ends - time.monotonic()) * 1000))


class Gateway:
    """Hands requests to the functions of a template.

    ``load`` finds a handler by its ``module.attribute``. One event at a time is handled, as in one
    environment on AWS: Powertools keeps the current event where all threads see it.
    """

    def __init__(
        self,
        table: Routes,
        load: Callable[[str], Handler] | None = None,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        new_id: Callable[[], str] = lambda: secrets.token_hex(16),
    ) -> None:
        self._table, self._load = table, load or imported
        self._clock, self._new_id = clock, new_id
        self._handlers: dict[str, Handler] = {}
        self._turn = threading.Lock()

    def answer(self, request: Request) -> Answer:
        """The answer of the function that the path belongs to.

        Where there is none it is API Gateway's 404, where the function fails its 500; then the
        traceback is shown here, and only here.
        """
        route = find(self._table, request.method, request.path)
        if route is None:
            return refusal(404, "Not Found")
        request_id = self._new_id()
        event = event_of(request, route.key, request_id, self._clock())
        try:
            with self._turn:
                context = _context(route.function, request_id)
                return answer_of(self._handler(route.function.handler)(event, context))
        except Exception:  # noqa: BLE001 - whatever it is, the server goes on
            traceback.print_exc()
            return refusal(500, "Internal Server Error")

    def _handler(self, name: str) -> Handler:
        if name not in self._handlers:
            self._handlers[name] = self._load(name)
        return self._handlers[name]


def imported(name: str) -> Handler:
    """The handler that ``module.attribute`` names."""
    module, _, attribute = name.rpartition(".")
    handler: Handler = getattr(importlib.import_module(module), attribute)
    return handler


def over(world: Callable[[], World]) -> Callable[[str], Handler]:
    """What loads a handler by its ``module.attribute``, made over a world of ours."""
    os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "WARNING")  # what went well is no news here

    def load(name: str) -> Handler:
        module = importlib.import_module(name.rpartition(".")[0])
        handler: Handler = module.make(world)
        return handler

    return load


def refusal(status: int, message: str) -> Answer:
    """An answer of the API itself, in its words."""
    body = json.dumps({"message": message}, separators=(",", ":")).encode()
    return Answer(status, (("content-type", "application/json"),), body)


def event_of(request: Request, route_key: str, request_id: str, at: datetime) -> dict[str, Any]:
    """The event, in payload format 2.0, that a function is called with."""
    headers = _joined((name.lower(), value.strip()) for name, value in request.headers)
    cookies = headers.pop("cookie", "")
    query = request.target.partition("?")[2]
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": request.path,
        "rawQueryString": query,
        "headers": headers | {"x-forwarded-for": _passed_on(headers, request.client)},
        "requestContext": {
            "accountId": "000000000000",
            "apiId": _HERE,
            "domainName": headers.get("host", ""),
            "domainPrefix": headers.get("host", "").partition(".")[0],
            "http": {
                "method": request.method,
                "path": request.path,
                "protocol": request.protocol,
                "sourceIp": request.client,
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": request_id,
            "routeKey": route_key,
            "stage": "$default",
            "time": at.astimezone(UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(at.timestamp() * 1000),
        },
        **_body(request.body, headers.get("content-type", "")),
    }
    if cookies:
        event["cookies"] = [cookie.strip() for cookie in cookies.split(";")]
    if query:
        given = parse_qsl(query, keep_blank_values=True, errors="replace")
        event["queryStringParameters"] = _joined(given)
    return event


def answer_of(result: Any) -> Answer:
    """The answer in what a function returned. Raises ValueError where that is none."""
    if not isinstance(result, Mapping) or not 200 <= int(result.get("statusCode", 0)) <= 599:
        raise ValueError("a function answered without a status")
    headers = [(str(name).lower(), str(v)) for name, v in (result.get("headers") or {}).items()]
    kept = [header for header in headers if header[0] not in _OF_THE_CONNECTION]
    kept += [("set-cookie", str(cookie)) for cookie in result.get("cookies") or ()]
    if not all(_fit(name) and _fit(value) for name, value in kept):
        raise ValueError("a function answered with a header that cannot be sent")
    body = str(result.get("body") or "").encode()
    if result.get("isBase64Encoded"):
        body = base64.b64decode(body, validate=True)
    return Answer(int(result["statusCode"]), kept, body)


def _context(function: Function, request_id: str) -> Context:
    ends = time.monotonic() + function.timeout
    return Context(request_id, function.name, function.memory, ends)


def _fit(text: str) -> bool:
    """Whether a header can bear it: one line of Latin-1."""
    return all(sign >= " " and sign <= "\xff" and sign != "\x7f" for sign in text)


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Each name once; the values of one that came several times are joined by commas."""
    found: dict[str, str] = {}
    for name, value in pairs:
        found[name] = f"{found[name]},{value}" if name in found else value
    return found


def _passed_on(headers: Mapping[str, str], client: str) -> str:
    before = headers.get("x-forwarded-for", "")
    return f"{before}, {client}" if before else client


def _body(body: bytes, content_type: str) -> dict[str, Any]:
    """``body`` and ``isBase64Encoded``; nothing of the former where nothing was sent."""
    if not body:
        return {"isBase64Encoded": False}
    kind = content_type.partition(";")[0].strip().lower()
    if kind.startswith("text/") or kind in _TEXTS:
        try:
            return {"body": body.decode(), "isBase64Encoded": False}
        except UnicodeDecodeError:
            pass
    return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
