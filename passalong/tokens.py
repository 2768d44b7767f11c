"""Codes and keys: the unguessable parts of addresses, derived from a secret and never stored.

A code stands in a public share link (``/r/<code>/``, 65 bits), a key in a private page's address
(``/a/<key>/``, ``/p/<key>/``, 130 bits). Both are HMAC-SHA256 (RFC 2104) over an id and its
revision, written in Crockford's base 32 (no i, l, o or u), so that a build on any machine gives the
same address as long as it has the same secret, and an address tells nothing of whose it is.
"""

from __future__ import annotations

import hmac
import re
import secrets
from typing import TYPE_CHECKING, Final

from passalong import parameters, secret_file
from passalong.errors import Stop
from passalong.keyed import Keyed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
CODE_LENGTH: Final = 13
KEY_LENGTH: Final = 26
SECRET_VARIABLE: Final = "PASSALONG_PATH_SECRET"  # noqa: S105 - the variable's name
SECRET_FILE: Final = "path-secret"  # noqa: S105 - the file's name

_SYMBOLS = bytes(ord(ALPHABET[byte & 31]) for byte in range(256))
_CONFUSIONS = str.maketrans("oil", "011")
_VANITY = re.compile(r"[a-z0-9][a-z0-9-]{1,38}[a-z0-9]")


class Secret(bytes):
    """Bytes that take part in cryptography and never in a log line: printing shows no value."""

    def __repr__(self) -> str:
        return "Secret(hidden)"

    __str__ = __repr__


class PathKeys:
    """Makes the codes and keys of one program.

    Every purpose (code, each kind of page) has a key of its own, derived from the secret and the
    program's id, so a code says nothing about a key of the same person. Raising a person's
    ``revision`` gives them a new address, and the old one is nobody's.
    """

    __slots__ = ("_code", "_kinds", "_lots", "_root")

    def __init__(self, secret: bytes, program: str) -> None:
        self._root = hmac.digest(secret, b"passalong path 1\0" + program.encode(), "sha256")
        self._code = self._for("code")
        self._lots = self._for("lot")
        self._kinds: dict[str, Keyed] = {}

    def code(self, advocate_id: str, revision: int = 0, vanity: str = "") -> str:
        """The code in an advocate's share link: 13 symbols, or the vanity code they were given."""
        return vanity.lower() or _symbols(self._code, f"{revision}:{advocate_id}", CODE_LENGTH)

    def key(self, kind: str, person_id: str, revision: int = 0) -> str:
        """The key of a private page of a ``kind`` ("advocate", "referee"): 26 symbols."""
        keyed = self._kinds.get(kind)
        if keyed is None:
            keyed = self._kinds[kind] = self._for(f"key {kind}")
        return _symbols(keyed, f"{revision}:{person_id}", KEY_LENGTH)

    def lot(self, experiment: str, advocate_id: str) -> int:
        """What an advocate draws in an experiment, below 2**64: always the same number."""
        return int.from_bytes(self._lots.mac(f"{experiment}:{advocate_id}".encode())[:8])

    def _for(self, purpose: str) -> Keyed:
        return Keyed(hmac.digest(self._root, purpose.encode(), "sha256"))


def _symbols(keyed: Keyed, message: str, length: int) -> str:
    """``length`` (≤ 32) symbols: the low five bits of as many bytes of the MAC."""
    return keyed.mac(message.encode())[:length].translate(_SYMBOLS).decode("ascii")


def normalise(code: str) -> str:
    """A code or key as it was made, from how a person may have typed or a mail program changed it.

    Upper case becomes lower case; in what has the length of a code or a key, o is read as 0 and i
    and l as 1. Anything else may be a vanity code and keeps its letters.
    """
    lower = code.strip().lower()
    made = len(lower) in (CODE_LENGTH, KEY_LENGTH)
    return lower.translate(_CONFUSIONS) if made else lower


def is_vanity(code: str) -> bool:
    """Whether ``code`` can be a vanity code: 3 to 40 of a-z, 0-9 and "-", no length of our own."""
    return bool(_VANITY.fullmatch(code)) and normalise(code) == code


def path_secret(var: Path, environ: Mapping[str, str]) -> Secret:
    """The secret that addresses are derived from: 32 bytes or more.

    It is read as hex from ``PASSALONG_PATH_SECRET`` (or from the parameter of AWS' parameter store
    that it names as ``ssm:/name``), else from ``var/path-secret``, which the first run makes for
    its owner's eyes only. There is no default. Raises `Stop` if it is not usable.
    """
    given = parameters.setting(SECRET_VARIABLE, environ)
    if given is not None:
        return _parsed(given, SECRET_VARIABLE)
    path = var / SECRET_FILE
    try:
        if not path.exists():
            secret_file.make(path, secrets.token_hex(32) + "\n")
        written = path.read_text("ascii", errors="replace")
    except OSError as error:
        message = f"{path}: the path secret cannot be made or read ({error.strerror})."
        raise Stop(f"{message} Set {SECRET_VARIABLE} to 64 hex digits instead.") from error
    return _parsed(written, str(path))


def digests_key(secret: bytes) -> bytes:
    """What digests of visitors and mailboxes are made with: 32 bytes."""
    return hmac.digest(secret, b"passalong visitors", "sha256")


def _parsed(text: str, source: str) -> Secret:
    digits = text.strip()
    if re.fullmatch(r"(?:[0-9a-fA-F]{2}){32,}", digits):
        return Secret(bytes.fromhex(digits))
    raise Stop(
        f"{source}: a path secret is 64 hex digits or more. Restore the one your links were made "
        "with: another one changes every address."
    )
