"""Other systems that tell of referrals: their deliveries, and a HubSpot to ask back."""

from __future__ import annotations

import base64
import hmac
import importlib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from infra.local.gateway import Context, Request, answer_of, event_of
from passalong import web
from passalong.conversions.hubspot import API
from passalong.events import Event
from passalong.hooks import Hooks
from passalong.ledger.port import Actor, Delivery, Ledger, Meeting, Person
from passalong.mail.port import Mail
from passalong.relay.deliver import Deliverer
from passalong.relay.run import deliver_due, read_new
from passalong.webhooks import signature
from passalong.world import World
from tests.worlds import NOON, Place, Said, a_world

OLD, NEW = "whsec_" + "b2xk" * 8, "whsec_" + "bmV3" * 8
CLIENT_SECRET, TOKEN = "hub-client-secret-1", "pat-eu1-0000-1111"
FLOW = "salesforce-flow-secret"
HOOKS = Hooks(
    {
        "conversions": (OLD, NEW),
        "hubspot": (CLIENT_SECRET,),
        "hubspot-token": (TOKEN,),
        "salesforce": (FLOW,),
    }
)


def hooked(tmp_path: Path, ledger: Ledger | None = None, **content: Any) -> Place:
    """A world that knows the secrets of other systems."""
    return replace(a_world(tmp_path, ledger, **content), hooks=lambda: HOOKS)


def post(world: World, source: str, body: bytes, headers: Mapping[str, str]) -> Said:
    """What the function answers to a delivery, byte for byte as it comes."""
    return send(world, "POST", f"/api/hooks/{source}", body, headers)


def send(
    world: World,
    method: str,
    path: str,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
) -> Said:
    """What the attribution function answers."""
    told = {"Content-Type": "application/json", "Host": "x.execute-api.example", **(headers or {})}
    request = Request(method, path, tuple(told.items()), body, "203.0.113.9")
    event = event_of(request, f"ANY {path}", "request-1", world.clock())
    module = importlib.import_module("functions.attribution")
    answer = answer_of(module.make(lambda: world)(event, Context("request-1", "hooks", 256, 0.0)))
    return Said(answer.status, dict(answer.headers), answer.body.decode())


# --- Conversions --------------------------------------------------------------------------------


def conversion(kind: str = "referral.won", at: datetime = NOON, **data: Any) -> dict[str, Any]:
    """A body of /api/hooks/conversions."""
    return {"type": kind, "timestamp": at.isoformat(), "data": data}


def signed(
    body: bytes, at: datetime = NOON, message: str = "msg_1", secret: str = NEW
) -> dict[str, str]:
    """The headers of Standard Webhooks."""
    seconds = int(at.timestamp())
    return {
        "webhook-id": message,
        "webhook-timestamp": str(seconds),
        "webhook-signature": signature(secret, message, seconds, body),
    }


def tell(world: Place, event: Mapping[str, Any], message: str = "msg_1") -> Said:
    """Delivers a conversion, signed now."""
    body = json.dumps(event).encode()
    return post(world, "conversions", body, signed(body, world.clock(), message))


# --- HubSpot ------------------------------------------------------------------------------------


def changed(deal: int = 9_001, stage: str = "closedwon", at: datetime = NOON) -> dict[str, Any]:
    """An event of HubSpot: a deal's stage changed."""
    return {
        "eventId": 3816279340,
        "subscriptionId": 25,
        "portalId": 33,
        "appId": 1160452,
        "occurredAt": int(at.timestamp() * 1000),
        "subscriptionType": "deal.propertyChange",
        "attemptNumber": 0,
        "objectId": deal,
        "propertyName": "dealstage",
        "propertyValue": stage,
        "changeSource": "CRM_UI",
    }


def from_hubspot(
    body: bytes, at: datetime = NOON, address: str = "https://friends.leeway.example"
) -> dict[str, str]:
    """Headers with HubSpot's signature, version 3."""
    timestamp = str(int(at.timestamp() * 1000))
    text = b"POST" + f"{address}/api/hooks/hubspot".encode() + body + timestamp.encode()
    mac = hmac.digest(CLIENT_SECRET.encode(), text, "sha256")
    return {
        "X-HubSpot-Request-Timestamp": timestamp,
        "X-HubSpot-Signature-v3": base64.b64encode(mac).decode(),
        "X-HubSpot-Signature-Version": "v1",
    }


