"""The relay's part in the figures: whatever it reads is counted, by the program's rules and lists
of that moment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from passalong.attribution.rules import rules_of
from passalong.figures import following
from passalong.figures.state import lookups_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from passalong.events import Event
    from passalong.figures.following import Caught
    from passalong.world import World


def count_new(world: World, enough: Callable[[], bool] = lambda: False) -> Caught:
    """Counts what came in since the last time, until it is ``enough``. Raises Unavailable."""
    known = world.known()
    return following.catch_up(world.ledger, lookups_of(known), rules_of(known.program), enough)


def count(world: World, events: Sequence[Event]) -> list[str]:
    """Counts these events, whatever came before them; the ids of those that nobody can count.

    Raises Unavailable.
    """
    known = world.known()
    return following.follow(world.ledger, events, lookups_of(known), rules_of(known.program))
