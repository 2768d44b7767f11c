"""What a build costs, beside what others need for the same pages: one line of JSON for each figure.

    -m bench.bench [--people 100,1000,10000] [--memory 100000] [--rounds 5] [--work FOLDER]

In every round each contender runs once, one after the other, as a process of its own; a figure is
the median, a ratio the median of the rounds' ratios. Ends with status 1 if a budget is broken.

Ours: `first` (nothing kept, preview images drawn), `full` (nothing kept but those), `cached` (every
file written from kept skeletons), `unchanged`, `person` (one edited), `story` (one title edited).
Anchors: `plain` renders every page by Jinja from the same templates and plan, `writer` is a C
program that writes the same bytes, `hugo` is Hugo over the same skeletons and values, found on PATH
or where $HUGO says; the last two are left out where there is no compiler and no Hugo.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from bench.measure import Contender, race, run
from bench.sites import edit_person, edit_story, find_hugo, pack, same_bytes, same_content, wipe

HERE = Path(__file__).parent
Figure = dict[str, object]

# For a figure and size: against what, what of it, and how much it may be of that.
BUDGETS = {
    ("full", 10000): [("hugo", "cpu", 0.25), ("writer", "cpu", 4.0)],
    ("full", 100): [("hugo", "wall", 3.0)],
    ("cached", 100): [("hugo", "wall", 1.0)],
    ("unchanged", 10000): [("full", "cpu", 0.1)],
    ("person", 10000): [("full", "cpu", 0.25)],
}
MEMORY_MB = 250


class Place:
    """The folder of one contender: its content, its site, what it remembers of its builds."""

    def __init__(self, folder: Path, workload: Path) -> None:
        self.content, self.site, self.var = folder / "content", folder / "site", folder / "var"
        shutil.copytree(workload, self.content)
        self.environment = {"PASSALONG_VAR": str(self.var), "PASSALONG_PATH_SECRET": "5ec2e7" * 12}

    def command(self, *program: str) -> list[str | Path]:
        """A program of ours that reads the content and writes the site."""
        return [sys.executable, *program, self.content, self.site]

    def build(self, name: str, prepare: Callable[[], None]) -> Contender:
        """The project's own build."""
        folders = ("--content", self.content, "--out", self.site)
        command: list[str | Path] = [sys.executable, "build.py", "build", "--json", *folders]
        return Contender(name, command, prepare, environment=self.environment)

    def forget(self, *kept: str) -> Callable[[], None]:
        """Takes away the site and all that is remembered, but files or folders called ``kept``."""

        def prepare() -> None:
            wipe(self.site)
            for file in [path for path in self.var.rglob("*") if path.is_file()]:
                if not {file.name, file.parent.name} & set(kept):
                    file.unlink()

        return prepare

    def edited(self, edit: Callable[[Path, int], None]) -> Callable[[], None]:
        """Makes another edit to the content."""
        numbers = count(1)
        return lambda: edit(self.content, next(numbers))


def ours(folder: Path, workload: Path) -> Iterator[Contender]:
    def place(name: str) -> Place:
        return Place(folder / name, workload)

    first, full, cached, person, story = map(place, ("first", "full", "cached", "person", "story"))
    yield first.build("first", first.forget())
    yield full.build("full", full.forget("images"))
    yield cached.build("cached", cached.forget("images", "compiled"))
    yield place("unchanged").build("unchanged", lambda: None)
    yield person.build("person", person.edited(edit_person))
    yield story.build("story", story.edited(edit_story))


def anchors(folder: Path, workload: Path) -> Iterator[Contender]:
    """What there is to compare with on this machine, made from a build of the workload."""
    model = Place(folder / "model", workload)
    built = model.build("model", lambda: None)
    run(built.command, environment=model.environment)
    plain = Place(folder / "plain", workload)
    shutil.copytree(model.var, plain.var)
    command = plain.command("-m", "bench.plain")
    forget = plain.forget("images")
    yield Contender("plain", command, forget, environment=plain.environment)
    if compiler := shutil.which("cc"):
        writer, files = folder / "writer", (folder / "index", folder / "blob")
        run((compiler, "-O2", "-o", writer, HERE / "writer.c"))
        pack(model.site, *files)
        out = folder / "written"
        yield Contender("writer", (writer, *files, out), lambda: wipe(out))
    if hugo := find_hugo():
        site = folder / "hugo"
        run([*model.command("-m", "bench.hugo"), site], environment=model.environment)
        yield Contender("hugo", (hugo, "--quiet"), lambda: wipe(site / "public"), site)


