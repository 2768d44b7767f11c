"""Small programs for tests: a content folder from keyword arguments, built in an instant.

`files` says what a folder holds, `write` puts it on disk, `Made` builds it and reads what came out.
"""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any

from passalong.access import Signer
from passalong.commands.order import decided_in
from passalong.errors import ContentRefused
from passalong.holders import Holders
from passalong.keyring import Key
from passalong.pages.build import Result, build
from passalong.pages.reading import Order
from passalong.tokens import PathKeys, Secret

ROOT = Path(__file__).parents[1]
SITE = ROOT / "site"
TODAY = date(2026, 11, 2)
SECRET = bytes(range(32))
KEYS = (Key("spring", Secret(bytes(range(32, 64))), date(2026, 3, 1)),)

Row = dict[str, str]
Files = dict[str, str]
"""The files of a content folder by their path in it."""

BASE_URL = "https://friends.leeway.example"
PROGRAM: dict[str, Any] = {
    "id": "leeway",
    "base_url": BASE_URL,
    "locale": "en",
    "timezone": "Europe/Berlin",
    "currency": "EUR",
    "brand": {
        "name": "Leeway",
        "legal_name": "Leeway Software GmbH",
        "colour": "#0b5d6b",
        "email": "hello@leeway.example",
        "website": "https://leeway.example",
    },
    "product": {"overview": "Leeway gives every truck, train and ship a time."},
    "looking_for": {
        "ask": "a head of operations with a queue at the gate",
        "ask_by_industry": {"shipping": "a head of operations at a carrier"},
    },
    "reward": {
        "advocate": "a seat at our Harbour Day",
        "disclosure": "Full disclosure: they invite me to their Harbour Day.",
    },
    "booking": {
        "hosts": [
            {
                "id": "jonas",
                "name": "Jonas Petersen",
                "role": "Yards and terminals",
                "email": "jonas.petersen@leeway.example",
                "phone": "+49 40 66969 121",
                "regions": ["Nordics"],
                "languages": ["en", "de"],
            },
        ]
    },
}
LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="20"><path d="M0 0h80v20z"/></svg>'
)


# --- What a folder holds ----------------------------------------------------------------------


def story(slug: str = "nordhavn", body: str = "", **front: Any) -> tuple[str, str]:
    """A case study as its path and its text; a front-matter field of None is left out."""
    fields: dict[str, Any] = {
        "title": "Nordhavn’s ships wait a third less at the quay",
        "customer": "Nordhavn Lines",
        "industry": "shipping",
        "company_size": 400,
        "roles": ["head of operations"],
        "region": "Nordics",
        "locale": "en",
        "summary": "Nordhavn Lines gave every ship a time, and the queue off the breakwater went.",
        "domain": "nordhavn.example",
        "metrics": [
            {
                "value": "31 %",
                "label": "less waiting",
                "before": "6 h 10 min",
                "after": "4 h 15 min",
            },
            {"value": "9 in 10", "label": "ships on time", "before": "6 in 10", "after": "9 in 10"},
            {"value": "0", "label": "telephone calls a day", "before": "40", "after": "0"},
        ],
        "quote": {"text": "The sea is calmer.", "name": "Maria Lindqvist", "role": "COO"},
    }
    lines = [
        f"{name}: {json.dumps(value, ensure_ascii=False)}"
        for name, value in (fields | front).items()
        if value is not None
    ]
    text = body or "## What was wrong\n\nEverybody waited.\n\n## What changed\n\nNobody waits.\n"
    return f"case-studies/{slug}.md", "\n".join(["---", *lines, "---", text])


SECRET_STORY: dict[str, Any] = {
    "slug": "solvane",
    "title": "Solvane’s tank trucks leave after two hours, not four",
    "customer": "Solvane Chemicals",
    "industry": "chemicals",
    "summary": "At Solvane a tank truck could fail on a sheet of paper after hours in line.",
    "domain": "solvane.example",
    "quote": {"text": "We were proud of it.", "name": "Pieter De Smet", "role": "Site Manager"},
    "logo": "logos/solvane.svg",
    "anonymous": {
        "customer": "a maker of solvents",
        "slug": "solvents",
        "replace": {"Solvane": "the company", "De Smet": "the manager", "Kallo": "the plant"},
    },
    "body": "## The gate\n\nPieter De Smet stood at the gate of Solvane Chemicals in Kallo.\n\n"
    "![The gate at Kallo](kallo-gate.svg)\n",
}
"""A story whose customer wants to stay unnamed: ``story(**SECRET_STORY)``."""


