"""Where what happened is kept: ``open_ledger`` picks the storage by its address.

sqlite:///var/ledger.db                a file, here relative to the working folder
sqlite:////srv/passalong/ledger.db     the same with an absolute path: four slashes
dynamodb://table?region=eu-central-1   a table on AWS
dynamodb://table?region=local&endpoint=http://127.0.0.1:8000   a table of a stand-in
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from passalong.errors import Stop

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from passalong.ledger.port import Ledger

_KINDS = (
    "LEDGER must say where the ledger is: sqlite:///var/ledger.db (four slashes for an absolute"
    " path) or dynamodb://table?region=eu-central-1"
)
_TABLE = re.compile(r"[A-Za-z0-9_.-]{3,255}")


def _now() -> datetime:
    return datetime.now(UTC)


def open_ledger(url: str, *, program: str, clock: Callable[[], datetime] = _now) -> Ledger:
    """The ledger of a program at an address; what cannot be opened is a ``Stop``.

    ``clock`` tells when something came in, where the storage does not number what comes in.
    """
    scheme, separator, rest = url.partition("://")
    if scheme == "sqlite" and separator:
        return _open_file(rest, program)
    if scheme == "dynamodb" and separator:
        return _open_table(url, program, clock)
    raise Stop(f"{_KINDS}; this is neither: {url or '(nothing)'}")


def ledger_address(var: Path, environ: Mapping[str, str]) -> str:
    """Where the ledger is: as ``LEDGER`` says, else a file in the local ``var`` folder."""
    return environ.get("LEDGER") or f"sqlite:///{var.absolute() / 'ledger.db'}"


def file_of(url: str) -> Path | None:
    """The file that an address names; None where the ledger is something else."""
    scheme, _, rest = url.partition(":///")
    return Path(rest) if scheme == "sqlite" and rest else None


def _open_file(rest: str, program: str) -> Ledger:
    from passalong.ledger import sqlite  # noqa: PLC0415 - only the storage that is picked

    path = rest.removeprefix("/")
    if path == rest:
        raise Stop(f"sqlite://{rest} wants one slash more: sqlite:///{rest}")
    if path in ("", ":memory:"):
        raise Stop(f"sqlite:///{path} names no file: write sqlite:///var/ledger.db")
    return sqlite.open_file(Path(path), program)


def _open_table(url: str, program: str, clock: Callable[[], datetime]) -> Ledger:
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = sorted(options.keys() - {"region", "endpoint"})
    if not _TABLE.fullmatch(parts.netloc) or parts.path.strip("/"):
        raise Stop(f"{url} names no table: write dynamodb://table?region=eu-central-1")
    if unknown:
        raise Stop(f"{url}: there is no option {unknown[0]}, only region and endpoint")
    try:
        from passalong.ledger import dynamodb  # noqa: PLC0415 - as above, and it takes long
    except ModuleNotFoundError as exc:
        raise Stop(f"{url} needs botocore: pip install botocore") from exc
    options = {"region": "", "endpoint": ""} | options
    return dynamodb.open_table(parts.netloc, program, clock=clock, **options)
