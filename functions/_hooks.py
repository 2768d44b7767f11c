"""What other systems tell of referrals: ``/api/hooks/<source>``, verified on its raw bytes.

It is noted and answered at once; whose it is and what it means the relay finds out. Told again, it
is answered alike, and noted once.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from aws_lambda_powertools.event_handler.api_gateway import Response

from functions._http import Below
from passalong.conversions.reading import LARGEST, read
from passalong.conversions.signatures import Received, check
from passalong.conversions.told import SOURCES, waiting
from passalong.conversions.whom import keys_of
from passalong.errors import Stop
from passalong.headers import ANSWERS
from passalong.ledger.port import NotFound, Unavailable
from passalong.requests import BadRequest

if TYPE_CHECKING:
    from functions._http import Asking
    from passalong.hooks import Hooks
    from passalong.world import World

HOOKS: Final = "/api/hooks/"


def _answer(world: World, asking: Asking, told: dict[str, Any]) -> Response[Any]:
    """202 once all is noted. An unknown source and one without a secret are answered alike."""
    source, at = asking.rest, world.clock()
    secrets = _hooks(world).of(source) if source in SOURCES else ()
    if not secrets:
        raise NotFound("nobody tells anything here")
    told["source"] = source
    body = asking.body()
    if len(body) > LARGEST:
        raise BadRequest(f"The body is over {LARGEST} bytes.", 413)
    received = Received(source, asking.headers, body, world.address + asking.target, at)
    check(received, secrets)
    heard = read(received, world.known().program, keys_of(world))
    if heard:
        world.ledger.expect([waiting(one, at) for one in heard])
    told["noted"] = len(heard)
    return Response(HTTPStatus.ACCEPTED, None, "", ANSWERS)


def _hooks(world: World) -> Hooks:
    try:
        return world.hooks()
    except Stop as error:
        raise Unavailable("the secrets of hooks cannot be read") from error


BELOW: Final = {HOOKS: Below("hooks", ("POST",), _answer)}
