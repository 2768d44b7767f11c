"""A world for tests of actions: a built program, a ledger in a file, a site, a clock to set.

`a_world` makes one, `ask` sends it a request as API Gateway would: through the function that AWS
calls, from a real event to a real response.
"""

from __future__ import annotations

import atexit
import importlib
import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from urllib.parse import urlencode

from infra.local.gateway import Context, Request, answer_of, event_of
from passalong.access import Signer
from passalong.bundle import load
from passalong.endpoints import endpoint
from passalong.events import Event
from passalong.folder import Folder
from passalong.known import Known
from passalong.ledger.port import Ledger
from passalong.ledger.sqlite import open_file
from passalong.merging import decided
from passalong.world import World
from tests.programs import KEYS, Made, files, keys, tree, write
from tests.reading import Element, read

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ADDRESS = "https://friends.leeway.example"
CLIENT = "203.0.113.7"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/130.0.0.0 Safari/537.36"
)
FORM = "application/x-www-form-urlencoded"


@dataclass
class Clock:
    """A clock that stands still until it is set."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **time: float) -> None:
        """Lets so much time pass, in the units of a timedelta."""
        self.now += timedelta(**time)


@dataclass(frozen=True, slots=True)
class Place(World):
    """A world, and the hands of a test in it."""

    made: Made = field(kw_only=True)
    """The program as it was built; another world of the same content shares it: only to be read."""
    site: Path = field(kw_only=True)
    """This world's own copy of the site."""
    time: Clock = field(kw_only=True)

    def advocate(self, person: str = "a-1") -> str:
        """The token on an advocate's own page."""
        return self.known().holders.advocate_token(_found(self.known().advocate(person)))

    def share(self, person: str = "a-1") -> str:
        """The token on the page behind an advocate's share link."""
        return self.known().holders.share_token(_found(self.known().advocate(person)))

    def referee(self, person: str = "r-1") -> str:
        """The token on a referee's page: somebody of the lists."""
        known = self.known()
        row = _found(known.referee(person))
        return known.holders.referee_token(row, row.locale or known.program.locale)

    def events(self, kind: str = "") -> list[Event]:
        """Every event of a type, or of all, in the order in which they came in."""
        found, _ = self.ledger.after("", 10_000)
        return [event for event in found if event.type == (kind or event.type)]

    def path(self, url: str) -> str:
        """Where the page of an address lies in the site."""
        assert url.startswith(f"{self.address}/")
        return url.removeprefix(f"{self.address}/") + "index.html"

    def page(self, url: str) -> bytes:
        """The page at an address, as it is in the site now."""
        return (self.site / self.path(url)).read_bytes()

    def rebuilt(self) -> dict[str, bytes]:
        """Every file of the site as the next full build writes it, with what the ledger knows."""
        again = Made(self.made.content, self.made.out.parent / "again", self.made.var)
        again.build(decided=lambda _program: decided(self.ledger))
        return tree(again.out)


def _found(person: Any) -> Any:
    assert person is not None, "nobody in the lists has this id"
    return person


# --- Making one ---------------------------------------------------------------------------------


@cache
def _workshop() -> Path:
    """A folder for programs that many tests read, with preview images drawn once for all."""
    folder = Path(mkdtemp(prefix="passalong-worlds-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


_programs: dict[str, Made] = {}


def _program(content: Mapping[str, Any]) -> Made:
    """The program with this content, built once."""
    name = repr(sorted(content.items()))
    if name not in _programs:
        folder = _workshop() / str(len(_programs))
        made = Made(write(folder / "content", files(**content)), folder / "out", _workshop())
        made.build(bundle=folder / "bundle.json")
        _programs[name] = made
    return _programs[name]


def a_world(tmp_path: Path, ledger: Ledger | None = None, **content: Any) -> Place:
    """A world whose program is what `files` says of ``content``; nothing happened in it yet."""
    made = _program(content)
    shutil.copytree(made.out, tmp_path / "site")
    bundle = load((made.out.parent / "bundle.json").read_bytes())
    program = bundle.editorial.program.id
    known = Known(bundle, keys(program), Signer([key.secret for key in KEYS]))
    clock, ids = Clock(), count(1)
    return Place(
        ledger=ledger or open_file(tmp_path / "ledger.db", program),
        known=lambda: known,
        pages=Folder(tmp_path / "site"),
        address=ADDRESS,
        secret=bytes(range(64, 96)),
        clock=clock,
        new_id=lambda: f"id-{next(ids)}",
        busy=lambda _host: (),
        made=made,
        site=tmp_path / "site",
        time=clock,
    )


# --- Asking it ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """What a function answered."""

    status: int
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def page(self) -> Element:
        assert self.headers["content-type"].startswith("text/html")
        return read(self.body)

    @property
    def title(self) -> str:
        """The heading of the page."""
        return self.page.one("h1").shown

    @property
    def shown(self) -> str:
        """All that the page says in its part."""
        return self.page.one("main").shown

    @property
    def token(self) -> str:
        """The token in the first form of the page."""
        return self.page.all("input", name="token")[0]["value"]


def ask(
    world: World,
    name: str,
    token: str = "",
    /,
    *,
    form: bool = False,
    headers: Mapping[str, str] | None = None,
    client: str = CLIENT,
    **fields: Any,
) -> Said:
    """What the function that serves an endpoint answers, to JSON or to a form from our own page."""
    said = {"token": token, **fields}
    kind = FORM if form else "application/json"
    body = urlencode(said) if form else json.dumps(said)
    sent = {
        "Content-Type": kind,
        "User-Agent": CHROME,
        "Origin": world.address,
        "Sec-Fetch-Site": "same-origin",
    } | dict(headers or {})
    request = Request("POST", f"/api/{name}", tuple(sent.items()), body.encode(), client)
    return send(world, request)


def send(world: World, request: Request) -> Said:
    """What the function that a request is for answers to it."""
    name = request.path.removeprefix("/api/").rstrip("/")
    module = importlib.import_module(f"functions.{endpoint(name).function}")
    event = event_of(request, f"ANY {request.path}", "request-1", world.clock())
    answer = answer_of(module.make(lambda: world)(event, Context("request-1", name, 256, 0.0)))
    return Said(answer.status, dict(answer.headers), answer.body.decode())


def token_of(page: bytes) -> str:
    """The token that a page carries."""
    found = re.search(rb'<body[^>]* data-token="([^"]+)"', page)
    assert found
    return found[1].decode()
