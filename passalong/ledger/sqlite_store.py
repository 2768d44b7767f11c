"""Connections to the SQLite file of a ledger: a pool of them, durable transactions, errors."""

from __future__ import annotations

import os
import secrets
import sqlite3
import threading
import time
from collections import deque
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from passalong.errors import PassalongError, Stop
from passalong.ledger.port import Unavailable
from passalong.ledger.sqlite_schema import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator

BUSY_SECONDS: Final = 10.0
"""How long a step waits for others to finish writing; a write takes about a millisecond."""
_KEPT_OPEN = 8
_OURS = (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InterfaceError)
"""Errors that are mistakes of ours: they keep their traceback."""


class Store:
    """The file at ``path``, made with mode 0600 if it is not there; any thread may use it.

    ``connection`` is the class of the connections, for tests that let one fail. One that is not
    ``durable`` waits for no disk: after a power cut the file may be broken, which is for a ledger
    that can be made again.
    """

    def __init__(
        self,
        path: Path,
        *,
        connection: type[sqlite3.Connection] = sqlite3.Connection,
        busy_seconds: float = BUSY_SECONDS,
        durable: bool = True,
    ) -> None:
        self._path, self._class, self._busy = path, connection, busy_seconds
        self._synchronous = "FULL" if durable else "OFF"
        self._idle: deque[sqlite3.Connection] = deque()
        self._writers = threading.Lock()
        self._closed = False
        self._make_file()
        try:
            with self._lent() as db:
                self._write_ahead(db)
                migrate(db, str(path))
        except sqlite3.DatabaseError as exc:
            raise Stop(f"{path} cannot be used as a ledger: {exc}") from exc

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection for one query."""
        with self._failures(), self._lent() as db:
            yield db

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that no other writer runs beside: all of it is kept, or nothing.

        What is raised inside takes it back. When this ends without an error, the writes are on
        the disk, if the store is durable.
        """
        # Threads queue here, where nobody sleeps longer than needed; processes wait in SQLite.
        if not self._writers.acquire(timeout=self._busy):
            raise Unavailable("the ledger is busy")
        try:
            with self._failures(), self._lent() as db:
                db.execute("BEGIN IMMEDIATE")
                yield db
                db.execute("COMMIT")
        finally:
            self._writers.release()

    def close(self) -> None:
        """Closes the connections; what comes later is Unavailable."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    @contextmanager
    def _lent(self) -> Iterator[sqlite3.Connection]:
        """A connection from the pool. It comes back without a transaction, or not at all."""
        db = self._take()
        try:
            yield db
        except PassalongError:
            self._take_back(db)
            raise
        except BaseException:
            db.close()  # which takes back what it was about
            raise
        self._give_back(db)

    def _take(self) -> sqlite3.Connection:
        if self._closed:
            raise Unavailable("the ledger is closed")
        try:
            return self._idle.pop()
        except IndexError:
            return self._connect()

    def _take_back(self, db: sqlite3.Connection) -> None:
        try:
            if db.in_transaction:
                db.execute("ROLLBACK")
        except sqlite3.Error:
            db.close()  # which takes it back too
        else:
            self._give_back(db)

    def _give_back(self, db: sqlite3.Connection) -> None:
        if self._closed or len(self._idle) >= _KEPT_OPEN:
            db.close()
        else:
            self._idle.append(db)

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(
            self._path,
            timeout=self._busy,
            isolation_level=None,
            check_same_thread=False,  # one thread at a time, but not always the same
            factory=self._class,
        )
        try:
            # An acknowledged event is on the disk, so that it survives a power cut too.
            db.execute(f"PRAGMA synchronous = {self._synchronous}")
            db.execute("PRAGMA secure_delete = ON")  # who is erased is not left in a free page
        except BaseException:
            db.close()
            raise
        return db

    def _make_file(self) -> None:
        """Makes the file under another name; one that is there is not opened.

        Whoever closes a file ends every lock that their process has on it, SQLite's among them: a
        second process would then take the write-ahead log away while we write to it.
        https://sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_
        """
        if self._path.exists():
            return
        draft = self._path.with_name(f".{self._path.name}.{secrets.token_hex(8)}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            with suppress(FileExistsError):  # somebody else was first
                self._path.hardlink_to(draft)
            draft.unlink()
        except OSError as exc:
            raise Stop(f"the ledger cannot be kept in {self._path}: {exc.strerror}") from exc

    def _write_ahead(self, db: sqlite3.Connection) -> None:
        """Turns the write-ahead log on. Who does it first locks the others out without a wait."""
        deadline = time.monotonic() + self._busy
        while True:
            try:
                db.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                return

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except _OURS:
            raise
        except sqlite3.DatabaseError as exc:
            if getattr(exc, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
                raise  # SQL of ours that is wrong
            raise Unavailable(f"the ledger cannot be used just now: {exc}") from exc
