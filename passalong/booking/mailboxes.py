"""Where mail to an address arrives: what people are compared by, and never written to."""

from __future__ import annotations

from typing import Final

_GMAIL: Final = frozenset({"gmail.com", "googlemail.com"})


def mailbox_of(address: str) -> str:
    """Where mail to the address arrives, in one spelling: to compare people by, never to write to.

    >>> mailbox_of("Maria.Lindqvist+demo@GoogleMail.com")
    'marialindqvist@gmail.com'
    """
    local, _, domain = address.casefold().rpartition("@")
    local = local.partition("+")[0] or local
    if domain in _GMAIL:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"
