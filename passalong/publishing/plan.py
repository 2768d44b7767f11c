"""What publishing has to do, from what is there and what should be: no step is taken here.

Nothing is put before what it names: assets, the bundle, pages from the deepest to the front page,
then people's own. Nothing is removed before what named it is gone: pages, then assets, and these
only after a month, since whoever has an older page open may still ask for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote

from passalong.headers import CACHING, kind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from passalong.publishing.manifest import Manifest, Wanted

KEEP_ASSETS: Final = timedelta(days=30)
FREE_PATHS: Final = 1000
"""Paths a month whose invalidation CloudFront does not bill; each further one is half a cent."""
EVERYTHING: Final = "/*"
"""Counts as one path."""


class Introduced(NamedTuple):
    """Pages of people whom the ledger knows: ``standing`` must stay, ``gone`` were taken away."""

    standing: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Plan:
    """Files to put: ``assets``, then after the bundle each stage of ``pages``.

    ``replaced`` are those that take the place of another file.
    """

    assets: tuple[str, ...]
    pages: tuple[tuple[str, ...], ...]
    replaced: tuple[str, ...]
    unchanged: int

    @property
    def paths(self) -> tuple[str, ...]:
        """All of them, in order."""
        return (*self.assets, *(path for stage in self.pages for path in stage))


@dataclass(frozen=True, slots=True)
class Removals:
    """``pages`` to remove, then ``assets``; ``retired`` are those that stay for a while.

    ``kept`` are introduced people's pages that the build does not have, ``unknown`` those of them
    that the ledger neither vouches for nor took away.
    """

    pages: tuple[str, ...]
    assets: tuple[str, ...]
    retired: Mapping[str, datetime]
    kept: frozenset[str]
    unknown: frozenset[str]

    @property
    def paths(self) -> tuple[str, ...]:
        """All that go, in order."""
        return (*self.pages, *self.assets)


def plan(live: Mapping[str, str], known: Manifest, files: Mapping[str, Wanted]) -> Plan:
    """What to put where ``live`` tags are there and ``known`` is what was noted."""
    due = [path for path in files if not is_live(path, live.get(path), known, files[path])]
    pages = sorted((path for path in due if not _is_asset(path)), key=_turn)
    stages = tuple(tuple(group) for _, group in groupby(pages, key=lambda path: _turn(path)[:2]))
    return Plan(
        tuple(sorted(path for path in due if _is_asset(path))),
        stages,
        tuple(sorted(path for path in due if path in live)),
        len(files) - len(due),
    )


def is_live(path: str, tag: str | None, known: Manifest, wanted: Wanted) -> bool:
    """Whether a file with this tag is as it should be.

    What we did not note is judged by its bytes alone: a run was killed after it put it, or a
    function did.
    """
    noted = known.files.get(path)
    if tag and noted and noted.tag == tag:
        return noted.digest == wanted.digest
    return tag == wanted.md5


def _turn(path: str) -> tuple[bool, int, str]:
    personal = kind(path) in ("private", "share")
    return personal, 0 if personal else -path.count("/"), path


def _is_asset(path: str) -> bool:
    return kind(path) == "asset"


def removals(
    live: Mapping[str, str],
    known: Manifest,
    files: Collection[str],
    introduced: Introduced,
    now: datetime,
) -> Removals:
    """What to remove of what is ``live`` and not among ``files``.

    A page of somebody whom the ledger knows goes only if the ledger took it away, or with all the
    old addresses. What was put there by others stays.
    """
    ours = {*known.files, *known.coming, *known.retired}
    theirs = {*known.introduced}
    pages, assets, retired, kept, unknown = [], [], {}, set(), set()
    for path in sorted(live.keys() - {*files}):
        what = kind(path)
        if path in introduced.standing:
            kept.add(path)
        elif what == "asset":
            if path in ours:
                retired[path] = known.retired.get(path, now)
        elif what == "private" and (path in theirs or path not in ours) and path.startswith("p/"):
            if path in introduced.gone or known.renewed:
                pages.append(path)
            else:
                unknown.add(path)
        elif path in ours or what in ("private", "share"):
            pages.append(path)
    for path, since in [*retired.items()]:
        if now - since >= KEEP_ASSETS:
            assets.append(path)
            del retired[path]
    return Removals(
        tuple(pages), tuple(assets), retired, frozenset(kept | unknown), frozenset(unknown)
    )


def uris(paths: Iterable[str]) -> tuple[str, ...]:
    """Where caches may hold copies of files that were replaced or removed.

    Private pages are kept by no cache, and an asset's name is never another's. A folder's page is
    asked for by the folder, and by the file once the edge has rewritten that: caches may know both.
    """
    held = []
    for path in paths:
        caching = CACHING[kind(path)]
        if "no-store" in caching or "immutable" in caching:
            continue
        whole = "/" + quote(path)
        held.append(whole)
        if path.rpartition("/")[2] == "index.html":
            held.append(whole.removesuffix("index.html"))
    return tuple(sorted(held))


def invalidation(stale: Collection[str], used: int) -> tuple[str, ...]:
    """The paths to name where ``used`` of this month's were named before.

    Everything at once where that is billed less.
    """
    if _billed(used, len(stale)) > _billed(used, 1):
        return (EVERYTHING,)
    return tuple(sorted(stale))


def _billed(used: int, more: int) -> int:
    return min(more, max(0, used + more - FREE_PATHS))
