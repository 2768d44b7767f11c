"""What pages ask of the functions behind them: right requests, and what the ledger holds after."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from infra.local.gateway import Request
from tests.programs import Made, path_of

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36"

RIGHT: dict[str, dict[str, Any]] = {
    "share": {"medium": "linkedin", "message": "We wait a third less at the quay."},
    "introductions": {"name": "Ida Lund", "company": "Fjord Foods", "reason": "Her gate queues."},
    "status": {},
    "preferences": {"action": "remove"},
    "visits": {"medium": "linkedin", "visible": "true"},
    "slots": {"timezone": "Europe/Oslo"},
    "bookings": {
        "start": "2027-01-12T10:00:00+01:00",
        "name": "Tomas Berg",
        "email": "tomas.berg@kestrel.example",
        "phone": "+47 22 33 44 55",
        "shown": "1767225600",  # long before
    },
    "bookings/change": {"action": "cancel"},
}
"""For each endpoint what is right but for the token and, of a booking, the time."""


def request(
    name: str,
    fields: Mapping[str, Any],
    kind: str = JSON,
    headers: Mapping[str, str] | None = None,
) -> Request:
    """A request to an endpoint, as a page's script or a form of it sends it."""
    body = json.dumps(fields) if kind == JSON else urlencode(fields)
    told = {"Host": "friends.example", "User-Agent": BROWSER, "Content-Type": kind}
    return Request("POST", f"/api/{name}", (*{**told, **(headers or {})}.items(),), body.encode())


def token_of(made: Made, kind: str, person: str) -> str:
    """The token of somebody's page, as it stands there."""
    return token_in(made.out / path_of(kind, person))


def token_in(page: Path) -> str:
    """The token of the page in a file."""
    found = re.search(r'data-token="([^"]+)"', page.read_text("utf-8"))
    assert found, f"no token in {page}"
    return found[1]


def rows(ledger: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of a ledger in a file."""
    with closing(sqlite3.connect(ledger)) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE sql > ''")]
        shown = {name for name in tables if _is_table(db, name)}
        return {name: db.execute(f"SELECT * FROM {name}").fetchall() for name in sorted(shown)}  # noqa: S608


def _is_table(db: sqlite3.Connection, name: str) -> bool:
    kind = db.execute("SELECT type FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    return bool(kind == ("table",))


def until(met: Callable[[], bool], what: str, patience: float = 60.0) -> None:
    """Returns once a condition is met that somebody else brings about."""
    ends = time.monotonic() + patience
    while not met():
        assert time.monotonic() < ends, f"it did not come to this: {what}"
        time.sleep(0.02)
