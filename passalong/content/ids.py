"""Ids for people who come without one: found again if they were here before, else made.

They are found by their address or, when that changed, by name and company. A new id is made from
the same, so that it is the same on every machine; no chance is in it.
"""

from __future__ import annotations

import re
from hashlib import blake2b

Row = tuple[str, ...]
Keys = tuple[str, str]
"""How somebody without an id is found: by address, and by name and company; empty if unknown."""

_MADE = re.compile("[ar]-[a-z2-7]{10}")
"""An id that was made here, not given by the CRM."""
_LETTERS = b"abcdefghijklmnopqrstuvwxyz234567" * 8
"""For every byte a letter, each for as many (RFC 4648, section 6, has the alphabet)."""


def keys_of(kind: str, row: Row) -> Keys:
    """The keys of an advocate's or a referee's row; a referee is one for each advocate."""
    if kind == "advocate":
        return keys("", row[2], row[1], row[3])
    return keys(row[1], row[3], row[2], row[4])


def keys(scope: str, mail: str, name: str, company: str) -> Keys:
    """Two ways to find a person within ``scope``."""
    by_mail = f"{scope}\0{mail.casefold()}" if mail else ""
    return by_mail, f"{scope}\0{name.casefold()}\0{company.casefold()}"


def assign(kind: str, ids: list[str], people: list[Keys], known: dict[str, Row]) -> list[str]:
    """An id for each who has none: the one they had, found by address or name, or a new one.

    Who had been given an id here and now comes with one of their own keeps the one they had, for
    their link depends on it.
    """
    found = list(ids)
    taken = set(filter(None, ids))
    by_mail, by_name = _index(kind, known, taken)
    waiting = [number for number, given in enumerate(ids) if given not in known]
    for way, index in ((0, by_mail), (1, by_name)):
        for number in waiting:
            old = index.get(people[number][way], "")
            ours = not ids[number] or _MADE.fullmatch(old)
            if old and ours and old not in taken and found[number] == ids[number]:
                found[number] = old
                taken.add(old)
    for number in waiting:
        if not found[number]:
            found[number] = _new_id(kind, people[number], taken, known)
            taken.add(found[number])
    return found


def _index(
    kind: str, known: dict[str, Row], taken: set[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """From each key to the id it means; a key that several people share means nobody."""
    by_mail: dict[str, str] = {}
    by_name: dict[str, str] = {}
    for old, row in known.items():
        if old not in taken:
            for index, key in zip((by_mail, by_name), keys_of(kind, row), strict=True):
                index[key] = "" if key in index else old
    by_mail.pop("", None)
    return by_mail, by_name


def _new_id(kind: str, person: Keys, taken: set[str], known: dict[str, Row]) -> str:
    source = f"{kind}\0{person[0] or person[1]}"
    made = _made(kind, source)
    number = 0
    while made in taken or made in known:  # somebody else had this address
        number += 1
        made = _made(kind, f"{source}\0{number}")
    return made


def _made(kind: str, source: str) -> str:
    """Ten letters of five bits each, such as ``a-msrpcz4kq4``."""
    digest = blake2b(source.encode(), digest_size=10).digest()
    return f"{kind[0]}-{digest.translate(_LETTERS).decode()}"
