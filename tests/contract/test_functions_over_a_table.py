"""Functions over a table that throttles, times out or fails half-way: what they answer, and what
is there after.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from passalong.ledger.dynamodb import DynamoLedger
from passalong.ledger.dynamodb_calls import ATTEMPTS, Table
from tests.contract.conftest import TABLE
from tests.contract.ledger_samples import Clock
from tests.contract.wire import Disturbance, Wire, cancelled, error, lost_answer, lost_request
from tests.desk import free, typed
from tests.worlds import Place, Said, a_world, ask

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_numbers = count(1)


def pressed(world: Place, name: str) -> Callable[[], Said]:
    """What somebody on a page does, ready to be done."""
    token, fields = {
        "share": (world.advocate(), {"medium": "linkedin"}),
        "introductions": (world.advocate(), {"name": "Ida Lund", "company": "Fjord Foods"}),
        "visits": (world.referee(), {"visible": "true"}),
        "bookings": (world.referee(), typed(world, free(world)[0])),
    }[name]
    return lambda: ask(world, name, token, **fields)


@pytest.fixture
def wired(client: DynamoDBClient, tmp_path: Path) -> tuple[Place, Wire]:
    """A world over a table that nobody waits for, and its wire."""
    program = f"shop-{next(_numbers)}"
    table = Table(client, TABLE, wait=lambda _: None)
    world = a_world(tmp_path, DynamoLedger(table, program, Clock()), program={"id": program})
    return world, Wire(client)


UNHEARD = "away after it was done, and nobody heard"
ALWAYS: dict[str, list[Disturbance]] = {
    "throttled": [error("ThrottlingException")] * ATTEMPTS,
    "over capacity": [error("ProvisionedThroughputExceededException")] * ATTEMPTS,
    "in conflict": [cancelled("None", "TransactionConflict")] * ATTEMPTS,
    "failing": [error("InternalServerError", 500)] * ATTEMPTS,
    "unreachable": [lost_request] * ATTEMPTS,
    UNHEARD: [lost_answer, *[lost_request] * (ATTEMPTS - 1)],
}
PRESSES = ["share", "introductions", "visits", "bookings"]


@pytest.mark.parametrize("how", ALWAYS)
@pytest.mark.parametrize("name", PRESSES)
def test_a_table_that_fails_is_503_and_trying_again_does_it_once(
    name: str, how: str, wired: tuple[Place, Wire]
) -> None:
    world, wire = wired
    press = pressed(world, name)
    wire.disturb(*ALWAYS[how])
    said = press()
    assert (said.status, said.headers["retry-after"]) == (503, "5")
    assert said.json["code"] == "unavailable"
    kept = world.ledger.events_of("a-1")
    assert len(kept) == (how == UNHEARD)
    assert press().status in (200, 201, 204)
    (event,) = world.ledger.events_of("a-1")
    assert list(kept) in ([], [event])


@pytest.mark.parametrize("how", ALWAYS)
@pytest.mark.parametrize("name", PRESSES)
def test_a_table_that_fails_for_a_moment_is_nobodys_business(
    name: str, how: str, wired: tuple[Place, Wire]
) -> None:
    world, wire = wired
    press = pressed(world, name)
    wire.disturb(*ALWAYS[how][: ATTEMPTS - 1])
    assert press().status in (201, 204)
    assert len(world.ledger.events_of("a-1")) == 1
