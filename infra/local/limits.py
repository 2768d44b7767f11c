"""How much one network may ask for at a time: what the edge's firewall does on AWS, on this
machine. It is kept in memory only, and forgotten with the process.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections import OrderedDict
from http import HTTPStatus
from ipaddress import ip_address
from math import ceil
from typing import TYPE_CHECKING, Final

from functions._problems import Problem, wants_page
from infra.local.gateway import Answer
from passalong.errors import PassalongError
from passalong.headers import ANSWERS
from passalong.visits import network

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.local.gateway import Request
    from passalong.known import Known

_NETWORKS: Final = 10_000
"""So many are remembered; of more, the one that asked longest ago is forgotten."""
_NOTHING: Final = 1e-6  # seconds that sums of fractions may be off


class Limits:
    """A bucket for each network: ``most`` requests at once, which come back over ``seconds``.

    A network is an IPv4 address, or the first 64 bits of an IPv6 one. ``clock`` is in seconds.
    """

    def __init__(
        self, most: int = 300, seconds: float = 300.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._each, self._seconds, self._clock = seconds / most, seconds, clock
        self._full: OrderedDict[str, float] = OrderedDict()
        """When a network's bucket is full again."""
        self._turn = threading.Lock()

    def wait(self, address: str) -> int:
        """Takes one request out of the bucket of a network; 0, or how many whole seconds later it
        can be asked for. What is refused takes nothing.
        """
        name, now = network(address), self._clock()
        with self._turn:
            full = max(now, self._full.get(name, now)) + self._each
            if (over := full - now - self._seconds) > _NOTHING:
                return ceil(over)
            self._full[name] = full
            self._full.move_to_end(name)
            if len(self._full) > _NETWORKS:
                self._full.popitem(last=False)
        return 0


def sender(request: Request) -> str:
    """The address that a request comes from.

    Whatever arrives from this very machine was passed on by the one in front of us, if that says
    for whom: the last address in its X-Forwarded-For.
    """
    named = [value for name, value in request.headers if name.lower() == "x-forwarded-for"]
    passed_on = ",".join(named).rpartition(",")[2].strip()
    return passed_on if passed_on and _is_here(request.client) else request.client


def too_many(request: Request, wait: int, known: Callable[[], Known]) -> Answer:
    """The refusal: a problem document (RFC 9457), or a page for whoever sent a form."""
    problem = Problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        "limit",
        "Too many requests at once. Try again a little later.",
        headers={"Retry-After": str(wait)},
    )
    headers = {**ANSWERS, **problem.headers, "Content-Type": "application/problem+json"}
    body = json.dumps(problem.document(), separators=(",", ":")).encode()
    if wants_page({name.lower(): value for name, value in request.headers}):
        with contextlib.suppress(PassalongError):  # no bundle yet: then in plain English
            body, headers["Content-Type"] = _page(problem, known()), "text/html; charset=utf-8"
    return Answer(problem.status, tuple(headers.items()), body)


def _page(problem: Problem, known: Known) -> bytes:
    locale = known.locale(known.program.locale)
    return known.answer("said", locale.code, problem.said(locale))


def _is_here(address: str) -> bool:
    try:
        return ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False
