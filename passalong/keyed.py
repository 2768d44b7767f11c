"""HMAC-SHA256 (RFC 2104) with its key worked in once: a build makes hundreds of thousands."""

from __future__ import annotations

import hashlib

_BLOCK = 64  # bytes in a block of SHA-256
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))


class Keyed:
    """The MACs under one key; both hash states are copied for each message."""

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes) -> None:
        """``key`` has 64 bytes at most, as everything that is derived has."""
        if len(key) > _BLOCK:
            raise ValueError(f"a key of {len(key)} bytes")
        block = key.ljust(_BLOCK, b"\0")
        self._inner = hashlib.sha256(block.translate(_INNER))
        self._outer = hashlib.sha256(block.translate(_OUTER))

    def mac(self, message: bytes) -> bytes:
        """The 32 bytes of the message's MAC."""
        inner = self._inner.copy()
        inner.update(message)
        outer = self._outer.copy()
        outer.update(inner.digest())
        return outer.digest()
