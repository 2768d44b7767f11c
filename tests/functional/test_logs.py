"""What the server writes while people use it names none of them: no name, mail address or company,
no key of a page, no code of a link and no token, whatever they send and whatever fails.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from random import randrange
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from passalong.endpoints import ENDPOINTS
from passalong.ledger import open_ledger
from tests.calls import BROWSER, FORM, JSON, RIGHT, token_in, token_of, until
from tests.programs import Made, advocate, files, path_of, referee, story, write

ADVOCATE = {"name": "Xanthippe Quist", "email": "xq@ferrylane.example", "company": "Ferrylane"}
REFEREE = {"name": "Zebulon Yrjölä", "email": "zy@mossbank.example", "company": "Mossbank"}
NAMED = {"name": "Wilhelmina Ødegård", "company": "Copperhythe Mills", "role": "Quaymistress"}
GUEST = {"name": "Ptolemy Vance", "email": "ptolemy@vancedale.example", "phone": "+47 55 01 99 73"}
WORDS = "Her gate queues round Harbinger Street every morning."
CONTENT = files(
    stories=[story()],
    advocates=[  # the guide at the start shows the first, who has a story and no part in this
        advocate("a-1", case_study="nordhavn"),
        advocate("a-2", **ADVOCATE),
    ],
    referees=[
        referee("r-1", reason="The sea is calmer."),
        referee("r-2", advocate="a-2", **REFEREE),
    ],
)


@dataclass
class Town:
    """A server in a process of its own, and all that it writes."""

    made: Made
    log: Path
    address: str = ""

    def said(self) -> str:
        return self.log.read_text("utf-8", "replace")

    def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        kind: str = "",
        *,
        agent: str = BROWSER,
        origin: str = "",
    ) -> tuple[int, bytes]:
        """Asks for something, as if from a network of its own."""
        connection = HTTPConnection(urlsplit(self.address).netloc, timeout=60)
        network = f"203.0.{randrange(256)}.{randrange(256)}"
        told = {"User-Agent": agent, "X-Forwarded-For": network}
        told |= {"Content-Type": kind} if kind else {}
        told |= {"Origin": origin} if origin else {}
        connection.request(method, path, body or None, told)
        answer = connection.getresponse()
        found = answer.status, answer.read()
        connection.close()
        return found

    def post(self, name: str, kind: str = JSON, /, **fields: Any) -> tuple[int, bytes]:
        body = json.dumps(fields) if kind == JSON else urlencode(fields)
        return self.ask("POST", f"/api/{name}", body.encode(), kind)


@contextmanager
def serving(made: Made, log: Path) -> Iterator[Town]:
    """The server as somebody starts it who wants to see everything."""
    command = [*made.command("serve", "--port", "0"), "--out", str(made.out)]
    told = made.environment() | {"POWERTOOLS_LOG_LEVEL": "DEBUG", "PYTHONUNBUFFERED": "1"}
    with (
        log.open("wb") as out,
        subprocess.Popen(command, env=told, stdout=out, stderr=subprocess.STDOUT) as process,
    ):
        town = Town(made, log)
        try:
            until(lambda: "The public pages" in town.said(), "the server says where it is")
            town.address = town.said().partition("Serving on ")[2].partition(". ")[0]
            yield town
        finally:
            process.kill()


# --- What people do -----------------------------------------------------------------------------


def everything(town: Town) -> list[str]:
    """Does all that can be done, right and wrong; the keys, codes and tokens that it took."""
    tokens = {
        kind: token_of(town.made, kind, person)
        for kind, person in (("advocate", "a-2"), ("share", "a-2"), ("referee", "r-2"))
    }
    page = introduces(town, tokens["advocate"])
    tokens["named"] = token_in(page)
    for endpoint in ENDPOINTS:
        for token in tokens.values():
            for number, fields in enumerate(bodies(endpoint.name, token)):
                town.post(endpoint.name, FORM if number % 3 else JSON, **fields)
    books(town, tokens)
    spoilt(town, tokens)
    looks(town, tokens)
    keys = [path_of(kind, person).split("/")[1] for kind, person in
            (("advocate", "a-2"), ("share", "a-2"), ("referee", "r-2"))]  # fmt: skip
    return [*tokens.values(), *keys, page.parent.name]


def introduces(town: Town, token: str) -> Path:
    """The page of somebody who is introduced."""
    status, body = town.post("introductions", token=token, reason=WORDS, **NAMED)
    assert status == 201, body
    url = json.loads(body)["url"]
    return Path(town.made.out, urlsplit(url).path.strip("/"), "index.html")


def bodies(name: str, token: str) -> Iterator[dict[str, Any]]:
    """What is right for an endpoint, and the same with something wrong in each field."""
    right = RIGHT[name] | {"token": token}
    if name == "preferences":
        right["action"] = "silent"
    yield right
    yield right | {"token": token[:-3]}
    yield {"token": token}
    for field in (*right, "company", "note", "phone", "role", "reason", "id"):
        for wrong in (GUEST["email"], f"{NAMED['name']} {token}", WORDS * 200, "\x00"):
            yield right | {field: wrong}


def books(town: Town, tokens: dict[str, str]) -> None:
    """Books, is too late, moves and cancels."""
    _, body = town.post("slots", token=tokens["share"])
    first, second, third = (slot["start"] for slot in json.loads(body)["slots"][:3])
    guest = {"token": tokens["share"], "company": "Vancedale Foundry", "note": WORDS, **GUEST}
    status, body = town.post("bookings", start=first, id="b-1", **guest)
    assert status == 201, body
    other = guest | {"email": "other@vancedale.example"}
    assert town.post("bookings", start=first, id="b-2", **other)[0] == 409
    page = Path(town.made.out, urlsplit(json.loads(body)["url"]).path.strip("/"), "index.html")
    tokens["guest"] = token_in(page)
    for action, start in (("reschedule", second), ("reschedule", third), ("cancel", "")):
        fields = {"action": action} | ({"start": start} if start else {})
        assert town.post("bookings/change", token=tokens["guest"], **fields)[0] == 200
    spam = guest | {"email": "ptolemy@mailinator.com"}
    assert town.post("bookings", start=second, id="b-3", **spam)[0] == 422


def spoilt(town: Town, tokens: dict[str, str]) -> None:
    """Bodies that cannot be read, and requests that no page makes."""
    for endpoint in ENDPOINTS:
        said = f'{{"token": "{tokens["advocate"]}", "name": "{NAMED["name"]}'.encode()
        for body in (said, said + b"\xff", said * 3000, b"[" * 30_000):
            assert town.ask("POST", endpoint.path, body, JSON)[0] in (400, 413)
        assert town.ask("POST", endpoint.path, said, f"text/{GUEST['email']}")[0] == 415
        assert town.ask("GET", f"{endpoint.path}?token={tokens['share']}")[0] == 405
        assert town.ask("PUT", f"{endpoint.path}/{tokens['share']}", said, JSON)[0] in (404, 405)
        assert town.ask("POST", endpoint.path, said, JSON, origin="https://x.example")[0] == 400
    for token in tokens.values():
        for method in ("GET", "HEAD", "POST", "PATCH"):
            town.ask(method, f"/api/unsubscribe/{token}", b"List-Unsubscribe=One-Click", FORM)


def looks(town: Town, tokens: dict[str, str]) -> None:
    """Every page that has to do with them, and addresses that were mangled on the way."""
    about = urlencode({"name": NAMED["name"], "email": GUEST["email"], "token": tokens["share"]})
    for kind, person in (("advocate", "a-2"), ("share", "a-2"), ("referee", "r-2")):
        path = "/" + path_of(kind, person).removesuffix("index.html")
        for asked in (path, f"{path}?{about}", f"{path}{GUEST['email']}", path[:-3], f"{path}%ff"):
            town.ask("GET", asked, agent=f"Mozilla/5.0 ({GUEST['email']})")


def has_followed(town: Town) -> bool:
    """Whether the relay has done what is due."""
    ledger = open_ledger(f"sqlite:///{town.made.var / 'ledger.db'}", program="leeway")
    newest, cursor = ledger.after("", 100_000)[1], ledger.cursor("relay")
    due = ledger.due(datetime.now(UTC), 1)
    ledger.close()
    return newest == cursor and not due


def spoil(path: Path) -> None:
    """Makes keys lead to something else than people."""
    document = json.loads(path.read_bytes())
    if document["version"] != "spoilt":
        document["keys"] = {key: [person] for key, person in document["keys"].items()}
        path.write_text(json.dumps(document | {"version": "spoilt"}))


def breaks(town: Town, tokens: list[str]) -> int:
    """Spoils the bundle in a way that nobody foresaw; how often that is the answer."""
    right = {"token": tokens[0], **RIGHT["share"]}

    def fails() -> bool:
        spoil(town.made.var / "bundle.json")
        return town.post("share", **right)[0] == 500

    until(fails, "the broken bundle is read")
    asked = 0
    for endpoint in ENDPOINTS:
        for token in tokens[:4]:
            for kind in (JSON, FORM):
                fields = RIGHT[endpoint.name] | {"token": token}
                status, body = town.post(endpoint.name, kind, **fields)
                assert b"Traceback" not in body
                asked += status == 500
    return asked


# --- What is written ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[str]]:
    """All that a server wrote in its life, and the keys, codes and tokens that were used."""
    folder = tmp_path_factory.mktemp("logs")
    made = Made(write(folder / "content", CONTENT), folder / "site", folder / "var")
    with serving(made, folder / "log.txt") as town:
        used = everything(town)
        until(lambda: has_followed(town), "the mail is out")
        assert list((made.var / "mail").glob("*.eml"))
        assert breaks(town, used) >= 8
        return town.said(), used


def test_the_log_tells_what_was_asked_for_and_how_it_went(log: tuple[str, list[str]]) -> None:
    lines = [json.loads(line) for line in log[0].splitlines() if line.startswith('{"level"')]
    answered = [line for line in lines if line["message"] == "answered"]
    assert {line["endpoint"] for line in answered} >= {one.name for one in ENDPOINTS}
    assert {line["status"] for line in answered} >= {200, 201, 204, 400, 404, 409, 422, 500}
    assert all(line["fault"] and line["where"] for line in answered if line["status"] == 500)


def test_the_log_names_nobody(log: tuple[str, list[str]]) -> None:
    text, used = log
    people = (ADVOCATE, REFEREE, NAMED, GUEST)
    words = [word for one in people for value in one.values() for word in (value, *value.split())]
    words += ["mailinator", "vancedale", "Vancedale", "Harbinger", "@"]
    parts = [part for token in used for part in (token, *token.split(".")) if len(part) > 8]
    assert [word for word in {*words, *parts} if len(word) > 3 and word in text] == []
    assert "@" not in text
