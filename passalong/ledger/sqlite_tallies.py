"""Figures in the SQLite ledger: a row for each tally, and one for each metric of a cell."""

from __future__ import annotations

import json
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from passalong.ledger.port import Conflict
from passalong.ledger.tallies import Cell, Tally, additions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from passalong.ledger.sqlite_store import Store


class SqliteTallies:
    """See passalong.ledger.tallies.Tallies."""

    def __init__(self, store: Store, program: str) -> None:
        self._store, self._program = store, program

    def tallies(self, keys: Sequence[str]) -> Mapping[str, Tally]:
        found = {key: Tally(key) for key in keys}
        rows = self._rows(
            "SELECT key, version, record FROM tallies WHERE program = :program"
            " AND key IN (SELECT value FROM json_each(:keys))",
            keys=json.dumps(list(found)),
        )
        return found | {key: Tally(key, version, record) for key, version, record in rows}

    def tally(self, changed: Sequence[Tally], cells: Mapping[Cell, Mapping[str, int]]) -> None:
        added = additions(changed, cells)
        with self._store.writing() as db:
            for tally in changed:
                values = (self._program, tally.key, tally.version, tally.record)
                if db.execute(_FIRST if tally.version == 1 else _NEXT, values).rowcount < 1:
                    raise Conflict(f"{tally.key} is not what version {tally.version} follows")
            db.executemany(
                _ADD,
                [
                    (self._program, *cell, metric, number)
                    for cell, metrics in added
                    for metric, number in metrics.items()
                ],
            )

    def figures(
        self, table: str, first: str, last: str
    ) -> Sequence[tuple[Cell, Mapping[str, int]]]:
        rows = self._rows(
            "SELECT day, value, metric, number FROM figures WHERE program = :program"
            " AND name = :name AND day BETWEEN :first AND :last AND number <> 0"
            " ORDER BY day, value, metric",
            name=table,
            first=first,
            last=last,
        )
        return [
            (Cell(table, day, value), {metric: number for _, _, metric, number in metrics})
            for (day, value), metrics in groupby(rows, key=lambda row: row[:2])
        ]

    def sums(self, table: str, first: str, last: str) -> Mapping[str, Mapping[str, int]]:
        rows = self._rows(
            "SELECT value, metric, sum(number) AS total FROM figures WHERE program = :program"
            " AND name = :name AND day BETWEEN :first AND :last"
            " GROUP BY value, metric HAVING total <> 0 ORDER BY value, metric",
            name=table,
            first=first,
            last=last,
        )
        return {
            value: {metric: number for _, metric, number in metrics}
            for value, metrics in groupby(rows, key=itemgetter(0))
        }

    def drop_figures(self, table: str) -> None:
        with self._store.writing() as db:
            db.execute("DELETE FROM figures WHERE program = ? AND name = ?", (self._program, table))

    def drop_tallies(self, keys: Sequence[str]) -> None:
        with self._store.writing() as db:
            values = ((self._program, key) for key in keys)
            db.executemany("DELETE FROM tallies WHERE program = ? AND key = ?", values)

    def _rows(self, sql: str, **values: object) -> list[tuple[Any, ...]]:
        with self._store.reading() as db:
            return db.execute(sql, {"program": self._program, **values}).fetchall()


_FIRST = (
    "INSERT INTO tallies (program, key, version, record) VALUES (?1, ?2, ?3, ?4)"
    " ON CONFLICT DO NOTHING"
)
_NEXT = (
    "UPDATE tallies SET version = ?3, record = ?4"
    " WHERE program = ?1 AND key = ?2 AND version = ?3 - 1"
)
_ADD = (
    "INSERT INTO figures (program, name, day, value, metric, number) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT DO UPDATE SET number = number + excluded.number"
)
