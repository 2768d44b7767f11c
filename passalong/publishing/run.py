"""Publishing: takes the steps of a plan, several at a time, so that a killed run can be finished.

Before the first step it is noted what may change, after the last one what is live. Whoever finds
a run unfinished takes it over, and whoever was overtaken stops.
"""

from __future__ import annotations

import secrets
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from passalong.errors import Stop
from passalong.publishing import manifest as documents
from passalong.publishing.look import bundle_entry, patiently
from passalong.publishing.manifest import Entry, Manifest
from passalong.publishing.plan import invalidation, removals, uris
from passalong.publishing.target import Overtaken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from passalong.publishing.look import Means, Site, Todo
    from passalong.publishing.plan import Removals
    from passalong.publishing.target import Target

_LOOK_AFTER: Final = 500
"""Steps after which a run looks whether it was overtaken."""
WORKERS: Final = 16


class Done(NamedTuple):
    """What a run did, in files; ``invalidated`` are paths, ``unknown`` pages that were left alone
    though neither the build nor the ledger knows them."""

    put: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: int = 0
    bundle: bool = False
    invalidated: tuple[str, ...] = ()
    unknown: int = 0


def publish(site: Site, target: Target, means: Means, todo: Todo) -> Done:
    """Makes ``target`` the site. Raises Stop; the next run goes on from wherever this one ended."""
    if todo.is_nothing:
        return Done(unchanged=todo.puts.unchanged, unknown=len(todo.removals.unknown))
    return _Run(site, target, means, todo).run()


class _Run:
    """One run: what it notes, and the tags of what it put."""

    def __init__(self, site: Site, target: Target, means: Means, todo: Todo) -> None:
        self._site, self._target, self._means, self._todo = site, target, means, todo
        self._noted, self._tag = todo.known, todo.tag
        self._tags: dict[str, str] = {}
        self._steps = 0
        self._progress = means.progress("Files")
        self._all = len(todo.puts.paths) + len(todo.removals.paths)

    def run(self) -> Done:
        puts = self._todo.puts
        self._begin()
        self._each(self._put, puts.assets)
        if self._todo.bundle:
            self._put_bundle()
        for stage in puts.pages:
            self._each(self._put, stage)
        gone = self._remove()
        invalidated = self._invalidate()
        self._end(gone, invalidated)
        unknown = len(gone.unknown)
        return Done(puts.paths, gone.paths, puts.unchanged, self._todo.bundle, invalidated, unknown)

    def _begin(self) -> None:
        """Notes what may change from now on."""
        site, known, todo = self._site, self._todo.known, self._todo
        self._note(
            replace(
                known,
                program=site.program,
                fingerprint=site.fingerprint,
                ledger=site.ledger,
                is_done=False,
                coming=_both(known.coming, todo.puts.paths),
                introduced=_both(known.introduced, site.introduced),
                stale=_both(known.stale, todo.stale),
            )
        )

    def _put(self, path: str) -> None:
        data = (self._site.folder / path).read_bytes()
        if documents.wanted(path, data) != self._site.files[path]:
            raise Stop("The site was built anew while it was published. Publish again.")
        self._tags[path] = patiently(lambda: self._target.put(path, data), self._means)

    def _put_bundle(self) -> None:
        self._look_out()
        bundle = self._site.bundle
        tag = patiently(lambda: self._target.keep("bundle", bundle), self._means)
        theme, known = documents.theme_of(bundle), self._noted
        is_other = known.theme and theme != known.theme
        self._noted = replace(
            known,
            bundle=bundle_entry(bundle, tag),
            version=documents.version_of(bundle),
            theme=theme,
            theme_at=self._means.clock() if is_other else known.theme_at,
        )

    def _remove(self) -> Removals:
        """Removes what nobody vouches for, as the ledger says at this moment."""
        todo, means = self._todo, self._means
        gone = removals(todo.live, todo.known, self._site.files, self._site.ask(), means.clock())
        stale = _both(self._noted.stale, uris(gone.paths))
        if stale != self._noted.stale:
            self._note(replace(self._noted, stale=stale))
        self._each(self._take_away, gone.pages)
        self._each(self._take_away, gone.assets)
        return gone

    def _take_away(self, path: str) -> None:
        patiently(lambda: self._target.remove(path), self._means)

    def _invalidate(self) -> tuple[str, ...]:
        """Has caches forget; what that counts for is noted with the end of the run."""
        if not self._noted.stale:
            return ()
        used = self._noted.used(self._means.clock())
        paths, reference = invalidation(self._noted.stale, used), secrets.token_hex(16)
        is_done = patiently(lambda: self._target.invalidate(paths, reference), self._means)
        return paths if is_done else ()

    def _end(self, gone: Removals, invalidated: tuple[str, ...]) -> None:
        now = self._means.clock()
        tags = {**self._todo.live, **self._tags}
        files = {path: Entry(one.digest, tags[path]) for path, one in self._site.files.items()}
        self._note(
            replace(
                self._noted,
                is_done=True,
                renewed=False,
                files=files,
                coming=(),
                introduced=_both(self._site.introduced, gone.kept),
                retired=dict(gone.retired),
                stale=(),
                month=documents.month_of(now),
                invalidated=self._noted.used(now) + len(invalidated),
            )
        )

    # --- Steps --------------------------------------------------------------------------------

    def _each(self, step: Callable[[str], None], paths: tuple[str, ...]) -> None:
        """Takes a step for each path, several at a time; all are done when it returns."""
        for start in range(0, len(paths), _LOOK_AFTER):
            self._look_out()
            with ThreadPoolExecutor(WORKERS) as pool:
                pending = {pool.submit(step, path) for path in paths[start : start + _LOOK_AFTER]}
                try:
                    self._watch(pending)
                finally:
                    pool.shutdown(cancel_futures=True)

    def _watch(self, pending: set[Any]) -> None:
        while pending:
            done, pending = wait(pending, timeout=0.2, return_when=FIRST_EXCEPTION)
            for one in done:
                one.result()
            self._steps += len(done)
            self._progress(self._steps, self._all)

    def _look_out(self) -> None:
        """Raises Stop where somebody else publishes there by now."""
        if patiently(lambda: self._target.tag("manifest"), self._means) != self._tag:
            raise _overtaken(self._target)

    def _note(self, manifest: Manifest) -> None:
        data = documents.dump(manifest)
        try:
            self._tag = patiently(
                lambda: self._target.keep("manifest", data, self._tag), self._means
            )
        except Overtaken:  # an answer that was lost may have been to ours
            found = patiently(lambda: self._target.read("manifest"), self._means)
            if not found or found[0] != data:
                raise _overtaken(self._target) from None
            self._tag = found[1]
        self._noted = manifest


def _overtaken(target: Target) -> Stop:
    return Stop(f"Somebody else publishes to {target.name}: this run ended for the sake of theirs.")


def _both(some: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({*some, *others}))
