"""DNS, asked as this machine does or at a server that is named."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import dns.exception
import dns.nameserver
import dns.rcode
import dns.resolver
from dns.rdtypes.ANY.TXT import TXT

from passalong.errors import Stop
from passalong.maildomain.records import Answer

if TYPE_CHECKING:
    import dns.rdata

    from passalong.maildomain.records import Ask, Kind

SECONDS: Final = 5.0
"""How long a question may take, all tries together."""
_PORT: Final = 53
_SMALL: Final = 1232
"""Bytes that a UDP answer may have and not be divided on its way; longer ones come by TCP."""


def open_dns(where: str = "", seconds: float = SECONDS) -> Ask:
    """A function that asks DNS, each question once; ``where`` is HOST or HOST:PORT, or empty.

    Raises Stop where no server is known, and where the first question finds none that answers.
    """
    resolver = _resolver(where)
    resolver.lifetime, resolver.timeout = seconds, min(2.0, seconds / 2)
    resolver.use_edns(0, 0, _SMALL)
    servers = ", ".join(str(server) for server in resolver.nameservers)
    known: dict[tuple[str, Kind], Answer] = {}

    def ask(name: str, kind: Kind) -> Answer:
        if (name, kind) not in known:
            answer = _asked(resolver, name, kind)
            if answer.state == "silent" and not known:
                raise Stop(
                    f"No DNS server answered within {seconds:g} seconds (asked: {servers}). Is "
                    "this machine connected? --dns names another server."
                )
            known[name, kind] = answer
        return known[name, kind]

    return ask


def _resolver(where: str) -> dns.resolver.Resolver:
    try:
        resolver = dns.resolver.Resolver(configure=not where)
    except dns.resolver.NoResolverConfiguration as error:
        raise Stop("This machine knows no DNS server: name one with --dns.") from error
    if where:
        resolver.nameservers = [dns.nameserver.Do53Nameserver(*_place(where))]
    return resolver


def _place(where: str) -> tuple[str, int]:
    """The address and port of ``where``."""
    try:
        parts = urlsplit(f"//{where}")
        host, port = parts.hostname or "", parts.port or _PORT
        found = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM) if host else []
    except (OSError, ValueError):
        found = []
    if not found:
        raise Stop(f"--dns {where} is no server: write an address such as 9.9.9.9 or [::1]:5353.")
    return str(found[0][4][0]), int(found[0][4][1])


def _asked(resolver: dns.resolver.Resolver, name: str, kind: Kind) -> Answer:
    try:
        found = resolver.resolve(f"{name}.", kind, search=False)
    except dns.resolver.NXDOMAIN:
        return Answer("nowhere")
    except dns.resolver.NoAnswer:
        return Answer("empty")
    except dns.exception.Timeout:
        return Answer("silent")
    except dns.resolver.NoNameservers as error:
        return _refused(error)
    except (dns.exception.DNSException, UnicodeError):
        return Answer("nowhere")  # no such name can be: a label is empty or too long
    return Answer("found", tuple(sorted(map(_value, found))))


def _refused(error: dns.resolver.NoNameservers) -> Answer:
    """What servers said that did not tell; nothing, if none could be reached."""
    responses = [response for *_, response in error.kwargs.get("errors", ()) if response]
    if not responses:
        return Answer("silent")
    return Answer("failed", why=dns.rcode.to_text(responses[-1].rcode()))


def _value(record: dns.rdata.Rdata) -> str:
    """A record as zones write it, but for the quotation marks of a TXT record's strings."""
    if not isinstance(record, TXT):
        return record.to_text().rstrip(".").casefold()
    whole = b"".join(record.strings).decode("utf-8", "replace")
    # Nothing in it may move a terminal's cursor.
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in whole)
