"""A ledger in the hands of a test: it notes what it is asked, and fails where it is told to."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

from passalong.ledger.port import Ledger, LedgerError, Unavailable


class Watched:
    """Every call of a ledger. ``fail`` makes one of the next fail, before it is done or after."""

    def __init__(self, ledger: Ledger) -> None:
        self.calls: list[str] = []
        self._ledger = ledger
        self._failing: tuple[int, bool] | None = None

    def fail(self, number: int, *, done: bool) -> None:
        """The call of that number from now on is unavailable; ``done`` if only its answer is."""
        self._failing = len(self.calls) + number, done

    def trips(self, call: Callable[[], object]) -> int:
        """How many calls of the ledger a call makes."""
        before = len(self.calls)
        call()
        return len(self.calls) - before

    def as_ledger(self) -> Ledger:
        """This, as what it stands for."""
        return cast("Ledger", self)

    def __getattr__(self, name: str) -> Any:
        return self._watched(name, getattr(self._ledger, name))

    def _watched(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            number = len(self.calls)
            self.calls.append(name)
            if self._failing == (number, False):
                raise Unavailable("the storage does not answer", retry_after=7)
            if self._failing == (number, True):
                with suppress(LedgerError):
                    method(*given, **named)
                raise Unavailable("the answer got lost", retry_after=7)
            return method(*given, **named)

        return call
