"""The server killed at any moment while people press: what was acknowledged is there, and once.

Everybody retries with the same id until they have an answer, as a page does; so in the end there is
exactly one event for each thing that anybody did, a page for each introduction, and one letter for
each reader.
"""

from __future__ import annotations

import email
import email.policy
import json
import random
import re
import socket
import sqlite3
import subprocess
import threading
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from passalong.bundle import load
from passalong.commands.order import decided_in
from passalong.events import BOOKED, INTRODUCED, SHARED, VISITED
from passalong.ledger import open_ledger
from tests.calls import BROWSER, until
from tests.child import Serving, serve
from tests.programs import Made, advocate, files, holders, referee, tree, write

ADVOCATES = [f"a-{number}" for number in range(1, 13)]
CLIENTS = 4
WHOLE = re.compile(rb"<!doctype html>.*</html>\n", re.DOTALL)
CONTENT = files(
    advocates=[advocate(one, f"Maria {one}") for one in ADVOCATES],
    referees=[referee(f"r-{one}", f"Tomas {one}", advocate=one) for one in ADVOCATES],
    program={
        "booking": {
            "hosts": [
                {
                    "id": "jonas",
                    "name": "Jonas Petersen",
                    "email": "jonas.petersen@leeway.example",
                    "link": "https://meet.leeway.example/jonas",
                    "hours": ["Mon-Sun 00:00-23:30"],
                }
            ],
            "minutes": 15,
            "buffer_after": 0,
            "horizon_days": 60,
        }
    },
)


@dataclass
class Done:
    """What was acknowledged, by whom it was done."""

    shared: Counter[str] = field(default_factory=Counter)
    visited: Counter[str] = field(default_factory=Counter)
    introduced: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """By the id that came back: the advocate, the name and the address of the page."""
    booked: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """By mail address: the advocate, the start and the address of the page."""
    repeated: int = 0
    """Requests that were sent again, for nobody knew whether the first had arrived."""

    def __len__(self) -> int:
        visits = self.shared.total() + self.visited.total()
        return visits + len(self.introduced) + len(self.booked)


class Client:
    """Somebody who does one thing after another, each until it is acknowledged."""

    def __init__(self, number: int, port: int, done: Done, over: threading.Event) -> None:
        self.name, self.port, self.done, self.over = f"c{number}", port, done, over
        self.random, self.numbers = random.Random(number), count(1)
        self.failures: list[str] = []
        whose = holders()
        self.keys = {one: whose.keys.key("advocate", one) for one in ADVOCATES}
        self.advocate = {one: whose.signer.sign("advocate", self.keys[one]) for one in ADVOCATES}
        self.share = {one: whose.signer.sign("share", whose.keys.code(one)) for one in ADVOCATES}

    def run(self) -> None:
        things = (self.shares, self.visits, self.introduces, self.books)
        try:
            while not self.over.is_set():
                self.random.choice(things)(self.random.choice(ADVOCATES), next(self.numbers))
        except Exception as failure:  # noqa: BLE001 - told at the end, by the test
            self.failures.append(repr(failure))

    def shares(self, who: str, number: int) -> None:
        status, _ = self.do("share", self.advocate[who], number, medium="linkedin")
        self.done.shared[who] += status == 204

    def visits(self, who: str, number: int) -> None:
        status, _ = self.do("visits", self.share[who], number, visible=True)
        self.done.visited[who] += status == 204

    def introduces(self, who: str, number: int) -> None:
        name = f"Ida {self.name} {number}"
        status, said = self.do("introductions", self.advocate[who], number, name=name)
        if status == 201:
            self.done.introduced[said["id"]] = who, name, said["url"]

    def books(self, who: str, number: int) -> None:
        """Books any free time; where another was faster, another one."""
        mail = f"{self.name}.{number}@kestrel.example"
        _, said = self.do("slots", self.share[who], number)
        for attempt in range(20):
            start = self.random.choice(said["slots"])["start"]
            status, answer = self.do(
                "bookings",
                self.share[who],
                f"{number}-{attempt}",
                start=start,
                name="Tom",
                email=mail,
            )
            if status == 201:
                self.done.booked[mail] = who, answer["start"], answer["url"]
                assert datetime.fromisoformat(answer["start"]) == datetime.fromisoformat(start)
            if status != 409:
                return
            said = answer

    def do(self, name: str, token: str, number: object, /, **fields: Any) -> tuple[int, Any]:
        """Asks until there is an answer; one that may be tried again is none. The answer.

        A day's limit is one: what was refused is not done.
        """
        body = json.dumps({"token": token, "id": f"{self.name}-{number}", **fields}).encode()
        while True:
            try:
                status, answer = self.ask(name, body, f"{self.name}{number}")
            except (OSError, HTTPException):
                status, answer = 0, None
            if status and status != 503:
                assert status in (200, 201, 204, 409, 429), (name, status, answer)
                return status, answer
            self.done.repeated += 1
            self.over.wait(0.02)

    def ask(self, name: str, body: bytes, who: str) -> tuple[int, Any]:
        """One request, from a network of its own."""
        network = f"203.0.{self.random.randrange(256)}.{self.random.randrange(256)}"
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"{BROWSER} {who}",
            "X-Forwarded-For": network,
        }
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        with closing(connection):
            connection.request("POST", f"/api/{name}", body, headers)
            answer = connection.getresponse()
            data = answer.read()
            return answer.status, json.loads(data) if data else None


