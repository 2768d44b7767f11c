"""``figures``: how far the figures are, or all of them from the first event on."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Final

from passalong.attribution.rules import rules_of
from passalong.commands.make import Progress
from passalong.commands.world import opened
from passalong.figures.following import MANY, behind
from passalong.figures.rebuild import rebuild
from passalong.figures.state import digest_of, lookups_of, settings_of, state_of
from passalong.wiring import now

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from pathlib import Path

    from passalong.events import Event
    from passalong.known import Known
    from passalong.ledger.port import Ledger

_PARTS: Final = 1000


def main(options: argparse.Namespace, root: Path) -> int:
    """Says how far the figures are, or rebuilds them."""
    wiring = opened(root)
    with closing(wiring.ledger) as ledger:
        known = wiring.known()
        if options.rebuild:
            return _rebuild(ledger, known)
        _say(ledger, known)
    return 0


def _rebuild(ledger: Ledger, known: Known) -> int:
    first, _ = ledger.after("", 1)
    if not first:
        print("There is no event yet, and so no figure.")
        return 0
    rules, told = rules_of(known.program), _progress(first[0])
    done = rebuild(ledger, lookups_of(known), rules, settings_of(known), told)
    events = "1 event" if done.taken == 1 else f"{done.taken} events"
    print(f"Counted anew, by the rules and lists as they are: {events}. Reports show it now.")
    if done.left:
        print(f"{len(done.left)} events nobody can count: {', '.join(done.left)}")
    return 0


def _progress(first: Event) -> Callable[[Event], None]:
    """Shows how far in time it is: how many events there are would have to be counted."""
    show, begin = Progress("Events", _PARTS), first.at.timestamp()
    whole = max(now().timestamp() - begin, 1)

    def told(event: Event) -> None:
        done = int((event.at.timestamp() - begin) / whole * _PARTS)
        show(min(max(done, 0), _PARTS - 1), _PARTS)

    return told


def _say(ledger: Ledger, known: Known) -> None:
    state = state_of(ledger)
    left = behind(ledger, state.shown)
    if left:
        many = f"{left} or more" if left >= MANY else str(left)
        print(f"{many} events are to be counted yet: “build.py relay”, or the server’s, does that.")
    else:
        print("The figures have everything.")
    if state.filling:
        print("A rebuild was begun: “build.py figures --rebuild” goes on with it.")
    if state.rules and state.rules != digest_of(rules_of(known.program)):
        print(
            "program.toml has other rules or rates than when the figures were begun; what has"
            " happened since goes by the new ones:\n“build.py figures --rebuild” counts everything"
            " by them."
        )
