"""Figures are the same whatever order events come in, however often, whoever is killed meanwhile:
a simulated year on each storage, held to a recomputation in SQL. See tests/simulated_year.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from passalong.events import BOOKED, INTRODUCED, WON, Event
from passalong.figures.following import catch_up, follow
from passalong.figures.rebuild import rebuild
from passalong.figures.rows import tables
from passalong.figures.state import state_of
from passalong.figures.taking import take
from passalong.ledger.port import Ledger, Unavailable
from passalong.ledger.sqlite import SqliteLedger, open_file
from tests.contract.ledger_samples import Desk
from tests.contract.watched import Watched
from tests.figures_in_sql import Cells, figures_in_sql
from tests.filing import file_all
from tests.simulated_year import FIRST, Year, about, rules

EVER = ("0001-01-01", "9999-12-31")


def a_year(program: str, seed: int, number: int) -> list[Event]:
    return Year(seed, number, program=program).events()


def shown(ledger: Ledger, generation: int) -> Cells:
    """All that a generation of figures holds."""
    found = [cell for table in tables(generation) for cell in ledger.figures(table, *EVER)]
    return {
        (table.partition(".")[2], day, value): dict(metrics)
        for (table, day, value), metrics in found
    }


def in_sql(tmp_path: Path, program: str, events: Sequence[Event]) -> Cells:
    """What SQL finds in the events, once each."""
    file = tmp_path / "recomputed.db"
    ledger = open_file(file, program)
    file_all(ledger, events)
    ledger.close()
    return figures_in_sql(file, program, rules(), about)


def shuffled(events: Sequence[Event], seed: int) -> list[Event]:
    """In another order, a third of them twice."""
    draw = Random(seed)
    mixed = [*events, *draw.sample(events, len(events) // 3)]
    draw.shuffle(mixed)
    return mixed


def replayed(ledger: Ledger, events: Sequence[Event], generation: int) -> Cells:
    """Takes events in, in portions as a stream brings them; what comes of it."""
    draw, place = Random(generation), 0
    while place < len(events):
        size = draw.choice((1, 3, 40, 400, 1000))
        take(ledger, events[place : place + size], about, rules(), generation=generation)
        place += size
    return shown(ledger, generation)


def keep(desk: Desk, events: Sequence[Event]) -> None:
    """Has them come in, long enough ago to be seen."""
    file_all(desk.ledger, events)
    desk.clock.forward(minutes=1)


# --- A year -------------------------------------------------------------------------------------


def test_a_year_is_the_same_in_any_order_with_repetitions_and_in_sql(
    desk: Desk, storage: str, tmp_path: Path
) -> None:
    events = a_year(desk.program, 7, 2000 if storage == "sqlite" else 700)
    expected = in_sql(tmp_path, desk.program, events)
    assert len(expected) > 3000
    for generation in (11, 12, 13):
        assert replayed(desk.ledger, shuffled(events, generation), generation) == expected


def followed(desk: Desk, events: Sequence[Event]) -> None:
    """Events come in and are counted, with a rebuild when half of them are there."""
    half = len(events) // 2
    keep(desk, events[:half])
    catch_up(desk.ledger, about, rules())
    rebuild(desk.ledger, about, rules(), "today")
    keep(desk, events[half:])
    caught = catch_up(desk.ledger, about, rules())
    assert caught.is_all
    assert not caught.left


def test_a_rebuild_in_between_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    events = a_year(desk.program, 8, 600)
    followed(desk, shuffled(events, 8))
    state = state_of(desk.ledger)
    assert (state.shown, state.filling, state.dropping) == (2, 0, ())
    assert shown(desk.ledger, 2) == in_sql(tmp_path, desk.program, events)
    assert shown(desk.ledger, 1) == {}


def test_what_the_stream_brings_early_is_not_counted_again_by_the_clock(desk: Desk) -> None:
    events = a_year(desk.program, 9, 300)
    keep(desk, events)
    assert follow(desk.ledger, events[::3], about, rules()) == []
    catch_up(desk.ledger, about, rules())
    take(desk.ledger, events, about, rules(), generation=5)
    assert shown(desk.ledger, 1) == shown(desk.ledger, 5)


# --- Killed -------------------------------------------------------------------------------------


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_whoever_is_killed_at_any_call_and_begins_again_is_exact(desk: Desk, done: bool) -> None:
    events = shuffled(a_year(desk.program, 10, 100), 10)
    take(desk.ledger, events, about, rules(), generation=1)
    expected, draw = shown(desk.ledger, 1), Random(1)
    for generation in range(2, 7):
        watched = Watched(desk.ledger)
        for _ in range(4):
            watched.fail(draw.randrange(12), done=done)
            with pytest.raises(Unavailable):
                replay_in_fives(watched.as_ledger(), events, generation)
        replay_in_fives(desk.ledger, events, generation)
        assert shown(desk.ledger, generation) == expected


def replay_in_fives(ledger: Ledger, events: Sequence[Event], generation: int) -> None:
    for start in range(0, len(events), 5):
        take(ledger, events[start : start + 5], about, rules(), generation=generation)


def many_advocates(program: str) -> list[Event]:
    """A company that a dozen advocates brought, by a rule that splits credit: more than a step."""
    made = [
        Event(
            id=f"i{n}",
            program=program,
            type=INTRODUCED,
            at=FIRST + timedelta(hours=n),
            advocate=f"adv-{n}",
            referral=f"ref-{n}",
            referee=f"in-{n}",
            data={"account": "kestrel", "story": f"story-{n}"},
        )
        for n in range(12)
    ]
    booked = replace(made[3], id="b", type=BOOKED, at=FIRST + timedelta(days=2))
    return [*made, booked, replace(booked, id="w", type=WON, at=FIRST + timedelta(days=9))]


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_a_change_that_is_larger_than_a_step_is_finished_by_whoever_comes_next(
    desk: Desk, done: bool
) -> None:
    events, linear = many_advocates(desk.program), rules("linear")
    for event in events:
        take(desk.ledger, [event], about, linear, generation=1)
    expected = shown(desk.ledger, 1)
    assert expected["e.all", "2025-11-10", ""]["won"] == 1_000_000
    calls = Watched(desk.ledger)
    take(calls.as_ledger(), events, about, linear, generation=2)
    assert shown(desk.ledger, 2) == expected
    assert calls.calls.count("tally") > len(events)
    for generation, number in enumerate(range(0, len(calls.calls), 7), 3):
        watched = Watched(desk.ledger)
        watched.fail(number, done=done)
        with pytest.raises(Unavailable):
            take(watched.as_ledger(), events, about, linear, generation=generation)
        take(desk.ledger, events, about, linear, generation=generation)
        assert shown(desk.ledger, generation) == expected


def test_a_company_that_turns_out_to_be_another_takes_its_referral_with_it(desk: Desk) -> None:
    """Told last, and the earliest: killed at each call on the way, it is finished all the same."""
    events, linear = many_advocates(desk.program), rules("linear")
    first = replace(events[3], id="earlier", at=events[0].at - timedelta(days=1))
    moving = replace(first, data={"account": "turmfalke"})
    take(desk.ledger, [*events, moving], about, linear, generation=1)
    expected = shown(desk.ledger, 1)
    assert {unit for _, _, unit in expected if unit.startswith("account:")} == {"account:turmfalke"}
    for number in range(9):
        generation = 2 + number
        take(desk.ledger, events, about, linear, generation=generation)
        watched = Watched(desk.ledger)
        watched.fail(number, done=bool(number % 2))
        try:
            take(watched.as_ledger(), [moving], about, linear, generation=generation)
        except Unavailable:
            take(desk.ledger, [moving], about, linear, generation=generation)
        assert shown(desk.ledger, generation) == expected


# --- Rebuilt ------------------------------------------------------------------------------------


def test_reports_read_the_old_figures_until_the_new_ones_are_whole(desk: Desk) -> None:
    keep(desk, a_year(desk.program, 14, 450))
    catch_up(desk.ledger, about, rules())
    before = shown(desk.ledger, 1)
    seen: list[bool] = []

    def told(_event: Event) -> None:
        seen.append(state_of(desk.ledger).shown == 1 and shown(desk.ledger, 1) == before)

    rebuild(desk.ledger, about, rules(), "today", told)
    assert seen
    assert all(seen)
    assert shown(desk.ledger, 2) == before


def test_a_rebuild_goes_by_the_rules_and_lists_of_its_day(desk: Desk) -> None:
    keep(desk, a_year(desk.program, 15, 300))
    catch_up(desk.ledger, about, rules())
    rebuild(desk.ledger, lambda _: None, rules("last"), "other rules")
    generation = state_of(desk.ledger).shown
    events, _ = desk.ledger.after("", 10_000)
    take(desk.ledger, events, lambda _: None, rules("last"), generation=9)
    assert shown(desk.ledger, generation) == shown(desk.ledger, 9)
    regions = {value for table, _, value in shown(desk.ledger, generation) if table == "e.region"}
    assert regions == {""}


@pytest.mark.parametrize("settings", ["today", "tomorrow"])
def test_a_rebuild_that_was_killed_is_finished_or_begun_anew(desk: Desk, settings: str) -> None:
    keep(desk, a_year(desk.program, 16, 300))
    catch_up(desk.ledger, about, rules())
    expected = shown(desk.ledger, 1)
    watched = Watched(desk.ledger)
    for number in (6, 14, 30):
        watched.fail(number, done=True)
        with pytest.raises(Unavailable):
            rebuild(watched.as_ledger(), about, rules(), "today")
    keep(desk, late := a_year(desk.program, 17, 60))
    rebuild(desk.ledger, about, rules(), settings)
    catch_up(desk.ledger, about, rules())
    state = state_of(desk.ledger)
    assert (state.filling, state.dropping) == (0, ())
    take(desk.ledger, late, about, rules(), generation=1)
    after, _ = desk.ledger.after("", 10_000)
    take(desk.ledger, after, about, rules(), generation=99)
    assert shown(desk.ledger, state.shown) == shown(desk.ledger, 99)
    assert expected != shown(desk.ledger, 99)


def test_a_rebuild_leaves_nothing_of_what_was_before(tmp_path: Path) -> None:
    ledger = open_file(tmp_path / "ledger.db", "leeway")
    for event in a_year("leeway", 18, 600):
        ledger.file(event)
    catch_up(ledger, about, rules())
    kept = contents(ledger)
    rebuild(ledger, about, rules(), "today")
    again = contents(ledger)
    assert {key.replace("1.", "2.", 1) for key in kept} == again
    ledger.close()


def contents(ledger: SqliteLedger) -> set[str]:
    """The keys of all tallies, and the names of all tables of figures."""
    with ledger._store.reading() as db:
        keys = db.execute("SELECT key FROM tallies UNION SELECT DISTINCT name FROM figures")
        return {key for (key,) in keys}


# --- What nobody can count ------------------------------------------------------------------------


def test_an_event_that_nobody_can_count_holds_up_no_others(desk: Desk) -> None:
    events = a_year(desk.program, 19, 200)
    odd = Event("odd", desk.program, "shared", events[0].at, medium="x" * 1200)
    keep(desk, [*events[:100], odd, *events[100:]])
    caught = catch_up(desk.ledger, about, rules())
    assert (caught.left, caught.is_all) == (("odd",), True)
    take(desk.ledger, events, about, rules(), generation=2)
    assert shown(desk.ledger, 1) == shown(desk.ledger, 2)


# --- Soaked ---------------------------------------------------------------------------------------


@pytest.mark.soak
def test_a_large_year_is_the_same_in_any_order_and_in_sql(
    desk: Desk, storage: str, tmp_path: Path
) -> None:
    events = a_year(desk.program, 20, 1_000_000 if storage == "sqlite" else 20_000)
    expected = in_sql(tmp_path, desk.program, events)
    followed(desk, shuffled(events, 10))
    assert shown(desk.ledger, state_of(desk.ledger).shown) == expected
    for generation in (11, 12):
        assert replayed(desk.ledger, shuffled(events, generation), generation) == expected
