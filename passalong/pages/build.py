"""A build as a list of steps: read, plan, compile what is new, check, write what changed."""

from __future__ import annotations

import fcntl
import hashlib
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from passalong import content
from passalong.errors import ContentRefused, Stop
from passalong.message_check import message_problems
from passalong.pages import lint, state
from passalong.pages.write import Output, Writer
from passalong.plan import Planner
from passalong.tokens import PathKeys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from passalong.model import Editorial, People, Problem
    from passalong.pages.state import Compiled, State
    from passalong.plan import Group, Shape

    Progress = Callable[[int, int], None]

_CODE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Order:
    """What to build: folders, the path secret, the day on which sign-offs must hold.

    ``remove`` names people to take away for good who have left the export, or is ``"vanished"``.
    """

    content: Path
    out: Path
    site: Path
    var: Path
    secret: bytes
    today: date
    remove: frozenset[str] | str = frozenset()


@dataclass(frozen=True, slots=True)
class Result:
    """What a build did, in files; ``changed`` and ``removed`` are paths, ``seconds`` wall time."""

    pages: int
    unchanged: int
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    seconds: float = 0.0
    warnings: tuple[Problem, ...] = ()


def build(order: Order, progress: Progress | None = None) -> Result:
    """Makes ``order.out`` the site of ``order.content``.

    Raises ContentRefused, with every problem and nothing written, where the content has errors.
    """
    started = time.perf_counter()
    with _only_one(order) as memory, Output(order.out) as output:
        before: State = state.load(memory / "state", state.State) or state.State()
        if before.inputs and before.inputs == _inputs(order) and output.holds_all(before.files):
            done = Result(before.pages, len(before.files), warnings=before.warnings)
        else:
            done = _build(order, memory, before, output, progress or _silent)
    return Result(
        done.pages,
        done.unchanged,
        done.changed,
        done.removed,
        time.perf_counter() - started,
        done.warnings,
    )


def _silent(_done: int, _all: int) -> None:
    """No progress to show."""


@contextmanager
def _only_one(order: Order) -> Iterator[Path]:
    """The folder that remembers builds into this output; one build at a time may hold it."""
    name = hashlib.blake2b(str(order.out.resolve()).encode(), digest_size=8).hexdigest()
    memory = order.var / "builds" / name
    memory.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (memory / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Stop(f"Another build is writing to {order.out}. Wait for it to end.") from None
        yield memory


def _inputs(order: Order) -> bytes:
    """The digest of everything that a build depends on."""
    files = {*state.walk(order.content), *content.sources(order.content)}
    return state.digest(sorted(files), _version(order), order.secret.hex(), str(order.remove))


def _version(order: Order) -> str:
    """What the compiled part depends on besides the editorial content."""
    code = (path for path in state.walk(_CODE) if path.suffix == ".py")
    return f"{state.digest(code).hex()} {state.digest(state.walk(order.site)).hex()} {order.today}"


def read(order: Order, known: Editorial | None = None) -> tuple[Editorial, People]:
    """The content, checked; ``known`` is an unchanged editorial part from an earlier build."""
    editorial = known or content.read_editorial(order.content, order.today, order.site)
    people = content.read_people(order.content, editorial, remove=order.remove)
    problems = {*editorial.problems, *people.problems, *message_problems(editorial, people)}
    if any(problem.severity == "error" for problem in problems):
        raise ContentRefused(sorted(problems))
    return editorial, people


def check(order: Order) -> tuple[Problem, ...]:
    """Everything that a build does but writing; the warnings. Raises ContentRefused."""
    memory = order.var / "builds" / "check"
    memory.mkdir(parents=True, exist_ok=True, mode=0o700)
    return _prepare(order, memory).warnings


class _Ready(NamedTuple):
    """What a build is about to write."""

    compiled: Compiled
    people: People
    groups: dict[Shape, Group]
    warnings: tuple[Problem, ...]


def _prepare(order: Order, memory: Path) -> _Ready:
    """Reads, plans, compiles and checks."""
    version = state.digest(_editorial_files(order.content), _version(order))
    compiled: Compiled | None = state.load(memory / "compiled", state.Compiled)
    if compiled and compiled.version != version:
        compiled = None
    editorial, people = read(order, compiled.editorial if compiled else None)
    keys = PathKeys(order.secret, editorial.program.id)
    groups = Planner(editorial, people, keys).plan()
    compiled = _compile(order, memory, compiled or state.Compiled(version, editorial), groups)
    if found := sorted({*lint.value_problems(groups, editorial, people)}):
        raise ContentRefused(found)
    warnings = {*editorial.problems, *people.problems, *compiled.warnings}
    return _Ready(compiled, people, groups, tuple(sorted(warnings)))


def _build(order: Order, memory: Path, before: State, output: Output, progress: Progress) -> Result:
    compiled, people, groups, warnings = _prepare(order, memory)
    content.write_register(order.content, people)
    writer = Writer(output, before.files)
    for path, data in [*compiled.assets.items(), *compiled.public.items()]:
        writer.put(path, data)
    total = len(writer.files) + sum(len(group.paths) for group in groups.values())
    for shape, group in groups.items():
        skeleton = partial(compiled.skeleton, shape)
        for _ in writer.put_pages(skeleton, compiled.digest(shape), group):
            progress(len(writer.files), total)
    removed = writer.remove_others()
    pages = sum(1 for path in writer.files if path.endswith(".html"))
    state.save(memory / "state", state.State(_inputs(order), writer.files, pages, warnings))
    unchanged = len(writer.files) - len(writer.changed)
    return Result(pages, unchanged, tuple(writer.changed), tuple(removed), warnings=warnings)


def _compile(
    order: Order, memory: Path, compiled: Compiled, groups: dict[Shape, Group]
) -> Compiled:
    """``compiled`` with everything in it that this build needs, kept for the next."""
    samples = {s: g.values[0] for s, g in groups.items() if s not in compiled.shapes}
    if samples or not compiled.public:
        from passalong.pages import compiler  # noqa: PLC0415 - Jinja and Markdown only when needed

        images = memory.parent / "images"
        compiler.compile_site(compiled, samples, order.content, order.site, images)
        state.save(memory / "compiled", compiled)
    return compiled


def _editorial_files(folder: Path) -> list[Path]:
    """Every file that is not a list of people, wherever the program says that it lies."""
    files = {*state.walk(folder), *content.sources(folder)}
    return sorted(path for path in files if path.suffix != ".csv")
