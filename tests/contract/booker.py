"""One of several processes that book through the handlers: python -m tests.contract.booker.

Arguments are the ledger's address and the bundle's file. Its task is a list of attempts: [token,
start, mailbox]. Ends with the starts that it won and lost, how often it was told to try again, and
what was wrong with any answer.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from functions import booking
from infra.local.gateway import Answer, Context, Request, answer_of, event_of
from passalong.access import Signer
from passalong.bundle import load
from passalong.known import Known
from passalong.ledger import open_ledger
from passalong.world import World
from tests.contract.together import take_part
from tests.programs import KEYS, keys
from tests.worlds import ADDRESS, NOON

HEADERS = (("Content-Type", "application/json"), ("Sec-Fetch-Site", "same-origin"))


class Pages:
    """A site that remembers where pages were put."""

    def __init__(self) -> None:
        self.paths: set[str] = set()

    def put(self, path: str, _data: bytes) -> None:
        self.paths.add(path)

    def remove(self, path: str) -> None:
        self.paths.discard(path)


@dataclass
class Result:
    won: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    unavailable: int = 0
    wrong: list[str] = field(default_factory=list)


class Booker:
    """Somebody who books, one time after the other."""

    def __init__(self, url: str, bundle: Path) -> None:
        known = Known(load(bundle.read_bytes()), keys(), Signer([key.secret for key in KEYS]))
        self.ledger = open_ledger(url, program=known.program.id)
        self.pages, self.result = Pages(), Result()
        self.world = World(
            ledger=self.ledger,
            known=lambda: known,
            pages=self.pages,
            address=ADDRESS,
            secret=b"",
            clock=lambda: NOON,
            new_id=lambda: "",
            busy=lambda _host: (),
        )
        self.handler = booking.make(lambda: self.world)

    def post(self, body: object) -> Answer:
        request = Request("POST", "/api/bookings", HEADERS, json.dumps(body).encode())
        event = event_of(request, "ANY /api/bookings", "id", NOON)
        return answer_of(self.handler(event, Context("id", "booking", 256, 0.0)))

    def book(self, token: str, start: str, mailbox: str) -> None:
        said = {"token": token, "start": start, "email": mailbox, "name": "Tomas Berg"}
        for _ in count():
            answer = self.post(said)
            if answer.status != 503:
                break
            self.result.unavailable += 1
        body = json.loads(answer.body)
        if answer.status == 201:
            self.result.won.append(start)
            path = body["url"].removeprefix(f"{ADDRESS}/") + "index.html"
            self.expect(path in self.pages.paths, f"no page at {path}")
        else:
            self.result.lost.append(start)
            self.expect((answer.status, body["code"]) == (409, "taken"), answer.body.decode())
            self.expect(start not in {slot["start"] for slot in body["slots"]}, f"{start} is stale")

    def expect(self, holds: bool, otherwise: str) -> None:
        if not holds:
            self.result.wrong.append(otherwise)


def main(url: str, bundle: str) -> None:
    booker = Booker(url, Path(bundle))

    def get_ready() -> None:
        booker.ledger.cursor("relay")  # a first call, so that all are connected
        booker.post({})  # and a first request, so that everything is imported

    def book_all(attempts: list[tuple[str, str, str]]) -> dict[str, object]:
        for attempt in attempts:
            booker.book(*attempt)
        booker.ledger.close()
        return vars(booker.result)

    take_part(get_ready, book_all)


if __name__ == "__main__":
    main(*sys.argv[1:])
