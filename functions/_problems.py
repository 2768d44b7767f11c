"""What went wrong, as callers hear of it: one table from errors to answers (RFC 9457)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from passalong.access import Refused
from passalong.actions.exchange import problem
from passalong.bundle import UnknownFormat
from passalong.conversions.signatures import Stale, Unsigned
from passalong.errors import PassalongError
from passalong.known import NotInBundle
from passalong.ledger.port import (
    Conflict,
    LimitReached,
    NotFound,
    Removed,
    Revoked,
    SlotTaken,
    Unavailable,
)
from passalong.requests import BadFields, BadRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from passalong.locales import Locale
    from passalong.pages.fill import Row

_DAY: Final = 24 * 3600
_SOON: Final = 5

DETAILS: Final = {
    "missing": "There is nothing at this address.",
    "method": "Send this as POST.",
    "elsewhere": "This can only be sent from a page of this site.",
    "unsigned": "It is not signed with a secret that we know.",
    "stale": "It was signed more than five minutes ago, or is to come.",
    "unreadable": "The request cannot be read.",
    "invalid": "Some fields are not as they should be.",
    "gone": "This link is not valid, or no longer.",
    "limit": "That was a lot for one day. Try again tomorrow.",
    "taken": "That time has just been taken.",
    "conflict": "This was changed in the meantime.",
    "unavailable": "This cannot be done just now. Nothing was lost: try again in a moment.",
}
"""In plain English, for programs; people read the same in their own language."""

_WORDS: Final = {
    "taken": "invalid",
    "conflict": "invalid",
    "missing": "gone",
    "method": "gone",
    "unsigned": "gone",
    "stale": "gone",
}


class Elsewhere(PassalongError):
    """The request was made by another site's page."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal: its status, a ``code`` that names it, and what is wrong with which field.

    ``words`` says of fields which words of ``answer.problem`` tell people so.
    """

    status: int
    code: str
    detail: str
    errors: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, status: int, code: str, detail: str = "") -> Problem:
        """A problem with the words of its code."""
        headers = {}
        if status == HTTPStatus.METHOD_NOT_ALLOWED:
            headers["Allow"] = "POST"
        if status == HTTPStatus.UNAUTHORIZED:
            headers["WWW-Authenticate"] = "Signature"  # RFC 9110, 15.5.2
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            headers["Retry-After"] = str(_SOON)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            headers["Retry-After"] = str(_DAY)
        return cls(status, code, detail or DETAILS[code], headers=headers)

    def document(self) -> dict[str, Any]:
        """As RFC 9457 has it."""
        errors = {"errors": dict(self.errors)} if self.errors else {}
        return problem(self.status, self.code, self.detail, **errors)

    def said(self, locale: Locale) -> dict[str, str | tuple[Row, ...]]:
        """As the page for whoever sent a form says it."""
        words = f"answer.{_WORDS.get(self.code, self.code)}"
        facts = [
            {
                "label": locale.text_or(f"answer.field.{name}", name),
                "text": _fault(locale, self.words.get(name, name)),
            }
            for name in self.errors
        ]
        return {
            "title": locale.text(f"{words}.title"),
            "text": locale.text(f"{words}.text"),
            "facts": tuple(facts),
        }


def _fault(locale: Locale, name: str) -> str:
    return locale.text_or(f"answer.problem.{name}", locale.text("answer.problem.invalid"))


def wants_page(headers: Mapping[str, str]) -> bool:
    """Whether whoever asked reads a page: they sent a form, or say so. Names in lower case."""
    sent, accepts = (headers.get(name) or "" for name in ("content-type", "accept"))
    return "application/x-www-form-urlencoded" in sent or "text/html" in accepts


_PLAIN: Final[dict[type[Exception], tuple[int, str]]] = {
    Elsewhere: (HTTPStatus.BAD_REQUEST, "elsewhere"),
    Stale: (HTTPStatus.BAD_REQUEST, "stale"),
    Unsigned: (HTTPStatus.UNAUTHORIZED, "unsigned"),
    LimitReached: (HTTPStatus.TOO_MANY_REQUESTS, "limit"),
    SlotTaken: (HTTPStatus.CONFLICT, "taken"),
    Conflict: (HTTPStatus.CONFLICT, "conflict"),
}
"""Errors of which nothing more is said than their words."""


def problem_of(error: Exception) -> Problem:
    """What callers hear of an error; of one that nobody foresaw, that it can be tried again."""
    if type(error) in _PLAIN:
        return Problem.of(*_PLAIN[type(error)])
    match error:
        case BadRequest():
            return Problem.of(error.status, "unreadable", str(error))
        case BadFields():
            found = Problem.of(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid")
            return replace(found, errors=error.faults, words=error.words)
        case Refused() | Revoked() | Removed() | NotFound():
            return Problem.of(HTTPStatus.NOT_FOUND, "gone")
        case Unavailable() | UnknownFormat() | NotInBundle():
            found = Problem.of(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable")
            wait = error.retry_after if isinstance(error, Unavailable) else _SOON
            return replace(found, headers={"Retry-After": str(wait)})
        case _:
            return Problem.of(HTTPStatus.INTERNAL_SERVER_ERROR, "unavailable")
