"""A ledger of its own for a test, in each of the storages: a file, a table of a stand-in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import pytest

from passalong.ledger import dynamodb as tables
from passalong.ledger import file_of
from passalong.ledger.dynamodb import DynamoLedger
from passalong.ledger.dynamodb_calls import Table, connect
from passalong.ledger.dynamodb_table import create_table

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_AHEAD = 60.0
"""Seconds."""


@pytest.fixture(params=["sqlite", "dynamodb"])
def storage(request: pytest.FixtureRequest) -> str:
    """Each of the storages, one after the other."""
    name: str = request.param
    return name


@pytest.fixture
def new_url(storage: str, request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """The address of an empty ledger that nobody else uses, as often as it is asked for."""
    numbers = count(1)
    if storage == "sqlite":
        return lambda: f"sqlite:///{tmp_path}/own-{next(numbers)}.db"
    endpoint = request.getfixturevalue("dynamodb")
    client: DynamoDBClient = connect("local", endpoint)

    def make() -> str:
        name = f"{tmp_path.name.replace('[', '-').replace(']', '-')}-{next(numbers)}"
        create_table(client, name)
        return f"dynamodb://{name}?region=local&endpoint={endpoint}"

    return make


@pytest.fixture
def own_url(new_url: Callable[[], str]) -> str:
    """The address of an empty ledger that no other test uses."""
    return new_url()


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has tables show what came in a moment ago, as files do, to whoever opens one here."""

    def open_table(
        name: str, program: str, *, region: str, endpoint: str, clock: Callable[[], datetime]
    ) -> DynamoLedger:
        table = Table(connect(region, endpoint), name)
        return DynamoLedger(table, program, clock, settle_seconds=-_AHEAD)

    monkeypatch.setattr(tables, "open_table", open_table)


def all_of(url: str) -> str:
    """All that a ledger's file or table holds, as it is kept."""
    if file := file_of(url):
        parts = sorted(file.parent.glob(f"{file.name}*"))
        return "".join(part.read_bytes().decode("latin-1") for part in parts)
    where = urlsplit(url)
    pages = connect("local", dict(parse_qsl(where.query))["endpoint"]).get_paginator("scan")
    return "".join(str(page["Items"]) for page in pages.paginate(TableName=where.netloc))
