"""Who may call the functions: CloudFront, which tells a secret; and whom it calls for.

The API has an address of its own, past the firewall. Where ``PASSALONG_ORIGIN_SECRET`` is set,
whatever arrives without the secret is answered as if nothing were there: never with 403, which
CloudFront shows as a page that is missing. The variable holds the secret, or several with commas
between while it is changed; ``ssm:/name`` means a parameter.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from functions._problems import Problem
from passalong import parameters
from passalong.errors import Stop
from passalong.headers import EVERYWHERE

if TYPE_CHECKING:
    from collections.abc import Callable

    Handler = Callable[[dict[str, Any], Any], dict[str, Any]]
    Secrets = Callable[[], tuple[str, ...]]

VARIABLE: Final = "PASSALONG_ORIGIN_SECRET"
HEADER: Final = "x-passalong-origin"
_LOOK_AGAIN: Final = 300.0
"""Seconds after which the secrets are looked up again: they may have been changed."""
_HEADERS: Final = EVERYWHERE | {
    "Cache-Control": "no-store",
    "Content-Type": "application/problem+json",
    "X-Robots-Tag": "noindex",
}


def behind_the_edge(handler: Handler, secrets: Secrets | None = None) -> Handler:
    """The handler, for those who know one of the ``secrets``; with none of them for everybody.

    Only then is it believed for whom CloudFront asks: that address becomes the event's own.
    """
    known = secrets or Kept()

    def guarded(event: dict[str, Any], context: Any) -> dict[str, Any]:
        try:
            expected = known()
        except Stop:
            return _refusal(Problem.of(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable"), event)
        if not expected:
            return handler(event, context)
        told = str((event.get("headers") or {}).get(HEADER, ""))
        if not _is_one(told, expected):
            return _refusal(Problem.of(HTTPStatus.NOT_FOUND, "missing"), event)
        return handler(_from_viewer(event), context)

    return guarded


class Kept:
    """The secrets of the environment, looked up when they are needed and were not for a while."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._looked = clock, float("-inf")
        self._secrets: tuple[str, ...] = ()

    def __call__(self) -> tuple[str, ...]:
        """The secrets. Raises Stop where they cannot be looked up."""
        if self._clock() - self._looked >= _LOOK_AGAIN:
            given = parameters.setting(VARIABLE, os.environ)
            found = tuple(filter(None, (one.strip() for one in (given or "").split(","))))
            if given is not None and not found:
                raise Stop(f"{VARIABLE} is set, and holds no secret.")
            self._secrets = found
            self._looked = self._clock()
        return self._secrets


def _is_one(told: str, expected: tuple[str, ...]) -> bool:
    """Compared as digests, all of them: how long it takes says nothing of what is right."""
    digest = hashlib.sha256(told.encode("utf-8", "surrogatepass")).digest()
    fits = [hmac.compare_digest(digest, hashlib.sha256(s.encode()).digest()) for s in expected]
    return any(fits)


def _from_viewer(event: dict[str, Any]) -> dict[str, Any]:
    """The event as if the viewer had called the API without CloudFront between, and no secret told.

    CloudFront adds the viewer's address to X-Forwarded-For, the API adds CloudFront's. What stands
    before these two somebody may have made up, and a header of CloudFront's own would have to be
    taken away from viewers who send one.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html
    """
    headers = {name: value for name, value in event["headers"].items() if name != HEADER}
    context = event["requestContext"]
    passed_on = [one.strip() for one in headers.get("x-forwarded-for", "").split(",")]
    if len(passed_on) > 1 and passed_on[-1] == context["http"].get("sourceIp"):
        passed_on.pop()
    http = context["http"] | ({"sourceIp": passed_on[-1]} if passed_on[-1] else {})
    return event | {"headers": headers, "requestContext": context | {"http": http}}


def _refusal(problem: Problem, event: dict[str, Any]) -> dict[str, Any]:
    head = event.get("requestContext", {}).get("http", {}).get("method") == "HEAD"
    return {
        "statusCode": int(problem.status),
        "headers": _HEADERS | dict(problem.headers),
        "body": "" if head else json.dumps(problem.document(), separators=(",", ":")),
        "isBase64Encoded": False,
    }
