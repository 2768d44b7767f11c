"""Processes that begin at the same time. Each reads what it has to do, as JSON, says that it is
ready, begins when it is told to, and ends with what it found, as JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.programs import ROOT

Command = Sequence[str]


def together(
    commands: Sequence[Command], tasks: Sequence[object], environ: Mapping[str, str] | None = None
) -> list[Any]:
    """Runs modules with their arguments, each with its task; what each of them found."""
    running = [
        subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=os.environ | (environ or {}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for command in commands
    ]
    try:
        for process, task in zip(running, tasks, strict=True):
            _tell(process, json.dumps(task))
        assert [_hear(process) for process in running] == ["ready\n"] * len(running)
        for process in running:
            _tell(process, "go")
        return [json.loads(_hear(process)) for process in running]
    finally:
        for process in running:
            process.kill()
            process.communicate()


def take_part(get_ready: Callable[[], object], do: Callable[[Any], object]) -> None:
    """What such a process does: makes itself ready, and does its task."""
    task = json.loads(sys.stdin.readline())
    get_ready()
    _say("ready")
    sys.stdin.readline()
    _say(json.dumps(do(task)))


def _tell(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin
    process.stdin.write(line + "\n")
    process.stdin.flush()


def _hear(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
