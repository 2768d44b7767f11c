"""Figures from the beginning: another generation is filled from the first event on, while reports
go on reading the one that is there; then it takes its place.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from passalong.errors import Stop
from passalong.figures.following import Caught, read_on
from passalong.figures.gathering import keys_of
from passalong.figures.rows import changes_cell, tables
from passalong.figures.state import State, digest_of, keep, state_of
from passalong.figures.taking import BATCH, event_key

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from passalong.attribution.rules import Rules
    from passalong.events import Event
    from passalong.figures.rows import Lookup
    from passalong.ledger.port import Ledger

    Told = Callable[[Event], None]


def rebuild(
    ledger: Ledger, lookups: Lookup, rules: Rules, settings: str, told: Told = lambda _: None
) -> Caught:
    """Fills another generation by today's rules and lists, shows it and drops the one before.

    Killed, it goes on where it was, unless ``settings`` have changed since (see
    `figures.state.settings_of`). ``told`` hears of an event now and then. Raises Unavailable, and
    Stop where another rebuild, by other settings, has come in between.
    """
    clear(ledger)
    state = _begun(ledger, settings)
    generation = state.filling

    def go_on(events: Sequence[Event]) -> bool:
        told(events[-1])
        return False

    caught = read_on(ledger, generation, lookups, rules, go_on)
    state = state_of(ledger)
    if state.filling == generation:
        shown = State(generation, 0, state.last, (*state.dropping, state.shown), digest_of(rules))
        keep(ledger, shown)
    elif state.shown != generation:
        raise Stop("The figures are being rebuilt by somebody else, by other rules or lists.")
    clear(ledger)
    return caught


def _begun(ledger: Ledger, settings: str) -> State:
    """The state with a generation to fill: one that was begun by these settings, or a new one."""
    state = state_of(ledger)
    if state.filling and state.settings == settings:
        return state
    given_up = (state.filling,) if state.filling else ()
    state = replace(
        state,
        filling=state.last + 1,
        last=state.last + 1,
        dropping=(*state.dropping, *given_up),
        settings=settings,
    )
    keep(ledger, state)
    return state


def clear(ledger: Ledger) -> None:
    """Drops what nobody reads any longer; killed, it is done again."""
    for generation in state_of(ledger).dropping:
        for table in (*tables(generation), changes_cell(generation).table):
            ledger.drop_figures(table)
        cursor = ""
        while True:
            events, after = ledger.after(cursor, BATCH)
            ledger.drop_tallies([key for event in events for key in _keys(generation, event)])
            cursor = after
            if len(events) < BATCH:
                break
        state = state_of(ledger)
        left = tuple(other for other in state.dropping if other != generation)
        keep(ledger, replace(state, dropping=left))


def _keys(generation: int, event: Event) -> list[str]:
    """All tallies that an event can have to do with."""
    return [event_key(generation, event), *(f"{generation}.{key}" for key in keys_of(event))]
