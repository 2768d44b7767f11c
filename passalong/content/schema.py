"""A table of settings, read key by key; what is missing, of the wrong kind or unknown is said."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, cast

from passalong.content.clean import tidy
from passalong.content.problems import did_you_mean, one_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from passalong.content.problems import Problems
    from passalong.content.toml import Trail


class Table:
    """One table of a TOML file or of front matter.

    Every method takes a key, notes it as known, and returns a usable value whatever is written
    there; ``finish`` then reports the keys that nobody asked for. In a ``soft`` table, somebody
    else's, a value of the wrong form is left out with a warning.
    """

    def __init__(
        self,
        data: Mapping[str, object],
        file: str,
        line_of: Callable[[Trail], int],
        problems: Problems,
        trail: Trail = (),
        *,
        soft: bool = False,
    ) -> None:
        self.data = data
        self.file = file
        self.trail = trail
        self.problems = problems
        self.soft = soft
        self._line_of = line_of
        self._known: dict[str, None] = {}

    def line(self, key: str | int = "") -> int:
        """The line of ``key``, or of the table itself."""
        return self._line_of((*self.trail, key) if key != "" else self.trail)

    def name(self, key: str) -> str:
        """What to call ``key`` in a sentence: ``booking.minutes``."""
        return ".".join(str(part) for part in (*self.trail, key) if isinstance(part, str))

    def error(self, key: str, message: str, hint: str = "") -> None:
        """Report ``key``: its name begins the sentence."""
        self.problems.error(self.file, self.line(key), f"{self.name(key)} {message}", hint)

    def warn(self, key: str, message: str, hint: str = "") -> None:
        """The same as a warning."""
        self.problems.warn(self.file, self.line(key), f"{self.name(key)} {message}", hint)

    def has(self, key: str) -> bool:
        """Whether anything at all stands under ``key``."""
        return self.data.get(key) is not None

    def _take(self, key: str) -> object:
        self._known[key] = None
        return self.data.get(key)

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
        """A text on one line."""
        value = self._take(key)
        if self.soft and isinstance(value, list):
            value = ", ".join(item for item in value if isinstance(item, str))
        if value is not None and not isinstance(value, str):
            self.error(key, "must be text.", _in_quotes(value))
            return default
        text = tidy(value or "")
        if required and not text:
            self.error(key, "is missing.")
        return text or default

    def checked(
        self, key: str, good: Callable[[str], bool], expected: str, *, required: bool = False
    ) -> str:
        """A text of a certain form, such as ``a colour like #0b5d6b``."""
        value = self.text(key, required=required)
        if value and not good(value):
            message = f"is “{value}”; it must be {expected}"
            if self.soft:
                self.warn(key, f"{message}; it is left out.")
            else:
                self.error(key, f"{message}.")
            return ""
        return value

    def choice(
        self, key: str, words: Iterable[str], default: str = "", *, required: bool = False
    ) -> str:
        """One of a few words."""
        value = self.text(key, default, required=required)
        known = tuple(words)
        if value and value not in known:
            hint = did_you_mean(value, known)
            self.error(key, f"is “{value}”; it can be {one_of(known)}.", hint)
            return default
        return value

    def number(self, key: str, default: int, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``."""
        value = self._take(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int):
            self.error(key, f"must be a whole number such as {default}, without quotes.")
            return default
        if not low <= value <= high:
            self.error(key, f"is {value}; it must be from {low} to {high}.")
            return default
        return value

    def numbers(self, key: str, low: int, high: int) -> tuple[int, ...]:
        """A list of whole numbers from ``low`` to ``high``."""
        value = self._take(key)
        if value is None:
            return ()
        items = value if isinstance(value, list) else [value]
        if not all(type(item) is int and low <= item <= high for item in items):
            self.error(key, f"must be a list of whole numbers from {low} to {high:,}.")
            return ()
        return tuple(items)

    def flag(self, key: str) -> bool:
        """A yes or no; no if it is not there."""
        value = self._take(key)
        if value is not None and not isinstance(value, bool):
            self.error(key, "must be true or false, without quotes.")
        return value is True

    def day(self, key: str) -> date | None:
        """A date."""
        value = self._take(key)
        if value is None:
            return None
        if isinstance(value, datetime) or not isinstance(value, date):
            self.error(key, "must be a date such as 2026-12-24, without quotes.")
            return None
        return value

    def days(self, key: str) -> tuple[date, ...]:
        """A list of dates."""
        value = self._take(key)
        if value is None:
            return ()
        items = value if isinstance(value, list) else [value]
        if not all(isinstance(item, date) and not isinstance(item, datetime) for item in items):
            self.error(key, "must be a list of dates such as [2026-12-24], without quotes.")
            return ()
        return tuple(items)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; one text alone is a list of one."""
        value = self._take(key)
        if value is None:
            return ()
        items = value if isinstance(value, list) else [value]
        if not all(isinstance(item, str) for item in items):
            self.error(key, 'must be a list of texts such as ["one", "two"].')
            return ()
        return tuple(filter(None, (tidy(cast("str", item)) for item in items)))

    def words(self, key: str) -> dict[str, str]:
        """A table whose every value is a text, with keys of the marketer's choice."""
        table = self.table(key)
        return {name: table.text(name) for name in table.data}

    def table(self, key: str) -> Table:
        """A table within this one; empty if it is not there."""
        value = self._take(key)
        if value is not None and not isinstance(value, dict):
            self.error(key, "must be a table with keys of its own.")
            value = None
        return self.inner(value or {}, key)

    def tables(self, key: str) -> list[Table]:
        """A list of tables; empty if it is not there."""
        value = self._take(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.error(key, "must be a list of tables with keys of their own.")
            return []
        return [self.inner(item, key, number) for number, item in enumerate(value)]

    def inner(self, data: Mapping[str, object], *trail: str | int) -> Table:
        """A table that stands at ``trail`` within this one."""
        trail = (*self.trail, *trail)
        return Table(data, self.file, self._line_of, self.problems, trail, soft=self.soft)

    def finish(self) -> None:
        """Report every key that was never asked for."""
        for key in self.data:
            if key not in self._known:
                self.error(key, "is not a setting we know.", did_you_mean(key, self._known))


def _in_quotes(value: object) -> str:
    plain = isinstance(value, (int, float, date))
    return f'Put it in quotes: "{value}".' if plain else ""
