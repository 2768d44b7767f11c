"""Figures on every storage: tallies change by versions, and cells are sums. See
passalong.ledger.tallies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from passalong.ledger.port import Conflict
from passalong.ledger.tallies import NAME_BYTES, RECORD_BYTES, TOGETHER, Cell, Tally
from tests.contract.ledger_samples import Desk

ALL = Cell("g1.e.all", "2026-11-21", "")
NEXT_DAY = ALL._replace(day="2026-11-22")


def first(key: str = "referral:one", record: str = "{}") -> Tally:
    return Tally(key, 1, record)


def shown(desk: Desk, table: str = ALL.table) -> list[tuple[Cell, Mapping[str, int]]]:
    """All that a table holds."""
    return list(desk.ledger.figures(table, "0001-01-01", "9999-12-31"))


# --- Tallies ------------------------------------------------------------------------------------


def test_a_tally_that_is_not_there_is_version_0_of_nothing(desk: Desk) -> None:
    assert desk.ledger.tallies(["event:x"]) == {"event:x": Tally("event:x", 0, "")}
    assert desk.ledger.tallies([]) == {}


def test_tallies_come_back_as_they_went_in(desk: Desk) -> None:
    record = '{"said": "»quoted« \U0001f9ed"}'
    one, other = first("event:x#y", record), first("account:é", "")
    desk.ledger.tally([one, other], {})
    keys = ["account:é", "event:x#y", "event:none", "event:x#y"]
    assert desk.ledger.tallies(keys) == {
        "account:é": other,
        "event:x#y": one,
        "event:none": Tally("event:none"),
    }


def test_more_tallies_are_found_than_one_call_takes(desk: Desk) -> None:
    kept = [first(f"event:{number}") for number in range(120)]
    for start in (0, 40, 80):
        desk.ledger.tally(kept[start : start + 40], {})
    assert desk.ledger.tallies([f"event:{n}" for n in range(130)]) == {
        **{tally.key: tally for tally in kept},
        **{f"event:{n}": Tally(f"event:{n}") for n in range(120, 130)},
    }


def test_large_tallies_are_found_together(desk: Desk) -> None:
    """An answer of DynamoDB has 16 MB at most, and these have more."""
    kept = [first(f"referral:{n}", f"{n:02}" * (RECORD_BYTES // 2)) for n in range(60)]
    for tally in kept:
        desk.ledger.tally([tally], {})
    found = desk.ledger.tallies([tally.key for tally in kept])
    assert found == {tally.key: tally for tally in kept}


def test_a_tally_follows_the_version_before_it(desk: Desk) -> None:
    desk.ledger.tally([first(record="1")], {})
    desk.ledger.tally([Tally("referral:one", 2, "2")], {})
    desk.ledger.tally([Tally("referral:one", 3, "3")], {})
    assert desk.ledger.tallies(["referral:one"])["referral:one"] == Tally("referral:one", 3, "3")


@pytest.mark.parametrize("version", [1, 2, 4])
def test_what_does_not_follow_is_a_conflict_and_nothing_is_kept(desk: Desk, version: int) -> None:
    desk.ledger.tally([first()], {ALL: {"won": 1}})
    desk.ledger.tally([Tally("referral:one", 2, "{}")], {ALL: {"won": 1}})
    wrong = [first("referral:new"), Tally("referral:one", version, "wrong"), first("event:new")]
    with pytest.raises(Conflict, match="referral:one"):
        desk.ledger.tally(wrong, {ALL: {"won": 7}, NEXT_DAY: {"won": 7}})
    assert desk.ledger.tallies([tally.key for tally in wrong]) == {
        "referral:new": Tally("referral:new"),
        "referral:one": Tally("referral:one", 2, "{}"),
        "event:new": Tally("event:new"),
    }
    assert shown(desk) == [(ALL, {"won": 2})]


def test_a_second_version_of_what_is_not_there_is_a_conflict(desk: Desk) -> None:
    with pytest.raises(Conflict):
        desk.ledger.tally([Tally("referral:one", 2, "{}")], {ALL: {"won": 7}})
    assert shown(desk) == []


def test_what_is_sent_twice_adds_once(desk: Desk) -> None:
    changed, cells = [first("referral:one"), first("account:k")], {ALL: {"won": 3, "hit": 1}}
    desk.ledger.tally(changed, cells)
    with pytest.raises(Conflict):
        desk.ledger.tally(changed, cells)
    assert shown(desk) == [(ALL, {"hit": 1, "won": 3})]


# --- Cells --------------------------------------------------------------------------------------


def test_cells_are_sums_of_what_was_added(desk: Desk) -> None:
    desk.ledger.tally([first("a")], {ALL: {"won": 1_000_000, "won.money": 199_999}})
    desk.ledger.tally([first("b")], {ALL: {"won.money": -200_000, "lost": 333_333}})
    added = {ALL: {"won.influenced.money": 10**15}, NEXT_DAY: {"pk": 1, "expires": 2, "-#:.": 3}}
    desk.ledger.tally([first("c")], added)
    assert shown(desk) == [
        (
            ALL,
            {
                "lost": 333_333,
                "won": 1_000_000,
                "won.influenced.money": 10**15,
                "won.money": -1,
            },
        ),
        (NEXT_DAY, {"-#:.": 3, "expires": 2, "pk": 1}),
    ]


def test_what_comes_to_nothing_is_not_shown(desk: Desk) -> None:
    desk.ledger.tally([first("a")], {ALL: {"won": 5, "hit": 1, "asked": 0}, NEXT_DAY: {"won": 5}})
    desk.ledger.tally([first("b")], {ALL: {"won": -5}, NEXT_DAY: {"won": -5}})
    assert shown(desk) == [(ALL, {"hit": 1})]
    desk.ledger.tally([first("c")], {NEXT_DAY: {"won": 5}})
    assert shown(desk) == [(ALL, {"hit": 1}), (NEXT_DAY, {"won": 5})]


def test_figures_are_those_of_the_days_asked_for(desk: Desk) -> None:
    days = ["2026-02-28", "2026-03-01", "2026-03-02", "2026-10-25"]
    for number, day in enumerate(days, 1):
        cells = {ALL._replace(day=day, value=value): {"won": number} for value in ("", "~", "Ω")}
        desk.ledger.tally([first(day)], cells)

    def numbers(start: str, end: str) -> list[int]:
        found = desk.ledger.figures(ALL.table, start, end)
        assert all(cell.value in ("", "~", "Ω") for cell, _ in found)
        return [metrics["won"] for cell, metrics in found if cell.value == "Ω"]

    assert numbers("2026-03-01", "2026-03-02") == [2, 3]
    assert numbers("2026-03-01", "2026-03-01") == [2]
    assert numbers("2026-02-01", "2026-12-31") == [1, 2, 3, 4]
    assert numbers("2026-03-03", "2026-10-24") == []
    assert numbers("2026-03-02", "2026-03-01") == []


def test_sums_are_those_of_the_days_asked_for_by_value(desk: Desk) -> None:
    for number, day in enumerate(("2026-02-28", "2026-03-01", "2026-03-02"), 1):
        cells = {
            ALL._replace(day=day, value="b"): {"won": number, "hit": 7},
            ALL._replace(day=day, value="a"): {"lost": number - 2},
        }
        desk.ledger.tally([first(day)], cells)

    def sums(start: str, end: str) -> list[tuple[str, dict[str, int]]]:
        return [(v, dict(m)) for v, m in desk.ledger.sums(ALL.table, start, end).items()]

    assert sums("2026-02-28", "2026-03-02") == [("b", {"hit": 21, "won": 6})]
    assert sums("2026-03-01", "2026-12-31") == [("a", {"lost": 1}), ("b", {"hit": 14, "won": 5})]
    assert sums("2026-02-28", "2026-02-28") == [("a", {"lost": -1}), ("b", {"hit": 7, "won": 1})]
    assert sums("2026-03-03", "2026-03-01") == []
    assert dict(desk.ledger.sums("g9.e.all", "2026-01-01", "2026-12-31")) == {}


VALUES = [
    *("", " ", "#", "$", "%", "2026-11-22#x", "A", "Maria Lindqvist", "a", "a b", "a#b", "ab"),
    *("e\u0301", "é", "Ω", "شركة", "株式会社", "\uffff", "\U0001f9ed", "x" * NAME_BYTES),
]


def test_any_text_is_a_value_and_values_are_in_order(desk: Desk) -> None:
    """By their code points, which is also the order of their bytes."""
    cells = {ALL._replace(value=value): {"won": n} for n, value in enumerate(VALUES, 1)}
    desk.ledger.tally([first()], dict(reversed(cells.items())))
    found = [(cell.value, metrics["won"]) for cell, metrics in shown(desk)]
    assert found == sorted((value, n) for n, value in enumerate(VALUES, 1))


def test_tables_are_apart_and_one_is_dropped_alone(desk: Desk) -> None:
    tables = ["g1.e.all", "g1.e.all2", "g1.e.al", "g1.e.all#2026", "g2.e.all"]
    cells = {ALL._replace(table=table): {"won": n} for n, table in enumerate(tables, 1)}
    desk.ledger.tally([first()], cells)
    for number, table in enumerate(tables, 1):
        assert shown(desk, table) == [(ALL._replace(table=table), {"won": number})]
    desk.ledger.drop_figures("g1.e.all")
    desk.ledger.drop_figures("g1.e.all")
    assert [len(shown(desk, table)) for table in tables] == [0, 1, 1, 1, 1]
    assert desk.ledger.tallies(["referral:one"])["referral:one"] == first()


def test_a_large_table_is_shown_and_dropped_whole(desk: Desk) -> None:
    values = [f"{number:03}" + "x" * 900 for number in range(250)]
    for start in range(0, 250, 50):
        cells = {ALL._replace(value=v): {"won": 1} for v in values[start : start + 50]}
        desk.ledger.tally([first(f"t{start}")], cells)
    assert [cell.value for cell, _ in shown(desk)] == values
    desk.ledger.drop_figures(ALL.table)
    assert shown(desk) == []


def test_tallies_are_dropped_by_their_keys_and_begin_anew(desk: Desk) -> None:
    kept = [first(f"1.event:{number}") for number in range(130)]
    for start in (0, 65):
        desk.ledger.tally(kept[start : start + 65], {ALL: {"won": 1}})
    other = first("2.event:0")
    desk.ledger.tally([other], {})
    keys = [tally.key for tally in kept]
    desk.ledger.drop_tallies([*keys, "1.event:none", keys[0]])
    desk.ledger.drop_tallies([])
    desk.ledger.drop_tallies(keys)
    found = desk.ledger.tallies([*keys, other.key])
    assert found == {key: Tally(key) for key in keys} | {other.key: other}
    assert shown(desk) == [(ALL, {"won": 2})]
    desk.ledger.tally([kept[0]], {})


def test_another_programs_figures_are_not_seen(
    desk: Desk, open_desk: Callable[[str], Desk]
) -> None:
    desk.ledger.tally([first(record="ours")], {ALL: {"won": 1}})
    other = open_desk(f"{desk.program}-other")
    assert other.ledger.tallies(["referral:one"])["referral:one"].version == 0
    assert shown(other) == []
    other.ledger.tally([first(record="theirs")], {ALL: {"won": 5}})
    other.ledger.drop_figures(ALL.table)
    other.ledger.drop_tallies(["referral:one"])
    assert shown(desk) == [(ALL, {"won": 1})]
    assert desk.ledger.tallies(["referral:one"])["referral:one"].record == "ours"


def test_figures_are_there_when_the_ledger_is_opened_again(
    desk: Desk, open_desk: Callable[[str], Desk]
) -> None:
    desk.ledger.tally([first()], {ALL: {"won": 1}})
    again = open_desk(desk.program)
    assert shown(again) == [(ALL, {"won": 1})]
    assert again.ledger.tallies(["referral:one"])["referral:one"] == first()


# --- What no storage keeps ------------------------------------------------------------------------


def test_as_much_as_may_be_changes_together(desk: Desk) -> None:
    changed = [first(f"t{n}", "x" * 33_000) for n in range(TOGETHER - 30)]
    cells = {ALL._replace(value=f"{n}"): {"won": 1, "won.money": n} for n in range(1, 31)}
    desk.ledger.tally(changed, cells)
    assert len(shown(desk)) == 30
    assert desk.ledger.tallies(["t0"])["t0"] == changed[0]


@pytest.mark.parametrize(
    ("changed", "cells"),
    [
        ([], {ALL: {"won": 1}}),
        ([first(), first()], {}),
        ([first(), Tally("referral:one", 2)], {}),
        ([Tally("referral:one")], {}),
        ([first(str(n)) for n in range(TOGETHER + 1)], {}),
        ([first()], {ALL._replace(value=str(n)): {"won": 1} for n in range(TOGETHER)}),
        ([first(record="é" * (RECORD_BYTES // 2 + 1))], {}),
        ([first(str(n), "x" * RECORD_BYTES) for n in range(11)], {}),
        ([first()], {ALL._replace(day="21.11.2026"): {"won": 1}}),
        ([first()], {ALL._replace(day=""): {"won": 1}}),
        ([first()], {ALL._replace(value="é" * NAME_BYTES): {"won": 1}}),
        ([first("x" * (NAME_BYTES + 1))], {}),
    ],
    ids=[
        *("no tally", "one twice", "one in two versions", "version 0"),
        *("too many tallies", "too many cells", "a long record", "long records"),
        *("no day", "an empty day", "a long value", "a long key"),
    ],
)
def test_what_no_storage_keeps_is_a_mistake(
    desk: Desk, changed: list[Tally], cells: dict[Cell, dict[str, int]]
) -> None:
    with pytest.raises(ValueError, match=r"tall|version|long|day"):
        desk.ledger.tally(changed, cells)
    assert shown(desk) == []


def test_zeros_do_not_count_as_changes(desk: Desk) -> None:
    cells = {ALL._replace(value=str(n)): {"won": 0} for n in range(200)}
    desk.ledger.tally([first()], cells)
    assert shown(desk) == []
