"""Where a site is published, as steps that are each done wholly or not at all.

TargetError: Overtaken
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from passalong.errors import PassalongError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Private = Literal["bundle", "manifest"]
"""What is kept where nobody but us reads it: what functions run on, and what is live."""


class TargetError(PassalongError):
    """A step was not done; ``passing`` if it may be done when tried again."""

    def __init__(self, message: str, *, passing: bool = False) -> None:
        super().__init__(message)
        self.passing = passing


class Overtaken(TargetError):
    """Somebody else changed what is noted of the site since we read it."""


class Target(Protocol):
    """A place for a site. A *tag* is what tells a file's bytes from others: their MD5 in hex,
    unless the place has one of its own. Every method may raise TargetError."""

    name: str
    """What people call it."""
    patience: float
    """Seconds for which functions may go on with the bundle before."""

    def list(self, seen: Callable[[int], None]) -> dict[str, str]:
        """Every file's tag by its path; ``seen`` is told in between how many there are so far."""

    def put(self, path: str, data: bytes) -> str:
        """Makes a file or replaces it, with the headers of its kind; its tag."""

    def remove(self, path: str) -> None:
        """Takes a file away, if it is there."""

    def read(self, what: Private) -> tuple[bytes, str] | None:
        """Something private and its tag; None where there is none."""

    def tag(self, what: Private) -> str:
        """The tag of something private; empty where there is none."""

    def keep(self, what: Private, data: bytes, instead_of: str | None = None) -> str:
        """Makes something private; its tag.

        With ``instead_of`` only in the place of what has that tag (empty: of nothing). Raises
        Overtaken.
        """

    def invalidate(self, uris: Sequence[str], reference: str) -> bool:
        """Has caches forget what they hold of these; whether there are any. The same ``reference``
        again does nothing."""
