"""The composition root of the functions: from environment variables to what actions need.

LEDGER              where the ledger is (see passalong.ledger); else a file in the local folder
PASSALONG_VAR       the local folder, for whatever the environment does not name: ``var``
PASSALONG_BUNDLE    the file of the functions' bundle: ``var/bundle.json``
PASSALONG_SITE      the folder of the built site: ``dist``
PASSALONG_ADDRESS   where the site is reached; else the program's base URL
PASSALONG_MAIL      how mail leaves (see passalong.mail): ``folder://var/mail``
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import secrets
import threading
import time
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from passalong.access import Signer
from passalong.bundle import UnknownFormat, load
from passalong.folder import Folder
from passalong.keyring import FILE, signing_keys
from passalong.known import Known
from passalong.ledger import ledger_address, open_ledger
from passalong.tokens import PathKeys, path_secret
from passalong.world import World

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from passalong.booking.feed import Readings
    from passalong.ledger.port import Ledger
    from passalong.mail.port import Mailer
    from passalong.model import Host
    from passalong.world import Span

_LOOK_EVERY: Final = 0.5
"""Seconds for which files are taken to be as they were."""


def now() -> datetime:
    """The time, aware, in UTC."""
    return datetime.now(UTC)


class Wiring:
    """What one environment names; everything is opened when it is first needed, and once."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.var = Path(environ.get("PASSALONG_VAR") or "var")
        self.bundle = Path(environ.get("PASSALONG_BUNDLE") or self.var / "bundle.json")
        self.site = Path(environ.get("PASSALONG_SITE") or "dist")
        self._lock = threading.RLock()
        self._looked = float("-inf")
        self._stamp: object = None
        self._known: Known | None = None

    def world(self) -> World:
        """The World of this moment. Raises UnknownFormat, Unavailable, Stop."""
        known = self.known()
        return World(
            ledger=self.ledger,
            known=self.known,
            pages=Folder(self.site),
            address=(self._environ.get("PASSALONG_ADDRESS") or known.program.base_url).rstrip("/"),
            secret=self._visitors,
            clock=now,
            new_id=lambda: secrets.token_hex(16),
            busy=self.busy,
        )

    def known(self) -> Known:
        """The newest bundle, with the keys that verify tokens now. Raises UnknownFormat."""
        with self._lock:
            if self._known is None or time.monotonic() - self._looked >= _LOOK_EVERY:
                self._looked = time.monotonic()
                self._refresh()
            if self._known is None:
                raise UnknownFormat(
                    "there is no bundle that can be read: “build.py serve” writes it"
                )
            return self._known

    def _refresh(self) -> None:
        stamp = (_stamp(self.bundle), _stamp(self.var / FILE))
        if stamp == self._stamp or stamp[0] is None:
            return
        self._known = None  # of a bundle that cannot be read, nobody goes on with the one before
        bundle = load(self.bundle.read_bytes())
        keys = PathKeys(self._secret, bundle.editorial.program.id)
        signer = Signer([key.secret for key in signing_keys(self.var, self._environ)])
        self._known, self._stamp = Known(bundle, keys, signer), stamp

    @cached_property
    def _secret(self) -> bytes:
        return path_secret(self.var, self._environ)

    @cached_property
    def _visitors(self) -> bytes:
        return hmac.digest(self._secret, b"passalong visitors", hashlib.sha256)

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger of the bundle's program."""
        with self._lock:
            address = ledger_address(self.var, self._environ)
            return open_ledger(address, program=self.known().program.id)

    @cached_property
    def mailer(self) -> Mailer:
        """How mail leaves."""
        from passalong.mail import open_mailer  # noqa: PLC0415 - only the relay sends mail

        where = self._environ.get("PASSALONG_MAIL") or f"folder://{self.var.absolute() / 'mail'}"
        return open_mailer(where, now)

    @cached_property
    def _readings(self) -> Readings:
        from passalong.booking.feed import InMemory  # noqa: PLC0415 - only bookings need it

        return InMemory()

    def busy(self, host: Host) -> Iterable[Span]:
        """What a host's calendar says. A feed that cannot be read stands in nobody's way."""
        program = self.known().program
        if not (host.busy_feed or program.booking.busy_feed):
            return ()
        from passalong.booking.feed import busy_times  # noqa: PLC0415 - many have no feed
        from passalong.booking.fetch import fetch  # noqa: PLC0415

        booking, base = program.booking, program.base_url
        found = busy_times(booking, host, base, now=now(), fetch=fetch, readings=self._readings)
        if found.log:
            logging.getLogger(__name__).warning(found.log)
        return found.spans


def _stamp(path: Path) -> object:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


@cache
def wiring() -> Wiring:
    """The wiring of this process."""
    return Wiring(os.environ)


def world() -> World:
    """The World of this process, at this moment."""
    return wiring().world()