# --- Figures ---------------------------------------------------------------------------------


def figures(folder: Path, people: int, rounds: int) -> Iterator[Figure]:
    workload = folder / "workload"
    run((sys.executable, "-m", "bench.workload", str(people), workload))
    contenders = {c.name: c for c in [*ours(folder, workload), *anchors(folder, workload)]}
    race(list(contenders.values()), rounds)
    pages = int(said(contenders["full"])["pages"])
    for contender in contenders.values():
        yield figure(contender, contenders, people, pages)
    model = folder / "full/site"
    yield equality("plain", people, same_bytes(model, folder / "plain/site"), 1)
    if "hugo" in contenders:
        yield equality("hugo", people, same_content(model, folder / "hugo/public"), 0.99)


def said(contender: Contender) -> dict[str, float]:
    """The last line of a build, as DESIGN's contract for ``build --json`` has it."""
    result: dict[str, float] = json.loads(contender.runs[-1].output.splitlines()[-1])
    return result


def figure(contender: Contender, others: dict[str, Contender], people: int, pages: int) -> Figure:
    name, ratios = contender.name, {}
    for other in ("full", "plain", "writer", "hugo"):
        if other in others and other != name:
            ratios[other] = round(contender.ratio(others[other], "cpu"), 3)
    cpu = contender.typical("cpu")
    line: Figure = {
        "figure": name,
        "people": people,
        "value": round(cpu, 3),
        "unit": "s of CPU",
        "us_per_page": round(cpu / pages * 1e6, 1),
        "wall_s": round(contender.typical("wall"), 3),
        "peak_mb": round(contender.typical("peak_mb")),
        "ratio_to": ratios,
    }
    if contender.command[1] == "build.py":
        line |= {"pages": pages, "written": said(contender)["written"]}
    broken = []
    for other, what, allowed in BUDGETS.get((name, people), ()):
        if other in others and (ratio := contender.ratio(others[other], what)) > allowed:
            broken.append(f"{ratio:.2f} × {other} ({what}), {allowed} allowed")
    if name == "unchanged" and line["written"]:
        broken.append("wrote files though nothing had changed")
    return line | {"broken": broken}


def equality(other: str, people: int, share: float, least: float) -> Figure:
    broken = [] if share >= least else [f"the pages of {other} are others"]
    line: Figure = {"figure": f"same as {other}", "people": people, "value": round(share, 4)}
    return line | {"unit": "of the personal pages", "broken": broken}


def memory(folder: Path, people: int) -> Figure:
    run((sys.executable, "-m", "bench.workload", str(people), folder / "workload"))
    build = Place(folder / "memory", folder / "workload").build("memory", lambda: None)
    done = run(build.command, environment=build.environment)
    over = [f"{MEMORY_MB} MB allowed"] if done.peak_mb > MEMORY_MB else []
    line: Figure = {
        "figure": "memory",
        "people": people,
        "value": round(done.peak_mb),
        "unit": "MB",
    }
    return line | {"wall_s": round(done.wall, 1), "cpu_s": round(done.cpu, 1), "broken": over}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--people", default="100,1000,10000", help="sizes, with commas between")
    parser.add_argument(
        "--memory", default="100000", help="sizes to measure memory alone at; 0 for none"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work", type=Path, help="a folder for it all; else memory, or /tmp")
    options = parser.parse_args()
    memory_disk = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    work = options.work or (memory_disk if memory_disk.is_dir() else None)
    broken = 0

    def tell(line: Figure) -> None:
        nonlocal broken
        broken += bool(line["broken"])
        print(json.dumps(line), flush=True)

    for people in map(int, filter(None, options.people.split(","))):
        with tempfile.TemporaryDirectory(dir=work) as folder:
            for line in figures(Path(folder), people, options.rounds):
                tell(line)
    for people in filter(None, map(int, filter(None, options.memory.split(",")))):
        with tempfile.TemporaryDirectory(dir=work) as folder:
            tell(memory(Path(folder), people))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
