"""Which beacons are a visit: a person saw the page. Everything else is a hit, filed with a reason.

The user agent alone never makes a visit, and an in-app browser of a person is a person: what counts
is a same-origin POST from a page that was visible. Bots are told by the list that its keepers
collect (crawler-user-agents); scanners with a plain user agent send no beacon at all.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import ipaddress
import re
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

COUNTED: Final = "person"
SAME_VISIT_SECONDS: Final = 3600
ARRIVAL: Final = (
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_term",
    "utm_content",
    "utm_id",
    "gclid",
    "gbraid",
    "wbraid",
    "msclkid",
    "fbclid",
    "li_fat_id",
)
"""Parameters of an address that tell which campaign somebody came by."""
_LONGEST = 1000  # characters of a user agent that are looked at: real ones have 300 at most
_MOST_PARAMETERS = 60
_TOLD = re.compile(r"[\w .~|:,/+-]{1,200}")
_MEDIUM = re.compile(r"[a-z0-9][a-z0-9-]{0,23}")


class Beacon(NamedTuple):
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
    """What the user agent calls itself that the list knows, in plain letters, or nothing."""
    found = next(filter(None, (names.search(agent[:_LONGEST]) for names in _bots())), None)
    return (re.sub(r"[^a-z0-9]+", "", found[0].lower())[:40] or "other") if found else ""


@cache
def _bots() -> list[re.Pattern[str]]:
    """The list of bots; in one pattern it would take five times as long to look through."""
    import crawleruseragents  # noqa: PLC0415 - with the patterns 50 ms, and only beacons need it

    names = [crawler["pattern"] for crawler in crawleruseragents.CRAWLER_USER_AGENTS_DATA]
    return [re.compile("|".join(names[at : at + 25])) for at in range(0, len(names), 25)]


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


def arrival(query: str) -> dict[str, str]:
    """What the address that somebody came by says of campaigns, from its part after the ``?``.

    Each parameter is kept once, as it first stands there; one that is no plain code or words, or
    could be an address, is left out.
    """
    found: dict[str, str] = {}
    with contextlib.suppress(ValueError):  # more parameters than any campaign has
        for name, value in parse_qsl(query.removeprefix("?"), max_num_fields=_MOST_PARAMETERS):
            if name in ARRIVAL and _TOLD.fullmatch(value):
                found.setdefault(name, value)
    return found
