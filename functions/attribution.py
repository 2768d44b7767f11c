"""Which introduction brought whom, and what came of it: visits, hooks, outcomes, the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions._hooks import BELOW as HOOKS
from functions._http import Action, Below, function
from functions._origin import behind_the_edge
from functions._outcomes import BELOW as OUTCOMES
from passalong.actions.visit import visit
from passalong.endpoints import REPORT
from passalong.wiring import world

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.event_handler.api_gateway import Response

    from functions._http import Asking, Handler
    from passalong.world import World


def _report(world: World, asking: Asking, told: dict[str, Any]) -> Response[Any]:
    from functions._report import answer  # noqa: PLC0415 - no visit is to wait for all of this

    return answer(world, asking, told)


def make(world: Callable[[], World]) -> Handler:
    """The function over a world."""
    below = HOOKS | OUTCOMES | {REPORT.path: Below("report", ("POST",), _report)}
    return function("attribution", {"visits": Action(visit)}, world, below)


handler = behind_the_edge(make(world))
