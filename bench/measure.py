"""Commands as child processes, and what the operating system says that they used."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent
ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}


@dataclass(frozen=True)
class Run:
    """One run: seconds of CPU (user and system, children included), of wall time, peak MB."""

    cpu: float
    wall: float
    peak_mb: float
    output: str

    def used(self, what: str) -> float:
        """``cpu``, ``wall`` or ``peak_mb``."""
        return {"cpu": self.cpu, "wall": self.wall, "peak_mb": self.peak_mb}[what]


@dataclass
class Contender:
    """A command that is run in every round, after ``prepare``."""

    name: str
    command: Sequence[str | Path]
    prepare: Callable[[], None] = lambda: None
    folder: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)

    def typical(self, what: str) -> float:
        """The median over the rounds of ``cpu``, ``wall`` or ``peak_mb``."""
        return median(run.used(what) for run in self.runs)

    def ratio(self, other: Contender, what: str) -> float:
        """The median of the rounds' ratios: both sides of each were measured seconds apart."""
        pairs = zip(self.runs, other.runs, strict=True)
        return median(a.used(what) / b.used(what) for a, b in pairs)


def run(
    command: Sequence[str | Path],
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Run:
    """Run a command to its end; SystemExit with what it said if it fails."""
    started = time.perf_counter()
    child = subprocess.Popen(
        command,
        cwd=folder or ROOT,
        env={**ENVIRONMENT, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    output = child.stdout.read().decode() if child.stdout else ""
    _, status, used = os.wait4(child.pid, 0)
    wall = time.perf_counter() - started
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(map(str, command))} failed:\n{output}")
    return Run(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024, output)


def race(contenders: Sequence[Contender], rounds: int) -> None:
    """Run all of them in turn, ``rounds`` times and once before that does not count.

    The first round fills caches, writes bytecode, and lets a virtual machine find its memory.
    """
    for number in range(rounds + 1):
        for contender in contenders:
            contender.prepare()
            result = run(contender.command, contender.folder, contender.environment)
            if number:
                contender.runs.append(result)
