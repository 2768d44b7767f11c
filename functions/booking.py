"""Free times, and meetings booked, moved and cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions._http import Action, function
from functions._origin import behind_the_edge
from passalong.actions.book import book
from passalong.actions.change import change
from passalong.actions.slots import slots
from passalong.wiring import world

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions._http import Handler
    from passalong.world import World


def make(world: Callable[[], World]) -> Handler:
    """The function over a world."""
    return function(
        "booking",
        {
            "slots": Action(slots, mends=True),
            "bookings": Action(book, mends=True),
            "bookings/change": Action(change, mends=True),
        },
        world,
    )


handler = behind_the_edge(make(world))
