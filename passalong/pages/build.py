"""A build as a list of steps: read, plan, compile what is new, check, write what changed."""

from __future__ import annotations

import fcntl
import gc
import hashlib
import os
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from passalong import content
from passalong.errors import ContentRefused, Stop
from passalong.merging import paths_of
from passalong.pages import bundling, state
from passalong.pages.reading import read
from passalong.pages.write import Output, Writer
from passalong.variants import running

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from passalong.bundle import Bundle
    from passalong.errors import Problem
    from passalong.merging import Decided
    from passalong.pages.reading import Order, Read
    from passalong.pages.state import Compiled, Households, Inputs, State
    from passalong.plan import Group, Shape

    Progress = Callable[[int, int], None]
    Known = Callable[[str, bytes], Sequence[str]]

# Whatever only a build with something to do needs is imported inside the functions that need it:
# most of the time of a build that finds nothing changed is imports.

_CODE = Path(__file__).resolve().parents[1]
_CHUNK = 2048
"""Pages in memory at a time."""
_UNFINISHED = "unfinished"
"""The file that is there while a build writes, and after it broke off."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a build did, in files; ``changed`` and ``removed`` are paths, ``seconds`` wall time.

    ``replaced`` is the id of another program whose site the folder held before.
    """

    pages: int
    unchanged: int
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    seconds: float = 0.0
    warnings: tuple[Problem, ...] = ()
    replaced: str = ""


def build(order: Order, progress: Progress | None = None) -> Result:
    """Makes ``order.out`` the site of ``order.content``.

    Raises ContentRefused, with every problem and nothing written, where the content has errors.
    """
    started = time.perf_counter()
    with _only_one(order) as memory, _no_collector(), Output(order.out) as output:
        before: State = state.load(memory / "state", state.State) or state.BLANK
        job = _Job(order, memory, _made_of(order, before.program))
        is_built = before.inputs == job.made_of and not (memory / _UNFINISHED).exists()
        is_built = is_built and bundling.is_bundled(memory, order.bundle, job.made_of)
        is_built = is_built and (before.assigned or not order.assigner)
        if is_built and output.holds_all(before.files):
            done = Result(before.pages, len(before.files), warnings=before.warnings)
        else:
            done = _build(job, before, output, progress or _silent)
    return replace(done, seconds=time.perf_counter() - started)


def _silent(_done: int, _all: int) -> None:
    """No progress to show."""


