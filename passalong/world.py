"""What actions need of the outside, chosen by whoever composes: storage, pages, clock, ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from passalong.hooks import Hooks
from passalong.report_key import ReportKeys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from passalong.known import Known
    from passalong.ledger.port import Ledger
    from passalong.program import Host
    from passalong.web import Answer, Call

    Span = tuple[datetime, datetime]


def _call(
    method: str, url: str, headers: Mapping[str, str], body: bytes = b"", *, private: bool = False
) -> Answer:
    """The network, of which few functions need anything."""
    from passalong.web import call  # noqa: PLC0415 - see above

    return call(method, url, headers, body, private=private)


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
    tells what a host's calendar says; ``hooks`` gives the secrets of other systems, and ``call``
    asks these over the network; ``report_keys`` gives the keys with which programs read the report.
    """

    ledger: Ledger
    known: Callable[[], Known]
    pages: PageStore
    address: str
    secret: bytes
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    busy: Callable[[Host], Iterable[Span]]
    hooks: Callable[[], Hooks] = Hooks
    report_keys: Callable[[], ReportKeys] = ReportKeys
    call: Call = _call
