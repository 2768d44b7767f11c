"""A DNS server on this machine, over UDP and TCP, that holds what a test says."""

from __future__ import annotations

import socketserver
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
from dns.rdtypes.ANY.CNAME import CNAME

from tests.served import served

Zone = Mapping[tuple[str, str], list[str]]
"""From name and type to records as a zone writes them: ``("b.example", "MX"): ["10 a.b.c."]``."""

_WITHOUT_EDNS, _LARGEST = 512, 65535


@dataclass
class Names:
    """What the stand-in holds and was asked; ``place`` is where it is, as ``--dns`` takes it.

    ``failing`` are names whose questions it cannot answer (SERVFAIL), ``silent`` those it does not.
    """

    zone: dict[tuple[str, str], list[str]]
    failing: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    place: str = ""
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    """Of each question "udp" or "tcp", name and type."""

    def answer(self, wire: bytes, by: str) -> bytes:
        """The answer; empty for none."""
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        self.asked.append((by, name, dns.rdatatype.to_text(question.rdtype)))
        if name in self.silent:
            return b""
        reply = dns.message.make_response(query, recursion_available=True)
        if name in self.failing:
            reply.set_rcode(dns.rcode.SERVFAIL)
        else:
            self._look_up(reply, question)
        if by == "tcp":
            return reply.to_wire(max_size=_LARGEST)
        room = max(query.payload, _WITHOUT_EDNS) if query.edns >= 0 else _WITHOUT_EDNS
        try:
            return reply.to_wire(max_size=room)
        except dns.exception.TooBig:
            short = dns.message.make_response(query, recursion_available=True)
            short.flags |= dns.flags.TC
            return short.to_wire()

    def _look_up(self, reply: dns.message.Message, question: dns.rrset.RRset) -> None:
        """Follows aliases as a resolver does, to the end."""
        name = question.name
        while True:
            found = self._records(name, dns.rdatatype.to_text(question.rdtype))
            alias = self._records(name, "CNAME")
            if found or not alias:
                break
            reply.answer.append(alias)
            assert isinstance(alias[0], CNAME)
            name = alias[0].target
        if found:
            reply.answer.append(found)
        elif not self._is_there(name):
            reply.set_rcode(dns.rcode.NXDOMAIN)

    def _records(self, name: dns.name.Name, kind: str) -> dns.rrset.RRset | None:
        plain = name.to_text(omit_final_dot=True).lower()
        texts = self.zone.get((plain, kind), [])
        return dns.rrset.from_text(name, 60, "IN", kind, *texts) if texts else None

    def _is_there(self, name: dns.name.Name) -> bool:
        plain = name.to_text(omit_final_dot=True).lower()
        return any(known == plain or known.endswith(f".{plain}") for known, _ in self.zone)


class _Udp(socketserver.ThreadingUDPServer):
    daemon_threads = True


class _Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


def _handlers(
    names: Names,
) -> tuple[type[socketserver.BaseRequestHandler], type[socketserver.StreamRequestHandler]]:
    class OverUdp(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            wire, socket = self.request
            if reply := names.answer(wire, "udp"):
                socket.sendto(reply, self.client_address)

    class OverTcp(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            (length,) = struct.unpack("!H", self.rfile.read(2))
            if reply := names.answer(self.rfile.read(length), "tcp"):
                self.wfile.write(struct.pack("!H", len(reply)) + reply)

    return OverUdp, OverTcp


def _both(names: Names) -> tuple[_Udp, _Tcp]:
    """Servers on one port: the one that UDP got may be taken for TCP, so they try again."""
    over_udp, over_tcp = _handlers(names)
    for _ in range(20):
        udp = _Udp(("127.0.0.1", 0), over_udp)
        try:
            return udp, _Tcp(udp.server_address, over_tcp)
        except OSError:
            udp.server_close()
    raise AssertionError("no port is free for both")


@contextmanager
def names_of(zone: Zone) -> Iterator[Names]:
    """The stand-in, until the end of the block."""
    names = Names(dict(zone))
    servers = _both(names)
    names.place = f"127.0.0.1:{servers[0].server_address[1]}"
    with served(*servers):
        yield names
