"""The SQLite ledger where things go wrong: failing statements, others at work, killed processes."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from passalong.errors import Stop
from passalong.events import INTRODUCED, REMOVED, REVOKED
from passalong.ledger import open_ledger, sqlite_schema
from passalong.ledger.port import Actor, LimitReached, Unavailable
from passalong.ledger.sqlite import SqliteLedger
from passalong.ledger.sqlite_store import Store
from tests.contract.ledger_samples import (
    CELLS,
    HOUR,
    MARIA,
    NOON,
    ONE_WON,
    STEPS,
    TABLES,
    UNITS,
    Clock,
    Desk,
    a_delivery,
    a_person,
    a_tally,
    everything,
    steps,
)

ROOT = Path(__file__).parents[2]
PROGRAM = "leeway"
COUNT = (
    "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]);"
    "print(*db.execute('SELECT count(*) FROM events').fetchone()); db.close()"
)
"""A process of its own that counts the events of a ledger, and lets go of it."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "var" / "ledger.db"


@pytest.fixture
def desk(path: Path) -> Iterator[Desk]:
    """A ledger on which nothing fails."""
    ledger = open_ledger(f"sqlite:///{path}", program=PROGRAM)
    yield Desk(ledger, PROGRAM, Clock())
    ledger.close()


# --- Others have the file open ----------------------------------------------------------------


def test_opening_it_once_more_takes_no_lock_from_whoever_has_it_open(
    desk: Desk, path: Path
) -> None:
    """Another process that closes the file last would take away what was not yet moved into it."""
    for expected in (1, 2, 3):
        desk.ledger.file(desk.event())
        open_ledger(f"sqlite:///{path}", program=PROGRAM).close()
        done = subprocess.run(
            [sys.executable, "-c", COUNT, str(path)], check=True, capture_output=True, text=True
        )
        assert int(done.stdout) == expected
    assert path.with_name("ledger.db-wal").exists()


# --- A statement fails ------------------------------------------------------------------------


