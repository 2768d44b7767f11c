"""Connections to other people's servers: to one address that was looked at, and never for long."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from typing import Final

from passalong.errors import PassalongError


class NotPublic(PassalongError):
    """A name leads into a private network; the message does not hold it."""


def address_of(host: str, port: int, *, private: bool) -> str:
    """An address of the host. Raises NotPublic if any of them is not public, unless ``private``."""
    found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not private and not all(map(is_public, found)):
        raise NotPublic("leads into a private network")
    return found[0]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, and no other is hidden within it."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")


class Pinned(http.client.HTTPConnection):
    """A connection to one address of a host, whatever its name comes to mean meanwhile."""

    def __init__(self, host: str, port: int, address: str, seconds: float) -> None:
        super().__init__(host, port, timeout=seconds)
        self._address = address

    def connect(self) -> None:
        """Connects to the address that was looked at."""
        self.sock = socket.create_connection((self._address, self.port), self.timeout)


class Secure(Pinned):
    """The same over TLS, with the certificate checked for the name."""

    default_port = http.client.HTTPS_PORT

    def connect(self) -> None:
        """Connects, and shakes hands in the name of the host."""
        super().connect()
        context = ssl.create_default_context()
        self.sock = context.wrap_socket(self.sock, server_hostname=self.host)
