"""Notes in the ledger who has which variant, while a build reads its content."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from passalong import zones
from passalong.commands.make import Progress
from passalong.experiments.assigning import assign, note_weights
from passalong.ledger import ledger_address, open_ledger
from passalong.variants import running
from passalong.wiring import now

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from passalong.pages.reading import Now, Order
    from passalong.program import Program


_LONG: Final = 200
"""People from which on it is shown how far it is."""


def noting(order: Order, *, weighs: bool = False) -> Order:
    """The order of pages or letters that people are about to see: see `InLedger`."""
    address = ledger_address(order.var, os.environ)
    return replace(order, assigner=InLedger(address, now, Progress("People", _LONG), weighs=weighs))


class InLedger:
    """Notes variants in the ledger at an address; see `passalong.pages.reading.Assigner`.

    Where ``weighs``, people not yet assigned draw by the results of today, in an experiment that
    says so.
    """

    def __init__(
        self,
        address: str,
        clock: Callable[[], datetime],
        progress: Callable[[int, int], None],
        *,
        weighs: bool = False,
    ) -> None:
        self._address, self._clock, self._progress = address, clock, progress
        self._weighs = weighs

    def weigh(self, program: Program) -> None:
        """Notes today's weights, where nobody did."""
        every = [one for one in running(program) if one.automatic]
        if not every or not self._weighs:
            return
        from passalong.experiments.results import shares_of  # noqa: PLC0415 - few are automatic
        from passalong.figures.state import state_of  # noqa: PLC0415

        self._weighs = False  # of several rounds the first
        at, day = self._now(program)
        with closing(open_ledger(self._address, program=program.id)) as ledger:
            for one in every:
                weights = shares_of(one, ledger, state_of(ledger).shown, day)
                note_weights(ledger, program, one, weights, at=at, day=day)

    def assign(self, program: Program, found: Now) -> None:
        """Notes what everybody has who has nothing noted yet."""
        people, holders, decided = found
        at, day = self._now(program)
        with closing(open_ledger(self._address, program=program.id)) as ledger:
            assign(
                ledger,
                program,
                people,
                holders,
                decided.standings,
                at=at,
                day=day,
                progress=self._progress,
            )

    def _now(self, program: Program) -> tuple[datetime, date]:
        at = self._clock()
        return at, at.astimezone(zones.first(program.timezone)).date()
