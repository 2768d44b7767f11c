"""The tables of the SQLite ledger, as numbered migrations; each runs once, all in one transaction.

A migration that was released is never edited: what changes is a new one at the end. Records are
JSON (passalong.ledger.records); beside it stands only what is searched, counted or compared.
Times are microseconds since 1970.
"""

from __future__ import annotations

import sqlite3

from passalong.errors import Stop

APPLICATION_ID = 0x50415353
"""Marks the file as a ledger of ours: "PASS", https://sqlite.org/pragma.html#pragma_application_id"""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE events (
            number INTEGER PRIMARY KEY AUTOINCREMENT, -- the order in which they came in
            program TEXT NOT NULL,
            id TEXT NOT NULL,
            advocate TEXT NOT NULL,
            at INTEGER NOT NULL,
            record TEXT NOT NULL,
            UNIQUE (program, id))""",
        "CREATE INDEX events_by_advocate ON events (program, advocate, at, number)",
        """CREATE TRIGGER events_are_not_edited BEFORE UPDATE ON events
            BEGIN SELECT RAISE(ABORT, 'events are never edited'); END""",
        """CREATE TRIGGER events_are_not_deleted BEFORE DELETE ON events
            BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END""",
        """CREATE TABLE people ( -- a row without a record: opened but not ours, or removed
            program TEXT NOT NULL,
            id TEXT NOT NULL,
            event TEXT,
            origin TEXT,
            since INTEGER,
            opened INTEGER,
            removed INTEGER NOT NULL DEFAULT 0,
            record TEXT,
            PRIMARY KEY (program, id)) WITHOUT ROWID""",
        """CREATE INDEX people_unopened ON people (program, since)
            WHERE opened IS NULL AND record IS NOT NULL""",
        """CREATE TABLE standings (
            program TEXT NOT NULL,
            subject TEXT NOT NULL,
            revision INTEGER NOT NULL DEFAULT 0,
            revoked INTEGER NOT NULL DEFAULT 0,
            preferences TEXT NOT NULL DEFAULT '{}',
            PRIMARY KEY (program, subject)) WITHOUT ROWID""",
        """CREATE TABLE counts (
            program TEXT NOT NULL,
            day TEXT NOT NULL,
            subject TEXT NOT NULL,
            type TEXT NOT NULL,
            count INTEGER NOT NULL,
            PRIMARY KEY (program, day, subject, type)) WITHOUT ROWID""",
        """CREATE TABLE visitors (
            program TEXT NOT NULL,
            visitor TEXT NOT NULL,
            at INTEGER NOT NULL,
            until INTEGER NOT NULL, -- nobody asks for it after that
            event TEXT NOT NULL,
            PRIMARY KEY (program, visitor)) WITHOUT ROWID""",
        "CREATE INDEX visitors_by_end ON visitors (program, until)",
        """CREATE TABLE meetings (
            number INTEGER PRIMARY KEY AUTOINCREMENT, -- a referee's newest has the highest
            program TEXT NOT NULL,
            referee TEXT NOT NULL,
            id TEXT NOT NULL,
            host TEXT NOT NULL,
            status TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            ends INTEGER NOT NULL,
            first_cell INTEGER NOT NULL,
            until_cell INTEGER NOT NULL,
            record TEXT NOT NULL,
            UNIQUE (program, referee, id))""",
        "CREATE INDEX meetings_of_referee ON meetings (program, referee, number)",
        """CREATE INDEX meetings_of_host ON meetings (program, host, until_cell)
            WHERE status = 'booked'""",
        """CREATE TABLE deliveries (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            program TEXT NOT NULL,
            id TEXT NOT NULL,
            state TEXT NOT NULL,
            referral TEXT NOT NULL,
            since INTEGER NOT NULL,
            next_at INTEGER NOT NULL,
            record TEXT NOT NULL,
            UNIQUE (program, id))""",
        "CREATE INDEX deliveries_in_order ON deliveries (program, state, since, number)",
        """CREATE INDEX deliveries_waiting ON deliveries (program, referral, since, number)
            WHERE state = 'waiting'""",
        """CREATE TABLE cursors (
            program TEXT NOT NULL,
            name TEXT NOT NULL,
            cursor TEXT NOT NULL,
            PRIMARY KEY (program, name)) WITHOUT ROWID""",
    ),
    (
        """CREATE TABLE tallies (
            program TEXT NOT NULL,
            key TEXT NOT NULL,
            version INTEGER NOT NULL,
            record TEXT NOT NULL,
            PRIMARY KEY (program, key))""",
        """CREATE TABLE figures (
            program TEXT NOT NULL,
            name TEXT NOT NULL, -- of a table of figures
            day TEXT NOT NULL,
            value TEXT NOT NULL,
            metric TEXT NOT NULL,
            number INTEGER NOT NULL CHECK (typeof(number) = 'integer'), -- what is too large is not
            PRIMARY KEY (program, name, day, value, metric)) WITHOUT ROWID""",
    ),
)


def migrate(db: sqlite3.Connection, path: str) -> None:
    """Brings a database to the newest version, whoever else is about to; in autocommit mode.

    A file that is something else, or was written by a newer version, is refused with ``Stop``.
    """
    if _version(db) == len(MIGRATIONS) and _application(db) == APPLICATION_ID:
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        _refuse_foreign(db, path)
        for statements in MIGRATIONS[_version(db) :]:
            for statement in statements:
                db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _refuse_foreign(db: sqlite3.Connection, path: str) -> None:
    is_empty = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    if _application(db) != APPLICATION_ID and not is_empty:
        raise Stop(f"{path} is a database, but not a ledger: name another file in LEDGER")
    if _version(db) > len(MIGRATIONS):
        raise Stop(f"{path} was written by a newer Passalong: update this one")


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _application(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA application_id").fetchone()[0])
