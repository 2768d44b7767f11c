"""Conversions from a table (CSV), for those whose CRM calls nobody, and asks of a mail merge.

All of it is read before any of it is noted: one row with a fault, and nothing is. A row is known by
what it says, so that a table may be imported again, or with new rows at its end.
"""

from __future__ import annotations

import csv
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from passalong import zones
from passalong.conversions.reading import currency_in, money_in
from passalong.conversions.resolving import has_rate, stage_of
from passalong.conversions.told import IMPORT, Keys, Told, Unreadable, plain
from passalong.errors import Problem
from passalong.events import ASKED, CONVERSIONS
from passalong.program import IGNORED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

    from passalong.events import Money
    from passalong.known import Known

COLUMNS: Final = (
    *("type", "at", "referral", "booking", "email", "company"),
    *("amount", "currency", "external_id", "advocate"),
)
_WHOSE: Final = ("referral", "booking", "external_id", "email", "company")
_LONGEST_MAIL: Final = 254
_NOON: Final = time(12)
_AHEAD: Final = timedelta(days=1)
_EARLIEST: Final = 2000
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class Table:
    """What a table says; ``faults`` are empty if all of it can be taken."""

    told: tuple[Told, ...]
    faults: tuple[Problem, ...]
    ignored: int = 0
    """Rows whose type means nothing to the program."""


def read_table(text: str, file: str, known: Known, keys: Keys, now: datetime) -> Table:
    """The rows of a table; what is wrong is said with its line in ``file``, and how to mend it."""
    rows = _Rows(file, known, keys, now)
    told: dict[str, Told] = {}
    ignored = 0
    for line, cells in _records(text.removeprefix("\ufeff"), rows):
        try:
            found = rows.read(cells)
        except Unreadable as fault:
            rows.fault(line, str(fault))
            continue
        if found is None:
            ignored += 1
        else:
            told.setdefault(found.record, found)
    return Table(tuple(told.values()), tuple(rows.faults), ignored)


