"""The signing keys: a short list, oldest first; the newest signs, all verify until they retire."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from passalong.errors import Stop
from passalong.tokens import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

VARIABLE = "PASSALONG_SIGNING_KEYS"
FILE = "signing-keys.json"
_HEX = re.compile(r"(?:[0-9a-f]{2}){32,}")


@dataclass(frozen=True, slots=True)
class Key:
    """A signing key; ``id`` names it in listings, ``made`` is the day it was made."""

    id: str
    secret: Secret
    made: date


def signing_keys(var: Path, environ: Mapping[str, str]) -> tuple[Key, ...]:
    """The keys, oldest first: from ``PASSALONG_SIGNING_KEYS`` (hex, comma-separated), else from
    ``var/signing-keys.json``, which the first run makes for its owner's eyes only.

    There is no default. Raises Stop if they are not usable.
    """
    given = environ.get(VARIABLE)
    if given is not None:
        return tuple(_key(text, VARIABLE, date.min) for text in given.split(","))
    path = var / FILE
    if not path.exists():
        save(var, (new_key(date.today()),))
    try:
        stored = json.loads(path.read_text("utf-8"))
        return tuple(_key(k["secret"], str(path), date.fromisoformat(k["made"])) for k in stored)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Stop(
            f"{path}: the signing keys cannot be read. Restore the file, or remove it and publish "
            "again: every page then gets a new token."
        ) from error


def new_key(today: date) -> Key:
    """A key of 32 random bytes."""
    return _key(secrets.token_hex(32), "", today)


def _key(text: str, source: str, made: date) -> Key:
    digits = text.strip().lower()
    if not _HEX.fullmatch(digits):
        raise Stop(f"{source}: a signing key is 64 hex digits or more.")
    secret = Secret(bytes.fromhex(digits))
    return Key(_name(secret), secret, made)


def _name(secret: bytes) -> str:
    """A name that says nothing of the key itself."""

    return hashlib.blake2b(secret, digest_size=4, person=b"passalong key").hexdigest()


def rotate(keys: Sequence[Key], today: date) -> tuple[Key, ...]:
    """The keys with a new one that signs from now on."""
    return (*keys, new_key(today))


def retire(keys: Sequence[Key], in_use: str) -> tuple[Key, ...]:
    """The keys without the oldest. Raises Stop while published pages are signed with it."""
    oldest = keys[0]
    if len(keys) == 1:
        raise Stop("There is only one signing key. Rotate first, then build, then retire the old.")
    if oldest.id == in_use:
        raise Stop(
            f"Key {oldest.id} signed the pages that are out. Build (and publish) first, so that "
            "they are signed with the new one."
        )
    return tuple(keys[1:])


def save(var: Path, keys: Sequence[Key]) -> None:
    """Keeps the keys, whole or not at all, readable by their owner alone."""
    var.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = var / f".{FILE}.{secrets.token_hex(8)}"
    stored = [asdict(key) | {"secret": key.secret.hex(), "made": str(key.made)} for key in keys]
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:  # noqa: PTH123 - only os.open takes a mode
        json.dump(stored, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(var / FILE)
