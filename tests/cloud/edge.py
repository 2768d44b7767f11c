"""CloudFront and the HTTP API on this machine, as the template has them: who is asked, and how.

A file comes from the S3 stand-in with its own type and caching, what is below /api/ from a function
as it is built. There is no cache, and no TLS.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehavior.html
"""

from __future__ import annotations

import re
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, unquote

from infra.local.gateway import LARGEST, Answer, Request, answer_of, event_of, refusal
from infra.local.routes import Function, Routes, find
from infra.local.wire import Wire
from tests.cloud.distribution import Distribution
from tests.cloud.rewriting import Rewrite
from tests.cloud.stack import Stack

Call = Callable[[str, dict[str, Any]], Any]
"""Calls the function of this name with an event; what it answers. Raises what goes wrong."""

EDGE = "130.176.0.9"
"""One of CloudFront's addresses."""
_KEPT = ("Content-Type", "Cache-Control")
_READ = ("GET", "HEAD")


@dataclass(frozen=True)
class Api:
    """The HTTP API: its routes, and the functions behind them; it has an address of its own."""

    routes: Routes
    host: str
    call: Call

    def answer(self, request: Request) -> Answer:
        """What the function of the request's path answers."""
        route = find(self.routes, request.method, request.path)
        if route is None:
            return refusal(404, "Not Found")
        event = event_of(request, route.key, "request-1", datetime.now(UTC))
        try:
            return answer_of(self.call(route.function.name, event))
        except Exception:  # noqa: BLE001 - whoever calls keeps what went wrong
            return refusal(500, "Internal Server Error")


def routes_of(stack: Stack) -> Routes:
    """The routes of a stack's API, to its functions by their names in the template."""
    named = {stack.ref(name): name for name in stack.of_type("AWS::Lambda::Function")}
    (api,) = stack.of_type("AWS::ApiGatewayV2::Api").values()
    found: Routes = {}
    for path, methods in api["Body"]["paths"].items():
        for method, one in methods.items():
            uri = one["x-amazon-apigateway-integration"]["uri"]
            name = named[re.findall(r":function:([\w-]+)/invocations$", uri)[0]]
            made = stack.properties(name)
            verb = "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()
            to = Function(name, made["Handler"], made["Timeout"], made["MemorySize"])
            found[verb, path] = to
    return found


@dataclass(frozen=True)
class Edge:
    """CloudFront before a bucket of the S3 stand-in at ``s3``, and before the API."""

    stack: Stack
    rewrite: Rewrite
    s3: str
    api: Api

    def answer(self, request: Request) -> Answer:
        """What a viewer is answered."""
        distribution = Distribution(self.stack.resources)
        path = request.target.partition("?")[0]
        behaviour = distribution.behaviour(path)
        if request.method not in behaviour.get("AllowedMethods", _READ):
            found = Answer(403)
        elif "CustomOriginConfig" in (origin := self.stack.worked_out(distribution.origin(path))):
            found = self.api.answer(self._passed_on(request, origin))
        else:
            found = self.file(self.rewrite(path) if "FunctionAssociations" in behaviour else path)
        for error in distribution.config["CustomErrorResponses"]:
            if found.status == error["ErrorCode"]:
                page = self.file(error["ResponsePagePath"])
                found = Answer(error["ResponseCode"], page.headers, page.body)
        added = distribution.headers(path)
        instead = {name.lower() for name in added}
        kept = [header for header in found.headers if header[0].lower() not in instead]
        return Answer(found.status, [*kept, *added.items()], found.body)

    def file(self, uri: str) -> Answer:
        """What S3 answers; of what is not there, as it does where one may not list."""
        bucket = self.stack.ref("Site")
        key = quote(unquote(uri, errors="surrogateescape"), errors="surrogateescape")
        try:
            with urllib.request.urlopen(f"{self.s3}/{bucket}{key}") as found:  # noqa: S310
                headers = [(name, found.headers[name]) for name in _KEPT if name in found.headers]
                return Answer(found.status, headers, found.read())
        except urllib.error.HTTPError as error:
            error.close()
            return Answer(403 if error.code == 404 else error.code)

    def _passed_on(self, request: Request, origin: dict[str, Any]) -> Request:
        """The request as the API gets it: with all that the viewer sent, but for the host."""
        own = {one["HeaderName"]: one["HeaderValue"] for one in origin["OriginCustomHeaders"]}
        own |= {"Host": self.api.host, "Via": "2.0 edge.cloudfront.net (CloudFront)"}
        sent = {name.lower(): value for name, value in request.headers}
        before = f"{sent['x-forwarded-for']}, " if "x-forwarded-for" in sent else ""
        own["X-Forwarded-For"] = before + request.client
        instead = {name.lower() for name in own} | {"connection"}
        kept = [header for header in request.headers if header[0].lower() not in instead]
        headers = (*kept, *own.items())
        return Request(request.method, request.target, headers, request.body, EDGE)


class _Handler(Wire):
    ask: Callable[[Request], Answer]
    patience = 60.0

    def dispatch(self) -> None:
        headers = tuple(self.headers.items())
        body = self.body(LARGEST)
        viewer = self.client_address[0]
        answer = self.ask(Request(self.command, self.path, headers, body, viewer))
        self.send(answer.status, answer.headers, answer.body)


class Front(ThreadingHTTPServer):
    """The address of a distribution, to which its edge is added when all behind it is there."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        handler = type("Handler", (_Handler,), {"ask": staticmethod(self._ask)})
        super().__init__(("127.0.0.1", 0), handler)
        self.edge: Edge | None = None

    @property
    def domain(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    def _ask(self, request: Request) -> Answer:
        assert self.edge
        return self.edge.answer(request)


@contextmanager
def front() -> Iterator[Front]:
    """A distribution's address, until the end of the block."""
    server = Front()
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
