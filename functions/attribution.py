"""What tells which introduction brought whom, and what came of it: visits, hooks, outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions._hooks import BELOW as HOOKS
from functions._http import Action, function
from functions._origin import behind_the_edge
from functions._outcomes import BELOW as OUTCOMES
from passalong.actions.visit import visit
from passalong.wiring import world

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions._http import Handler
    from passalong.world import World


def make(world: Callable[[], World]) -> Handler:
    """The function over a world."""
    return function("attribution", {"visits": Action(visit)}, world, HOOKS | OUTCOMES)


handler = behind_the_edge(make(world))
