"""A built program with its functions, in the hands of a bench: requests, each like no other."""

from __future__ import annotations

import importlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import randrange
from typing import Any, cast
from urllib.parse import urlencode

from bench.measure import ROOT
from infra.local.gateway import Context, Request, event_of
from passalong.endpoints import ENDPOINTS, REPORT
from passalong.keyring import signing_keys
from passalong.ledger import open_ledger
from passalong.ledger.port import Ledger
from passalong.pages.build import build
from passalong.pages.reading import Order
from passalong.readers import subject_of, token_for
from passalong.relay.counting import count_new
from passalong.report.freshness import version_of
from passalong.report.period import picks_of
from passalong.tokens import path_secret
from passalong.wiring import Wiring, now
from passalong.world import World

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36"
ADDRESS = "http://127.0.0.1"
TABLE = "bench"


class Timed:
    """A ledger with a watch: how often it is asked, and how many seconds that takes."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self.seconds, self.calls = ledger, 0.0, 0

    def __getattr__(self, name: str) -> Callable[..., Any]:
        step = getattr(self._ledger, name)

        def call(*arguments: Any, **named: Any) -> Any:
            began = time.perf_counter()
            try:
                return step(*arguments, **named)
            finally:
                self.seconds += time.perf_counter() - began
                self.calls += 1

        return call


class Shop:
    """A program and its functions over a ledger; ``trips`` says how often that was asked."""

    def __init__(
        self, world: World, ledger: Ledger, trips: Callable[[], int] | None = None
    ) -> None:
        self.ledger = Timed(ledger)
        self.trips = trips or (lambda: self.ledger.calls)
        self.world = replace(world, ledger=cast("Ledger", self.ledger))
        self.known = world.known()
        names = {one.function for one in ENDPOINTS}
        modules = {name: importlib.import_module(f"functions.{name}") for name in names}
        self._handlers = {name: module.make(lambda: self.world) for name, module in modules.items()}
        self._functions = {one.name: one.function for one in (*ENDPOINTS, REPORT)}
        self._seen = ""
        self._numbers = count()
        referees = self.known.bundle.referees
        self._guests = (one for one in referees if one.status == "confirmed")

    def answer(self, name: str, event: dict[str, Any]) -> dict[str, Any]:
        """What the function that serves an endpoint makes of an event."""
        context = Context("bench", name, 512, time.monotonic() + 15)
        function = self._functions[name.partition(" ")[0]]
        answer: dict[str, Any] = self._handlers[function](event, context)
        return answer

    def follow(self) -> None:
        """Takes what happened into the figures; whoever asks for the report again has seen this."""
        count_new(self.world)
        picks = picks_of(self.known.program, now())
        self._seen = version_of(self.world.ledger, self.known, picks, "")

    def event(self, name: str, *, form: bool = False) -> dict[str, Any]:
        """An event of the HTTP API for a request that nobody sent before."""
        request = self._request(name, form=form)
        return event_of(request, f"ANY {request.target}", "bench", datetime.now(UTC))

    def raw(self, name: str, host: str) -> bytes:
        """Such a request as it goes over the wire, from any network; ``page`` asks for a page."""
        if name == "page":
            return f"GET /p/{self.page()}/ HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
        request = self._request(name)
        network = f"203.0.{randrange(256)}.{randrange(256)}"
        headers = {**dict(request.headers), "Host": host, "X-Forwarded-For": network}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        first = f"POST {request.target} HTTP/1.1\r\nContent-Length: {len(request.body)}\r\n"
        return f"{first}{head}\r\n".encode() + request.body

    def page(self) -> str:
        """The key of a referee's page."""
        listed = next(one for one in self.known.bundle.referees if one.status == "confirmed")
        return self.known.holders.key("referee", listed.id)

    def _request(self, name: str, *, form: bool = False) -> Request:
        number = next(self._numbers)
        said = {"id": f"bench-{number}", **self._said(name, number)}
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        body = (urlencode(said) if form else json.dumps(said)).encode()
        headers = {"Host": "x", "User-Agent": f"{BROWSER} {number}", "Content-Type": kind}
        path = f"/api/{name.partition(' ')[0]}"
        return Request("POST", path, tuple(headers.items()), body)

    def _said(self, name: str, number: int) -> dict[str, str]:
        holders, advocates = self.known.holders, self.known.bundle.advocates
        advocate = advocates[number % len(advocates)]
        token, share = holders.advocate_token(advocate), holders.share_token(advocate)
        match name:
            case "share":
                return {"token": token, "medium": "linkedin", "message": "Have a look."}
            case "introductions":
                reason = "Her gate has a queue every morning, and she knows why."
                return {"token": token, "name": f"Ida Lund {number}", "reason": reason}
            case "visits":
                return {"token": share, "medium": "linkedin", "visible": "true"}
            case "slots":
                return {"token": share, "timezone": "Europe/Oslo"}
            case "report" | "report again":
                seen = {"seen": self._seen} if name != "report" else {}
                return {"token": self._link(), **seen}
        return self._booking(number)

    def _link(self) -> str:
        """What opens the report for a marketer."""
        holders = self.known.holders
        subject = subject_of(holders.keys, "Anna")
        return token_for(holders.signer, subject, 0, now() + timedelta(days=1))

    def _booking(self, number: int) -> dict[str, str]:
        guest = next(self._guests)
        token = self.known.holders.referee_token(guest, "en")
        asked = Request("POST", "/api/slots", (("Content-Type", "application/json"),),
                        json.dumps({"token": token}).encode())  # fmt: skip
        free = self.answer("slots", event_of(asked, "ANY /api/slots", "bench", datetime.now(UTC)))
        start = json.loads(free["body"])["slots"][-1]["start"]
        person = {"name": guest.name, "email": f"guest-{number}@quay.example", "phone": "+47 2233"}
        return {"token": token, "start": start, "shown": "1", **person}


@contextmanager
def a_shop(folder: Path) -> Iterator[Shop]:
    """Builds the program in ``content`` of a folder; its functions over a ledger in a file."""
    environment = environment_of(folder)
    var, bundle = folder / "var", folder / "var/bundle.json"
    secret, keys = path_secret(var, environment), signing_keys(var, environment)
    places = folder / "content", folder / "site", ROOT / "site", var
    build(Order(*places, secret, keys, now().date(), bundle=bundle))
    wiring = Wiring(
        environment | {"PASSALONG_SITE": str(folder / "site"), "PASSALONG_ADDRESS": ADDRESS}
    )
    yield Shop(wiring.world(), wiring.ledger)
    wiring.ledger.close()


def environment_of(folder: Path) -> dict[str, str]:
    """What the environment says of the program in a folder."""
    return {"PASSALONG_VAR": str(folder / "var")}


def over_a_table(shop: Shop, address: str) -> Shop:
    """The same functions over a table of the DynamoDB at an address; a trip is a request to it."""
    from passalong.ledger.dynamodb_calls import connect  # noqa: PLC0415 - where there is one
    from passalong.ledger.dynamodb_table import create_table  # noqa: PLC0415

    create_table(connect("local", address), TABLE)
    url = f"dynamodb://{TABLE}?region=local&endpoint={address}"
    ledger: Any = open_ledger(url, program=shop.known.program.id)
    seen: list[str] = []
    events = ledger._table._client.meta.events
    events.register("before-send.dynamodb", lambda event_name, **_: seen.append(event_name))
    return Shop(shop.world, ledger, lambda: len(seen))