class Fuse:
    """Lets the n-th statement from now on fail, before or after it is done."""

    def __init__(self) -> None:
        self.left = 0

    def spend(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise sqlite3.OperationalError("disk I/O error")


def failing_store(path: Path, fuse: Fuse) -> Store:
    class Failing(sqlite3.Connection):
        def execute(self, *arguments: Any) -> sqlite3.Cursor:
            fuse.spend()
            return super().execute(*arguments)

    return Store(path, connection=Failing)


ALONE = ("forget", "renew", "expect", "settle", "advance", "tally", "drop")


@pytest.mark.parametrize("name", [*STEPS, *ALONE])
def test_a_step_whose_statement_fails_leaves_nothing_behind(
    desk: Desk, path: Path, name: str
) -> None:
    desk.ledger.introduce(desk.event(INTRODUCED), a_person("known"), MARIA)
    desk.ledger.tally([a_tally(UNITS[0])], ONE_WON)
    changed = [a_tally(UNITS[0], 2), a_tally(UNITS[1])]
    fuse = Fuse()
    failing = SqliteLedger(failing_store(path, fuse), PROGRAM)
    ready = steps(Desk(failing, PROGRAM, desk.clock))
    event, actor = desk.event(REMOVED, referee="tomas"), Actor("advocate:maria", limit=9)
    others: dict[str, Callable[[], object]] = {
        "forget": lambda: failing.forget(event, "known"),
        "renew": lambda: failing.renew(event, "advocate:maria"),
        "expect": lambda: failing.expect([a_delivery("a"), a_delivery("b")]),
        "settle": lambda: failing.settle(a_delivery("a", state="dead")),
        "advance": lambda: failing.advance("relay", "7"),
        "tally": lambda: failing.tally(changed, ONE_WON),
        "drop": lambda: failing.drop_figures(TABLES[0]),
    }

    def is_done(statements: int) -> bool:
        """Whether the step is done where the statement after so many fails."""
        fuse.left = statements + 1
        try:
            others[name]() if name in others else ready[name][1](event, actor)
        except Unavailable:
            return False
        return True

    then, statements = everything(desk), 0
    while not is_done(statements):
        assert everything(desk) == then, f"after {statements} statements"
        statements += 1
    failing.close()
    assert statements >= 3, "beginning, writing and committing at the least"
    assert everything(desk) != then


def test_a_refusal_whose_statement_fails_leaves_nothing_behind(desk: Desk, path: Path) -> None:
    actor, fuse = Actor("advocate:maria", limit=1), Fuse()
    desk.ledger.record(desk.event(), actor)
    failing = SqliteLedger(failing_store(path, fuse), PROGRAM)
    then = everything(desk)
    for statement in range(1, 12):
        fuse.left = statement
        with pytest.raises((Unavailable, LimitReached)):
            failing.record(desk.event(), actor)
        assert everything(desk) == then, f"statement {statement}"
    failing.close()


def test_a_full_disk_is_unavailable_and_writes_nothing(desk: Desk, path: Path) -> None:
    class Full(sqlite3.Connection):
        def execute(self, *arguments: Any) -> sqlite3.Cursor:
            super().execute("PRAGMA max_page_count = 1").close()
            return super().execute(*arguments)

    long = desk.event(data={"words": "x" * 100_000})
    full = SqliteLedger(Store(path, connection=Full), PROGRAM)
    with pytest.raises(Unavailable, match="full"):
        full.file(long)
    full.close()
    assert desk.events() == []
    assert desk.ledger.file(long).fresh


def test_a_mistake_in_our_sql_keeps_its_traceback(desk: Desk, path: Path) -> None:
    store = Store(path)
    with pytest.raises(sqlite3.OperationalError), store.reading() as db:
        db.execute("SELECT nothing FROM nowhere")
    store.close()


def test_events_cannot_be_edited(desk: Desk, path: Path) -> None:
    desk.ledger.file(desk.event())
    with sqlite3.connect(path) as db:
        for statement in ("UPDATE events SET record = '{}'", "DELETE FROM events"):
            with pytest.raises(sqlite3.IntegrityError, match="never"):
                db.execute(statement)
    db.close()


def test_who_is_erased_is_not_left_in_the_file(desk: Desk, path: Path) -> None:
    person = a_person(name="Xanthippe Quill", reason="Xanthippe " * 1000)
    desk.ledger.introduce(desk.event(INTRODUCED), person, MARIA)
    desk.ledger.remove(desk.event(REMOVED), person.id)
    desk.ledger.close()
    assert [found.name for found in path.parent.iterdir()] == [path.name]
    assert b"Xanthippe" not in path.read_bytes()


# --- Others are at work -------------------------------------------------------------------------


def test_a_ledger_that_stays_busy_is_unavailable(desk: Desk, path: Path) -> None:
    impatient = SqliteLedger(Store(path, busy_seconds=0.05), PROGRAM)
    event = desk.event()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="locked"):
        impatient.file(event)
    assert impatient.events_of("maria") == [], "who reads is not kept waiting"
    other.execute("ROLLBACK")
    other.close()
    assert impatient.file(event).fresh
    impatient.close()


