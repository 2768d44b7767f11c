"""Letters that lie in a folder on this machine, where mail leaves by none."""

from __future__ import annotations

import os
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from passalong.exports.person import Record

_FOLDER: Final = "folder://"


def letters_about(var: Path, found: Sequence[Record]) -> list[Path]:
    """The letters to somebody or about them: with their address in it, or their whole name."""
    where = os.environ.get("PASSALONG_MAIL") or f"{_FOLDER}{var / 'mail'}"
    if not where.startswith(_FOLDER):
        return []
    folder = Path(where.removeprefix(_FOLDER))
    words = {word.casefold() for one in found for word in (one.row.email, one.whole_name) if word}
    letters = sorted(folder.glob("*.eml"))
    return [path for path in letters if any(word in _text(path) for word in words)]


def _text(path: Path) -> str:
    """All that a letter says, as it is read."""
    letter = message_from_bytes(path.read_bytes(), policy=default)
    parts = [
        str(part.get_content()) for part in letter.walk() if part.get_content_maintype() == "text"
    ]
    return "\n".join([str(letter["To"]), str(letter["Subject"]), *parts]).casefold()
