"""Signatures of webhooks, as Standard Webhooks 1.0 has them, with a secret that both sides know.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING

from passalong.hooks import key_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


def signature(secret: str, event_id: str, seconds: int, body: bytes) -> str:
    """The signature of a body that is sent as the event of that id, at that time. Raises Stop.

    ``secret`` is ``whsec_`` and base64; ``seconds`` are those since 1970.
    """
    signed = f"{event_id}.{seconds}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key_of(secret), signed, hashlib.sha256)).decode()


def signed_headers(
    secrets: Iterable[str], event_id: str, at: datetime, body: bytes
) -> dict[str, str]:
    """The headers to send a body with: a signature by each secret, while one is changed."""
    seconds = int(at.timestamp())
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": " ".join(signature(one, event_id, seconds, body) for one in secrets),
    }
