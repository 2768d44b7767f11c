"""The composition root of the functions: from environment variables to a World.

LEDGER            where the ledger is (see passalong.ledger)
PASSALONG_BUNDLE  the file of the functions' bundle
PASSALONG_PAGES   the folder of the site
PASSALONG_ADDRESS where the site is reached; else the program's base URL
PASSALONG_VAR     the folder of local secrets, where the environment holds none
"""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from passalong.access import Signer
from passalong.bundle import UnknownFormat, load
from passalong.folder import Folder
from passalong.keyring import signing_keys
from passalong.known import Known
from passalong.ledger import ledger_address, open_ledger
from passalong.tokens import PathKeys, path_secret
from passalong.world import World

if TYPE_CHECKING:
    from collections.abc import Mapping

    from passalong.booking.feed import Readings
    from passalong.ledger.port import Ledger
    from passalong.model import Host
    from passalong.world import Span

_LOOK_EVERY: Final = 1.0
"""Seconds for which a bundle in a folder is taken to be the newest."""


@dataclass(slots=True)
class Bundles:
    """The newest bundle of a file, read again when it changes."""

    read: Callable[[], bytes]
    stamp: Callable[[], object]
    secret: bytes
    signer: Signer
    every: float = _LOOK_EVERY
    _known: Known | None = None
    _stamp: object = None
    _looked: float = field(default=float("-inf"))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> Known:
        """The program as of now. Raises UnknownFormat."""
        with self._lock:
            now = time.monotonic()
            if self._known is None or now - self._looked >= self.every:
                self._looked = now
                self._refresh()
            if self._known is None:
                raise UnknownFormat("there is no bundle yet")
            return self._known

    def _refresh(self) -> None:
        try:
            stamp = self.stamp()
            if stamp != self._stamp:
                bundle = load(self.read())
                keys = PathKeys(self.secret, bundle.editorial.program.id)
                self._known, self._stamp = Known(bundle, keys, self.signer), stamp
        except OSError as error:
            if self._known is None:
                raise UnknownFormat("there is no bundle yet") from error


def bundles_in(path: Path, secret: bytes, signer: Signer) -> Bundles:
    """The bundle in a file."""

    def stamp() -> object:
        status = path.stat()
        return status.st_mtime_ns, status.st_size, status.st_ino

    return Bundles(path.read_bytes, stamp, secret, signer)
