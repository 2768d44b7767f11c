"""The ledger's records as text, the same in every storage: JSON, without what is left at default.

A record that a newer version wrote can be read: what this version does not know is left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from passalong.events import Event, Money
from passalong.ledger.port import Delivery, Meeting, Person

Record = TypeVar("Record", Event, Person, Meeting, Delivery)

KEPT_BESIDE = frozenset({"origin", "since", "opened"})
"""What a storage keeps beside a person's record, because it outlives a change of the record."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """Microseconds since 1970, exact. A moment without a zone is a TypeError."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(micros: int) -> datetime:
    """The reverse of ``micros``, in UTC."""
    return _EPOCH + timedelta(microseconds=micros)


def day_of(moment: datetime) -> str:
    """The day in UTC, such as 2026-11-21."""
    return moment.astimezone(UTC).date().isoformat()


def written(record: Record, *, without: frozenset[str] = frozenset()) -> str:
    """A record as JSON; the fields ``without`` are kept elsewhere by the storage."""
    values = {
        name: _plain(value)
        for name, default in _DEFAULTS[type(record)].items()
        if name not in without and (value := getattr(record, name)) != default
    }
    return json.dumps(values, separators=(",", ":"))


def read(kind: type[Record], text: str, **kept_elsewhere: object) -> Record:
    """A record from its JSON and from what the storage keeps beside it."""
    readers = _READERS[kind]
    values: dict[str, Any] = {
        name: readers[name](value) if name in readers else value
        for name, value in json.loads(text).items()
        if name in _DEFAULTS[kind]
    }
    return kind(**values | kept_elsewhere)


def _defaults(kind: type[Any]) -> dict[str, object]:
    """Each field with its default; a field without one has a default that nothing equals."""
    return {
        field.name: field.default_factory()
        if field.default_factory is not MISSING
        else object()
        if field.default is MISSING
        else field.default
        for field in fields(kind)
    }


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return _time_written(value)
    if isinstance(value, Money):
        return {"minor": value.minor, "currency": value.currency}
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, Mapping):
        return dict(value)
    return value


def _time_written(value: datetime) -> str:
    if value.tzinfo is None:
        raise TypeError(f"{value} lacks its zone")
    return value.astimezone(UTC).isoformat()


def _money(value: Mapping[str, Any]) -> Money:
    return Money(int(value["minor"]), str(value["currency"]))


def _span(value: list[str]) -> tuple[datetime, ...]:
    return tuple(map(datetime.fromisoformat, value))


_DEFAULTS = {kind: _defaults(kind) for kind in (Event, Person, Meeting, Delivery)}
_TIME = datetime.fromisoformat
_READERS: dict[type[Any], dict[str, Callable[[Any], object]]] = {
    Event: {"at": _TIME, "amount": _money},
    Person: {"since": _TIME, "opened": _TIME},
    Meeting: {"start": _TIME, "end": _TIME, "held": _span},
    Delivery: {"next_at": _TIME, "since": _TIME},
}
