"""The settings of what `make deploy` put on AWS, for the commands that are about what is live.

They lie in ``var/aws.env``, as lines for a shell, and hold no secret. What the environment says
goes first. Commands that work on this machine alone never read them.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from passalong.errors import Stop

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping

FILE: Final = "aws.env"
ABOUT_LIVE: Final = frozenset(
    {"credit", "erase", "experiments", "export", "figures", "import", "inbox", "keys", "links"}
    | {"mail", "publish", "relay", "report", "revoke"}
)
"""The commands that read the settings."""
_NOT_FOR: Final = {"relay": {"PASSALONG_MAIL"}}
"""A function sends the letters; this machine does so only if its own environment says how."""


def settle(command: str, root: Path, environ: MutableMapping[str, str]) -> None:
    """Sets what the environment does not say and the file does; that it was done is said.

    ``root`` is the folder that holds ``var/``. Raises Stop where the file makes no sense.
    """
    file = Path(environ.get("PASSALONG_VAR") or root / "var") / FILE
    if command not in ABOUT_LIVE or not file.is_file():
        return
    known = environ.keys() | _NOT_FOR.get(command, set())
    missing = {name: value for name, value in _settings(file) if name not in known}
    if missing:
        environ.update(missing)
        print(f"As {file} says, this is about what is on AWS.", file=sys.stderr)


def _settings(file: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        try:
            words = shlex.split(line, comments=True)
        except ValueError:
            words = ["?"]
        if not words:
            continue
        name, is_set, value = words[-1].partition("=")
        if words[:-1] not in ([], ["export"]) or not is_set:
            raise Stop(f"{file}:{number}: this is no setting: export NAME='value'")
        yield name, value
