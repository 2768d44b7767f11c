"""Whether a delivery to a hook is from whom it says: judged on its raw bytes, before it is read.

conversions  Standard Webhooks, see passalong.webhooks
hubspot      v3 of its signatures, which cover the address that it was told to call:
             https://developers.hubspot.com/docs/api/webhooks/validating-requests
salesforce   its flows compute no signature: a secret in a header, which says nothing of time
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from passalong.conversions.told import HOOK, HUBSPOT, SALESFORCE
from passalong.errors import PassalongError
from passalong.webhooks import signature

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

WINDOW: Final = timedelta(minutes=5)
"""So far a delivery's time may be from ours."""
SECRET_HEADER: Final = "x-passalong-secret"  # noqa: S105 - the header's name
_DIGITS: Final = 16


class Unsigned(PassalongError):
    """The delivery is not signed by whom we know, or was altered."""


class Stale(PassalongError):
    """It is signed well, and of another time than now."""


class Received(NamedTuple):
    """A delivery as it came: ``headers`` have names in lower case, ``url`` is the public one."""

    source: str
    headers: Mapping[str, str]
    body: bytes
    url: str
    at: datetime


def check(received: Received, secrets: Sequence[str]) -> None:
    """Raises Unsigned or Stale."""
    _CHECKS[received.source](received, secrets)


def _standard(received: Received, secrets: Sequence[str]) -> None:
    headers = received.headers
    message_id, said = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    timestamp = _number(said)
    if not message_id or timestamp is None or str(timestamp) != said:
        raise Unsigned("there is no signature")
    given = [one for one in headers.get("webhook-signature", "").split() if one.startswith("v1,")]
    wanted = [signature(secret, message_id, timestamp, received.body) for secret in secrets]
    if not _is_one_of(given, wanted):
        raise Unsigned("the signature does not fit")
    _refuse_stale(timestamp, received.at)


def _hubspot(received: Received, secrets: Sequence[str]) -> None:
    said = received.headers.get("x-hubspot-request-timestamp", "")
    timestamp = _number(said)
    if timestamp is None:
        raise Unsigned("there is no signature")
    signed = b"POST" + received.url.encode() + received.body + said.encode()
    wanted = [
        base64.b64encode(hmac.digest(secret.encode(), signed, "sha256")).decode("ascii")
        for secret in secrets
    ]
    if not _is_one_of([received.headers.get("x-hubspot-signature-v3", "")], wanted):
        raise Unsigned("the signature does not fit")
    _refuse_stale(timestamp / 1000, received.at)


def _salesforce(received: Received, secrets: Sequence[str]) -> None:
    if not _is_one_of([received.headers.get(SECRET_HEADER, "")], secrets):
        raise Unsigned("the secret does not fit")


_CHECKS: Final[dict[str, Callable[[Received, Sequence[str]], None]]] = {
    HOOK: _standard,
    HUBSPOT: _hubspot,
    SALESFORCE: _salesforce,
}


def _number(text: str) -> int | None:
    """A time as digits, which all callers write."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS else None


def _refuse_stale(timestamp: float, now: datetime) -> None:
    if abs(now.timestamp() - timestamp) > WINDOW.total_seconds():
        raise Stale("the delivery is of another time")


def _is_one_of(given: Iterable[str], wanted: Iterable[str]) -> bool:
    """Compared as digests, all with all: how long it takes says nothing of what is right."""
    known = [_digest(one) for one in wanted]
    fits = [hmac.compare_digest(_digest(one), right) for one in given for right in known]
    return any(fits)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
