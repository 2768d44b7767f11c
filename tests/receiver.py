"""Somebody else's server on this machine, which takes what it is told, or fails in many ways."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "whsec_" + base64.b64encode(b"a secret of twenty-four.").decode()


@dataclass
class Told:
    """One request: its headers in lower case, its body, and what was answered (0: nothing)."""

    headers: dict[str, str]
    body: bytes
    answered: int

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def id(self) -> str:
        """The event's id, of a request whose signature is right."""
        signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode()
        key = base64.b64decode(SECRET.removeprefix("whsec_"))
        right = base64.b64encode(hmac.digest(key, signed + self.body, hashlib.sha256)).decode()
        assert self.headers["webhook-signature"] == f"v1,{right}"
        assert self.headers["webhook-id"] == self.json["id"]
        return self.headers["webhook-id"]


@dataclass
class Receiver:
    """``status`` is what it answers; 0 hangs up instead, as does ``loses`` after taking it."""

    url: str
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    loses: bool = False
    told: list[Told] = field(default_factory=list)

    @property
    def taken(self) -> list[Told]:
        """What it took, whether or not we heard of it."""
        return [one for one in self.told if 200 <= one.answered < 300]

    @property
    def ids(self) -> list[str]:
        return [one.id for one in self.taken]


@contextmanager
def a_receiver() -> Iterator[Receiver]:
    """A server that takes everything, until a test says otherwise."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            named = {name.lower(): value for name, value in self.headers.items()}
            receiver.told.append(Told(named, body, receiver.status))
            if receiver.status and not receiver.loses:
                self.send_response(receiver.status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}/hooks?key=1")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
