"""Which beacons are a visit: a person saw the page. Everything else is a hit, filed with a reason.

The user agent alone never makes a visit, and an in-app browser of a person is a person: what counts
is a same-origin POST from a page that was visible. Bots are told by the list that its keepers
collect (crawler-user-agents); scanners with a plain user agent send no beacon at all.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

COUNTED: Final = "person"
SAME_VISIT_SECONDS: Final = 3600
_MEDIUM = re.compile(r"[a-z0-9][a-z0-9-]{0,23}")


@dataclass(frozen=True, slots=True)
class Beacon:
    """What a browser says by asking for a visit to be counted; ``headers`` in lower case.

    ``visible`` says that the page was on a screen, ``look`` that the marketer or the advocate only
    looks at a page they made.
    """

    headers: Mapping[str, str]
    visible: bool
    look: bool = False


def classify(beacon: Beacon) -> str:
    """``person`` for a visit, else why it is a hit: ``bot:linkedinbot``, ``hidden``, ``look``, …"""
    agent = beacon.headers.get("user-agent", "")
    if not agent.strip():
        return "bot:none"
    if name := _bot(agent):
        return f"bot:{name}"
    purpose = beacon.headers.get("sec-purpose", "") + beacon.headers.get("purpose", "")
    if "prefetch" in purpose or "preview" in purpose:
        return "prefetch"
    if beacon.headers.get("sec-gpc") == "1":
        return "gpc"
    if beacon.look:
        return "look"
    return COUNTED if beacon.visible else "hidden"


def _bot(agent: str) -> str:
    """The first name in the list that the user agent bears, in plain lower-case letters, or none."""
    import crawleruseragents  # noqa: PLC0415 - 18 ms, and only beacons need it

    found = crawleruseragents.matching_crawlers(agent)
    if not found:
        return ""
    pattern = crawleruseragents.CRAWLER_USER_AGENTS_DATA[found[0]]["pattern"]
    return re.sub(r"[^a-z0-9]+", "", re.sub(r"\[(.)[^]]*\]", r"\1", pattern).lower()) or "other"


def visitor(secret: bytes, link: str, at: datetime, address: str, agent: str) -> str:
    """A keyed digest of one visitor of one link on one day (UTC): nobody's address can be told.

    Two beacons of one visitor within an hour are one visit; across midnight they may be two.
    """
    day = hmac.digest(secret, f"passalong visitor {at:%Y-%m-%d}".encode(), "sha256")
    seen = f"{link}\0{network(address)}\0{agent}".encode()
    return hmac.new(day, seen, hashlib.sha256).hexdigest()[:32]


def network(address: str) -> str:
    """The network that an address belongs to for limits: IPv4 itself, IPv6 by its first 64 bits."""
    try:
        parsed = ipaddress.ip_address(address.strip())
    except ValueError:
        return "unknown"
    if parsed.version == 6 and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)


def medium_of(text: str) -> str:
    """The medium that a link names, if it has the form of one: it may have been made up."""
    return text if _MEDIUM.fullmatch(text) else ""