class Crowd:
    """Some of them at once; ``rest`` lets each end with an answer, for which a server must run."""

    def __init__(self, port: int, done: Done) -> None:
        self._over = threading.Event()
        self._people = [Client(number, port, done, self._over) for number in range(CLIENTS)]
        self._threads = [threading.Thread(target=one.run, daemon=True) for one in self._people]
        for thread in self._threads:
            thread.start()

    def rest(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive()
        assert [failure for one in self._people for failure in one.failures] == []


def killed(serving: Serving, after: float) -> None:
    """Kills the server after so many seconds: it has no time for a last word."""
    with pytest.raises(subprocess.TimeoutExpired):
        serving.process.wait(after)
    serving.process.kill()
    serving.process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


# --- What is there afterwards -------------------------------------------------------------------


def assert_every_page_is_whole(made: Made) -> None:
    for path, data in tree(made.out).items():
        assert not path.endswith("index.html") or WHOLE.fullmatch(data), f"{path} is half written"
    if (made.var / "bundle.json").exists():
        load((made.var / "bundle.json").read_bytes())


def assert_each_thing_happened_once(made: Made, done: Done) -> None:
    with closing(open_ledger(f"sqlite:///{made.var / 'ledger.db'}", program="leeway")) as ledger:
        events = ledger.after("", 1_000_000)[0]
        people = {person.id: person for person in ledger.people()}
    assert Counter(event.id for event in events).most_common(1)[0][1] == 1
    of = {kind: [e for e in events if e.type == kind] for kind in {e.type for e in events}}
    assert of.keys() == {SHARED, VISITED, INTRODUCED, BOOKED}
    assert Counter(event.advocate for event in of[SHARED]) == +done.shared
    assert Counter(event.advocate for event in of[VISITED]) == +done.visited
    named = sorted((e.referee, e.advocate, people[e.referee].name) for e in of[INTRODUCED])
    assert named == sorted((id_, who, name) for id_, (who, name, _) in done.introduced.items())
    booked = sorted((people[e.referee].email, e.advocate, at(e.data["start"])) for e in of[BOOKED])
    assert booked == sorted((mail, who, at(s)) for mail, (who, s, _) in done.booked.items())
    assert len({start for _, _, start in booked}) == len(booked), "a time was sold twice"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def assert_every_page_is_there_as_a_build_writes_it(made: Made, done: Done, address: str) -> None:
    found = tree(made.out)
    urls = [url for *_, url in (*done.introduced.values(), *done.booked.values())]
    assert [
        url for url in urls if url.removeprefix(f"{address}/") + "index.html" not in found
    ] == []
    again = replace(made, out=made.out.parent / "again")
    ledger = f"sqlite:///{made.var / 'ledger.db'}"
    again.build(decided=lambda program: decided_in(ledger, program))
    clean = tree(again.out)
    assert found.keys() - clean.keys() == {path for path in found if is_draft(path)}
    assert {path: found[path] for path in clean} == clean


def is_draft(path: str) -> bool:
    """Whether a file is one that was about to be written, which nobody is ever shown."""
    return path.rpartition("/")[2].startswith(".")


def assert_everybody_was_written_to_once(made: Made, done: Done) -> None:
    sent = Counter(address_of(path, "To") for path in (made.var / "mail").glob("*.eml"))
    expected = Counter(dict.fromkeys(done.booked, 1))  # the invitation
    expected["jonas.petersen@leeway.example"] = len(done.booked)
    for who in ADVOCATES:  # thanks for each introduction, and what became of them
        introduced = sum(one == who for one, *_ in done.introduced.values())
        booked = sum(one == who for one, *_ in done.booked.values())
        expected[f"{who}@nordhavn.example"] = introduced + booked
    assert sent == +expected


def address_of(path: Path, header: str) -> str:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    return str(message[header].addresses[0].addr_spec)


def is_quiet(made: Made, done: Done) -> bool:
    """Whether all has followed: nothing is left to deliver, and the build knows everybody."""
    with closing(sqlite3.connect(made.var / "ledger.db")) as db:
        (newest,) = db.execute("SELECT max(number) FROM events").fetchone()
        (cursor,) = db.execute("SELECT cursor FROM cursors WHERE name = 'relay'").fetchone() or (
            "",
        )
        now = datetime.now(UTC).timestamp() * 1e6
        waiting = "SELECT count(*) FROM deliveries WHERE state = 'waiting' AND next_at <= ?"
        (left,) = db.execute(waiting, (now,)).fetchone()
    if str(newest) != cursor or left:
        return False
    known = {one.id for one in load((made.var / "bundle.json").read_bytes()).referees}
    return len(known) == len(ADVOCATES) + len(done.introduced) + len(done.booked)


@pytest.mark.parametrize("kills", [5, pytest.param(50, marks=pytest.mark.soak)])
def test_whatever_was_acknowledged_survives_a_kill_at_any_moment_and_is_there_once(
    tmp_path: Path, kills: int
) -> None:
    made = Made(write(tmp_path / "content", CONTENT), tmp_path / "site", tmp_path / "var")
    port, done = free_port(), Done()
    address = f"http://127.0.0.1:{port}"
    moments = random.Random(20261122)
    with serve(made, "--port", str(port)) as first:
        assert first.address() == address
    at_work, crowd = 0, Crowd(port, done)
    for _ in range(kills):
        before = len(done)
        with serve(made, "--port", str(port)) as serving:
            killed(serving, moments.uniform(0.3, 3))
        assert_every_page_is_whole(made)
        at_work += len(done) > before
    with serve(made, "--port", str(port)) as last:
        last.address()
        before = len(done)
        until(lambda: len(done) > before + 20, "people go on as if nothing had been")
        crowd.rest()
        until(lambda: is_quiet(made, done), "the relay has caught up")
        assert last.interrupt() == 0
    assert at_work >= kills // 2
    assert done.repeated
    assert last.complaints == []
    assert_each_thing_happened_once(made, done)
    assert_every_page_is_whole(made)
    assert_every_page_is_there_as_a_build_writes_it(made, done, address)
    assert_everybody_was_written_to_once(made, done)
