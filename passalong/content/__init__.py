"""The content folder: what the marketer wrote, read and checked.

Nothing heavy is imported here; reading people alone never needs YAML.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date
    from pathlib import Path

    from passalong.editorial import Editorial, SignOff
    from passalong.people import People

__all__ = ["people_files", "read_editorial", "read_people", "sources", "write_register"]


def read_editorial(
    folder: Path, today: date, site: Path, as_signed: dict[str, SignOff] | None = None
) -> Editorial:
    """Everything of ``folder`` but the lists of people: program, stories, messages, pages.

    ``today`` decides which sign-offs have ended; ``site`` holds the default messages; ``as_signed``
    holds sign-offs to take as given, for a look at a story that nobody has approved yet. Mistakes
    are in ``.problems``, all of them. Raises ``ContentRefused``, with all that could be checked,
    only if program.toml is missing or cannot be read at all.
    """
    from passalong.content import editorial  # noqa: PLC0415 - it needs YAML

    return editorial.read_editorial(folder, today, site, as_signed)


def read_people(
    folder: Path,
    editorial: Editorial,
    *,
    known_slugs: Collection[str] | None = None,
    remove: frozenset[str] | str = frozenset(),
) -> People:
    """Advocates, referees and accounts, with those that ids.csv kept from earlier exports.

    ``known_slugs`` are the stories an advocate may have, by default every story of ``editorial``,
    withheld ones included. ``remove`` names ids of people who are in no list any more and are
    kept no longer, or ``"vanished"`` for all of those. Mistakes are in ``.problems``.
    """
    from passalong.content import people  # noqa: PLC0415 - only who reads people pays for it

    return people.read_people(folder, editorial, known_slugs=known_slugs, remove=remove)


def write_register(folder: Path, people: People) -> bool:
    """Write ids.csv for ``people``, in one step and only if it changes; says whether it did."""
    from passalong.content import register  # noqa: PLC0415 - as above

    return register.write(folder, people.advocates, people.referees)


def sources(folder: Path) -> list[Path]:
    """Every file that ``read_editorial`` may read from ``folder`` (or its mapping), sorted.

    Lists of people, ids.csv and the theme are not among them; default messages lie in the site.
    """
    from passalong.content import places  # noqa: PLC0415 - as above

    return places.sources(folder)


def people_files(folder: Path) -> list[Path]:
    """The files of ``read_people``, mapped or not, there or not; ids.csv comes on top."""
    from passalong.content import places  # noqa: PLC0415 - as above

    return places.people_files(folder)