def advocate(id: str = "a-1", name: str = "Maria Lindqvist", **row: str) -> Row:  # noqa: A002
    return {
        "id": id,
        "name": name,
        "email": f"{id}@nordhavn.example",
        "company": "Nordhavn Lines",
        "role": "COO",
        "industry": "shipping",
        "company_size": "400",
        "region": "Nordics",
    } | row


def referee(id: str = "r-1", name: str = "Tomas Berg", **row: str) -> Row:  # noqa: A002
    return {
        "id": id,
        "advocate": "a-1",
        "name": name,
        "email": f"{id}@kestrel.example",
        "company": "Kestrel Ferries",
        "status": "confirmed",
    } | row


def files(
    *,
    stories: Iterable[tuple[str, str]] = (story(),),
    advocates: Iterable[Row] = (advocate(),),
    referees: Iterable[Row] = (referee(),),
    accounts: Iterable[Row] = (),
    locales: Iterable[str] = (),
    program: Mapping[str, Any] | None = None,
    sign_offs: Mapping[str, Mapping[str, Any] | None] | None = None,
    more: Files | None = None,
) -> Files:
    """A content folder: every story signed off but those that ``sign_offs`` says otherwise of.

    ``locales`` are those besides English; ``program`` is laid over `PROGRAM`, table by table, and
    ``more`` are further files, or others in the place of these.
    """
    settings = laid_over(PROGRAM, program or {})
    if locales:
        settings["locales"] = {code: {"product": {"overview": code}} for code in locales}
    written = dict(stories)
    made = {
        "program.toml": toml(settings),
        "pages/privacy.md": "# Privacy\n\nYour name stands on one page.\n",
        "sign-offs.toml": toml(signed(written, sign_offs or {})),
        "logos/solvane.svg": LOGO,
        "case-studies/kallo-gate.svg": LOGO,
        "advocates.csv": table(advocates),
        "referees.csv": table(referees),
    }
    if rows := list(accounts):
        made["accounts.csv"] = table(rows)
    return made | written | (more or {})


def signed(
    stories: Mapping[str, str], instead: Mapping[str, Mapping[str, Any] | None]
) -> dict[str, dict[str, Any]]:
    """sign-offs.toml for these stories; ``instead`` holds settings, or None for no entry."""
    entries = {}
    for path, text in stories.items():
        slug = Path(path).stem
        changes = instead.get(slug, {})
        if changes is not None:
            digest = blake2b(text.encode(), digest_size=16).hexdigest()
            entries[slug] = {
                "state": "approved",
                "by": "Maria Lindqvist",
                "when": date(2026, 5, 2),
                "scope": "named",
                "digest": digest,
            } | dict(changes)
    return entries


def laid_over(base: Mapping[str, Any], top: Mapping[str, Any]) -> dict[str, Any]:
    """``base`` with what ``top`` says otherwise; None takes a setting or a table away."""
    out = dict(base)
    for key, value in top.items():
        if value is None:
            out.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(out.get(key), Mapping):
            out[key] = laid_over(out[key], value)
        else:
            out[key] = value
    return out


def toml(settings: Mapping[str, Any]) -> str:
    """``settings`` as TOML, tables as inline tables where they are in lists."""
    plain = {k: v for k, v in settings.items() if not isinstance(v, Mapping)}
    tables = {k: v for k, v in settings.items() if isinstance(v, Mapping)}
    lines = [f"{json.dumps(key)} = {_toml_value(value)}" for key, value in plain.items()]
    for key, value in tables.items():
        inner = [f"{json.dumps(name)} = {_toml_value(item)}" for name, item in value.items()]
        lines += ["", f"[{json.dumps(key)}]", *inner]
    return "\n".join(lines) + "\n"


