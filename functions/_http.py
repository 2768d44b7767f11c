"""From an event of the HTTP API to an action and back: the one place that knows HTTP.

Errors are problem documents (RFC 9457), or a page for whoever sent a form. The API never answers
403: in front of the site that means a page that is not there. A refused token, an unknown one and a
revoked one are answered alike.
"""

from __future__ import annotations

import base64
import binascii
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urlsplit

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler.api_gateway import APIGatewayHttpResolver, Response

from functions._problems import Elsewhere, Problem, problem_of, wants_page
from passalong.actions.acting import Acting, acting
from passalong.actions.exchange import Asked, Outcome
from passalong.endpoints import ENDPOINTS
from passalong.headers import ANSWERS
from passalong.requests import BadFields, BadRequest, Fields, read_fields

if TYPE_CHECKING:
    from passalong.endpoints import Endpoint
    from passalong.known import Known
    from passalong.locales import Locale
    from passalong.world import World

Act = Callable[["World", "Known", Acting, Asked], Outcome]
Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


class Asking(NamedTuple):
    """A request to an address that ends with ``rest``; ``headers`` have names in lower case, and
    ``target`` is the path with its query. ``body`` raises BadRequest.
    """

    method: str
    rest: str
    target: str
    headers: Mapping[str, str]
    body: Callable[[], bytes]


class Below(NamedTuple):
    """What answers a path that is no endpoint of pages, or all addresses below one.

    ``answer`` is told the World and the request, and tells the log what it may know.
    """

    name: str
    methods: tuple[str, ...]
    answer: Callable[[World, Asking, dict[str, Any]], Response[Any]]


class Action(NamedTuple):
    """What an endpoint does; one that ``mends`` shows a form again with what is wrong in it."""

    act: Act
    mends: bool = False


_METHODS: Final = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
OF_LINKS: Final = ("GET", "HEAD", "POST")
"""What a link in a letter takes."""
PAGE: Final = "text/html; charset=utf-8"


def function(
    name: str,
    actions: Mapping[str, Action],
    world: Callable[[], World],
    below: Mapping[str, Below] | None = None,
) -> Handler:
    """The handler of a function that serves these endpoints, by their names, and what is ``below``
    a path: of one that ends with a slash, all that it begins.

    ``world`` is asked once for each request, so that a failing one answers 503 and not never.
    """
    resolver = APIGatewayHttpResolver()
    logger = Logger(service=f"passalong.{name}")
    served = {one.path: one for one in ENDPOINTS if one.name in actions}
    for endpoint in served.values():
        answer = _answering(resolver, logger, world, endpoint, actions[endpoint.name])
        resolver.route(endpoint.path, method=_METHODS)(answer)
    for path, one in (below or {}).items():
        rule = f"{path}<rest>" if path.endswith("/") else path
        resolver.route(rule, method=_METHODS)(_under(resolver, logger, world, one))
    resolver.not_found(lambda _: _refusal(resolver, Problem.of(HTTPStatus.NOT_FOUND, "missing")))

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        return resolver.resolve(_straight(event), context)

    return handler


def _straight(event: dict[str, Any]) -> dict[str, Any]:
    """The event with a path that ends without a slash, and a method that resolvers know."""
    path = event.get("rawPath", "").rstrip("/") or "/"
    http = dict(event["requestContext"]["http"]) | {"path": path}
    if http["method"] not in _METHODS:
        http["method"] = "OPTIONS"
    return event | {"rawPath": path, "requestContext": event["requestContext"] | {"http": http}}


def _answering(
    resolver: APIGatewayHttpResolver,
    logger: Logger,
    world: Callable[[], World],
    endpoint: Endpoint,
    action: Action,
) -> Callable[[], Response[Any]]:
    def answer(told: dict[str, Any]) -> Response[Any]:
        return _answer(resolver, world, endpoint, action, told)

    return lambda: _guarded(resolver, logger, world, endpoint.name, answer)


def _under(
    resolver: APIGatewayHttpResolver, logger: Logger, world: Callable[[], World], below: Below
) -> Callable[..., Response[Any]]:
    def answer(rest: str, told: dict[str, Any]) -> Response[Any]:
        event = resolver.current_event
        if event.http_method not in below.methods:
            refused = Problem.of(HTTPStatus.METHOD_NOT_ALLOWED, "method")
            return _refusal(resolver, replace(refused, headers={"Allow": ", ".join(below.methods)}))
        raw, query = event.raw_event, event.raw_event.get("rawQueryString", "")
        headers = {name.lower(): value for name, value in event.headers.items()}
        target = f"{raw['rawPath']}?{query}" if query else raw["rawPath"]
        asking = Asking(event.http_method, rest, target, headers, lambda: _body(raw))
        return below.answer(world(), asking, told)

    def route(rest: str = "") -> Response[Any]:
        return _guarded(resolver, logger, world, below.name, lambda told: answer(rest, told))

    return route


