"""The relay beside the local server: it says what is wrong once, and forgets no change of pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from infra.local import backstage
from infra.local.backstage import Backstage
from passalong.events import INTRODUCED, Event
from passalong.ledger.port import Actor, Person, Unavailable
from passalong.wiring import now
from tests.programs import ROOT, Made, files, write


@pytest.fixture
def made(tmp_path: Path) -> Made:
    made = Made(tmp_path / "content", tmp_path / "out", tmp_path / "var")
    write(made.content, files())
    made.build(bundle=made.var / "bundle.json")
    return made


def behind(made: Made, **settings: str) -> Backstage:
    order = made.order(bundle=made.var / "bundle.json")
    return Backstage(order, ROOT / "template.yaml", "http://x", made.settings() | settings)


class Failing:
    """A ledger that says what is due only when it is asked again."""

    def __init__(self, ledger: Any) -> None:
        self._ledger, self._asked = ledger, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    def due(self, *arguments: Any) -> Any:
        self._asked += 1
        if self._asked == 1:
            raise Unavailable("the storage is busy")
        return self._ledger.due(*arguments)


def test_pages_are_built_anew_for_what_was_read_before_the_storage_failed(made: Made) -> None:
    here = behind(made)
    who = Person("in-x", "referee", "a-1", "Ana Ruiz", "introduction", now())
    event = Event("e-1", "leeway", INTRODUCED, now(), "a-1", who.id)
    here.wiring.ledger.introduce(event, who, Actor("advocate:a-1"))
    here.wiring.ledger = Failing(here.wiring.ledger)
    with pytest.raises(Unavailable):
        here.round()
    assert here.round()
    assert not here.round()
    here.wiring.ledger.close()


def test_a_setting_that_is_wrong_is_said_once_and_in_a_sentence(
    made: Made, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here = behind(made, PASSALONG_MAIL="pigeon")
    rounds = 0

    def one_more(_seconds: float) -> bool:
        nonlocal rounds
        rounds += 1
        return rounds > 3

    monkeypatch.setattr(backstage, "_EVERY", 0)
    monkeypatch.setattr(here._stop, "wait", one_more)
    here.run(lambda: None)
    told = capsys.readouterr().err
    assert told.count("PASSALONG_MAIL must say what carries mail") == 1
    assert "Traceback" not in told
    here.wiring.ledger.close()
