"""Ends a kind of mail by the one press that mail programs offer (RFC 8058).

They send no cookie and come from another site; the token in the path may do no more than this.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from aws_lambda_powertools.event_handler.api_gateway import Response

from functions._http import OF_LINKS, PAGE, Asking, Below
from passalong.actions.acting import acting
from passalong.actions.unsubscribe import ask_to_stop, stop
from passalong.headers import ANSWERS

if TYPE_CHECKING:
    from passalong.access import Kind
    from passalong.world import World

UNSUBSCRIBE: Final = "/api/unsubscribe/"
_OF_MAIL: Final[tuple[Kind, ...]] = ("unsubscribe",)


def _answer(world: World, asking: Asking, told: dict[str, Any]) -> Response[Any]:
    known, at = world.known(), world.clock()
    who = acting(known, asking.rest, _OF_MAIL, at)
    told["locale"] = who.locale
    is_press = asking.method == "POST"
    reply = stop(world, known, who, at) if is_press else ask_to_stop(known, who, asking.rest)
    page = known.answer(reply.name, who.locale, reply.said).decode()
    return Response(HTTPStatus.OK, PAGE, "" if asking.method == "HEAD" else page, ANSWERS)


BELOW: Final = {UNSUBSCRIBE: Below("unsubscribe", OF_LINKS, _answer)}
