"""The words and patterns of a language, from ``locales/<code>.toml``: nothing is built into code.

A file holds tables of texts; a text's key is its dotted path (``referee.title``). A table with
``other`` in it is one text in the plural forms of the language. ``{placeholders}`` are filled with
`str.format`, so ``{{`` and ``}}`` are braces. The tables ``number``, ``date``, ``time``, ``money``,
``list`` and ``quotes`` say how values are written. Standard library only: functions use this too.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date as Date  # noqa: N812 - the methods bear these names
from datetime import datetime as DateTime  # noqa: N812
from datetime import time as Time  # noqa: N812
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from passalong.currencies import decimals_of
from passalong.errors import Stop, UnknownWord
from passalong.plurals import category

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_SYMBOLS: Final = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "CNY": "¥", "INR": "₹"}


@dataclass(frozen=True, slots=True)
class Locale:
    """One language: ``code`` as in BCP 47, ``dir`` "ltr" or "rtl", texts and lists by dotted key.

    Words that fill a text are opaque: they are only inserted.
    """

    code: str
    dir: str
    words: dict[str, str]
    lists: dict[str, tuple[str, ...]]

    def pattern(self, key: str) -> str:
        """A text with its placeholders unfilled. Raises `UnknownWord`."""
        try:
            return self.words[key]
        except KeyError:
            raise UnknownWord(key, self.code) from None

    def text(self, key: str, **words: str) -> str:
        """A text, filled. Raises `UnknownWord` if it is not there or lacks a word."""
        return self._fill(key, words)

    def text_or(self, key: str, otherwise: str) -> str:
        """A text that needs no words, or ``otherwise`` where there is none of this key."""
        return self.text(key) if key in self.words else otherwise

    def plural(self, key: str, n: int) -> str:
        """The full key of the plural form of ``key`` that goes with ``n``: ``facts.few``."""
        exact = f"{key}.{category(self.code, n)}"
        return exact if exact in self.words else f"{key}.other"

    def count(self, key: str, n: int, **words: str) -> str:
        """The form of a text that goes with ``n``, filled; ``{n}`` is the number itself."""
        return self._fill(self.plural(key, n), {"n": self.number(n), **words})

    def number(self, n: int | float | Decimal, decimals: int = 0) -> str:
        """A number with the language's group and decimal signs."""
        signs = {",": self.pattern("number.group"), ".": self.pattern("number.decimal"), "-": "−"}
        return "".join([signs.get(sign, sign) for sign in f"{n:,.{decimals}f}"])

    def percent(self, share: float, decimals: int = 0) -> str:
        """A share of one as a percentage: 0.31 is 31 %."""
        return self.text("number.percent", number=self.number(share * 100, decimals))

    def money(self, minor: int, currency: str) -> str:
        """An amount in the minor units of an ISO 4217 currency; whole amounts without decimals."""
        if minor < 0:
            return "−" + self.money(-minor, currency)
        decimals = decimals_of(currency)
        amount = Decimal(minor).scaleb(-decimals)
        written = self.number(amount, 0 if amount == amount.to_integral_value() else decimals)
        symbol = _SYMBOLS.get(currency)
        if symbol is None:
            return self.text("money.code", amount=written, code=currency)
        return self.text("money.symbol", amount=written, symbol=symbol)

    def date(self, day: Date, form: str = "long") -> str:
        """A day; ``form`` is a key of the table ``date``: long, short, weekday."""
        return self.text(
            f"date.{form}",
            day=str(day.day),
            month=self.lists["date.months"][day.month - 1],
            month_short=self.lists["date.months_short"][day.month - 1],
            year=str(day.year),
            weekday=self.lists["date.weekdays"][day.weekday()],
        )

    def time(self, clock: Time | DateTime) -> str:
        """A time of day in its own zone."""
        return self.text("time.clock", hour=str(clock.hour), minute=f"{clock.minute:02}")

    def datetime(self, moment: DateTime) -> str:
        """A moment in its own zone, with the weekday: "Monday 2 November, 14:00"."""
        return self.text("time.at", date=self.date(moment, "weekday"), time=self.time(moment))

    def time_range(self, start: DateTime, end: DateTime) -> str:
        """The times from ``start`` to ``end``, of one day."""
        return self.text("time.range", start=self.time(start), end=self.time(end))

    def joined(self, items: Sequence[str]) -> str:
        """The items as a list in a sentence: "a, b and c"."""
        if len(items) < 2:
            return "".join(items)
        head = self.pattern("list.separator").join(items[:-1])
        return head + self.pattern("list.last") + items[-1]

    def isolated(self, text: str) -> str:
        """Somebody's own text within one of ours, whatever direction it has (UAX #9)."""
        foreign = self.dir == "rtl" or any(
            unicodedata.bidirectional(character) in ("R", "AL") for character in text
        )
        return f"\u2068{text}\u2069" if text and foreign else text

    def quoted(self, text: str) -> str:
        """The text in the language's quotation marks."""
        return self.pattern("quotes.open") + text + self.pattern("quotes.close")

    def _fill(self, key: str, words: dict[str, str]) -> str:
        try:
            return self.pattern(key).format_map(words)
        except KeyError as error:
            raise UnknownWord(key, self.code, f"needs a word for {{{error.args[0]}}}") from None
        except (ValueError, IndexError, AttributeError) as error:
            fault = f"cannot be filled: {error}. A brace to be read is {{{{ or }}}}"
            raise UnknownWord(key, self.code, fault) from error


def load(folders: Sequence[Path], code: str, fallback: str = "en") -> Locale:
    """The locale ``code`` from the ``<code>.toml`` files of the folders.

    For each text the first folder that has it wins, so a theme goes before the site it overrides;
    what ``code`` lacks comes from its language, then from ``fallback``, then from English.
    Raises `Stop` where a file is no TOML or holds something else than texts.
    """
    words: dict[str, str] = {}
    lists: dict[str, tuple[str, ...]] = {}
    for tag in dict.fromkeys(("en", fallback, code.partition("-")[0], code)):
        for folder in reversed(folders):
            path = folder / f"{tag}.toml"
            if path.is_file():
                _flatten(_read(path), "", words, lists, path)
    if not words:
        raise Stop(f"{folders[-1]}: there is no locale {code}, and no English either")
    return Locale(code, words.get("dir", "ltr"), words, lists)


def _read(path: Path) -> dict[str, Any]:
    import tomllib  # noqa: PLC0415 - functions have their words from the bundle

    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Stop(f"{path}: {error}") from error


def _flatten(
    table: dict[str, Any],
    prefix: str,
    words: dict[str, str],
    lists: dict[str, tuple[str, ...]],
    path: Path,
) -> None:
    for key, value in table.items():
        dotted = prefix + key
        if isinstance(value, dict):
            _flatten(value, f"{dotted}.", words, lists, path)
        elif isinstance(value, list) and all(isinstance(item, str) for item in value):
            lists[dotted] = tuple(value)
        elif isinstance(value, str):
            words[dotted] = value
        else:
            raise Stop(f"{path}: {dotted} is not a text")