@contextmanager
def _only_one(order: Order) -> Iterator[Path]:
    """The folder that remembers builds into this output; one build at a time may hold it."""
    name = hashlib.blake2b(os.fsencode(order.out.resolve()), digest_size=8).hexdigest()
    memory = order.var / "builds" / name
    memory.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (memory / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Stop(f"Another build is writing to {order.out}. Wait for it to end.") from None
        yield memory


@contextmanager
def _no_collector() -> Iterator[None]:
    """No search for reference cycles: there are none to speak of, among a million live objects."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _made_of(order: Order, program: str = "") -> Inputs:
    """Digests of everything that a build depends on; ``program`` is the id it had before."""
    lists = {*content.people_files(order.content), order.content / "ids.csv"}
    files = {*state.walk(order.content), *content.sources(order.content)} - lists
    code = (path for path in state.walk(_CODE) if path.suffix == ".py")
    compiled = state.digest([*code, *state.walk(order.site), *sorted(files)], str(order.today))
    pages = state.digest((), compiled.hex(), order.secret.hex(), order.keys[-1].id)
    known = _digest_of(order.decided(program)) if program else b""
    return state.Inputs(compiled, pages, _lists(order), _register(order), known)


def _digest_of(known: Decided) -> bytes:
    return state.digest((), repr(known.people), repr(sorted(known.standings.items())))


def _lists(order: Order) -> bytes:
    return state.digest(content.people_files(order.content), str(order.remove))


def _register(order: Order) -> bytes:
    return state.digest([order.content / "ids.csv"])


def check(order: Order) -> tuple[Problem, ...]:
    """Everything that a build does but writing; the warnings. Raises ContentRefused."""
    memory = order.var / "builds" / "check"
    memory.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _no_collector():
        job = _Job(order, memory, _made_of(order))
        ready = _prepare(job, lambda *_: ())
        _bundle(job, ready)  # the pages that an introduction could make are looked at, too
        return ready.warnings


class _Job(NamedTuple):
    """An order, the folder that remembers what was built, and digests of what is to be built."""

    order: Order
    memory: Path
    made_of: Inputs


class _Ready(NamedTuple):
    """What a build is about to write: the groups; of households that are as they were, nothing."""

    compiled: Compiled
    read: Read
    groups: dict[Shape, Group]
    households: Households
    warnings: tuple[Problem, ...]


def _prepare(job: _Job, known: Known) -> _Ready:
    """Reads, plans, compiles and checks.

    ``known`` gives the paths of an advocate's household if the pages of one with this digest are
    in place, else nothing.
    """
    from passalong.households import households  # noqa: PLC0415
    from passalong.pages import lint  # noqa: PLC0415 - see above
    from passalong.plan import Planner  # noqa: PLC0415

    order, memory, made_of = job
    compiled: Compiled | None = state.load(memory / "compiled", state.Compiled)
    if compiled and compiled.version != made_of.compiled:
        compiled = None
    found = read(order, compiled.editorial if compiled else None)
    editorial, people, holders = found[:3]
    planner = Planner(editorial, people, holders)
    planned = {}
    for household in households(people):
        digest = household.digest(holders)
        paths = known(household.advocate.id, digest) if compiled else ()
        planned[household.advocate.id] = digest, paths or planner.add(household)
    groups = planner.groups
    compiled = _compile(job, compiled or state.Compiled(made_of.compiled, editorial), groups)
    if wrong := sorted({*lint.value_problems(groups, editorial, people)}):
        raise ContentRefused(wrong)
    warnings = {*editorial.problems, *people.problems, *compiled.warnings}
    return _Ready(compiled, found, groups, planned, tuple(sorted(warnings)))


def _build(job: _Job, before: State, output: Output, progress: Progress) -> Result:
    order, memory, made_of = job
    writer = Writer(output, before.files)
    old = before.households if before.inputs.pages == made_of.pages else {}

    def known(advocate: str, digest: bytes) -> Sequence[str]:
        was, paths = old.get(advocate, (b"", ()))
        return paths if was == digest and writer.keep(paths) else ()

    ready = _prepare(job, known)
    made_of = made_of._replace(decided=_digest_of(ready.read.decided))
    if content.write_register(order.content, ready.read.listed):
        made_of = made_of._replace(register=_register(order))
    unfinished = memory / _UNFINISHED
    strays = unfinished.exists() or not before.files
    unfinished.touch()
    if order.bundle:
        bundling.write(order.bundle, _bundle(job, ready))
    _write(ready, writer, progress)
    removed = writer.remove_others(everywhere=strays, but=_introduced_meanwhile(order, ready.read))
    output.settle()
    pages = sum(1 for path in writer.files if path.endswith(".html"))
    program = ready.compiled.editorial.program.id
    after = state.State(
        made_of,
        writer.files,
        ready.households,
        pages,
        program,
        ready.warnings,
        signed_by=order.keys[-1].id,
        assigned=order.assigner is not None or not running(ready.compiled.editorial.program),
    )
    state.save(memory / "state", after)
    if order.bundle:
        bundling.remember(memory, order.bundle, made_of)
    unfinished.unlink()
    unchanged = len(writer.files) - len(writer.changed)
    return Result(
        pages,
        unchanged,
        tuple(writer.changed),
        tuple(removed),
        warnings=ready.warnings,
        replaced=before.program if before.program != program else "",
    )


def _bundle(job: _Job, ready: _Ready) -> Bundle:
    """What the functions need of this build, with a skeleton for every page they may make."""
    from passalong.pages.runtime import bundle_of  # noqa: PLC0415 - see above

    compiled, order = ready.compiled, job.order
    _, people, holders = ready.read[:3]
    known = len(compiled.frames), len(compiled.answers)
    bundle = bundle_of(compiled, people, holders, order.content, order.site)
    if known != (len(compiled.frames), len(compiled.answers)):
        state.save(job.memory / "compiled", compiled)
    return bundle


def _introduced_meanwhile(order: Order, found: Read) -> set[str]:
    """Pages that functions made while this build was at work: the next one makes them anew."""
    now = order.decided(found.editorial.program.id)
    known = {person.id for person in found.decided.people}
    return paths_of([person for person in now.people if person.id not in known], found.holders)


def _write(ready: _Ready, writer: Writer, progress: Progress) -> None:
    """Assets first: no page is there before what it names."""
    from passalong.pages.fill import fill  # noqa: PLC0415 - see above

    for path, data in [*ready.compiled.assets.items(), *ready.compiled.public.items()]:
        writer.put(path, data)
    total = len(writer.files) + sum(len(group.paths) for group in ready.groups.values())
    for shape, group in ready.groups.items():
        skeleton = ready.compiled.skeleton(shape)
        for start in range(0, len(group.paths), _CHUNK):
            chunk = slice(start, start + _CHUNK)
            pages = fill(skeleton, group.values[chunk])
            for path, page in zip(group.paths[chunk], pages, strict=True):
                writer.put(path, page)
            progress(len(writer.files), total)


def _compile(job: _Job, compiled: Compiled, groups: dict[Shape, Group]) -> Compiled:
    """``compiled`` with everything in it that this build needs, kept for the next."""
    samples = {s: g.values[0] for s, g in groups.items() if s not in compiled.shapes}
    if samples or not compiled.public:
        from passalong.pages import compiler  # noqa: PLC0415 - Jinja and Markdown only when needed

        images = job.memory.parent / "images"
        compiler.compile_site(compiled, samples, job.order.content, job.order.site, images)
        state.save(job.memory / "compiled", compiled)
    return compiled