def _toml_value(value: Any) -> str:
    if isinstance(value, Mapping):
        return (
            "{" + ", ".join(f"{json.dumps(k)} = {_toml_value(v)}" for k, v in value.items()) + "}"
        )
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml_value, value)) + "]"
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def table(rows: Iterable[Row]) -> str:
    """The rows as CSV, with a column for every value that any of them has."""
    listed = list(rows)
    columns = list(dict.fromkeys(name for row in listed for name in row)) or ["id", "name"]
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(listed)
    return out.getvalue()


def write(
    folder: Path,
    content: Files,
    order: Callable[[Iterable[str]], Iterable[str]] = sorted,
) -> Path:
    """Makes ``folder`` hold this content, file by file in the order given, and nothing besides."""
    kept = {folder / name for name in (*content, "ids.csv")}
    for path in [path for path in folder.rglob("*") if path.is_file() and path not in kept]:
        path.unlink()
    for name in order(content):
        path = folder / name
        data = content[name].encode()
        if not path.is_file() or path.read_bytes() != data:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    return folder


# --- Building it ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Made:
    """A content folder with its output; preview images and what builds remember lie in ``var``,
    and the ledger, unless it has another address."""

    content: Path
    out: Path
    var: Path
    ledger: str = ""

    @property
    def address(self) -> str:
        """Where the ledger is."""
        return self.ledger or f"sqlite:///{self.var.absolute() / 'ledger.db'}"

    def order(self, **changes: Any) -> Order:
        ledger = partial(decided_in, self.address)
        order = Order(self.content, self.out, SITE, self.var, SECRET, KEYS, TODAY, decided=ledger)
        return replace(order, **changes)

    def build(self, **changes: Any) -> Result:
        try:
            return build(self.order(**changes))
        except ContentRefused as refused:
            refused.add_note("\n".join(map(str, refused.problems)))
            raise

    def change(self, **program: Any) -> Result:
        """Makes the content what `files` says of ``program``, and builds it."""
        write(self.content, files(**program))
        return self.build()

    def tree(self) -> dict[str, bytes]:
        """Every file of the output but the marker, by its path."""
        return tree(self.out)

    def pages(self) -> dict[str, str]:
        """Every page of the output."""
        return {p: data.decode() for p, data in self.tree().items() if p.endswith(".html")}

    def page(self, kind: str, person: str) -> str:
        """The page of a kind ("advocate", "referee", "share") of the person with this id."""
        return (self.out / path_of(kind, person)).read_text("utf-8")

    def command(self, name: str, *arguments: str) -> list[str]:
        """A command of build.py over this content, as a child process takes it."""
        place = ["--content", str(self.content)]
        if name in ("build", "publish"):
            place += ["--out", str(self.out)]
        return [sys.executable, str(ROOT / "build.py"), name, *arguments, *place]

    def environment(self) -> dict[str, str]:
        return os.environ | self.settings()

    def settings(self) -> dict[str, str]:
        """What the environment says of this program and of nobody else's."""
        elsewhere = {"LEDGER": self.ledger, "PASSALONG_MAIL": f"folder://{self.var / 'mail'}"}
        return (elsewhere if self.ledger else {}) | {
            "PASSALONG_VAR": str(self.var),
            "PASSALONG_PATH_SECRET": SECRET.hex(),
            "PASSALONG_SIGNING_KEYS": KEYS[0].secret.hex(),
        }

    def run(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs a command of build.py to its end."""
        return subprocess.run(
            self.command(name, *arguments),
            env=self.environment(),
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder but the build's marker, by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".passalong"
    }


def keys(program: str = "leeway") -> PathKeys:
    return PathKeys(SECRET, program)


def holders(program: str = "leeway") -> Holders:
    """Addresses and tokens of a program as `Made.order` makes them."""
    return Holders(keys(program), Signer([key.secret for key in KEYS]))


def path_of(kind: str, person: str) -> str:
    """Where the page of a kind of the person with this id lies in the output."""
    if kind == "share":
        return f"r/{keys().code(person)}/index.html"
    return f"{kind[0] if kind == 'advocate' else 'p'}/{keys().key(kind, person)}/index.html"
