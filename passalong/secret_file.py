"""Files with secrets that the first run makes, for their owner's eyes only."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def make(path: Path, text: str) -> None:
    """Writes the file whole or not at all; of several processes at once, one is heard.

    Raises OSError.
    """
    made = draft(path, text)
    try:
        path.hardlink_to(made)
    except FileExistsError:
        pass  # another process was first: its secret is the one
    finally:
        made.unlink()


def draft(path: Path, text: str) -> Path:
    """The text in a file beside ``path``, on the disk and with mode 0600. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, text.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return made
