"""How foreign front matter and CSV columns are read as ours: ``[content.*]`` of ``program.toml``.

Each of our names is given a column, a list of columns (joined by a space), or a table
``{from = …, values = {…}, default = …}``. ``folder`` or ``file`` say where the content lies;
``ignore`` names the columns that are of no use here, or ``"*"`` for all others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from passalong.people import Account, Advocate, Referee

if TYPE_CHECKING:
    from pathlib import Path

    from passalong.content.schema import Table

HEADING = "@heading"
"""Stands for the first ``#`` heading of a story, which is then taken out of its text."""

STORY_FIELDS = (
    "title",
    "customer",
    "industry",
    "company_size",
    "roles",
    "region",
    "locale",
    "summary",
    "domain",
    "metrics",
    "quote",
    "logo",
    "assets",
    "anonymous",
    "date",
)
FIELDS = {
    "case_studies": STORY_FIELDS,
    "advocates": Advocate._fields[:-1],
    "referees": Referee._fields[:-1],
    "accounts": Account._fields[:-1],
}
PLACES = {
    "case_studies": "case-studies",
    "advocates": "advocates.csv",
    "referees": "referees.csv",
    "accounts": "accounts.csv",
}


@dataclass(frozen=True, slots=True)
class Source:
    """Where one of our values comes from."""

    names: tuple[str, ...] = ()
    values: dict[str, str] = field(default_factory=dict)
    default: str = ""


@dataclass(frozen=True, slots=True)
class Mapping:
    """How one kind of content is read; ``foreign`` where it is not in our own format."""

    place: str
    fields: dict[str, Source] = field(default_factory=dict)
    ignore: frozenset[str] = frozenset()
    ignore_all: bool = False
    foreign: bool = False

    def path(self, folder: Path) -> Path:
        """Where the content lies; a relative place is relative to the content folder."""
        return folder / self.place

    def source(self, name: str) -> Source:
        """Where ``name`` comes from: as mapped, else the column of that very name."""
        return self.fields.get(name) or Source((name,))


def mapping_of(raw: dict[str, object], kind: str) -> Mapping:
    """The mapping for a kind of content from the ``[content]`` table, which has been checked."""
    table = raw.get(kind)
    if not isinstance(table, dict):
        return Mapping(PLACES[kind])
    settings = cast("dict[str, object]", table)
    ignore = settings.get("ignore", [])
    fields = {name: _source(value) for name, value in settings.items() if name in FIELDS[kind]}
    return Mapping(
        place=str(settings.get("folder" if kind == "case_studies" else "file") or PLACES[kind]),
        fields=fields,
        ignore=frozenset(_names(ignore)),
        ignore_all=ignore == "*",
        foreign=bool(fields or ignore),
    )


def _source(value: object) -> Source:
    if not isinstance(value, dict):
        return Source(_names(value))
    values = value.get("values")
    return Source(
        _names(value.get("from", [])),
        {str(key): str(item) for key, item in values.items()} if isinstance(values, dict) else {},
        str(value.get("default", "")),
    )


def _names(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def check_mappings(table: Table, folder: Path) -> None:
    """Report everything in ``[content]`` that ``mapping_of`` would not understand."""
    for kind, names in FIELDS.items():
        inner = table.table(kind)
        key = "folder" if kind == "case_studies" else "file"
        place = inner.text(key)
        if place and not (folder / place).exists():
            inner.error(key, f"is “{place}”, and there is no such {key}.")
        inner.texts("ignore")
        for name in names:
            if isinstance(inner.data.get(name), dict):
                _check_source(inner.table(name))
            else:
                inner.texts(name)
        inner.finish()
    table.finish()


def _check_source(table: Table) -> None:
    table.texts("from")
    table.text("default")
    table.words("values")
    table.finish()
    if not table.has("from") and not table.has("default"):
        table.problems.error(
            table.file,
            table.line(),
            f"{table.name('from')} is missing: it names the column to read.",
        )
