"""The lists of people and companies: read, checked, and merged with those who were there before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from passalong.content import register
from passalong.content.ids import assign, keys
from passalong.content.mapping import FIELDS, mapping_of
from passalong.content.places import name_of
from passalong.content.problems import Problems
from passalong.content.rows import (
    check_accounts,
    check_advocates,
    check_advocates_of,
    check_ids_named,
    check_referees,
)
from passalong.content.tables import read_columns
from passalong.people import Account, Advocate, People, Referee

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from passalong.content.columns import Columns
    from passalong.content.ids import Row
    from passalong.editorial import Editorial

Remove = frozenset[str] | str
"""Ids, or ``"vanished"`` for everybody who is in no list any more."""


def read_people(
    folder: Path,
    editorial: Editorial,
    *,
    known_slugs: Collection[str] | None = None,
    remove: Remove = frozenset(),
) -> People:
    """See ``passalong.content.read_people``."""
    problems = Problems()
    slugs = (
        {*editorial.public_slugs, *editorial.withheld} if known_slugs is None else set(known_slugs)
    )
    locale = editorial.program.locale
    hosts = {host.id for host in editorial.program.booking.hosts}
    tables = {
        kind: _read(folder, kind, editorial, problems)
        for kind in ("advocates", "referees", "accounts")
    }
    check_advocates(tables["advocates"], slugs, hosts, locale, problems)
    check_referees(tables["referees"], locale, problems)
    check_accounts(tables["accounts"], hosts, problems)
    known: dict[str, dict[str, Row]] = {}
    advocates, referees = _current(tables, known)
    if _others_were_here(folder, tables, advocates, referees):
        known = register.read(folder, problems)
        advocates, referees = _current(tables, known)
    gone = _kept(known, advocates, referees, remove, problems)
    _check_codes(advocates, gone[0], tables["advocates"].file, problems)
    gone = [_reset(person, slugs, hosts) for person in gone[0]], gone[1]
    _check_references(tables, [*advocates, *gone[0]], problems)
    return People(
        advocates=advocates + gone[0],
        referees=referees + gone[1],
        accounts=tuple(map(Account._make, _rows(tables["accounts"], "accounts"))),
        problems=problems.sorted(),
        kept=tuple(person.id for people in gone for person in people),
    )


def _others_were_here(
    folder: Path, tables: dict[str, Columns], advocates: list[Advocate], referees: list[Referee]
) -> bool:
    """Whether the register must be read: for whoever left, or for ids that were made otherwise."""
    ids = {
        "advocate": [person.id for person in advocates],
        "referee": [person.id for person in referees],
    }
    held = register.held(folder, ids)
    made = any("" in tables[kind].columns["id"] for kind in ("advocates", "referees"))
    return held is None or (made and held not in {0, len(advocates) + len(referees)})


def _read(folder: Path, kind: str, editorial: Editorial, problems: Problems) -> Columns:
    mapping = mapping_of(editorial.mappings, kind)
    path = mapping.path(folder)
    return read_columns(path, name_of(path, folder), mapping, FIELDS[kind], problems)


def _rows(table: Columns, kind: str, **instead: list[str]) -> Iterator[tuple[object, ...]]:
    """The rows of a table in the order of the model, with some columns replaced."""
    columns = table.columns | instead
    return zip(*(columns[name] for name in FIELDS[kind]), table.lines, strict=True)


def _current(
    tables: dict[str, Columns], known: dict[str, dict[str, Row]]
) -> tuple[list[Advocate], list[Referee]]:
    """Everybody in the lists, with an id; ``known`` are those of the register.

    A referee's advocate may be named by address, or by an id that came later than the one kept.
    """
    table = tables["advocates"]
    ids = _ids("advocate", table, [""] * len(table.lines), known)
    advocates = list(map(Advocate._make, _rows(table, "advocates", id=ids)))
    late = {given: person.id for given, person in zip(table.columns["id"], advocates, strict=True)}
    table = tables["referees"]
    scopes = [late.get(name, name) for name in table.columns["advocate"]]
    if any("@" in name for name in set(scopes)):
        mails = {row[2].casefold(): row[0] for row in known.get("advocate", {}).values()}
        mails |= {person.email.casefold(): person.id for person in advocates}
        scopes = [mails.get(name.casefold(), name) if "@" in name else name for name in scopes]
    ids = _ids("referee", table, scopes, known)
    return advocates, list(map(Referee._make, _rows(table, "referees", id=ids, advocate=scopes)))


def _ids(
    kind: str, table: Columns, scopes: list[str], known: dict[str, dict[str, Row]]
) -> list[str]:
    given = table.columns["id"]
    if "" not in given and not known:
        return given
    columns = table.columns
    people = list(map(keys, scopes, columns["email"], columns["name"], columns["company"]))
    return assign(kind, given, people, known.get(kind, {}))


def _kept(
    known: dict[str, dict[str, Row]],
    advocates: list[Advocate],
    referees: list[Referee],
    remove: Remove,
    problems: Problems,
) -> tuple[list[Advocate], list[Referee]]:
    """Who is in the register, no longer in the lists, and not to be removed."""
    here = {person.id for person in advocates}, {person.id for person in referees}
    gone = [
        [row for name, row in known.get(kind, {}).items() if name not in ids]
        for kind, ids in zip(("advocate", "referee"), here, strict=True)
    ]
    if isinstance(remove, str):
        return [], []
    vanished = {row[0] for rows in gone for row in rows}
    for name in sorted(remove - vanished):
        still = name in here[0] | here[1]
        message = (
            f"{name} is still in a list; take the row out first."
            if still
            else f"nobody has the id {name}."
        )
        problems.error(register.FILE, 0, message)
    left = [Advocate._make((*row, 0)) for row in gone[0] if row[0] not in remove]
    owners = here[0] | {person.id for person in left}
    rows = (row for row in gone[1] if row[0] not in remove and row[1] in owners)
    return left, [Referee._make((*row, 0)) for row in rows]


def _reset(person: Advocate, slugs: Collection[str], hosts: Collection[str]) -> Advocate:
    """Somebody who was kept, without a story or a host that are no longer there."""
    return person._replace(
        case_study=person.case_study if person.case_study in slugs else "",
        owner=person.owner if person.owner in hosts else "",
    )


def _check_codes(
    advocates: list[Advocate], kept: list[Advocate], file: str, problems: Problems
) -> None:
    """A share code stays its owner's, even when they are no longer in the list."""
    owners = {person.share_code: person for person in kept if person.share_code}
    for person in advocates if owners else ():
        if owner := owners.get(person.share_code):
            message = f"share_code is “{person.share_code}”, which still is {owner.name}’s."
            problems.error(
                file, person.line, message, "They are in ids.csv until they are removed."
            )


def _check_references(
    tables: dict[str, Columns], advocates: list[Advocate], problems: Problems
) -> None:
    if not tables["advocates"].whole:
        return
    known = {person.id for person in advocates} | tables["advocates"].broken_ids
    table = tables["referees"]
    if not known.issuperset(table.columns["advocate"]):
        known.update(tables["advocates"].columns["id"])
        mails = {person.email.casefold() for person in advocates if person.email}
        known.update(name for name in table.columns["advocate"] if name.casefold() in mails)
    if table.lines and tables["advocates"].lines and not any(tables["advocates"].columns["id"]):
        by_id = {name for name in table.columns["advocate"] if "@" not in name} - known
        if by_id:  # one mistake, whichever list it is in
            check_ids_named(tables["advocates"], table, problems)
        known |= by_id
    check_advocates_of(table, known, problems)
