"""Records to JSON and back, by their own annotations: one rule for everything in the bundle.

Dataclasses become objects, named tuples arrays, mappings with text keys objects and other mappings
arrays of pairs, dates ISO 8601, bytes UTF-8 text. Reading rebuilds the annotated types; what does
not fit raises ValueError, which the bundle turns into "unknown format".
"""

from __future__ import annotations

import dataclasses
import types
from datetime import date, datetime
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

Json = Any

_PLAIN: dict[Any, set[type]] = {
    str: {str},
    int: {int},
    float: {float, int},
    bool: {bool},
    types.NoneType: {types.NoneType},
}
"""Types that JSON has too, each with those that fit it."""


def to_json(value: object) -> Json:  # noqa: PLR0911 - a table of types, one line each
    """``value`` as what `json.dumps` takes."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, date | datetime):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_json(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        if all(isinstance(key, str) for key in value):
            return {key: to_json(item) for key, item in value.items()}
        return [[to_json(key), to_json(item)] for key, item in value.items()]
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value) if isinstance(value, set | frozenset) else value
        return [to_json(item) for item in items]
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def from_json(kind: Any, data: Json) -> Any:
    """The value of type ``kind`` that `to_json` made ``data`` of. Raises ValueError."""
    try:
        return _read(kind, data)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a {getattr(kind, '__name__', kind)}: {error}") from error


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(kind: Any, data: Json) -> Any:  # noqa: PLR0911 - a table of types, one line each
    origin = get_origin(kind)
    if kind is Any:
        return data
    if kind in _PLAIN or origin is Literal:
        return _plain(kind, data)
    if kind is bytes:
        return data.encode()
    if kind is date or kind is datetime:
        return kind.fromisoformat(data)
    if origin in (Union, types.UnionType):
        return _read_union(get_args(kind), data)
    if origin in (dict, tuple, list, set, frozenset):
        return _read_many(origin, get_args(kind), data)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: _read(hints[name], item) for name, item in data.items()})
    if _is_named_tuple(kind):
        return kind(*_read_tuple(tuple(_hints(kind).values()), _list(data)))
    raise TypeError(f"{kind} cannot be read")


def _read_many(origin: Any, kinds: tuple[Any, ...], data: Json) -> Any:
    if origin is dict:
        key, item = kinds
        pairs = data.items() if isinstance(data, dict) else _list(data)
        return {_read(key, k): _read(item, i) for k, i in pairs}
    if origin is tuple:
        return _read_tuple(kinds, _list(data))
    return origin(_read(kinds[0], item) for item in _list(data))


def _plain(kind: Any, data: Json) -> Any:
    """A text, a number, a word of a few; a boolean is no number, but a whole number a fraction."""
    fits = data in get_args(kind) if get_origin(kind) is Literal else type(data) in _PLAIN[kind]
    if not fits:
        raise TypeError(f"{data!r} is no {kind}")
    return data


def _list(data: Json) -> list[Json]:
    if not isinstance(data, list):
        raise TypeError(f"{type(data).__name__} is no list")
    return data


def _is_named_tuple(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields")


def _read_tuple(kinds: tuple[Any, ...], data: list[Json]) -> tuple[Any, ...]:
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_read(kinds[0], item) for item in data)
    return tuple(_read(kind, item) for kind, item in zip(kinds, data, strict=True))


def _read_union(kinds: tuple[Any, ...], data: Json) -> Any:
    """The first kind whose JSON has the shape of ``data``; two lists have the same."""
    for kind in kinds:
        if _looks_like(kind, data):
            return _read(kind, data)
    raise TypeError(f"nothing of {kinds} looks like it")


def _looks_like(kind: Any, data: Json) -> bool:
    if dataclasses.is_dataclass(kind):
        wanted = {f.name for f in dataclasses.fields(kind)}
        return isinstance(data, dict) and set(data) == wanted
    if get_origin(kind) in (tuple, list) or _is_named_tuple(kind):
        return isinstance(data, list)
    if get_origin(kind) is dict:
        return isinstance(data, dict)
    return type(data) in _PLAIN.get(kind, {str})  # dates, bytes and words are texts