def _records(text: str, rows: _Rows) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row with the line that it begins on, its cells by column; empty rows are none."""
    head = text.partition("\n")[0]
    comma = max(",;\t", key=head.count)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=comma, strict=True)
    line, columns = 1, None
    try:
        for cells in reader:
            here, line = line, reader.line_num + 1
            if columns is None:
                columns = rows.columns(here, cells)
            elif any(cell.strip() for cell in cells):
                if len(cells) > len(columns):
                    rows.fault(here, "has more cells than the table has columns.")
                else:
                    yield here, dict(zip(columns, cells, strict=False))
    except csv.Error as error:
        rows.fault(line, f"cannot be read as CSV: {error}.", "Is a quotation mark not closed?")
    if columns is None:
        rows.fault(1, "has no columns.", f"The first line names them: {','.join(COLUMNS)}.")


class _Rows:
    """Reads rows for one program, and keeps what is wrong with them."""

    def __init__(self, file: str, known: Known, keys: Keys, now: datetime) -> None:
        self.faults: list[Problem] = []
        self._file, self._known, self._keys, self._now = file, known, keys, now
        self._program = known.program
        self._zone: ZoneInfo = zones.first(known.program.timezone)
        self._advocates = {
            keys.mailbox(one.email): one.id for one in known.bundle.advocates if one.email
        }

    def fault(self, line: int, message: str, hint: str = "") -> None:
        """Notes what is wrong."""
        self.faults.append(Problem(self._file, line, message, hint))

    def columns(self, line: int, cells: Sequence[str]) -> list[str]:
        """The names of the columns."""
        names = [re.sub(r"[\s-]+", "_", cell.strip().casefold()) for cell in cells]
        for name in names:
            if name not in COLUMNS:
                close = get_close_matches(name, COLUMNS, 1)
                hint = (
                    f"Did you mean “{close[0]}”?" if close else f"There are: {', '.join(COLUMNS)}."
                )
                self.fault(line, f"the column “{name[:40]}” is not one we read.", hint)
            elif names.count(name) > 1 and f"“{name}” twice" not in str(self.faults):
                self.fault(line, f"has the column “{name}” twice.", "Take one of the two out.")
        self.faults += [
            Problem(self._file, line, f"the column “{name}” is missing.")
            for name in ("type", "at")
            if name not in names
        ]
        return names

    def read(self, cells: Mapping[str, str]) -> Told | None:
        """What a row says; None where its type means nothing. Raises Unreadable."""

        def said(name: str) -> str:
            longest = {"longest": _LONGEST_MAIL} if name == "email" else {}
            return plain(cells.get(name), name, **longest)

        given = {name: said(name) for name in COLUMNS}
        stage, at = given["type"], self._at(given["at"])
        record = self._record(given)
        if stage == ASKED:
            return Told(IMPORT, record, ASKED, at, advocate=self._advocate(given))
        email = given["email"]
        if email and "@" not in email:
            raise Unreadable("email must be an address such as maria@example.com.")
        told = Told(
            source=IMPORT,
            record=record,
            stage=stage,
            at=at,
            referral=given["referral"],
            booking=given["booking"],
            external=given["external_id"],
            mailboxes=self._keys.mailboxes([email]),
            accounts=self._keys.accounts(given["company"], [email]),
            company=given["company"],
            amount=self._amount(given),
        )
        return self._judged(told, given)

    def _judged(self, told: Told, given: Mapping[str, str]) -> Told | None:
        ours = stage_of(self._program, told)
        if not ours:
            known = ", ".join((ASKED, *CONVERSIONS))
            said = f"type is “{told.stage[:40]}”" if told.stage else "type is missing"
            raise Unreadable(
                f"{said}; it can be one of {known}, or a word of [conversions.stages] in "
                "program.toml."
            )
        if ours == IGNORED:
            return None
        if not any(given[name] for name in _WHOSE):
            raise Unreadable(f"says nothing of whose it is: fill in one of {', '.join(_WHOSE)}.")
        if told.amount and not has_rate(self._program, told):
            raise Unreadable(
                f"currency is {told.amount.currency}, which has no rate on that day: add one under "
                "[[rates]] in program.toml."
            )
        return told

    def _record(self, given: Mapping[str, str]) -> str:
        """What a row is known by; it tells nothing of what it is made of."""
        text = "\0".join(f"{name}={value}" for name, value in sorted(given.items()) if value)
        return hmac.digest(self._keys.secret, b"row\0" + text.encode(), "sha256").hex()[:32]

    def _at(self, text: str) -> datetime:
        """A moment; a day alone is its noon, and what has no offset is in the program's zone."""
        try:
            if _DAY.fullmatch(text):
                found = datetime.combine(date.fromisoformat(text), _NOON, self._zone)
            else:
                found = datetime.fromisoformat(text)
        except ValueError as error:
            said = f"at is “{text[:40]}”" if text else "at is missing"
            raise Unreadable(f"{said}; write it as 2026-11-24, or 2026-11-24T10:00.") from error
        if not _EARLIEST <= found.year < 9999:
            raise Unreadable("at lies before the year 2000, or too far ahead.")
        found = (found if found.tzinfo else found.replace(tzinfo=self._zone)).astimezone(UTC)
        if found > self._now + _AHEAD:
            raise Unreadable("at is still to come.")
        return found

    def _amount(self, given: Mapping[str, str]) -> Money | None:
        if not given["amount"]:
            return None
        currency = currency_in(given["currency"] or self._program.currency, "currency")
        return money_in(given["amount"], currency, "amount")

    def _advocate(self, given: Mapping[str, str]) -> str:
        """Who was asked: by the id in the lists, or the address there."""
        who, email = given["advocate"], given["email"]
        if not who and not email:
            raise Unreadable("says nobody who was asked: fill in advocate (an id), or email.")
        if not who or "@" in who:
            who = self._advocates.get(self._keys.mailbox(who or email), "")
        if not who or self._known.advocate(who) is None:
            raise Unreadable("names nobody in advocates.csv: “build.py links --csv” lists them.")
        return who