def plan_of(path: Path, call: Callable[[SqliteLedger], object]) -> list[str]:
    """How SQLite goes about the one statement of a call."""
    asked: list[tuple[Any, ...]] = []

    class Noting(sqlite3.Connection):
        def execute(self, *arguments: Any) -> sqlite3.Cursor:
            asked.append(arguments)
            return super().execute(*arguments)

    store = Store(path, connection=Noting)
    ledger = SqliteLedger(store, PROGRAM)
    asked.clear()
    call(ledger)
    ((sql, values),) = asked
    with store.reading() as db:
        plan = [row[-1] for row in db.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
    ledger.close()
    return plan


def test_figures_are_one_search_and_nothing_is_sorted(desk: Desk, path: Path) -> None:
    plan = plan_of(path, lambda ledger: ledger.figures(TABLES[0], "2026-11-01", "2026-11-30"))
    assert len(plan) == 1, plan
    assert plan[0].startswith("SEARCH"), plan
    assert "day>? AND day<?" in plan[0], plan


def test_sums_read_the_days_that_are_asked_for(desk: Desk, path: Path) -> None:
    plan = plan_of(path, lambda ledger: ledger.sums(TABLES[0], "2026-11-01", "2026-11-30"))
    assert "day>? AND day<?" in plan[0], plan


def test_what_came_in_since_is_found_without_sorting_what_came_before(
    desk: Desk, path: Path
) -> None:
    plan = plan_of(path, lambda ledger: ledger.after("7", 10))
    assert plan == ["SEARCH events USING INTEGER PRIMARY KEY (rowid>?)"]


def test_threads_share_a_ledger(desk: Desk) -> None:
    """32 threads bring the same 50 events and read between: each event comes in once."""
    events = [desk.event() for _ in range(50)]
    start = threading.Barrier(32)

    def bring(number: int) -> int:
        start.wait()
        mine = Random(number).sample(events, len(events))
        return sum(desk.ledger.file(event).fresh for event in mine if desk.ledger.after("", 5))

    with ThreadPoolExecutor(32) as pool:
        fresh = list(pool.map(bring, range(32)))
    assert sum(fresh) == 50
    assert sorted(desk.ids()) == sorted(event.id for event in events)


def test_a_closed_ledger_is_unavailable(desk: Desk) -> None:
    desk.ledger.close()
    with pytest.raises(Unavailable, match="closed"):
        desk.ledger.file(desk.event())


# --- The file ---------------------------------------------------------------------------------


def test_only_its_owner_can_read_the_ledger(desk: Desk, path: Path) -> None:
    desk.ledger.file(desk.event())
    modes = {found.name: stat.S_IMODE(found.stat().st_mode) for found in path.parent.iterdir()}
    assert modes == {"ledger.db": 0o600, "ledger.db-wal": 0o600, "ledger.db-shm": 0o600}


def test_a_relative_address_begins_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    open_ledger("sqlite:///var/ledger.db", program=PROGRAM).close()
    assert (tmp_path / "var/ledger.db").is_file()


def test_what_is_no_ledger_is_refused_and_left_alone(tmp_path: Path) -> None:
    letter, other = tmp_path / "letter.txt", tmp_path / "other.db"
    letter.write_text("Dear Tomas, " * 1000, "utf-8")
    with sqlite3.connect(other) as db:
        db.execute("CREATE TABLE events (mine)")
    db.close()
    for path, sentence in [(letter, "cannot be used"), (other, "not a ledger")]:
        with pytest.raises(Stop, match=sentence):
            open_ledger(f"sqlite:///{path}", program=PROGRAM)
    assert letter.read_text("utf-8").startswith("Dear Tomas")
    with sqlite3.connect(other) as db:
        assert [name for (name,) in db.execute("SELECT name FROM sqlite_master")] == ["events"]
    db.close()


def test_a_ledger_of_a_newer_version_is_refused(desk: Desk, path: Path) -> None:
    desk.ledger.close()
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version = {len(sqlite_schema.MIGRATIONS) + 1}")
    db.close()
    with pytest.raises(Stop, match="newer"):
        open_ledger(f"sqlite:///{path}", program=PROGRAM)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    with pytest.raises(Stop, match=r"file/ledger\.db"):
        open_ledger(f"sqlite:///{tmp_path}/file/ledger.db", program=PROGRAM)


def test_a_migration_runs_once_and_keeps_what_is_there(
    desk: Desk, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = desk.ledger.file(desk.event()).event
    desk.ledger.close()
    newer = (*sqlite_schema.MIGRATIONS, ("CREATE TABLE more (what)", "INSERT INTO more VALUES (1)"))
    monkeypatch.setattr(sqlite_schema, "MIGRATIONS", newer)
    stores: list[Store] = []
    with ThreadPoolExecutor(8) as pool:
        stores += pool.map(lambda _: Store(path), range(8))
    with stores[0].reading() as db:
        assert db.execute("SELECT what FROM more").fetchall() == [(1,)]
    assert Desk(SqliteLedger(stores[0], PROGRAM), PROGRAM, Clock()).events() == [event]
    for store in stores:
        store.close()


def test_a_ledger_from_before_there_were_figures_keeps_them_now(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sqlite_schema, "MIGRATIONS", sqlite_schema.MIGRATIONS[:1])
        old = Desk(SqliteLedger(Store(path), PROGRAM), PROGRAM, Clock())
        event = old.ledger.file(old.event()).event
        old.ledger.close()
    ledger = open_ledger(f"sqlite:///{path}", program=PROGRAM)
    ledger.tally([a_tally()], ONE_WON)
    assert Desk(ledger, PROGRAM, Clock()).events() == [event]
    assert len(ledger.figures(TABLES[0], "2026-11-01", "2026-11-30")) == len(CELLS) / len(TABLES)
    ledger.close()


def test_a_migration_that_fails_changes_nothing(
    desk: Desk, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.ledger.close()
    with monkeypatch.context() as patch:
        broken = (*sqlite_schema.MIGRATIONS, ("CREATE TABLE more (what)", "INSERT INTO nowhere"))
        patch.setattr(sqlite_schema, "MIGRATIONS", broken)
        with pytest.raises(Stop):
            Store(path)
    store = Store(path)
    with store.reading() as db:
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_master")]
    store.close()
    assert "more" not in names


def test_a_removed_or_revoked_page_stays_so_in_a_file_that_was_copied(
    desk: Desk, path: Path, tmp_path: Path
) -> None:
    """A backup by SQLite's own means, while the ledger is open, is a ledger."""
    desk.ledger.revoke(desk.event(REVOKED), "advocate:maria")
    copy = tmp_path / "backup.db"
    with sqlite3.connect(path) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    source.close()
    target.close()
    ledger = open_ledger(f"sqlite:///{copy}", program=PROGRAM)
    assert everything(Desk(ledger, PROGRAM, Clock())) == everything(desk)
    ledger.close()


# --- kill -9 ------------------------------------------------------------------------------------

WRITER = """
import sys
from itertools import count
from passalong.ledger import open_ledger
from tests.contract.ledger_samples import MARIA, an_event, a_person
ledger = open_ledger(sys.argv[1], program="leeway")
for number in count():
    name = f"{sys.argv[2]}-{number}"
    ledger.introduce(an_event("leeway", "introduced", id=name), a_person(name), MARIA)
    print(name, flush=True)
"""


def killed_writer(path: Path, name: str, acknowledged: int) -> list[str]:
    """Kills a writer some time after so many were acknowledged; says which were."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, f"sqlite:///{path}", name],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        assert writer.stdout
        lines = [writer.stdout.readline() for _ in range(acknowledged)]
        os.kill(writer.pid, signal.SIGKILL)
        lines += writer.stdout.readlines()
    return [line.strip() for line in lines if line.endswith("\n")]


def kill_writers(desk: Desk, path: Path, times: int) -> None:
    draw = Random(times)
    acknowledged: list[str] = []
    for round_ in range(times):
        acknowledged += killed_writer(path, f"writer-{round_}", draw.randrange(1, 40))
    ids = desk.ids()
    assert set(acknowledged) <= set(ids)
    assert len(ids) == len(set(ids))
    assert sorted(person.id for person in desk.ledger.people()) == sorted(ids), "both or neither"
    for name in acknowledged[-3:]:  # the client did not hear, and tries again
        again = replace(desk.event(INTRODUCED, id=name), at=NOON + HOUR)
        assert not desk.ledger.introduce(again, a_person(name), MARIA).fresh
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    db.close()


def test_a_killed_process_loses_nothing_that_it_acknowledged(desk: Desk, path: Path) -> None:
    kill_writers(desk, path, 4)


@pytest.mark.soak
def test_fifty_killed_processes_lose_nothing_that_they_acknowledged(desk: Desk, path: Path) -> None:
    kill_writers(desk, path, 50)


# --- Addresses ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("", "sqlite:///var/ledger.db"),
        ("ledger.db", "neither"),
        ("mysql://ledger", "neither"),
        ("sqlite:ledger.db", "neither"),
        ("sqlite://ledger.db", "sqlite:///ledger.db"),
        ("sqlite:///", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("dynamodb://", "names no table"),
        ("dynamodb://x", "names no table"),
        ("dynamodb://table/more?region=x", "names no table"),
        ("dynamodb://table?regoin=x", "no option regoin"),
    ],
)
def test_an_address_that_is_none_gets_a_sentence(url: str, sentence: str) -> None:
    with pytest.raises(Stop, match=sentence):
        open_ledger(url, program=PROGRAM)


def test_only_the_storage_that_is_picked_is_imported(tmp_path: Path) -> None:
    code = (
        "import sys; from passalong.ledger import open_ledger;"
        f"open_ledger('sqlite:///{tmp_path}/l.db', program='p').close();"
        "sys.exit('botocore' in sys.modules or 'passalong.ledger.dynamodb' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_without_botocore_a_table_gets_a_sentence() -> None:
    code = (
        "import sys; sys.modules['botocore'] = None; from passalong.ledger import open_ledger;"
        "open_ledger('dynamodb://table?region=x', program='p')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert "Stop: dynamodb://table?region=x needs botocore: pip install botocore" in done.stderr
