"""A folder as mailbox: every mail a file of its own, as it would have gone over the wire.

For one machine: what would be sent can be read, and a test finds it.
"""

from __future__ import annotations

import email
import hashlib
import os
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from email.policy import default
from typing import TYPE_CHECKING, Any, NamedTuple

from passalong.mail.compose import compose, message_id
from passalong.mail.port import MailUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from email.message import EmailMessage
    from pathlib import Path

    from passalong.mail.port import Mail

_NAME = re.compile(r"\d{8}T\d{6}\.\d{6}Z-[0-9a-f]{24}\.eml")


class FolderMailer:
    """Writes mails into a folder, which is made with the first; ``clock`` gives their time."""

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        self._folder, self._clock = folder, clock

    def send(self, mail: Mail) -> None:
        """Writes the mail whole or not at all; one that is there already stays as it is."""
        at = self._clock().astimezone(UTC)
        data = compose(mail, at)
        mark = hashlib.blake2b(message_id(mail).encode(), digest_size=12).hexdigest()
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not any(self._folder.glob(f"*-{mark}.eml")):
                self._write(f"{at:%Y%m%dT%H%M%S.%fZ}-{mark}.eml", data)
        except OSError as error:
            message = f"the mailbox cannot be written to: {error.strerror}"
            raise MailUnavailable(message) from error

    def _write(self, name: str, data: bytes) -> None:
        draft = self._folder / f".{name}.{secrets.token_hex(4)}"
        try:
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123 - only os.open takes a mode
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._folder / name)
        finally:
            draft.unlink(missing_ok=True)


class Line(NamedTuple):
    """A mail in a list: ``name`` is that of its file, ``to`` a name or an address."""

    name: str
    subject: str
    to: str
    date: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """A mail to be read: its headers in their order, decoded, and its parts, "" if absent."""

    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    invitation: bytes
    method: str


def mails(folder: Path) -> list[Line]:
    """The mails of a folder, the newest first; none if there is no such folder."""
    if not folder.is_dir():
        return []
    names = sorted(path.name for path in folder.iterdir() if _NAME.fullmatch(path.name))
    return [line for name in reversed(names) for line in _line(folder, name)]


def opened(folder: Path, name: str) -> Opened | None:
    """One of them; None for a name that is none of theirs."""
    data = _read(folder, name)
    if data is None:
        return None
    message = _parsed(data)
    calendar = next((part for part in message.walk() if _is_calendar(part)), None)
    return Opened(
        headers=tuple((header, str(value)) for header, value in message.items()),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        invitation=calendar.get_payload(decode=True) if calendar else b"",  # type: ignore[arg-type]
        method=str(calendar.get_param("method", "")) if calendar else "",
    )


def _line(folder: Path, name: str) -> Iterator[Line]:
    data = _read(folder, name)
    if data is None:
        return  # somebody empties the mailbox
    headers = _parsed(data.partition(b"\r\n\r\n")[0])
    to: Any = headers["To"].addresses[0]
    at = datetime.strptime(name.partition("-")[0], "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC)
    yield Line(name, str(headers["Subject"]), to.display_name or to.addr_spec, at)


def _read(folder: Path, name: str) -> bytes | None:
    if not _NAME.fullmatch(name):
        return None
    try:
        return (folder / name).read_bytes()
    except FileNotFoundError:
        return None


def _parsed(data: bytes) -> EmailMessage:
    return email.message_from_bytes(data, policy=default)


def _is_calendar(part: Any) -> bool:
    return bool(part.get_content_type() == "text/calendar")


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()).replace("\r\n", "\n") if part else ""
