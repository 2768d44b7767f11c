"""Bookings on each storage: how often it is asked, and what becomes of them where it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import count, product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from passalong.ledger import open_ledger
from passalong.ledger.dynamodb import DynamoLedger
from passalong.ledger.dynamodb_calls import ATTEMPTS, Table, connect
from passalong.ledger.dynamodb_table import create_table
from passalong.ledger.port import Ledger
from tests.contract.watched import Watched
from tests.contract.wire import Disturbance, Wire, cancelled, error, lost_request
from tests.desk import book, book_by_form, change, introduced
from tests.programs import referee, tree
from tests.worlds import NOON, Place, Said, a_world, ask

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

ACCOUNTS = (
    {"domain": "slotmoor.example", "company": "Slotmoor", "status": "competitor"},
    {"domain": "hofmann.example", "company": "Hofmann", "status": "do-not-contact"},
)
ROWS = tuple(referee(f"r-{number}") for number in (1, 2, 3))
TEN, ELEVEN, TWELVE = (f"2026-11-26T{hour}:00:00+01:00" for hour in (10, 11, 12))
NIGHT = "2026-11-26T03:00:00+01:00"

_tables = count(1)


@dataclass(frozen=True)
class Desk:
    """A world whose ledger is watched. R-2 has a meeting at ten, r-3 at twelve; Ida was introduced
    a moment ago.
    """

    world: Place
    ledger: Watched
    ida: str

    def share(self, start: str = ELEVEN, **fields: Any) -> Said:
        return book(self.world, self.world.share(), start, **fields)

    def referee(self, start: str = ELEVEN, person: str = "r-1", **fields: Any) -> Said:
        return book(self.world, self.world.referee(person), start, **fields)

    def everything(self) -> list[Any]:
        """All that the ledger and the site hold."""
        ledger = self.world.ledger
        return [
            self.world.events(),
            sorted(ledger.people(), key=lambda person: person.id),
            [ledger.meeting_of(row["id"]) for row in ROWS],
            ledger.taken("jonas", NOON, NOON + timedelta(days=40)),
            tree(self.world.site),
        ]


Request = Callable[[Desk], Said]

# Each request with its answer's status, and what it asks of the ledger: one thing where it goes
# well; where something is refused, one more; two more to see whose meeting is changed.
REQUESTS: dict[str, tuple[Request, int, list[str]]] = {
    "times of a share page": (lambda d: ask(d.world, "slots", d.world.share()), 200, ["taken"]),
    "times of a referee": (lambda d: ask(d.world, "slots", d.world.referee()), 200, ["taken"]),
    "times as a form": (
        lambda d: ask(d.world, "slots", d.world.referee(), form=True), 200, ["taken"],
    ),
    "times of somebody just introduced": (
        lambda d: ask(d.world, "slots", d.ida), 200, ["taken"],
    ),
    "times to move to": (
        lambda d: ask(d.world, "slots", d.world.referee("r-2"), change=True),
        200,
        ["standing", "meeting_of", "taken"],
    ),
    "a booking from a share page": (Desk.share, 201, ["book"]),
    "a booking by a referee": (Desk.referee, 201, ["book"]),
    "a booking by a form": (
        lambda d: book_by_form(d.world, d.world.share(), ELEVEN), 201, ["book"],
    ),
    "a booking by somebody just introduced": (
        lambda d: book(d.world, d.ida, ELEVEN), 201, ["person", "book"],
    ),
    "a competitor's": (lambda d: d.share(email="ida@slotmoor.example"), 202, ["book"]),
    "one of nobody to contact": (lambda d: d.share(email="ida@hofmann.example"), 202, ["record"]),
    "spam": (lambda d: d.share(website="x"), 202, []),
    "a time that is taken": (lambda d: d.share(TEN), 409, ["book", "taken"]),
    "a time that there is not": (lambda d: d.referee(NIGHT), 409, ["meeting_of", "taken"]),
    "a second meeting": (
        lambda d: d.referee(ELEVEN, "r-2"), 409, ["book", "meeting_of"],
    ),
    "a form to mend": (
        lambda d: book_by_form(d.world, d.world.share(), ELEVEN, email="@"), 422, ["taken"],
    ),
    "data to mend": (lambda d: d.share(email="@"), 422, []),
    "a move": (
        lambda d: change(d.world, d.world.referee("r-2"), "reschedule", ELEVEN),
        200,
        ["standing", "meeting_of", "reschedule"],
    ),
    "a move to a time that is taken": (
        lambda d: change(d.world, d.world.referee("r-2"), "reschedule", TWELVE),
        409,
        ["standing", "meeting_of", "reschedule", "taken"],
    ),
    "a cancellation": (
        lambda d: change(d.world, d.world.referee("r-2"), "cancel"),
        200,
        ["standing", "meeting_of", "cancel"],
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def own_client(dynamodb: str) -> DynamoDBClient:
    """A client whose wire no other test holds."""
    return connect("local", dynamodb)


@pytest.fixture(scope="module")
def one_wire(own_client: DynamoDBClient) -> Wire:
    return Wire(own_client)


@pytest.fixture
def new_desk(
    storage: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[], Desk]]:
    """A new desk in the storage, as often as it is asked for."""
    folders = (tmp_path / str(number) for number in count())
    ledgers: list[Ledger] = []

    def open_one(folder: Path) -> Ledger:
        if storage == "sqlite":
            ledger = open_ledger(f"sqlite:///{folder}/ledger.db", program="leeway")
            ledgers.append(ledger)
            return ledger
        client, name = request.getfixturevalue("own_client"), f"booking-{next(_tables)}"
        create_table(client, name)
        table = Table(client, name, wait=lambda _seconds: None)
        return DynamoLedger(table, "leeway", lambda: NOON, settle_seconds=-60)

    def make() -> Desk:
        folder = next(folders)
        folder.mkdir()
        watched = Watched(open_one(folder))
        world = a_world(folder, watched.as_ledger(), referees=ROWS, accounts=ACCOUNTS)
        assert book(world, world.referee("r-2"), TEN).status == 201
        assert book(world, world.referee("r-3"), TWELVE).status == 201
        return Desk(world, watched, introduced(world))

    yield make
    for ledger in ledgers:
        ledger.close()


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_asks_the_ledger_no_more_than_it_may(
    name: str, storage: str, new_desk: Callable[[], Desk], request: pytest.FixtureRequest
) -> None:
    ask_it, status, calls = REQUESTS[name]
    desk = new_desk()
    desk.ledger.calls.clear()
    if storage == "sqlite":
        assert ask_it(desk).status == status
    else:
        wire: Wire = request.getfixturevalue("one_wire")
        assert wire.trips(lambda: ask_it(desk)) == len(calls)
    assert desk.ledger.calls == calls


def test_a_booking_that_is_sent_again_asks_little_more(new_desk: Callable[[], Desk]) -> None:
    for asked, calls in (
        (Desk.share, ["book", "meeting_of", "standing"]),
        (Desk.referee, ["book", "meeting_of"]),
        (lambda desk: desk.share(id="press-1"), ["book", "standing"]),
    ):
        desk = new_desk()
        asked(desk)
        desk.ledger.calls.clear()
        assert asked(desk).status == 201
        assert desk.ledger.calls == calls


@pytest.mark.parametrize("name", [name for name, (_, _, calls) in REQUESTS.items() if calls])
def test_where_the_ledger_fails_at_any_step_nothing_is_half_written(
    name: str, new_desk: Callable[[], Desk]
) -> None:
    ask_it, status, calls = REQUESTS[name]
    undisturbed = new_desk()
    assert ask_it(undisturbed).status == status
    for number, done in product(range(len(calls)), (False, True)):
        desk = new_desk()
        before = desk.everything()
        desk.ledger.fail(number, done=done)
        refused = ask_it(desk)
        assert (refused.status, refused.headers["retry-after"]) == (503, "7")
        writes = calls[number] in ("book", "record", "reschedule", "cancel")
        if not (done and writes):
            assert desk.everything() == before
        assert ask_it(desk).status == status, "and then all is well"
        assert desk.everything() == undisturbed.everything()


FAULTS: dict[str, Disturbance] = {
    "throttled": error("ThrottlingException"),
    "unreachable": lost_request,
    "in conflict": cancelled("None", "TransactionConflict"),
}


def passing(_: object) -> None:
    """Nothing happens to a request."""


@pytest.mark.parametrize("storage", ["dynamodb"])
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(
    "name",
    ["times to move to", "a booking by somebody just introduced", "a time that is taken", "a move"],
)
def test_where_dynamodb_fails_for_long_the_answer_is_to_try_again(
    name: str, fault: str, new_desk: Callable[[], Desk], one_wire: Wire
) -> None:
    ask_it, status, calls = REQUESTS[name]
    for number in range(len(calls)):
        desk = new_desk()
        before = desk.everything()
        one_wire.disturb(*[passing] * number, *[FAULTS[fault]] * ATTEMPTS)
        refused = ask_it(desk)
        one_wire.disturb()
        assert refused.status == 503
        assert int(refused.headers["retry-after"]) > 0
        assert desk.everything() == before
        assert ask_it(desk).status == status
