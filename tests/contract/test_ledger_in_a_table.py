"""The DynamoDB ledger where the wire or the service fail, and what its steps cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from passalong.events import (
    BOOKED,
    CANCELLED,
    HIT,
    INTRODUCED,
    REMOVED,
    RESCHEDULED,
    REVOKED,
    SHARED,
    VISITED,
)
from passalong.ledger import open_ledger
from passalong.ledger.dynamodb import DynamoLedger
from passalong.ledger.dynamodb_calls import ATTEMPTS, FIRST_WAIT, Table, connect
from passalong.ledger.dynamodb_items import event_in
from passalong.ledger.dynamodb_table import EXPIRES
from passalong.ledger.port import (
    Actor,
    Conflict,
    LedgerError,
    LimitReached,
    Recorded,
    Revoked,
    SlotTaken,
    Unavailable,
)
from passalong.ledger.tallies import Tally
from tests.contract.conftest import TABLE
from tests.contract.ledger_samples import (
    CELLS,
    HOUR,
    MARIA,
    NOON,
    ONE_WON,
    STEPS,
    TABLES,
    TOMAS,
    TOMORROW,
    UNITS,
    Clock,
    Desk,
    a_delivery,
    a_meeting,
    a_person,
    a_tally,
    everything,
    moved,
    steps,
)
from tests.contract.wire import (
    Disturbance,
    Wire,
    answer,
    cancelled,
    error,
    lost_answer,
    lost_request,
    not_json,
)

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

PASSING = {
    "throttled": error("ThrottlingException"),
    "over capacity": error("ProvisionedThroughputExceededException"),
    "over the account's limit": error("RequestLimitExceeded"),
    "failing": error("InternalServerError", 500),
    "away": error("ServiceUnavailable", 503),
    "not itself": not_json,
    "unreachable": lost_request,
}
OF_TRANSACTIONS = {
    "in conflict": cancelled("None", "TransactionConflict", "None"),
    "in conflict and refused": cancelled("ConditionalCheckFailed", "TransactionConflict"),
    "throttled within": cancelled("None", "ThrottlingError"),
    "over capacity within": cancelled("ProvisionedThroughputExceeded", "None"),
    "still in progress": error("TransactionInProgressException"),
}


@pytest.fixture
def storage() -> str:
    return "dynamodb"


@pytest.fixture(scope="module")
def own_client(client: DynamoDBClient, dynamodb: str) -> DynamoDBClient:
    """A client whose wire no other test holds."""
    return connect("local", dynamodb)


@pytest.fixture(scope="module")
def one_wire(own_client: DynamoDBClient) -> Wire:
    return Wire(own_client)


@pytest.fixture
def wire(one_wire: Wire) -> Wire:
    """The wire, undisturbed and with nothing counted."""
    one_wire.disturb()
    one_wire.operations.clear()
    return one_wire


@pytest.fixture
def waits() -> list[float]:
    """The waits between attempts, each of them as long as it may be."""
    return []


@pytest.fixture
def desk(
    own_client: DynamoDBClient, wire: Wire, waits: list[float], program: str, clock: Clock
) -> Desk:
    table = Table(own_client, TABLE, wait=waits.append, chance=lambda: 1.0)
    return Desk(DynamoLedger(table, program, clock), program, clock)


# --- The service fails for a moment, or for longer --------------------------------------------


@pytest.mark.parametrize("name", [*PASSING, *OF_TRANSACTIONS])
def test_what_passes_is_tried_again(desk: Desk, wire: Wire, waits: list[float], name: str) -> None:
    event = desk.event()
    wire.disturb(*[(PASSING | OF_TRANSACTIONS)[name]] * (ATTEMPTS - 1))
    assert desk.ledger.record(event, MARIA) == Recorded(event, fresh=True)
    assert waits == [FIRST_WAIT * 2**number for number in range(ATTEMPTS - 1)]
    assert desk.events() == [event]


@pytest.mark.parametrize("step_name", STEPS)
@pytest.mark.parametrize("name", ["throttled", "unreachable", "in conflict"])
def test_what_does_not_pass_is_unavailable_and_leaves_nothing_behind(
    desk: Desk, wire: Wire, name: str, step_name: str
) -> None:
    kind, step = steps(desk)[step_name]
    then, event, actor = everything(desk), desk.event(kind), Actor("advocate:maria", limit=1)
    wire.disturb(*[(PASSING | OF_TRANSACTIONS)[name]] * ATTEMPTS)
    with pytest.raises(Unavailable) as unavailable:
        step(event, actor)
    assert unavailable.value.retry_after > 0
    assert everything(desk) == then
    assert step(event, actor) == Recorded(event, fresh=True)


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("lost", [1, ATTEMPTS - 1])
def test_a_step_whose_answer_gets_lost_is_done_once_and_says_so(
    desk: Desk, wire: Wire, name: str, lost: int
) -> None:
    kind, step = steps(desk)[name]
    event, actor = desk.event(kind), Actor("advocate:maria", limit=1)
    before = len(desk.events())
    wire.disturb(lost_answer, *[lost_request] * (lost - 1))
    assert step(event, actor) == Recorded(event, fresh=True)
    assert len(desk.events()) == before + 1
    assert step(event, actor) == Recorded(event, fresh=False)


def test_who_never_hears_an_answer_can_ask_again(desk: Desk, wire: Wire) -> None:
    event = desk.event()
    wire.disturb(lost_answer, *[lost_request] * (ATTEMPTS - 1))
    with pytest.raises(Unavailable):
        desk.ledger.record(event, MARIA)
    assert desk.ledger.record(event, MARIA) == Recorded(event, fresh=False)
    assert desk.events() == [event]


READS: dict[str, Callable[[Desk], object]] = {
    "taken": lambda desk: desk.ledger.taken("jonas", NOON, TOMORROW),
    "standing": lambda desk: desk.ledger.standing(["advocate:maria"]),
    "standings": lambda desk: desk.ledger.standings(),
    "people": lambda desk: list(desk.ledger.people()),
    "person": lambda desk: desk.ledger.person("tomas"),
    "meeting_of": lambda desk: desk.ledger.meeting_of("tomas"),
    "events_of": lambda desk: desk.ledger.events_of("maria"),
    "unopened": lambda desk: desk.ledger.unopened(NOON),
    "after": lambda desk: desk.ledger.after("", 9),
    "due": lambda desk: desk.ledger.due(NOON, 9),
    "deliveries": lambda desk: desk.ledger.deliveries("dead"),
    "cursor": lambda desk: desk.ledger.cursor("relay"),
    "tallies": lambda desk: desk.ledger.tallies(UNITS),
    "figures": lambda desk: desk.ledger.figures(TABLES[0], "2026-11-01", "2026-11-30"),
}


@pytest.mark.parametrize("name", READS)
def test_reading_is_tried_again_and_then_unavailable(desk: Desk, wire: Wire, name: str) -> None:
    desk.ledger.introduce(desk.event(INTRODUCED), a_person(), MARIA)
    wire.disturb(error("ThrottlingException"), lost_request, not_json)
    READS[name](desk)
    wire.disturb(*[error("ThrottlingException")] * ATTEMPTS)
    with pytest.raises(Unavailable):
        READS[name](desk)


def test_a_batch_answered_in_part_is_asked_for_again(desk: Desk, wire: Wire) -> None:
    desk.ledger.revoke(desk.event(REVOKED), "advocate:maria")
    partly = answer(Responses={}, UnprocessedKeys={TABLE: {"Keys": [{"pk": {"S": "x"}}]}})
    wire.disturb(partly)
    assert desk.ledger.standing(["advocate:maria"])["advocate:maria"].revoked
    wire.disturb(*[partly] * ATTEMPTS)
    with pytest.raises(Unavailable):
        desk.ledger.standing(["advocate:maria"])


def out_of_credentials(_: object) -> None:
    raise NoCredentialsError


@pytest.mark.parametrize(
    ("disturbance", "named"),
    [
        (error("ResourceNotFoundException"), "ResourceNotFoundException"),
        (error("AccessDeniedException"), "AccessDeniedException"),
        (error("ExpiredTokenException"), "ExpiredTokenException"),
        (out_of_credentials, "NoCredentialsError"),
    ],
)
def test_what_does_not_pass_by_itself_is_not_tried_again(
    desk: Desk, wire: Wire, waits: list[float], disturbance: Disturbance, named: str
) -> None:
    wire.disturb(disturbance)
    with pytest.raises(Unavailable, match=named):
        desk.ledger.record(desk.event(), MARIA)
    assert waits == []


@pytest.mark.parametrize(
    "disturbance", [error("ValidationException"), cancelled("ValidationError")]
)
def test_a_mistake_of_ours_keeps_its_traceback(
    desk: Desk, wire: Wire, disturbance: Disturbance
) -> None:
    wire.disturb(disturbance)
    with pytest.raises(ClientError):
        desk.ledger.record(desk.event(), MARIA)


def test_a_table_that_is_not_there_gets_a_sentence(dynamodb: str) -> None:
    url = f"dynamodb://missing?region=local&endpoint={dynamodb}"
    ledger = open_ledger(url, program="leeway")
    with pytest.raises(Unavailable, match="ResourceNotFoundException"):
        ledger.cursor("relay")
    ledger.close()


# --- Figures ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*PASSING, *OF_TRANSACTIONS])
def test_figures_that_pass_by_others_are_tried_again(desk: Desk, wire: Wire, name: str) -> None:
    wire.disturb(*[(PASSING | OF_TRANSACTIONS)[name]] * (ATTEMPTS - 1))
    desk.ledger.tally([a_tally()], ONE_WON)
    assert desk.ledger.figures(TABLES[0], "2026-11-23", "2026-11-23")[0] == (CELLS[0], {"won": 1})


@pytest.mark.parametrize("name", ["throttled", "unreachable", "in conflict"])
def test_figures_that_cannot_be_kept_are_unavailable_and_nothing_is_half_written(
    desk: Desk, wire: Wire, name: str
) -> None:
    desk.ledger.tally([a_tally()], ONE_WON)
    then = everything(desk)
    wire.disturb(*[(PASSING | OF_TRANSACTIONS)[name]] * ATTEMPTS)
    with pytest.raises(Unavailable):
        desk.ledger.tally([a_tally(version=2), a_tally(UNITS[1])], ONE_WON)
    assert everything(desk) == then
    desk.ledger.tally([a_tally(version=2), a_tally(UNITS[1])], ONE_WON)


@pytest.mark.parametrize("lost", [1, ATTEMPTS - 1])
def test_figures_whose_answer_gets_lost_are_added_once_and_nobody_is_troubled(
    desk: Desk, wire: Wire, lost: int
) -> None:
    wire.disturb(lost_answer, *[lost_request] * (lost - 1))
    desk.ledger.tally([a_tally()], ONE_WON)
    assert desk.ledger.figures(TABLES[0], "2026-11-23", "2026-11-23")[0] == (CELLS[0], {"won": 1})


def test_who_never_hears_whether_figures_were_kept_sees_it_when_they_read_again(
    desk: Desk, wire: Wire
) -> None:
    wire.disturb(lost_answer, *[lost_request] * (ATTEMPTS - 1))
    with pytest.raises(Unavailable):
        desk.ledger.tally([a_tally()], ONE_WON)
    with pytest.raises(Conflict):
        desk.ledger.tally([a_tally()], ONE_WON)
    assert desk.ledger.tallies([UNITS[0]])[UNITS[0]] == a_tally()
    assert desk.ledger.figures(TABLES[0], "2026-11-23", "2026-11-23")[0] == (CELLS[0], {"won": 1})


def test_what_others_changed_meanwhile_is_not_tried_again(
    desk: Desk, wire: Wire, waits: list[float]
) -> None:
    desk.ledger.tally([a_tally()], ONE_WON)

    def again() -> None:
        with pytest.raises(Conflict):
            desk.ledger.tally([a_tally(UNITS[1]), a_tally()], ONE_WON)

    assert wire.trips(again) == 1
    assert waits == []


def test_tallies_answered_in_part_are_asked_for_until_all_are_there(
    desk: Desk, wire: Wire, waits: list[float]
) -> None:
    for key in UNITS:
        desk.ledger.tally([a_tally(key)], {})
    keys: list[dict[str, Any]] = [
        {"pk": {"S": f"{desk.program}#tally#{key}"}, "sk": {"S": "-"}} for key in UNITS
    ]
    first = keys[0] | {"version": {"N": "1"}, "record": {"S": a_tally().record}}
    rest = {TABLE: {"Keys": keys[1:], "ConsistentRead": True}}
    wire.disturb(answer(Responses={TABLE: [first]}, UnprocessedKeys=rest))
    found: dict[str, Tally] = {}
    assert wire.trips(lambda: found.update(desk.ledger.tallies(UNITS))) == 2
    assert found == {key: a_tally(key) for key in UNITS}
    assert waits == [], "something was answered"


def test_dropping_figures_takes_a_trip_for_each_hundred(desk: Desk, wire: Wire) -> None:
    for start in (0, 80, 160):
        cells = {CELLS[0]._replace(value=f"{start + n}"): {"won": 1} for n in range(80)}
        desk.ledger.tally([a_tally(f"event:{start}")], cells)
    wire.operations.clear()
    desk.ledger.drop_figures(CELLS[0].table)
    assert wire.operations == ["Query", *["TransactWriteItems"] * 3]


# --- What steps cost ----------------------------------------------------------------------------


def costs(desk: Desk) -> Iterator[tuple[str, Callable[[], object]]]:
    """Every step and reading once, in an order in which they are possible."""
    ledger, actor = desk.ledger, Actor("advocate:maria", limit=9)
    booked = a_meeting(TOMORROW.replace(hour=23, minute=30), 60, referee="new")
    after = moved(booked, TOMORROW)
    new = a_person("new", origin="booking")
    visited = desk.event(VISITED, referee="tomas")
    yield "share", lambda: ledger.record(desk.event(SHARED), actor)
    yield "introduce", lambda: ledger.introduce(desk.event(INTRODUCED), a_person(), actor)
    yield "visit", lambda: ledger.visit(visited, "v", 3600, TOMAS._replace(limit=9))
    yield "hit", lambda: ledger.file(desk.event(HIT))
    yield "book", lambda: ledger.book(desk.event(BOOKED), booked, new, actor)
    yield "reschedule", lambda: ledger.reschedule(desk.event(RESCHEDULED), booked, after, actor)
    yield "cancel", lambda: ledger.cancel(desk.event(CANCELLED), after, actor)
    yield "prefer", lambda: ledger.prefer(desk.event(), {"stop": "yes", "silent": ""}, actor)
    yield "renew", lambda: ledger.renew(desk.event(), "referee:new")
    yield "forget", lambda: ledger.forget(desk.event(REMOVED), "new")
    yield "advance", lambda: ledger.advance("relay", "1")
    yield "expect", lambda: ledger.expect([a_delivery("d")])
    yield "settle", lambda: ledger.settle(a_delivery("d", state="done", since=NOON))
    yield "tally", lambda: ledger.tally([a_tally(key) for key in UNITS], ONE_WON)
    for name, read in READS.items():
        yield name, lambda read=read: read(desk)  # type: ignore[misc]
    yield "remove", lambda: ledger.remove(desk.event(REMOVED), "tomas", TOMAS)
    yield "revoke", lambda: ledger.revoke(desk.event(REVOKED), "advocate:maria", actor)


def test_every_step_and_every_reading_is_one_round_trip(desk: Desk, wire: Wire) -> None:
    trips = {name: wire.trips(call) for name, call in costs(desk)}
    assert trips == dict.fromkeys(trips, 1)


def test_nothing_reads_the_whole_table(desk: Desk, wire: Wire) -> None:
    for _, call in costs(desk):
        call()
    assert set(wire.operations) == {"TransactWriteItems", "BatchGetItem", "Query"}


def test_an_answer_that_nothing_was_done_is_one_round_trip_too(desk: Desk, wire: Wire) -> None:
    """One more would be allowed, to say why: the refused transaction says it already."""
    ledger, limited = desk.ledger, Actor("advocate:maria", limit=1)
    shared, introduced = desk.event(SHARED), desk.event(INTRODUCED)
    desk.book(a_meeting(TOMORROW, referee="other"))
    ledger.record(shared, limited)
    ledger.introduce(introduced, a_person(), MARIA)
    ledger.visit(desk.event(VISITED), "v", 3600, MARIA)
    ledger.revoke(desk.event(REVOKED), "advocate:samuel")

    def refusal(error: type[LedgerError], call: Callable[[], object]) -> Callable[[], object]:
        def refused() -> None:
            with pytest.raises(error):
                call()

        return refused

    meeting = a_meeting(TOMORROW)
    calls = [
        lambda: ledger.record(shared, limited),
        lambda: ledger.introduce(introduced, a_person(), MARIA),
        lambda: ledger.introduce(desk.event(INTRODUCED), a_person(), MARIA),
        lambda: ledger.visit(desk.event(VISITED), "v", 3600, MARIA),
        refusal(LimitReached, lambda: ledger.record(desk.event(SHARED), limited)),
        refusal(Revoked, lambda: ledger.record(desk.event(), Actor("advocate:samuel"))),
        refusal(SlotTaken, lambda: ledger.book(desk.event(), meeting, a_person(), TOMAS)),
        refusal(
            Conflict,
            lambda: ledger.cancel(desk.event(), a_meeting(TOMORROW, referee="other"), TOMAS),
        ),
    ]
    assert [wire.trips(call) for call in calls] == [1] * len(calls)


# --- The table ----------------------------------------------------------------------------------


def items_of(client: DynamoDBClient) -> Iterator[dict[str, Any]]:
    """Every item of the table, page by page."""
    for page in client.get_paginator("scan").paginate(TableName=TABLE):
        yield from page["Items"]


def test_what_expires_says_when_and_what_is_kept_does_not(
    desk: Desk, own_client: DynamoDBClient
) -> None:
    for _, call in costs(desk):
        call()
    expiring, kept = set(), set()
    for item in items_of(own_client):
        program, kind, *_ = item["pk"]["S"].split("#")
        if program != desk.program:
            continue
        if EXPIRES in item:
            assert int(item[EXPIRES]["N"]) > (NOON + timedelta(days=2)).timestamp()
            expiring.add(kind)
        else:
            kept.add(kind)
    assert expiring == {"count", "visitor", "host"}
    people = {"people", "standings", "meeting"}
    assert kept == people | {"event", "deliveries", "cursors", "tally", "figures"}


def test_an_event_is_read_from_the_tables_stream(desk: Desk, own_client: DynamoDBClient) -> None:
    event = desk.event(INTRODUCED, referee="tomas")
    desk.ledger.introduce(event, a_person(), MARIA)
    images = [
        item for item in items_of(own_client) if item["pk"]["S"].startswith(f"{desk.program}#")
    ]
    assert len(images) == 2
    assert [event_in(image) for image in images if event_in(image)] == [event]


def test_the_newest_events_are_held_back_until_others_can_no_longer_come_before_them(
    desk: Desk,
) -> None:
    first = desk.ledger.file(desk.event()).event
    desk.clock.forward(seconds=4)
    second = desk.ledger.file(desk.event()).event
    assert desk.ledger.after("", 9) == ([], "")
    desk.clock.forward(seconds=2)
    events, cursor = desk.ledger.after("", 9)
    assert events == [first]
    desk.clock.forward(seconds=4)
    assert desk.ledger.after(cursor, 9)[0] == [second]


def test_a_clock_that_goes_back_does_not_turn_the_order(desk: Desk) -> None:
    first = desk.ledger.file(desk.event()).event
    desk.clock.now -= HOUR
    second = desk.ledger.file(desk.event()).event
    desk.clock.now += 2 * HOUR
    assert desk.events() == [first, second]


def test_a_preference_is_named_like_a_variable(desk: Desk, wire: Wire) -> None:
    with pytest.raises(ValueError, match="not now"):
        desk.ledger.prefer(desk.event(), {"not now": "yes"}, MARIA)
    assert wire.operations == []
