"""Capabilities: a signed token in each private page says whose page it is, and nothing more.

A token is itsdangerous' URL-safe serialisation of ``[reference, revision, expiry]``, signed with
HMAC-SHA256 under a key derived for the kind of page, so that a token of one kind is nothing to an
endpoint of another. A *reference* is opaque: the page's key or code, or the random id of somebody
introduced. There is one token a page; its expiry comes from inputs, so that builds are repeatable.

**Never use the raw token as a key for anything**: four spellings of its last character verify.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Literal, NamedTuple

from itsdangerous import BadData, URLSafeSerializer

from passalong.errors import PassalongError
from passalong.keyed import Keyed

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

Kind = Literal["advocate", "referee", "share", "report", "unsubscribe", "outcome"]

_FORM = re.compile(r"[A-Za-z0-9_-]{1,450}\.[A-Za-z0-9_-]{43}")


class Refused(PassalongError):
    """The token is not one of ours, not for this, or no longer: all alike to whoever sent it."""


class Capability(NamedTuple):
    """What a token allows: to act as the page that ``reference`` names, at its ``revision``."""

    kind: Kind
    reference: str
    revision: int


class Signer:
    """Signs with the newest of ``keys``, the last, and verifies with all of them."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys:
            raise ValueError("no signing keys")
        self._keys = tuple(bytes(key) for key in keys)
        self._keyed: dict[Kind, Keyed] = {}
        self._serializers: dict[Kind, URLSafeSerializer] = {}

    def sign(
        self, kind: Kind, reference: str, revision: int = 0, expires: datetime | None = None
    ) -> str:
        """A token for a page; ``expires`` in whole seconds, None for a page that stays.

        It is what itsdangerous would write, in a tenth of the time: a build signs every page. Only
        a reference that repeats itself so much that itsdangerous would squeeze it is not squeezed.
        """
        ends = int(expires.timestamp()) if expires else 0
        payload = f"[{encode_basestring(reference)},{revision},{ends}]".encode()
        signed = urlsafe_b64encode(payload).rstrip(b"=")
        keyed = self._keyed.get(kind) or self._key(kind)
        mac = urlsafe_b64encode(keyed.mac(signed)).rstrip(b"=")
        return f"{signed.decode('ascii')}.{mac.decode('ascii')}"

    def verify(self, token: str, kinds: Collection[Kind], now: datetime) -> Capability:
        """What the token allows, if it is for one of ``kinds`` and not expired. Raises Refused."""
        if _FORM.fullmatch(token):
            for kind in kinds:
                found = self._read(token, kind)
                if found and (not found[2] or now.timestamp() < found[2]):
                    return Capability(kind, found[0], found[1])
        raise Refused("this link is not valid, or no longer")

    def _read(self, token: str, kind: Kind) -> tuple[str, int, int] | None:
        try:
            payload = self._serializer(kind).loads(token)
        except BadData:
            return None
        match payload:
            case [str(reference), int(revision), int(ends)]:
                return reference, revision, ends
        return None

    def _key(self, kind: Kind) -> Keyed:
        """The key of a kind of page, as itsdangerous derives it from the newest."""
        keyed = Keyed(hmac.digest(self._keys[-1], _salt(kind).encode(), "sha256"))
        self._keyed[kind] = keyed
        return keyed

    def _serializer(self, kind: Kind) -> URLSafeSerializer:
        if kind not in self._serializers:
            self._serializers[kind] = URLSafeSerializer(
                list(self._keys),
                salt=_salt(kind),
                signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
            )
        return self._serializers[kind]


def _salt(kind: Kind) -> str:
    return f"passalong.{kind}"
