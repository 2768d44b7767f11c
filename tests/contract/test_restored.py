"""After a restore nobody comes back who was erased, on each storage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from infra.aws.replay import Replayed, main, replay
from passalong.events import INTRODUCED, PREFERRED, REMOVED, REVOKED, Event
from passalong.ledger import open_ledger
from passalong.ledger.port import Actor, Ledger, Person, Removed
from tests.contract.ledger_samples import Desk

SOMEBODY = ("i-1", "i-2", "i-3")


def event(desk: Desk, number: int, kind: str, **values: str) -> Event:
    return Event(f"e-{number}", desk.program, kind, desk.clock(), advocate="a-1", **values)  # type: ignore[arg-type]


def introduce(desk: Desk, ledger: Ledger) -> None:
    for number, person in enumerate(SOMEBODY):
        who = Person(person, "referee", "a-1", "Ida Lund", "introduction", desk.clock())
        ledger.introduce(
            event(desk, number, INTRODUCED, referee=person), who, Actor("advocate:a-1")
        )


@pytest.fixture
def restored(tmp_path_factory: pytest.TempPathFactory, desk: Desk) -> Ledger:
    """The ledger as it was when everybody had just been introduced."""
    folder = tmp_path_factory.mktemp("restored")
    ledger = open_ledger(f"sqlite:///{folder}/ledger.db", program=desk.program)
    introduce(desk, ledger)
    return ledger


def test_what_was_decided_since_the_backup_holds_in_what_was_restored(
    desk: Desk, restored: Ledger, open_desk: Callable[[str], Desk]
) -> None:
    ledger = desk.ledger
    introduce(desk, ledger)
    ledger.remove(event(desk, 10, REMOVED, referee="i-1", classification="remove"), "i-1")
    ledger.forget(event(desk, 11, REMOVED, referee="i-2", classification="unopened"), "i-2")
    gone = replace(event(desk, 12, REVOKED), data={"subject": "advocate:a-2"})
    ledger.revoke(gone, "advocate:a-2")
    ledger.prefer(event(desk, 13, PREFERRED), {"stop": "yes"}, Actor("advocate:a-1"))
    desk.clock.now += timedelta(minutes=1)  # the newest events may still be on their way

    assert replay(ledger, restored, desk.program, desk.clock) == Replayed(2, 1, 1)
    assert [person.id for person in restored.people()] == ["i-3"]
    assert restored.standings()["advocate:a-2"].revoked
    assert restored.standings()["advocate:a-1"].preferences == {"stop": "yes"}
    again = event(desk, 20, INTRODUCED, referee="i-1")
    who = Person("i-1", "referee", "a-1", "Ida Lund", "introduction", desk.clock())
    with pytest.raises(Removed):
        restored.introduce(again, who, Actor("advocate:a-1"))
    assert replay(ledger, restored, desk.program, desk.clock) == Replayed(0, 0, 0)


def test_it_is_a_command_that_may_be_given_twice(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = open_ledger(f"sqlite:///{tmp_path}/before.db", program=desk.program)
    introduce(desk, before)
    before.remove(event(desk, 10, REMOVED, referee="i-1", classification="remove"), "i-1")
    after = open_ledger(f"sqlite:///{tmp_path}/after.db", program=desk.program)
    introduce(desk, after)
    ledgers = [f"sqlite:///{tmp_path}/{name}.db" for name in ("before", "after")]
    for said in ("1 erased, 0 revoked", "0 erased, 0 revoked"):
        assert main(["--program", desk.program, *ledgers]) == 0
        assert said in capsys.readouterr().out
    assert "i-1" not in {person.id for person in after.people()}
    assert main(["--program", desk.program, "nowhere", ledgers[1]]) == 1
