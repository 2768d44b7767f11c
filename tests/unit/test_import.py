"""A table of what came of referrals: taken whole or not at all, and the same however often."""

from __future__ import annotations

import csv
import io
import string
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from passalong.conversions.table import COLUMNS, Table, read_table
from passalong.conversions.told import data_of, told_in, waiting
from passalong.conversions.whom import keys_of
from passalong.events import ASKED, CONVERSIONS
from tests.hooked import Relay, booked, hooked
from tests.programs import advocate
from tests.worlds import NOON, Place

CONTENT: dict[str, Any] = {
    "program": {
        "conversions": {"stages": {"Closed Won": "won", "Spam": "ignore"}},
        "rates": [{"from": NOON.date() - timedelta(days=400), "currency": "USD", "rate": "0.92"}],
    },
    "advocates": [advocate("a-1", email="maria@nordhavn.example"), advocate("a-2", "Jens Holm")],
}
GOOD = "type,at,email,amount,currency\nwon,2026-11-20,tomas@kestrel.example,48000.50,EUR\n"


@pytest.fixture
def world(tmp_path: Path) -> Place:
    return hooked(tmp_path, **CONTENT)


def read(world: Place, text: str) -> Table:
    return read_table(text, "deals.csv", world.known(), keys_of(world), world.clock())


def faults(world: Place, text: str) -> list[str]:
    found = read(world, text)
    assert found.faults, found
    return [str(fault) for fault in found.faults]


def written(rows: list[dict[str, str]], columns: tuple[str, ...] = COLUMNS) -> str:
    out = io.StringIO()
    table = csv.DictWriter(out, columns)
    table.writeheader()
    table.writerows(rows)
    return out.getvalue()


# --- What is taken ------------------------------------------------------------------------------


def test_a_row_is_filed_as_what_it_says(world: Place) -> None:
    relay = Relay(world)
    booked(world)
    relay()
    world.ledger.expect([waiting(one, world.clock()) for one in read(world, GOOD).told])
    relay()
    (event,) = [event for event in world.events() if event.data.get("source") == "import"]
    assert (event.type, event.referee, event.evidence) == ("won", "in-1", "e-mail")
    assert event.amount is not None
    assert (event.amount.minor, event.amount.currency) == (4_800_050, "EUR")
    assert event.at == datetime(2026, 11, 20, 11, tzinfo=UTC)  # noon in Berlin


def test_asks_of_a_mail_merge_are_their_advocates(world: Place) -> None:
    rows = ("asked,2026-11-02,a-2,", "asked,2026-11-03 09:30,,Maria@nordhavn.example")
    text = "\n".join(("type,at,advocate,email", *rows))
    world.ledger.expect([waiting(one, world.clock()) for one in read(world, text).told])
    Relay(world)()
    assert [(e.advocate, e.referee, e.evidence) for e in world.events(ASKED)] == [
        ("a-2", "", "import"),
        ("a-1", "", "import"),
    ]


