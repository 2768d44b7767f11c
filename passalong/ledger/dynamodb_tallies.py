"""Figures in the DynamoDB ledger: an item for each tally, and one for each cell.

The cells of a table are one partition, sorted by day and value.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

from passalong.ledger.dynamodb_calls import Refused
from passalong.ledger.dynamodb_items import add, condition, delete, put, raising
from passalong.ledger.port import Conflict
from passalong.ledger.tallies import Cell, Tally, additions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from passalong.ledger.dynamodb_calls import Table
    from passalong.ledger.dynamodb_items import Item, Key, Part
    from passalong.ledger.dynamodb_parts import Parts

_MARK: Final = "+"
"""Begins a metric's attribute, so that none is taken for a key or for the time an item expires."""
_AT_ONCE: Final = 100
"""Items of one transaction, at most."""


class DynamoTallies:
    """See passalong.ledger.tallies.Tallies."""

    def __init__(self, table: Table, parts: Parts) -> None:
        self._table, self._parts = table, parts

    def tallies(self, keys: Sequence[str]) -> Mapping[str, Tally]:
        places = {self._tally_key(key): key for key in keys}
        found = {key: Tally(key) for key in keys}
        for item in self._table.get(list(places)):
            key = places[item["pk"], item["sk"]]
            found[key] = Tally(key, item["version"], item["record"])
        return found

    def tally(self, changed: Sequence[Tally], cells: Mapping[Cell, Mapping[str, int]]) -> None:
        added = additions(changed, cells)
        parts = [self._next(tally) for tally in changed] + [
            add(self._cell_key(cell), {_MARK + name: number for name, number in metrics.items()})
            for cell, metrics in added
        ]
        try:
            self._table.transact(lambda: parts, secrets.token_hex(16))
        except Refused as refused:
            parts[refused.part].refused(refused.item)

    def figures(
        self, table: str, first: str, last: str
    ) -> Sequence[tuple[Cell, Mapping[str, int]]]:
        return [
            (Cell(table, *item["sk"].split("#", 1)), metrics)
            for item in self._between(table, first, last)
            if (metrics := _metrics(item))
        ]

    def sums(self, table: str, first: str, last: str) -> Mapping[str, Mapping[str, int]]:
        found: dict[str, dict[str, int]] = {}
        for item in self._between(table, first, last):
            sums = found.setdefault(item["sk"].split("#", 1)[1], {})
            for name, number in _metrics(item).items():
                sums[name] = sums.get(name, 0) + number
        without = {value: _whole(sums) for value, sums in sorted(found.items())}
        return {value: sums for value, sums in without.items() if sums}

    def _between(self, table: str, first: str, last: str) -> Iterable[Item]:
        """The items of a table's cells from the first day to the last."""
        if first > last:
            return ()  # which DynamoDB takes for a mistake
        days = {"first": f"{first}#", "last": f"{last}$"}  # "$" comes right after "#"
        return self._query(f"figures#{table}", " AND sk BETWEEN :first AND :last", **days)

    def drop_figures(self, table: str) -> None:
        self._drop([(item["pk"], item["sk"]) for item in self._query(f"figures#{table}")])

    def drop_tallies(self, keys: Sequence[str]) -> None:
        self._drop([self._tally_key(key) for key in dict.fromkeys(keys)])

    def _drop(self, keys: Sequence[Key]) -> None:
        for start in range(0, len(keys), _AT_ONCE):
            parts = [delete(key) for key in keys[start : start + _AT_ONCE]]
            self._table.transact(lambda parts=parts: parts)  # type: ignore[misc]

    def _next(self, tally: Tally) -> Part:
        """A tally in the place of the version before it."""
        key, values = self._tally_key(tally.key), {"version": tally.version, "record": tally.record}
        refuse = raising(Conflict(f"{tally.key} is not what version {tally.version} follows"))
        if tally.version == 1:
            return put(key, values, "attribute_not_exists(pk)", refuse)
        return put(key, values, "#version = :before", refuse, before=tally.version - 1)

    def _tally_key(self, key: str) -> Key:
        return self._parts.key(f"tally#{key}")

    def _cell_key(self, cell: Cell) -> Key:
        return self._parts.key(f"figures#{cell.table}", f"{cell.day}#{cell.value}")

    def _query(self, kind: str, also: str = "", **given: Any) -> Iterator[Item]:
        """The items of a partition, as they are now."""
        pk, _ = self._parts.key(kind)
        return self._table.query(
            ConsistentRead=True,
            KeyConditionExpression=f"pk = :pk{also}",
            **condition("", pk=pk, **given),
        )


def _metrics(item: Item) -> dict[str, int]:
    """A cell's numbers, by metric."""
    found = {name: number for name, number in item.items() if name[0] == _MARK}
    return _whole({name.removeprefix(_MARK): number for name, number in found.items()})


def _whole(sums: Mapping[str, int]) -> dict[str, int]:
    """Numbers in the order of their metrics, without zeros."""
    return {metric: sums[metric] for metric in sorted(sums) if sums[metric]}
