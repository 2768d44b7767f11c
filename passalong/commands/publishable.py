"""A build as publishing takes it: its files, looked at, and whose pages are in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from passalong.holders import Holders
from passalong.ledger import ledger_address
from passalong.merging import merged, paths_of
from passalong.pages.build import build
from passalong.pages.deep import deep_problems
from passalong.pages.reading import read
from passalong.publishing.look import Site
from passalong.publishing.manifest import files_of, fingerprint
from passalong.publishing.plan import Introduced

if TYPE_CHECKING:
    from collections.abc import Mapping

    from passalong.errors import Problem
    from passalong.merging import Decided
    from passalong.pages.build import Result
    from passalong.pages.reading import Order, Read
    from passalong.publishing.look import Progress
    from passalong.publishing.manifest import Entry, Wanted


@dataclass(frozen=True, slots=True)
class Built:
    """A build: what was ``found`` before it, and what is wrong with pages that are not live yet."""

    found: Read
    result: Result
    files: Mapping[str, Wanted]
    problems: tuple[Problem, ...]


def built(
    order: Order,
    live: Mapping[str, Entry],
    progress: Progress,
    before: Built | None = None,
) -> Built:
    """Builds, and looks at every page of it that is not ``live``, nor in the build ``before``.

    Raises ContentRefused.
    """
    # Whoever is known before the build is in it; of others it cannot be said that they are not.
    found = read(order)
    result = build(order, progress("Pages"))
    if before and not result.changed and not result.removed:
        return Built(found, result, before.files, ())
    files = files_of(order.out)
    known = {path: one.digest for path, one in live.items()}
    known |= {path: one.digest for path, one in before.files.items()} if before else {}
    new = [path for path, one in files.items() if known.get(path) != one.digest]
    return Built(found, result, files, deep_problems(order.out, order, new, progress("Reading")))


def site_of(order: Order, made: Built, ledger: str) -> Site:
    """What is to be live; ``ledger`` is the fingerprint of the ledger."""
    program = made.found.editorial.program.id
    everybody = order.decided(program).people
    bundle = order.bundle.read_bytes() if order.bundle else b""
    return Site(
        order.out,
        made.files,
        bundle,
        program,
        fingerprint(order.secret, "paths"),
        ledger,
        frozenset(paths_of(everybody, made.found.holders) & made.files.keys()),
        lambda: introduced(made.found, order.decided(program)),
    )


def introduced(found: Read, known: Decided) -> Introduced:
    """Pages of people whom the ledger knows now, and a build of what was ``found`` need not have.

    One stands if its person came since; it was taken away if the ledger knows the person, or that
    their page was revoked, and the build has no page for them.
    """
    holders = Holders(found.holders.keys, found.holders.signer, known.revisions)
    before = {person.id for person in found.decided.people}
    since = [person for person in known.people if person.id not in before]
    listed = {referee.id for referee in merged(found.listed, known, holders).referees}
    standing = paths_of([person for person in since if person.id in listed], holders)
    everybody = paths_of(known.people, holders) | set(_former(known, holders))
    return Introduced(frozenset(standing), frozenset(everybody - standing))


def _former(known: Decided, holders: Holders) -> list[str]:
    """Where the pages lay of everybody who was revoked or renewed, at each revision."""
    key = partial(holders.keys.key, "referee")
    return [
        f"p/{key(subject.removeprefix('referee:'), revision)}/index.html"
        for subject, standing in known.standings.items()
        if subject.startswith("referee:")
        for revision in range(standing.revision + standing.revoked)
    ]


def ledger_fingerprint(order: Order, environ: Mapping[str, str]) -> str:
    """What tells the ledger's table from others; empty for a file, which lies here or there."""
    parts = urlsplit(ledger_address(order.var, environ))
    return fingerprint(order.secret, f"ledger {parts.netloc}") if parts.scheme == "dynamodb" else ""