@pytest.mark.parametrize("comma", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_table_is_read_as_any_spreadsheet_writes_it(
    comma: str, mark: str, end: str, world: Place
) -> None:
    text = mark + GOOD.replace(",", comma).replace("\n", end)
    (told,) = read(world, text).told
    assert told.amount is not None
    assert told.amount.minor == 4_800_050


def test_columns_may_be_written_as_people_write_them(world: Place) -> None:
    (told,) = read(world, "Type,At,External ID\nwon,2026-11-20,D-1\n").told
    assert told.external == "D-1"


def test_words_of_the_program_are_stages_and_some_mean_nothing(world: Place) -> None:
    found = read(world, "type,at,company\nClosed Won,2026-11-20,Kestrel\nSpam,2026-11-20,Kestrel\n")
    assert ([one.stage for one in found.told], found.ignored, found.faults) == (
        ["Closed Won"],
        1,
        (),
    )


def test_what_is_told_holds_no_address(world: Place) -> None:
    (told,) = read(world, GOOD).told
    assert "tomas" not in str(data_of(told))
    assert told_in(data_of(told)) == told


# --- What is wrong ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "deals.csv:1: has no columns."),
        ("typ,at\nwon,2026-11-20\n", "deals.csv:1: the column “typ” is not one we read. Did you"),
        ("at,email\n", "deals.csv:1: the column “type” is missing."),
        ("type,at,at\n", "deals.csv:1: has the column “at” twice."),
        ("type,at\nwon,2026-11-20,x\n", "deals.csv:2: has more cells than the table has columns."),
        ('type,at\nwon,"2026\n', "deals.csv:2: cannot be read as CSV"),
        ("type,at,email\nwun,2026-11-20,a@b.example\n", "deals.csv:2: type is “wun”; it can be"),
        ("type,at,email\n,2026-11-20,a@b.example\n", "deals.csv:2: type is missing"),
        ("type,at,email\nwon,20.11.2026,a@b.example\n", "deals.csv:2: at is “20.11.2026”; write"),
        ("type,at,email\nwon,,a@b.example\n", "deals.csv:2: at is missing"),
        ("type,at,email\nwon,2027-11-20,a@b.example\n", "deals.csv:2: at is still to come."),
        ("type,at,email\nwon,1926-11-20,a@b.example\n", "deals.csv:2: at lies before the year"),
        ("type,at,email\nwon,2026-11-20,nobody\n", "deals.csv:2: email must be an address"),
        ("type,at\nwon,2026-11-20\n", "deals.csv:2: says nothing of whose it is"),
        ("type,at,company,amount\nwon,2026-11-20,X,\"1,999.99\"\n", "deals.csv:2: amount must be"),
        ("type,at,company,amount\nwon,2026-11-20,X,19.999\n", "deals.csv:2: amount must be"),
        ("type,at,company,amount,currency\nwon,2026-11-20,X,1,€\n", "deals.csv:2: currency must"),
        ("type,at,company,amount,currency\nwon,2026-11-20,X,1,NOK\n", "deals.csv:2: currency is"),
        ("type,at,advocate\nasked,2026-11-20,a-9\n", "deals.csv:2: names nobody in adv"),
        ("type,at,email\nasked,2026-11-20,x@y.example\n", "deals.csv:2: names nobody in adv"),
        ("type,at,email\nasked,2026-11-20,\n", "deals.csv:2: says nobody who"),
    ],
)  # fmt: skip
def test_every_fault_is_named_with_its_line_and_how_to_mend_it(
    text: str, said: str, world: Place
) -> None:
    assert faults(world, text)[0].startswith(said)


def test_all_faults_are_said_at_once_each_on_its_line(world: Place) -> None:
    text = 'type,at,company\nwon,2026-11-20,"Two\nlines"\n\nwun,2026-11-20,X\nwon,now,X\n'
    assert [fault.partition(": ")[0] for fault in faults(world, text)] == [
        "deals.csv:5",
        "deals.csv:6",
    ]


# --- Whatever is written ------------------------------------------------------------------------

NAMES = st.text(string.ascii_letters + " äß&'-", min_size=1, max_size=20).filter(str.strip)
ROWS = st.fixed_dictionaries(
    {
        "type": st.sampled_from(CONVERSIONS),
        "at": st.dates(datetime(2020, 1, 1).date(), NOON.date()).map(str),
        "company": NAMES,
    },
    optional={
        "email": NAMES.map(lambda name: f"{name.strip()[:5].replace(' ', '.')}@kestrel.example"),
        "external_id": st.text(string.ascii_letters + string.digits, max_size=10),
        "amount": st.decimals(0, 10**9, places=2).map(str),
        "currency": st.just("EUR"),
    },
)
QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@QUICK
@given(st.lists(ROWS, min_size=1, max_size=12))
def test_a_good_table_is_taken_whole_in_any_order_and_with_repetitions(
    world: Place, rows: list[dict[str, str]]
) -> None:
    once, often = read(world, written(rows)), read(world, written(rows[::-1] + rows))
    assert once.faults == often.faults == ()
    assert {one.event_id for one in once.told} == {one.event_id for one in often.told}
    assert len(once.told) == len({one.event_id for one in once.told})


@QUICK
@given(st.lists(ROWS, min_size=1, max_size=8), st.data())
def test_one_bad_row_anywhere_is_named_by_its_line(
    world: Place, rows: list[dict[str, str]], data: Any
) -> None:
    place = data.draw(st.integers(0, len(rows)))
    bad = data.draw(
        st.sampled_from([{"type": "wun"}, {"at": "soon"}, {"amount": "12,5"}, {"email": "x"}])
    )
    rows.insert(place, {"type": "won", "at": "2026-01-01", "company": "X"} | bad)
    assert [fault.line for fault in read(world, written(rows)).faults] == [place + 2]


@QUICK
@given(
    st.one_of(
        st.text(max_size=200), st.text('type,at;"\n\r\tx', max_size=60).map("type,at\n".__add__)
    )
)
def test_no_text_is_more_than_a_table_or_its_faults(world: Place, text: str) -> None:
    found = read(world, text)
    assert all(fault.line >= 1 and fault.message for fault in found.faults)
