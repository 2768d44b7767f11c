"""What stands between a place and the site that is to be there: looked up, with nothing changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from passalong.errors import Stop
from passalong.publishing import manifest as documents
from passalong.publishing.manifest import Entry, Manifest
from passalong.publishing.plan import invalidation, plan, removals, uris
from passalong.publishing.refusals import check_ledger, check_links
from passalong.publishing.target import Overtaken, TargetError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from passalong.publishing.manifest import Wanted
    from passalong.publishing.plan import Introduced, Plan, Removals
    from passalong.publishing.target import Target

    Progress = Callable[[str], Callable[[int, int], None]]
    """For a part of the work, who is told how much of how much is done."""

T = TypeVar("T")

ATTEMPTS: Final = 6
FIRST_WAIT: Final = 0.2
"""Seconds; doubles with each attempt. The real wait is anything between nothing and that."""


@dataclass(frozen=True, slots=True)
class Site:
    """What is to be live: the ``files`` of a built ``folder`` and the functions' ``bundle``.

    ``fingerprint`` and ``ledger`` are those of `Manifest`. ``introduced`` are pages in the build of
    people whom the ledger knows, and ``ask`` tells of theirs that are not in it.
    """

    folder: Path
    files: Mapping[str, Wanted]
    bundle: bytes
    program: str
    fingerprint: str
    ledger: str
    introduced: frozenset[str]
    ask: Callable[[], Introduced]


@dataclass(frozen=True, slots=True)
class Means:
    """The outside: time, waiting in seconds, chance from 0 up to 1, and who watches."""

    clock: Callable[[], datetime]
    wait: Callable[[float], object]
    chance: Callable[[], float]
    progress: Progress


class Leave(NamedTuple):
    """What somebody said is meant: other links for everybody, another ledger."""

    new_links: bool = False
    new_ledger: bool = False


class Todo(NamedTuple):
    """What stands between a target and a site."""

    known: Manifest
    tag: str
    """Of the manifest; empty where there is none."""
    live: Mapping[str, str]
    puts: Plan
    removals: Removals
    bundle: bool

    @property
    def is_nothing(self) -> bool:
        """Whether all is as it should be."""
        work = self.puts.paths or self.removals.paths or self.bundle
        return self.known.is_done and not work and self.known.retired == self.removals.retired

    @property
    def stale(self) -> tuple[str, ...]:
        """URIs that caches may hold, and have to forget."""
        return uris((*self.puts.replaced, *self.removals.paths))

    def invalidation(self, at: datetime) -> tuple[str, ...]:
        """The paths that caches would be told."""
        stale = {*self.known.stale, *self.stale}
        return invalidation(stale, self.known.used(at)) if stale else ()


def patiently(call: Callable[[], T], means: Means) -> T:
    """What the call answers, tried again where that may help. Raises Stop."""
    for attempt in range(ATTEMPTS):
        if attempt:
            means.wait(means.chance() * FIRST_WAIT * 2 ** (attempt - 1))
        try:
            return call()
        except Overtaken:
            raise
        except TargetError as error:
            failure = error
            if not error.passing:
                break
    raise Stop(f"{failure}. Publish again to go on from here.") from failure


def known_of(target: Target, means: Means) -> tuple[Manifest, str]:
    """What is noted of the site, with the note's tag. Raises Stop."""
    found = patiently(lambda: target.read("manifest"), means)
    return (documents.load(found[0]), found[1]) if found else (Manifest(), "")


def look(site: Site, target: Target, means: Means, leave: Leave) -> Todo:
    """What is to be done. Raises Stop where that should not be done without being asked for."""
    known, tag = known_of(target, means)
    live = _live(target, means, max(len(known.files), len(site.files)))
    if not leave.new_links:
        check_links(known, site.program, site.fingerprint, live, site.files)
    if not leave.new_ledger:
        check_ledger(known, site.ledger)
    others = known.fingerprint != site.fingerprint or known.program != site.program
    known = replace(known, renewed=known.renewed or (others and leave.new_links))
    bundle = (
        bundle_entry(site.bundle, patiently(lambda: target.tag("bundle"), means)) != known.bundle
    )
    puts = plan(live, known, site.files)
    gone = removals(live, known, site.files, site.ask(), means.clock())
    return Todo(known, tag, live, puts, gone, bundle)


def _live(target: Target, means: Means, expected: int) -> dict[str, str]:
    """What is there, of which so many files are ``expected``: S3 does not say beforehand."""
    progress = means.progress("Looking")
    found = patiently(
        lambda: target.list(lambda seen: progress(min(seen, expected - 1), expected)), means
    )
    progress(expected, expected)
    return found


def bundle_entry(bundle: bytes, tag: str) -> Entry:
    """What is noted of a bundle that has this tag where it lies."""
    return Entry(documents.wanted("bundle.json", bundle).digest, tag)
