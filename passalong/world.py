"""What actions need of the outside, chosen by whoever composes: storage, pages, clock, ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from passalong.known import Known
    from passalong.ledger.port import Ledger
    from passalong.model import Host

    Span = tuple[datetime, datetime]


class PageStore(Protocol):
    """Where the site's files lie, for pages that are made between builds."""

    def put(self, path: str, data: bytes) -> object:
        """Makes a page, or replaces it, whole or not at all; it can be read once this returns."""

    def remove(self, path: str) -> None:
        """Takes a page away, if it is there."""


@dataclass(frozen=True, slots=True)
class World:
    """Everything outside of an action.

    ``known`` gives the newest bundle (raises UnknownFormat, Unavailable); ``address`` is where the
    pages are reached, without a slash at its end; ``secret`` keys the digests of visitors; ``busy``
    tells what a host's calendar says.
    """

    ledger: Ledger
    known: Callable[[], Known]
    pages: PageStore
    address: str
    secret: bytes
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    busy: Callable[[Host], Iterable[Span]]