class HubSpot(ThreadingHTTPServer):
    """A HubSpot on this machine, with the deals and contacts that it is given."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Api)
        self.deals: dict[str, dict[str, Any]] = {}
        self.contacts: dict[str, dict[str, Any]] = {}
        self.members: dict[str, list[str]] = {}
        self.page = 500
        self.down = 0
        self.asked: list[str] = []

    def call(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes = b"",
        *,
        private: bool = False,
    ) -> web.Answer:
        """What `passalong.web.call` does, here instead of there."""
        assert url.startswith(API)
        here = url.replace(API, f"http://127.0.0.1:{self.server_port}", 1)
        return web.call(method, here, headers, body, private=True)

    def deal(self, number: int, members: dict[str, dict[str, Any]], **properties: Any) -> None:
        """A deal with its contacts."""
        self.deals[str(number)] = properties
        self.contacts |= members
        self.members[str(number)] = list(members)


class _Api(BaseHTTPRequestHandler):
    server: HubSpot
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        deal = path.split("/")[5]
        if not self._may() or deal not in self.server.deals:
            self._send(404, {"status": "error", "message": "resource not found"})
        elif path.endswith("/associations/contacts"):
            self._members(deal, int(dict(p.split("=") for p in query.split("&")).get("after", 0)))
        else:
            self._send(200, {"id": deal, "properties": self.server.deals[deal]})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self._may():
            assert len(asked["inputs"]) <= 100
            found = [
                {"id": one["id"], "properties": self.server.contacts[one["id"]]}
                for one in asked["inputs"]
            ]
            self._send(200, {"status": "COMPLETE", "results": found})

    def _members(self, deal: str, after: int) -> None:
        every, page = self.server.members[deal], self.server.page
        results = [{"id": one, "type": "deal_to_contact"} for one in every[after : after + page]]
        more = (
            {"paging": {"next": {"after": str(after + page)}}} if len(every) > after + page else {}
        )
        self._send(200, {"results": results, **more})

    def _may(self) -> bool:
        self.server.asked.append(self.path)
        if self.server.down:
            self.server.down -= 1
            self._send(503, {"status": "error"})
            return False
        assert self.headers["Authorization"] == f"Bearer {TOKEN}"
        return True

    def _send(self, status: int, said: Any) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def hubspot() -> Iterator[HubSpot]:
    """A HubSpot that is served."""
    server = HubSpot()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


# --- Salesforce ---------------------------------------------------------------------------------


def opportunity(**values: Any) -> dict[str, Any]:
    """A record as a flow of Salesforce sends it."""
    return {
        "Id": "0065g00000ABCDE",
        "StageName": "Closed Won",
        "Amount": 48000,
        "CurrencyIsoCode": "EUR",
        "ContactEmail": "tomas@kestrel.example",
        "AccountName": "Kestrel Ferries",
        "LastModifiedDate": NOON.strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
    } | values


# --- What follows -------------------------------------------------------------------------------


@dataclass
class Relay:
    """The relay of a world, and the letters that it sent."""

    world: Place
    mails: list[Mail] = field(default_factory=list)

    def send(self, mail: Mail) -> None:
        self.mails.append(mail)

    def __call__(self) -> None:
        """Rounds until nothing is left to do now."""
        for _ in range(5):
            read_new(self.world.ledger, ())
            if not deliver_due(self.world.ledger, Deliverer(self.world, self), self.world.clock):
                return

    @property
    def held(self) -> list[Delivery]:
        return list(self.world.ledger.deliveries("held"))

    @property
    def letters(self) -> list[str]:
        """Which letters went, without what they are about."""
        return [".".join(mail.id.rsplit(".", 2)[-2:]) for mail in self.mails]


def booked(
    world: Place,
    person: str = "in-1",
    *,
    advocate: str = "a-1",
    email: str = "tomas@kestrel.example",
    company: str = "Kestrel Ferries",
    name: str = "Tomas Berg",
    **data: str,
) -> Meeting:
    """A meeting in the ledger, as a booking puts it there."""
    at, referral = world.clock(), f"ref-{person}"
    start = at + timedelta(days=2)
    meeting = Meeting(
        f"m-{person}", referral, person, advocate, "jonas", start, start + timedelta(minutes=25),
        "Europe/Berlin",
    )  # fmt: skip
    event = Event(
        f"b-{person}",
        world.known().program.id,
        "booked",
        at,
        advocate,
        person,
        referral,
        evidence="booking-form",
        data={
            "meeting": meeting.id,
            "host": "jonas",
            "start": start.isoformat(),
            "end": meeting.end.isoformat(),
            **data,
        },
    )
    who = Person(
        person, "referee", advocate, name, "booking", at, email, company, referral=referral
    )
    world.ledger.book(event, meeting, who, Actor(f"advocate:{advocate}"))
    return meeting
