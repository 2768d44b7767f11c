"""What comes in to an action, and what it answers: data to a program, a page to a form."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

from passalong.events import id_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from passalong.actions.acting import Acting
    from passalong.pages.fill import Row
    from passalong.requests import Fields


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was judged: ``at`` is when it came in, aware, in UTC.

    ``headers`` have names in lower case; ``network`` is the address that it came from.
    """

    endpoint: str
    fields: Fields
    at: datetime
    headers: Mapping[str, str] = field(default_factory=dict)
    network: str = ""

    def event_id(self, who: Acting) -> str:
        """The id of the event that this request causes: the same where it is sent again.

        It is made of the id that the caller gave it, else of what it says and the minute; of whose
        it is in any case, so that nobody can take another's.
        """
        given = self.fields["id"]
        if not given:
            said = sorted((n, v) for n, v in self.fields.values.items() if n not in _TRANSIENT)
            given = f"{said} {self.at:%Y-%m-%dT%H:%M}"
        about = f"{who.kind}\0{who.subject}\0{self.endpoint}\0{given}"
        return id_of(about)


_TRANSIENT = frozenset({"token", "id", "shown", "website"})


class Reply(NamedTuple):
    """A page that answers a form: its name, and what it says (see `answer_fields.ANSWERS`)."""

    name: str
    said: Mapping[str, str | tuple[Row, ...]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """An action that went well, or that its caller has to mend.

    ``data`` is the JSON body; None for an answer without one (204). ``reply`` makes the page for a
    form, in ``locale``; it is only asked where a form was sent. ``code`` names a refusal.
    """

    status: int
    data: Mapping[str, Any] | None
    reply: Callable[[], Reply]
    locale: str
    code: str = ""


def problem(status: int, code: str, detail: str, **more: Any) -> dict[str, Any]:
    """A problem document (RFC 9457), with what helps to go on."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": detail,
        "code": code,
        **more,
    }
