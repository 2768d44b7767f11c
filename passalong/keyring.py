"""The signing keys: a short list, oldest first; the newest signs, all verify until they retire.

They lie in ``var/signing-keys.json``, which the first run makes, or are said by the environment:
``PASSALONG_SIGNING_KEYS`` holds them in hex, with commas between, or names a parameter of AWS'
parameter store that does (``ssm:/passalong/signing-keys``). There is no default.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import re
import secrets
from contextlib import contextmanager, nullcontext
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from passalong import parameters, secret_file
from passalong.errors import Stop
from passalong.tokens import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

VARIABLE: Final = "PASSALONG_SIGNING_KEYS"
FILE: Final = "signing-keys.json"
_HEX = re.compile(r"(?:[0-9a-f]{2}){32,}")


class Key(NamedTuple):
    """A signing key; ``id`` names it in listings, ``made`` is the day it was made, if known."""

    id: str
    secret: Secret
    made: date | None = None


def signing_keys(
    var: Path, environ: Mapping[str, str], today: Callable[[], date] = date.today
) -> tuple[Key, ...]:
    """The keys, oldest first; the first one is made ``today``. Raises Stop if none are usable."""
    given = parameters.setting(VARIABLE, environ)
    if given is not None:
        return tuple(_key(text, VARIABLE) for text in given.split(","))
    path = var / FILE
    try:
        if not path.exists():
            secret_file.make(path, _written([_new(today())]))
        return _read(path)
    except OSError as error:
        raise Stop(
            f"{path}: the signing keys cannot be made or read ({error.strerror}). Set {VARIABLE} "
            "to 64 hex digits instead."
        ) from error


def rotate(keys: Sequence[Key], today: date) -> tuple[Key, ...]:
    """The keys with a new one, which signs from now on."""
    return (*keys, _new(today))


def retire(keys: Sequence[Key], in_use: Collection[str]) -> tuple[Key, ...]:
    """The keys without the oldest.

    ``in_use`` holds the ids of keys that published pages are signed with. Raises Stop while the
    oldest is among them, or is the only key.
    """
    oldest = keys[0]
    if len(keys) == 1:
        raise Stop("There is only one signing key. Rotate first, then build, then retire the old.")
    if oldest.id in in_use:
        raise Stop(
            f"Key {oldest.id} signed pages that are out. Build and publish first, so that they are "
            "signed with the newest."
        )
    return tuple(keys[1:])


def change(
    var: Path, environ: Mapping[str, str], how: Callable[[Sequence[Key]], tuple[Key, ...]]
) -> tuple[Key, ...]:
    """Keeps what ``how`` makes of the keys, where they are kept; of two at once, one after another.

    Raises Stop if they stand in the environment itself, which a command cannot change.
    """
    given = environ.get(VARIABLE)
    with _alone(var) if given is None else nullcontext():
        keys = how(signing_keys(var, environ))
        if given is None:
            secret_file.draft(var / FILE, _written(keys)).replace(var / FILE)
        elif given.startswith(parameters.STORE):
            parameters.change(VARIABLE, environ, ",".join(key.secret.hex() for key in keys))
        else:
            raise Stop(
                f"The signing keys stand in {VARIABLE}: change them where that is set. The oldest "
                "is the first, the last signs; “openssl rand -hex 32” makes one."
            )
    return keys


def _key(text: object, source: str, made: date | None = None) -> Key:
    digits = text.strip().lower() if isinstance(text, str) else ""
    if not _HEX.fullmatch(digits):
        raise Stop(f"{source}: a signing key is 64 hex digits or more.")
    secret = Secret(bytes.fromhex(digits))
    # a name that says nothing of the key itself
    name = hashlib.blake2b(secret, digest_size=4, person=b"passalong key").hexdigest()
    return Key(name, secret, made)


def _new(today: date) -> Key:
    return _key(secrets.token_hex(32), "", today)


def _read(path: Path) -> tuple[Key, ...]:
    try:
        stored = json.loads(path.read_text("utf-8"))
        keys = [_key(key["secret"], str(path), date.fromisoformat(key["made"])) for key in stored]
    except (ValueError, KeyError, TypeError) as error:
        raise Stop(
            f"{path}: the signing keys cannot be read. Restore the file, or remove it, build and "
            "publish: every page then gets a new token."
        ) from error
    if not keys:
        raise Stop(f"{path}: there are no signing keys in it. Remove it, build and publish.")
    return tuple(keys)


def _written(keys: Sequence[Key]) -> str:
    stored = [{"made": str(key.made), "secret": key.secret.hex()} for key in keys]
    return json.dumps(stored, indent=1) + "\n"


@contextmanager
def _alone(var: Path) -> Iterator[None]:
    """No other command changes the keys meanwhile."""
    var.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (var / f".{FILE}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
