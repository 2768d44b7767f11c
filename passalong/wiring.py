"""The composition root of the functions: from environment variables to what actions need.

LEDGER              where the ledger is (see passalong.ledger); else a file in the local folder
PASSALONG_VAR       the local folder, for whatever the environment does not name: ``var``
PASSALONG_BUNDLE    the functions' bundle, a file or ``s3://bucket/key``: ``var/bundle.json``
PASSALONG_SITE      the built site, a folder or ``s3://bucket``: ``dist``
PASSALONG_ADDRESS   where the site is reached; else the program's base URL
PASSALONG_MAIL      how mail leaves (see passalong.mail): ``folder://var/mail``
PASSALONG_HOOKS     the secrets of other systems (see passalong.hooks): ``var/hooks``
PASSALONG_REPORT_KEY  what programs read the report with (see passalong.report_key)
"""

from __future__ import annotations

import logging
import os
import secrets
import threading
import time
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from passalong.access import Signer
from passalong.bucket import SCHEME, Bucket, BucketError, BucketFile, BucketPages, read_address
from passalong.bucket import client as bucket_client
from passalong.bundle import UnknownFormat, load
from passalong.errors import Stop
from passalong.folder import File, Folder, stamp
from passalong.hooks import VARIABLE as HOOKS
from passalong.hooks import hooks
from passalong.keyring import FILE, VARIABLE, signing_keys
from passalong.known import Known
from passalong.ledger import ledger_address, open_ledger
from passalong.ledger.port import Unavailable
from passalong.parameters import STORE
from passalong.report_key import VARIABLE as REPORT_KEY
from passalong.report_key import report_keys
from passalong.tokens import PathKeys, digests_key, path_secret
from passalong.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from passalong.booking.feed import Readings
    from passalong.bundle import Bundle
    from passalong.ledger.port import Ledger
    from passalong.mail.port import Mailer
    from passalong.program import Host
    from passalong.world import PageStore, Span


_SECRETS_FOR: Final = 300.0
"""Seconds for which secrets in the parameter store are taken to be as they were."""
_Secrets = TypeVar("_Secrets")


def now() -> datetime:
    """The time, aware, in UTC."""
    return datetime.now(UTC)


class Wiring:
    """What one environment names; everything is opened when it is first needed, and once."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.var = Path(environ.get("PASSALONG_VAR") or "var")
        where = environ.get("PASSALONG_BUNDLE") or str(self.var / "bundle.json")
        self.bundle = _source(where, environ)
        self._lock = threading.RLock()
        self._looked = float("-inf")
        self._seen: tuple[object, object] = (None, None)
        self._bundle: Bundle | None = None
        self._known: Known | UnknownFormat | None = None
        self.hooks = self._lately(HOOKS, hooks)
        self.report_keys = self._lately(REPORT_KEY, report_keys)

    def world(self) -> World:
        """The World of this moment. Raises UnknownFormat, Unavailable, Stop."""
        known = self.known()
        return World(
            ledger=self.ledger,
            known=self.known,
            pages=self.pages,
            address=(self._environ.get("PASSALONG_ADDRESS") or known.program.base_url).rstrip("/"),
            secret=self._visitors,
            clock=now,
            new_id=lambda: secrets.token_hex(16),
            busy=self.busy,
            hooks=self.hooks,
            report_keys=self.report_keys,
        )

    @cached_property
    def pages(self) -> PageStore:
        """Where the site lies."""
        where = self._environ.get("PASSALONG_SITE") or "dist"
        if not where.startswith(SCHEME):
            return Folder(Path(where))
        site = read_address(where, "region")
        return BucketPages(Bucket(_s3(site.options, self._environ), site.bucket))

    def known(self) -> Known:
        """The newest bundle, with the keys that verify tokens now.

        Raises UnknownFormat, and Unavailable where no bundle could be read yet.
        """
        with self._lock:
            every = self.bundle.look_every
            if self._known is None or time.monotonic() - self._looked >= every:
                self._looked = time.monotonic()
                self._look()
            if self._known is None:
                raise UnknownFormat(
                    "there is no bundle that can be read: “build.py serve” writes it"
                )
            if isinstance(self._known, UnknownFormat):
                raise UnknownFormat(*self._known.args)
            return self._known

    def _look(self) -> None:
        try:
            self._refresh()
        except UnknownFormat as error:
            self._known = error
            raise
        except BucketError as error:  # what cannot be looked at is taken to be as it was
            if self._known is None:
                raise Unavailable("the bundle cannot be read") from error

    def _refresh(self) -> None:
        bundle_seen, keys_seen = self._seen
        found, keys_are = self.bundle.newest(bundle_seen), self._keys_are()
        if found:
            bundle_seen = found[0]
            self._seen, self._bundle = (bundle_seen, None), None
            self._bundle = load(found[1])
        elif self._bundle is None or keys_are == keys_seen:
            return
        keys = PathKeys(self._secret, self._bundle.editorial.program.id)
        self._known = Known(self._bundle, keys, self._signer())
        self._seen = bundle_seen, keys_are

    @property
    def _is_stored(self) -> bool:
        return self._environ.get(VARIABLE, "").startswith(STORE)

    def _keys_are(self) -> object:
        """What tells the signing keys from those before; of the parameter store only the time."""
        return time.monotonic() // _SECRETS_FOR if self._is_stored else stamp(self.var / FILE)

    def _signer(self) -> Signer:
        """By the newest keys, or where the parameter store is away by those before."""
        try:
            return Signer([key.secret for key in signing_keys(self.var, self._environ)])
        except Stop:
            if self._is_stored and isinstance(self._known, Known):
                return self._known.holders.signer
            raise

    @cached_property
    def _secret(self) -> bytes:
        return path_secret(self.var, self._environ)

    @cached_property
    def _visitors(self) -> bytes:
        return digests_key(self._secret)

    def _lately(
        self, variable: str, read: Callable[[Path, Mapping[str, str]], _Secrets]
    ) -> Callable[[], _Secrets]:
        """What gives secrets that may change: a parameter's may be a few minutes old."""
        kept: list[tuple[float, _Secrets]] = []

        def give() -> _Secrets:
            with self._lock:
                is_new = kept and time.monotonic() - kept[0][0] < _SECRETS_FOR
                if not (is_new and self._environ.get(variable, "").startswith(STORE)):
                    kept[:] = [(time.monotonic(), read(self.var, self._environ))]
                return kept[0][1]

        return give

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


def _source(where: str, environ: Mapping[str, str]) -> File | BucketFile:
    if not where.startswith(SCHEME):
        return File(Path(where))
    bundle = read_address(where, "region")
    if not bundle.key:
        raise Stop(f"PASSALONG_BUNDLE is {where}, which names no object: s3://bucket/bundle.json")
    return BucketFile(Bucket(_s3(bundle.options, environ), bundle.bucket), bundle.key)


def _s3(options: Mapping[str, str], environ: Mapping[str, str]) -> Any:
    return bucket_client("s3", options.get("region") or environ.get("AWS_REGION", ""))


@cache
def wiring() -> Wiring:
    """The wiring of this process."""
    return Wiring(os.environ)


def world() -> World:
    """The World of this process, at this moment."""
    return wiring().world()
