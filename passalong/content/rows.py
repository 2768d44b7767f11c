"""What a row of people or companies may say: each rule judges a whole column at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from passalong.content.forms import (
    as_locale,
    is_domain,
    is_email,
    is_locale,
    is_since,
    is_size,
)
from passalong.content.problems import EXPORT, did_you_mean, one_of
from passalong.people import ACCOUNT_STATUSES, ADVOCATE_KINDS, ADVOCATE_STATUSES, REFEREE_STATUSES
from passalong.tokens import is_vanity

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from passalong.content.columns import Columns
    from passalong.content.problems import Problems

    _Faults = dict[str, tuple[str, str]]
    """What is wrong with each bad value of a column, and a hint."""

_PART = "[a-zA-Z0-9_+-]++"
_LABEL = "[a-zA-Z0-9]++(?:-[a-zA-Z0-9]++)*+"
_PLAIN_MAILS = re.compile(rf"(?:{_PART}(?:\.{_PART})*+@(?:{_LABEL}\.)++[a-zA-Z]{{2,}}+\n|\n)*+")
"""Addresses as nearly all are, one a line; whatever else there is, is looked at one by one."""
_EXPORT = (
    "If the columns have names of their own, as in an export, say in program.toml which is which: "
    f"{EXPORT}."
)
_HINTED = 500
"""A hint compares the word with every known one, which is worth it among a few hundred."""


def check_advocates(
    table: Columns, slugs: Collection[str], hosts: Collection[str], locale: str, problems: Problems
) -> None:
    """Defaults in place, and everything reported that is not as it should be."""
    columns = table.columns
    _need(table, "name", problems)
    _check_mails(table, problems)
    _choose(table, "kind", ADVOCATE_KINDS, "customer", problems)
    _choose(table, "status", ADVOCATE_STATUSES, "active", problems)
    _choose(table, "show_name", ("yes", "no", ""), "", problems)
    _check_company(table, locale, problems)
    _check(table, "customer_since", is_since, "a year or a date such as 2021-03", problems)
    columns["share_code"] = [code.lower() for code in columns["share_code"]]
    expected = "3 to 40 letters (a to z), digits and hyphens, and unlike the codes that we make"
    _check(table, "share_code", is_vanity, expected, problems)
    _refer(table, "case_study", slugs, "the name of a story", problems, gentle=table.soft)
    if hosts:
        _refer(table, "owner", hosts, "the id of a host", problems, gentle=table.soft)
    _check_unique(table, "id", columns["id"], problems)
    _check_twice(table, "", problems)
    _check_unique(table, "share_code", columns["share_code"], problems)


def check_referees(table: Columns, locale: str, problems: Problems) -> None:
    """The same for referees; their advocates are looked up once all of those are known."""
    columns = table.columns
    _need(table, "name", problems)
    _need(table, "advocate", problems)
    _check_mails(table, problems)
    _choose(table, "status", REFEREE_STATUSES, "", problems)
    columns["status"] = [
        status or ("confirmed" if reason else "suggested")
        for status, reason in zip(columns["status"], columns["reason"], strict=True)
    ]
    _check_company(table, locale, problems)
    _check_unique(table, "id", columns["id"], problems)
    _check_twice(table, "advocate", problems)


def check_accounts(table: Columns, hosts: Collection[str], problems: Problems) -> None:
    """The same for companies."""
    _need(table, "domain", problems)
    if table.soft:
        table.columns["domain"] = [_bare_domain(value) for value in table.columns["domain"]]
    _check(table, "domain", is_domain, "a domain such as kestrel.example", problems)
    _need(table, "status", problems)
    _choose(table, "status", ACCOUNT_STATUSES, "", problems)
    if hosts:
        _refer(table, "owner", hosts, "the id of a host", problems, gentle=table.soft)
    table.drop({number for number, value in enumerate(table.columns["domain"]) if not value})
    table.columns["domain"] = [domain.lower() for domain in table.columns["domain"]]
    _check_unique(table, "domain", table.columns["domain"], problems)


def check_advocates_of(table: Columns, known: Collection[str], problems: Problems) -> None:
    """Report every referee whose advocate does not exist."""
    _refer(table, "advocate", known, "the id of an advocate", problems, gentle=False)


def check_ids_named(table: Columns, referees: Columns, problems: Problems) -> None:
    """Report advocates of whom none has an id, as their referees would have it."""
    hint = "Give each advocate an id, or name them by their address."
    message = f"nobody has an id, and {referees.file} names advocates by theirs."
    problems.error(table.file, 1, message, hint)


def _bare_domain(value: str) -> str:
    return re.sub(r"^(?:https?://)?(?:www\.)?|/.*$", "", value.lower())


def _need(table: Columns, name: str, problems: Problems) -> None:
    """A value that every row needs; a row without it is of no use here."""
    column = table.columns[name]
    if "" not in column:
        return
    gone = {number for number, value in enumerate(column) if not value}
    if len(gone) == len(column) > 1:  # one mistake, in the first line or in the mapping
        message = f"no row has the {name} that it needs."
        problems.note(table.file, table.lines[0], message, _EXPORT, soft=table.soft)
    else:
        message = f"{name} is missing{'; the row is left out.' if table.soft else '.'}"
        for number in gone:
            problems.note(table.file, table.lines[number], message, soft=table.soft)
    table.broken_ids.update(table.columns["id"][number] for number in gone if "id" in table.columns)
    table.drop(gone)


def _check_mails(table: Columns, problems: Problems) -> None:
    column = table.columns["email"]
    if not _PLAIN_MAILS.fullmatch("\n".join([*column, ""])):
        _check(table, "email", is_email, "an address such as maria@example.com", problems)


def _check_company(table: Columns, locale: str, problems: Problems) -> None:
    expected = "a number of people such as 400, 200-500 or 1000+"
    _check(table, "company_size", is_size, expected, problems)
    plain = {size: size.removesuffix(".0") for size in set(table.columns["company_size"])}
    table.columns["company_size"] = [plain[size] for size in table.columns["company_size"]]
    column = table.columns["locale"]
    if table.soft:
        spelt = {value: as_locale(value) for value in set(column) if value}
        table.columns["locale"] = [spelt.get(value, "") for value in column]
    _check(table, "locale", is_locale, "a language such as en or pt-BR", problems)
    table.columns["locale"] = [value or locale for value in table.columns["locale"]]


def _choose(
    table: Columns, name: str, words: tuple[str, ...], default: str, problems: Problems
) -> None:
    """One of a few words, in capitals or not; never guessed, not even in a foreign list."""
    column = table.columns[name]
    final = {value: value.lower() or default for value in {*column, ""}}
    known = [word for word in words if word]
    faults = {
        value: (f"is “{_brief(value)}”; it can be {one_of(known)}", did_you_mean(value, known))
        for value, word in final.items()
        if word and word not in words
    }
    _report(table, name, faults, problems, gentle=False)
    table.columns[name] = [final[value] for value in table.columns[name]]


def _check(
    table: Columns, name: str, good: Callable[[str], bool], expected: str, problems: Problems
) -> None:
    """A value of a certain form."""
    bad = [value for value in set(table.columns[name]) if value and not good(value)]
    faults = {value: (f"is “{_brief(value)}”; it must be {expected}", "") for value in bad}
    _report(table, name, faults, problems, gentle=table.soft)


def _refer(
    table: Columns,
    name: str,
    known: Collection[str],
    what: str,
    problems: Problems,
    *,
    gentle: bool,
) -> None:
    """A value that names something else, by its id."""
    near = known if len(known) <= _HINTED else ()
    bad = set(table.columns[name]) - set(known) - {""}
    faults = {
        value: (f"is “{_brief(value)}”, which is not {what}", did_you_mean(value, near))
        for value in bad
    }
    _report(table, name, faults, problems, gentle=gentle)


def _report(
    table: Columns, name: str, faults: _Faults, problems: Problems, *, gentle: bool
) -> None:
    """Say of every row with one of these values what is wrong, and leave the value out."""
    if not faults:
        return
    ending = "; it is left out." if gentle else "."
    for value, line in zip(table.columns[name], table.lines, strict=True):
        if value in faults:
            fault, hint = faults[value]
            problems.note(table.file, line, f"{name} {fault}{ending}", hint, soft=gentle)
    table.columns[name] = ["" if value in faults else value for value in table.columns[name]]


def _check_unique(table: Columns, name: str, column: list[str], problems: Problems) -> None:
    given = list(filter(None, column))
    if len(set(given)) == len(given):
        return
    first: dict[str, int] = {}
    for value, line in zip(column, table.lines, strict=True):
        if value and value in first:
            message = f"{name} is “{_brief(value)}”, as in line {first[value]}."
            problems.error(table.file, line, message, "It must be one row's alone.")
        first.setdefault(value, line)


def _check_twice(table: Columns, scope: str, problems: Problems) -> None:
    """Rows without an id are told apart by address, or by name and company."""
    columns = table.columns
    if "" not in columns["id"]:
        return
    first: dict[tuple[str, ...], int] = {}
    again = set()
    for number, (given, line) in enumerate(zip(columns["id"], table.lines, strict=True)):
        mail = columns["email"][number].casefold()
        who = (mail,) if mail else (columns["name"][number], columns["company"][number])
        key = (*who, columns[scope][number] if scope else "")
        if not given and key in first:
            again.add(number)
            ending = "; it is left out." if table.soft else "."
            message = f"the row is of the same person as line {first[key]}{ending}"
            hint = "Take one out, or give each an id."
            problems.note(table.file, line, message, hint, soft=table.soft)
        elif not given:
            first[key] = line
    if table.soft:
        table.drop(again)


def _brief(value: str) -> str:
    return value if len(value) <= 60 else f"{value[:59]}…"
