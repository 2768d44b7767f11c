"""What came of a meeting, as its host says: the page behind the link in their letter.

Mail programs and scanners follow links: asking changes nothing. The token in the path may do no
more than this, so that a form of this page needs no other sign of whose it is.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from aws_lambda_powertools.event_handler.api_gateway import Response

from functions._http import OF_LINKS, PAGE, Asking, Below
from passalong.actions.outcome import PATH, about, ask, tell
from passalong.endpoints import OUTCOME
from passalong.headers import ANSWERS
from passalong.requests import read_fields

if TYPE_CHECKING:
    from passalong.world import World


def _answer(world: World, asking: Asking, told: dict[str, Any]) -> Response[Any]:
    known, at = world.known(), world.clock()
    which = about(world, known, asking.rest, at)
    told["locale"] = which.locale
    if asking.method == "POST":
        kind = asking.headers.get("content-type", "")
        fields = read_fields(OUTCOME, asking.body(), kind)
        reply = tell(world, known, which, fields, at)
    else:
        reply = ask(world, known, which, at)
    page = known.answer(reply.name, which.locale, reply.said).decode()
    return Response(HTTPStatus.OK, PAGE, "" if asking.method == "HEAD" else page, ANSWERS)


BELOW: Final = {PATH: Below("outcomes", OF_LINKS, _answer)}
