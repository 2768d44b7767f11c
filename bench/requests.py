"""What a request costs, and how fast a function starts: one line of JSON for each figure.

    -m bench.requests [--people 1000] [--count 100] [--seconds 3] [--rounds 15] [--work FOLDER]

`request` is one through the function that serves it, from an event of the HTTP API to an answer,
with the ledger in SQLite: `value` is our own time, `store_ms` what the ledger takes of it besides,
`trips` how often it is asked; `page_ms` is our own time where a form asks. Trips to DynamoDB are
counted at the stand-in of the tests, where it is installed. `served` is what the local server
answers in a second over kept connections, from a process of its own. `start` is the CPU time of a
process that imports a function, beside one that has the same libraries and an empty handler.
Ends with status 1 if a budget is broken.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from statistics import median

from bench.measure import ENVIRONMENT, ROOT, run
from bench.shop import Shop, a_shop, environment_of, over_a_table
from bench.start import starts

Figure = dict[str, object]

TRIPS = dict.fromkeys(("share", "visits", "slots", "introductions", "bookings"), 1)
TRIPS |= {"report": 20, "report again": 4}
"""Round trips to the store that a request may take; the report is asked for after all others, and
again by whoever has seen it."""
PAGE_MS = 50.0
"""Our own time until the page of somebody who is introduced is there."""
FREE = 40
"""Of that many times each host has some more."""
ENOUGH = 12_000
"""Requests to have ready for some seconds of load."""
STAND_IN = ROOT / "tests/contract/node_modules/@dynoxide/linux-x64/dynoxide"


# --- A request ----------------------------------------------------------------------------------


@dataclass
class Taken:
    """What requests of one kind took: seconds of our own, seconds of the ledger, round trips."""

    own: list[float] = field(default_factory=list)
    store: list[float] = field(default_factory=list)
    trips: list[int] = field(default_factory=list)


def measured(shop: Shop, name: str, number: int, *, form: bool = False) -> Taken:
    """So many of them, each one that nobody sent before; two more before, which do not count."""
    taken = Taken()
    for turn in range(number + 2):
        event = shop.event(name, form=form)
        store, trips = shop.ledger.seconds, shop.trips()
        began = time.perf_counter()
        answer = shop.answer(name, event)
        spent = time.perf_counter() - began
        if answer["statusCode"] >= 300:
            raise SystemExit(f"{name} was answered {answer['statusCode']}: {answer['body'][:300]}")
        if turn > 1:
            store = shop.ledger.seconds - store
            taken.own.append(spent - store)
            taken.store.append(store)
            taken.trips.append(shop.trips() - trips)
    return taken


def requests(shop: Shop, number: int, other: Shop | None) -> Iterator[Figure]:
    """The figures of each request; those of ``other``, a shop over DynamoDB, are its trips."""
    for name, allowed in TRIPS.items():
        each = min(number, FREE) if name == "bookings" else number
        for place in filter(None, (shop, other) if name == "report" else ()):
            place.follow()
        asked, page = measured(shop, name, each), measured(shop, name, each, form=True)
        trips = {"sqlite": max(asked.trips)}
        if other:
            trips["dynamodb"] = max(measured(other, name, 5).trips)
        own = median(asked.own) * 1000
        over = {where: made for where, made in trips.items() if made > allowed}
        broken = [f"{made} trips to {where}, {allowed} allowed" for where, made in over.items()]
        if name == "introductions" and own > PAGE_MS:
            broken.append(f"{own:.0f} ms, {PAGE_MS:.0f} allowed")
        yield {
            "figure": "request",
            "endpoint": name,
            "value": round(own, 2),
            "unit": "ms of our own",
            "page_ms": round(median(page.own) * 1000, 2),
            "p99_ms": round(sorted(asked.own)[-max(1, each // 100)] * 1000, 2),
            "store_ms": round(median(asked.store) * 1000, 2),
            "trips": trips,
            "broken": broken,
        }


@contextmanager
def dynamodb() -> Iterator[str]:
    """The address of the stand-in for DynamoDB; empty where there is none."""
    installed = str(STAND_IN) if STAND_IN.is_file() else None
    path = os.environ.get("DYNOXIDE") or shutil.which("dynoxide") or installed
    if path is None:
        yield ""
        return
    port = free_port()
    with subprocess.Popen(
        [path, "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            listening(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.kill()


# --- The server ---------------------------------------------------------------------------------


def served(folder: Path, shop: Shop, seconds: float) -> Iterator[Figure]:
    """How much the local server answers in a second, over one connection and over four."""
    port = free_port()
    places = ("--content", folder / "content", "--out", folder / "site")
    command: list[str | Path] = [sys.executable, "build.py", "serve", "--port", str(port), *places]
    environment = {**ENVIRONMENT, **environment_of(folder)}
    nothing = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=nothing) as server:
        try:
            listening(port)
            for what in ("page", "share", "visits", "slots"):
                for connections in (1, 4):
                    answered = hammered(port, shop, what, connections, seconds)
                    yield {
                        "figure": "served",
                        "what": what,
                        "connections": connections,
                        "value": round(answered / seconds),
                        "unit": "a second",
                        "broken": [],
                    }
        finally:
            server.kill()


def hammered(port: int, shop: Shop, what: str, connections: int, seconds: float) -> int:
    """How many requests are answered in that time, over so many connections that are kept."""
    counts, refused = [0] * connections, list[str]()
    ready = [
        [shop.raw(what, f"127.0.0.1:{port}") for _ in range(ENOUGH // connections)] for _ in counts
    ]
    ends = time.perf_counter() + seconds

    def press(who: int) -> None:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            stream = connection.makefile("rb")
            for request in cycle(ready[who]):
                connection.sendall(request)
                status, length = stream.readline(), 0
                while (line := stream.readline()) != b"\r\n":
                    if line[:15].lower() == b"content-length:":
                        length = int(line[15:])
                stream.read(length)
                if not status.startswith(b"HTTP/1.1 20"):
                    refused.append(status.decode())
                    return
                if time.perf_counter() > ends:
                    return
                counts[who] += 1

    threads = [threading.Thread(target=press, args=(who,)) for who in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if refused:
        raise SystemExit(f"{what} was answered {refused[0]}")
    return sum(counts)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def listening(port: int) -> None:
    """Returns once somebody listens there."""
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("nobody listens")


# --- All of it ----------------------------------------------------------------------------------


def figures(folder: Path, options: argparse.Namespace) -> Iterator[Figure]:
    run((sys.executable, "-m", "bench.workload", str(options.people), folder / "content"))
    with a_shop(folder) as shop:
        with dynamodb() as address:
            other = over_a_table(shop, address) if address else None
            yield from requests(shop, options.count, other)
        yield from served(folder, shop, options.seconds)
    yield from starts(options.rounds)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--people", type=int, default=1000, help="how many the program has")
    parser.add_argument("--count", type=int, default=100, help="requests of each kind")
    parser.add_argument("--seconds", type=float, default=3.0, help="of load on the server")
    parser.add_argument("--rounds", type=int, default=15, help="starts of each function")
    parser.add_argument("--work", type=Path, help="a folder for it all; else memory, or /tmp")
    options = parser.parse_args()
    memory_disk = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    work = options.work or (memory_disk if memory_disk.is_dir() else None)
    said, broken = sys.stdout, 0
    with tempfile.TemporaryDirectory(dir=work) as folder, Path(os.devnull).open("w") as nowhere:
        sys.stdout = nowhere  # where functions log: what that takes is part of a request
        for line in figures(Path(folder), options):
            broken += bool(line["broken"])
            print(json.dumps(line), flush=True, file=said)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
