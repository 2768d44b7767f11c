"""How numbers, names and codes of a report are written in a language."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from passalong.currencies import decimals_of
from passalong.report.html import Html, bdi, html, say
from passalong.report.model import MILLION

if TYPE_CHECKING:
    from passalong.locales import Locale
    from passalong.report.model import Cell, Line, Option, Picks, Unit

_BOT = "bot:"
_THOUSAND = 1000


class Words:
    """One report's way of writing: a language, and the currency of its money."""

    def __init__(self, locale: Locale, currency: str) -> None:
        self.locale = locale
        self.currency = currency

    def text(self, key: str, **words: str) -> str:
        """Plain words of ``report.<key>``."""
        return self.locale.text(f"report.{key}", **words)

    def say(self, key: str, **words: str) -> Html:
        """Words of ``report.<key>`` as markup, filled with texts or markup."""
        return say(self.locale, f"report.{key}", **words)

    def counted(self, key: str, millionths: int, n: str) -> Html:
        """The plural form that goes with a count, with ``n`` for the number.

        A part of one is written like many: CLDR has "other" for fractions in our languages.
        """
        whole, part = divmod(millionths, MILLION)
        form = f"report.{key}.other" if part else self.locale.plural(f"report.{key}", whole)
        return say(self.locale, form, n=n)

    def number(self, unit: Unit, value: int | None) -> str:
        """A number of the model in its unit; None is a dash."""
        if value is None:
            return self.text("nothing")
        if unit == "money":
            return self.money(value)
        if unit == "rate":
            return self.rate(value)
        if unit == "days":
            return str(self.counted("days", value, self._decimal(value, 1)))
        said = self._decimal(value, 2 if unit == "factor" else 1)
        return self.signed(said) if value < 0 else said

    def money(self, minor: int, currency: str = "", *, exact: bool = False) -> str:
        """An amount, of the report's currency if no other is named; from a thousand on without
        cents, unless it is to be ``exact``."""
        currency = currency or self.currency
        whole = 10 ** decimals_of(currency)
        if not exact and abs(minor) >= _THOUSAND * whole:
            minor = round(Decimal(minor) / whole) * whole
        said = self.locale.money(minor, currency)
        return self.signed(said) if minor < 0 else said

    def signed(self, said: str) -> str:
        """A number that begins with a sign, which from right to left would else stand behind it."""
        return f"\u200e{said}" if self.locale.dir == "rtl" else said

    def rate(self, millionths: int) -> str:
        """A share in percent, with a decimal where it is small."""
        share = millionths / MILLION
        return self.locale.percent(share, 1 if 0 < abs(share) < 0.0995 else 0)

    def count(self, n: int) -> str:
        """A whole number."""
        return self.locale.number(n)

    def _decimal(self, millionths: int, decimals: int) -> str:
        whole, part = divmod(millionths, MILLION)
        if not part:
            return self.locale.number(whole)
        return self.locale.number(Decimal(millionths) / MILLION, decimals)

    def day(self, day: date) -> str:
        """A day in a sentence."""
        return self.locale.date(day)

    def label(self, column: str, value: str, name: str = "") -> Html:
        """What somebody or something is called: its name, or the words of its code.

        A code without words is shown as it is.
        """
        if name:
            return bdi(name)
        if column == "hits" and value.startswith(_BOT):
            return self.say("hits.bot", name=bdi(value.removeprefix(_BOT)))
        if column == "message" and value:
            return html(self.message(value))
        key = f"report.{column}.{value or 'none'}"
        return html(self.locale.text(key)) if key in self.locale.words else bdi(value)

    def message(self, value: str) -> str:
        """What a message is called: its medium, and its variant if it has some."""
        medium, _, variant = value.partition(".")
        said = self.locale.text_or(f"report.medium.{medium}", medium)
        return f"{said}, {self.variant(variant)}" if variant else said

    def varies(self, what: str) -> str:
        """What an experiment tries: a message by its medium, or a part of the pages."""
        kind, _, medium = what.partition("/")
        said = self.locale.text_or(f"report.medium.{medium}", medium)
        of_ours = self.locale.text_or(f"report.varies.{kind}_{medium}", "")
        if of_ours or f"report.varies.{kind}" not in self.locale.words:
            return of_ours or what
        return self.text(f"varies.{kind}", medium=said)

    def variant(self, name: str) -> str:
        """A variant's name; a letter is a large one."""
        return name.upper() if len(name) == 1 else name

    def line(self, table: str, line: Line) -> Html:
        """What a line is about."""
        if line.label or table != "rows":
            return self.label(table, line.value, line.label)
        return html(self.locale.date(date.fromisoformat(line.value)))

    def figure(self, code: str) -> str:
        """What a figure is called that has rows."""
        keys = (f"report.{kind}.{code}" for kind in ("stage", "column", "number"))
        return next((self.locale.text(key) for key in keys if key in self.locale.words), "")

    def cell(self, column: str, unit: Unit, cell: Cell) -> Html:
        """What a cell says."""
        if unit == "text":
            return self.label(column, cell.code, cell.text) if cell.code or cell.text else html("")
        if unit == "day":
            return html(self.locale.date(date.fromisoformat(cell.text)) if cell.text else "")
        if unit == "money" and column == "amount" and cell.number is not None:
            return html(self.money(cell.number, exact=True))
        return html(self.number(unit, cell.number))

    def option(self, picks: Picks, option: Option) -> str:
        """What can be picked, as plain text, which is all that an option may hold."""
        if option.label:
            return option.label
        if picks.by == "message" and option.value:
            return self.message(option.value)
        return self.locale.text_or(f"report.{picks.by}.{option.value or 'none'}", option.value)
