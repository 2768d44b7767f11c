"""Values that stand for anybody's while a skeleton is compiled: they can be shown, nothing else.

Whatever looks into one raises LooksInside where it does. Asking whether a value is there is fine:
an absent one is the empty text, and part of a page's shape.
"""

from __future__ import annotations

import re
from functools import wraps
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable

_UNKNOWN = re.compile("[\ue000-\uf7ff]")

SHOWING = frozenset({"d", "default", "e", "escape", "forceescape", "safe", "string"})
"""Filters that may be given an unknown value; where they print it raw, that shows."""
OF_PRESENCE = frozenset({"defined", "undefined", "none"})
"""Tests that may be asked of an unknown value."""
_CHOOSING = frozenset({"selectattr", "rejectattr"})
"""Filters that may be given unknown rows, for which values a row has is known."""


class LooksInside(Exception):
    """A template wants to know what a personal value is."""


class Unknown(str):
    """A personal value that is not known yet: it may be printed, escaped, joined; nothing more."""

    __slots__ = ("field",)
    field: str

    def __bool__(self) -> bool:
        """True: an empty value is absent, and absence is part of a page's shape."""
        return True

    def __format__(self, spec: str) -> str:
        return str(self) if not spec else self._refuse()

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise LooksInside(self.field)


_INSPECTING = """
    __eq__ __ne__ __lt__ __le__ __gt__ __ge__ __hash__ __len__ __iter__ __getitem__ __contains__
    __mod__ __mul__ __rmul__ __repr__ capitalize casefold center count encode endswith expandtabs
    find index isalnum isalpha isascii isdecimal isdigit isidentifier islower isnumeric isprintable
    isspace istitle isupper join ljust lower lstrip partition removeprefix removesuffix replace
    rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title
    translate upper zfill
"""
for _name in _INSPECTING.split():
    setattr(Unknown, _name, Unknown._refuse)


class UnknownRow(dict[str, Any]):
    """A row of unknown values; ``mark`` is the character that stands for it."""

    mark: str

    def __iter__(self) -> NoReturn:
        raise LooksInside("a row")

    __repr__ = __iter__


class UnknownRows(list[UnknownRow]):
    """Rows of unknown values and unknown number, which may be looped over; nothing more."""

    def __bool__(self) -> bool:
        """True: where there are no rows the field is absent."""
        return True

    def _refuse(self, *_: object) -> NoReturn:
        raise LooksInside("the rows")


_COUNTING = "__len__ __getitem__ __contains__ __reversed__ __eq__ __add__ __repr__"
for _name in _COUNTING.split():
    setattr(UnknownRows, _name, UnknownRows._refuse)


def guarded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The filter or test ``function``, refusing unknown values, bare or in a longer text."""

    @wraps(function)
    def careful(*arguments: Any, **more: Any) -> Any:
        for value in (*arguments, *more.values()):
            if isinstance(value, UnknownRows) and name not in _CHOOSING:
                value._refuse()
            if isinstance(value, str) and _UNKNOWN.search(value):
                raise LooksInside(getattr(value, "field", "a text"))
        return function(*arguments, **more)

    return careful
