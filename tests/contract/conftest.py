"""One ledger in each storage, so that every test of the contract runs on all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from passalong.ledger import open_ledger
from passalong.ledger.dynamodb import DynamoLedger
from passalong.ledger.dynamodb_calls import Table, connect
from passalong.ledger.dynamodb_table import create_table
from passalong.ledger.port import Ledger
from tests.contract.ledger_samples import Clock, Desk

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

TABLE = "passalong"

_programs = count(1)


@pytest.fixture(scope="session")
def client(dynamodb: str) -> DynamoDBClient:
    """A client of the stand-in for DynamoDB, with the table made. To make one takes long."""
    client = connect("local", dynamodb)
    create_table(client, TABLE)
    return client


@pytest.fixture
def url(storage: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a ledger in the storage."""
    if storage == "sqlite":
        return f"sqlite:///{tmp_path}/ledger.db"
    request.getfixturevalue("client")
    return f"dynamodb://{TABLE}?region=local&endpoint={request.getfixturevalue('dynamodb')}"


@pytest.fixture
def program() -> str:
    """A program that no other test writes to."""
    return f"program-{next(_programs)}"


@pytest.fixture
def clock() -> Clock:
    """The clock of the test."""
    return Clock()


@pytest.fixture
def open_desk(
    storage: str, url: str, clock: Clock, request: pytest.FixtureRequest
) -> Iterator[Callable[[str], Desk]]:
    """Opens the storage's ledger for a program: ``open_desk(program)``, also more than once."""
    opened: list[Ledger] = []

    def open_one(program: str) -> Desk:
        if storage == "sqlite":
            ledger = open_ledger(url, program=program, clock=clock)
            opened.append(ledger)
        else:
            client = request.getfixturevalue("client")
            ledger = DynamoLedger(Table(client, TABLE), program, clock)
        return Desk(ledger, program, clock)

    yield open_one
    for ledger in opened:
        ledger.close()


@pytest.fixture
def desk(open_desk: Callable[[str], Desk], program: str) -> Desk:
    """An empty ledger of a program, in each of the storages."""
    return open_desk(program)
