"""``build.py serve`` as a person starts it: in a process of its own."""

from __future__ import annotations

import queue
import re
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

from tests.programs import Made

PATIENCE = 60  # seconds, on a busy machine


@dataclass
class Serving:
    """A server under way; ``complaints`` are the lines of its stderr once it has ended."""

    process: subprocess.Popen[str]
    complaints: list[str] = field(default_factory=list)
    _lines: queue.Queue[str | None] = field(default_factory=queue.Queue)

    def hear(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def hear_complaints(self) -> None:
        assert self.process.stderr
        self.complaints.extend(self.process.stderr)

    def wait_for(self, pattern: str) -> re.Match[str]:
        """The first line from here on that holds ``pattern``."""
        while (line := self._lines.get(timeout=PATIENCE)) is not None:
            if found := re.search(pattern, line):
                return found
        raise AssertionError(f"it ended without saying {pattern}: {self.complaints}")

    def address(self) -> str:
        """Where it serves, without a last slash, as soon as it says so."""
        return self.wait_for(r"Serving on (http://127\.0\.0\.1:\d+)\.")[1]

    def interrupt(self) -> int:
        """Presses Ctrl-C; the status that it ends with."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)


def serve(made: Made, *arguments: str) -> AbstractContextManager[Serving]:
    """Runs the command until the end of the block."""
    command = [*made.command("serve", *arguments), "--out", str(made.out)]
    return running(command, made.environment())


@contextmanager
def running(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[Serving]:
    """Runs a command that serves until the end of the block."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # or a child would ignore it
    try:
        process = subprocess.Popen(command, env=environment, **pipes)  # type: ignore[call-overload]
    finally:
        signal.signal(signal.SIGINT, before)
    serving = Serving(process)
    ears = [threading.Thread(target=serving.hear), threading.Thread(target=serving.hear_complaints)]
    with process:
        for ear in ears:
            ear.start()
        try:
            yield serving
        finally:
            process.kill()
            for ear in ears:
                ear.join()