def _guarded(
    resolver: APIGatewayHttpResolver,
    logger: Logger,
    world: Callable[[], World],
    name: str,
    answer: Callable[[dict[str, Any]], Response[Any]],
) -> Response[Any]:
    """The answer, or what went wrong in words; one line for the log, which names nobody."""
    began = time.perf_counter()
    told: dict[str, Any] = {"endpoint": name}
    try:
        response = answer(told)
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the caller gets a sentence
        problem = problem_of(error)
        told["code"] = problem.code
        if problem.status == HTTPStatus.NOT_FOUND:
            told.pop("locale", None)  # what is gone is answered as what never was
        if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            told["fault"] = type(error).__name__
            told["where"] = _where(error)
        response = _refusal(resolver, problem, _words(world, told))
    told |= {
        "status": response.status_code,
        "ms": round((time.perf_counter() - began) * 1000, 1),
    }
    failed = response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
    (logger.error if failed else logger.info)("answered", extra=told)
    return response


def _where(error: BaseException) -> str:
    """File and line of a fault, for the log: its message might quote somebody."""
    at = error.__traceback__
    while at and at.tb_next:
        at = at.tb_next
    return f"{at.tb_frame.f_code.co_filename.rpartition('/')[2]}:{at.tb_lineno}" if at else ""


def _answer(
    resolver: APIGatewayHttpResolver,
    ask_world: Callable[[], World],
    endpoint: Endpoint,
    action: Action,
    told: dict[str, Any],
) -> Response[Any]:
    event = resolver.current_event
    if event.http_method != "POST":
        return _refusal(resolver, Problem.of(HTTPStatus.METHOD_NOT_ALLOWED, "method"))
    headers = {name.lower(): value for name, value in event.headers.items()}
    world = ask_world()
    if not is_same_origin(headers, world.address):
        raise Elsewhere("the request comes from another site")
    fields = read_fields(endpoint, _body(event.raw_event), headers.get("content-type", ""))
    told["form"] = fields.form
    if fields.faults and not (action.mends and fields.form and "token" not in fields.faults):
        raise BadFields(fields.faults)
    known = world.known()
    now = world.clock()
    who = acting(known, fields["token"], endpoint.pages, now)
    told["locale"] = who.locale
    network = event.request_context.http.source_ip or ""
    asked = Asked(endpoint.name, fields, now, headers, network)
    outcome = action.act(world, known, who, asked)
    if outcome.code:
        told["code"] = outcome.code
    return _response(known, fields, outcome)


def _body(event: Mapping[str, Any]) -> bytes:
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return str(body).encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadRequest("The body cannot be read.") from error


def is_same_origin(headers: Mapping[str, str], address: str) -> bool:
    """Whether a browser says that the request comes from our own pages, or it is no browser."""
    if site := headers.get("sec-fetch-site"):
        return site == "same-origin"
    origin = headers.get("origin")
    own = (urlsplit(address).netloc, headers.get("host", ""))
    return origin is None or (origin != "null" and urlsplit(origin).netloc in own)


def _response(known: Known, fields: Fields, outcome: Outcome) -> Response[Any]:
    if fields.form:
        reply = outcome.reply()
        page = known.answer(reply.name, outcome.locale, reply.said)
        status = outcome.status if outcome.status != HTTPStatus.NO_CONTENT else HTTPStatus.OK
        return Response(status, PAGE, page.decode(), ANSWERS)
    if outcome.data is None:
        return Response(outcome.status, None, "", ANSWERS)
    kind = "application/json" if outcome.status < 400 else "application/problem+json"
    return Response(outcome.status, kind, json_text(outcome.data), ANSWERS)


def json_text(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


class _Words(NamedTuple):
    """Where a refusal finds its words: the bundle and a locale of it."""

    known: Known
    locale: Locale


def _words(world: Callable[[], World], told: Mapping[str, Any]) -> _Words | None:
    """The words for a refusal, or none where even the bundle is not to be had."""
    try:
        known = world().known()
        return _Words(known, known.locale(told.get("locale", known.program.locale)))
    except Exception:  # noqa: BLE001 - then the refusal speaks plain English
        return None


def _refusal(
    resolver: APIGatewayHttpResolver, problem: Problem, words: _Words | None = None
) -> Response[Any]:
    """A problem document, or a page for whoever sent a form; for HEAD neither, but as if."""
    headers = {**ANSWERS, **problem.headers}
    event = resolver.current_event
    kind, body = "application/problem+json", json_text(problem.document())
    if words and wants_page(event.headers) and problem.status != HTTPStatus.METHOD_NOT_ALLOWED:
        page = words.known.answer("said", words.locale.code, problem.said(words.locale))
        kind, body = PAGE, page.decode()
    return Response(problem.status, kind, "" if event.http_method == "HEAD" else body, headers)
