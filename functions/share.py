"""What advocates do, and what everybody may decide: shares, introductions, status, preferences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions._http import Action, function
from functions._origin import behind_the_edge
from functions._unsubscribe import BELOW
from passalong.actions.introduce import introduce
from passalong.actions.prefer import prefer
from passalong.actions.share import share
from passalong.actions.status import status
from passalong.wiring import world

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions._http import Handler
    from passalong.world import World


def make(world: Callable[[], World]) -> Handler:
    """The function over a world."""
    return function(
        "share",
        {
            "share": Action(share),
            "introductions": Action(introduce),
            "status": Action(status),
            "preferences": Action(prefer),
        },
        world,
        BELOW,
    )


handler = behind_the_edge(make(world))
