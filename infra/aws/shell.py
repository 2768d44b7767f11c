"""Programs that are run for somebody who looks on, or only shown."""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from passalong.errors import PassalongError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class Failed(PassalongError):
    """A program did not do what it was to do; ``said`` is what it said itself."""

    def __init__(self, message: str, said: str = "") -> None:
        super().__init__(message)
        self.said = said


@dataclass(frozen=True, slots=True)
class Shell:
    """Runs programs in a folder; if ``dry``, shows them. Every method raises Failed."""

    folder: Path
    dry: bool = False

    def say(self, text: str) -> None:
        """Tells whoever looks on."""
        print(text, flush=True)

    def ask(self, command: Sequence[str], given: str = "") -> str:
        """What a program answers, which reads ``given``; nothing if dry."""
        if self.dry:
            self.say(shlex.join(command))
            return ""
        done = subprocess.run(  # noqa: S603 - a program of ours to name
            command, cwd=self.folder, input=given, check=False, capture_output=True, text=True
        )
        if done.returncode:
            raise Failed(f"{_named(command)} failed:\n{done.stderr.strip()}", done.stderr.strip())
        return done.stdout

    def run(self, command: Sequence[str], hide: str = "") -> None:
        """Runs a program and shows what it says, but for what is to ``hide``."""
        self.say(f"$ {shlex.join(command)}" if not self.dry else shlex.join(command))
        if self.dry:
            return
        with subprocess.Popen(  # noqa: S603 - as above
            command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as running:
            for line in running.stdout or ():
                print(line.replace(hide, "(hidden)") if hide else line, end="", flush=True)
        if running.returncode:
            raise Failed(f"{_named(command)} failed; see above.")


def _named(command: Sequence[str]) -> str:
    return " ".join(command[:3])
