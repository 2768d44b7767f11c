"""``relay``: do what follows from new events once, or look at what could not be delivered."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from typing import TYPE_CHECKING

from passalong.commands.world import opened
from passalong.conversions.inbox import held, reconsider
from passalong.errors import Stop
from passalong.ledger import file_of, ledger_address
from passalong.ledger.port import NotFound
from passalong.receivers import KIND
from passalong.relay.counting import count_new
from passalong.relay.deliver import Deliverer
from passalong.relay.retention import forget_old
from passalong.relay.run import deliver_due, read_new, replay
from passalong.wiring import now

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from passalong.ledger.port import Delivery, Ledger


def main(options: argparse.Namespace, root: Path) -> int:
    """Runs a round, or lists or replays what is dead."""
    wiring = opened(root, options.out)
    with closing(wiring.ledger) as ledger:
        if options.replay is not None:
            return _replay(ledger, options.replay)
        if options.dead:
            return _list(ledger.deliveries("dead"))
        _need_mail(wiring.var, os.environ)
        world = wiring.world()
        read = read_new(ledger, world.known().program.events_out)
        forgotten = forget_old(world, now())
        reconsider(world)
        done = deliver_due(ledger, Deliverer(world, wiring.mailer), now)
        left = count_new(world).left
        waiting, dead = ledger.deliveries("waiting"), len(ledger.deliveries("dead"))
        made = f"{len(read)} events read, {done} deliveries made"
        print(f"{made}, {len(waiting)} waiting, {dead} dead.")
        if inbox := len(held(ledger)):
            print(f"{inbox} in the inbox, which “build.py inbox” lists.")
        if left:
            print(f"{len(left)} events that nobody can count are in no figure: {', '.join(left)}")
        for line in _failing(waiting):
            print(line)
        if forgotten:
            print(f"{forgotten} people forgotten: nobody opened their page, or their time is over.")
    return 0


def _failing(waiting: Sequence[Delivery]) -> Iterator[str]:
    """A line for each receiver of events that failed last, with what it answered."""
    failed = {one.kind.removeprefix(KIND): one for one in waiting if one.error and _is_told(one)}
    for name, one in failed.items():
        behind = sum(_is_told(other) and other.kind == one.kind for other in waiting)
        yield f"{name} is behind by {behind}: {one.error}"


def _is_told(delivery: Delivery) -> bool:
    """Whether a delivery tells another system of an event."""
    return delivery.kind.startswith(KIND)


def _need_mail(var: Path, environ: Mapping[str, str]) -> None:
    """Raises Stop where letters of a ledger on AWS would end in a folder on this machine."""
    if not environ.get("PASSALONG_MAIL") and not file_of(ledger_address(var, environ)):
        raise Stop(
            "On AWS a function does that by itself, at once and every minute. “build.py relay "
            "--dead” lists what it could not deliver, --replay lets it try again. To send letters "
            "from this machine instead, say how: PASSALONG_MAIL."
        )


def _list(dead: Sequence[Delivery]) -> int:
    for one in dead:
        tries = "try" if one.attempts == 1 else "tries"
        print(f"{one.id}  {one.attempts} {tries}  {one.error}")
    if not dead:
        print("Nothing is dead.")
    else:
        print(
            "To try some again: build.py relay --replay ID …; all of them: --replay",
            file=sys.stderr,
        )
    return 0


def _replay(ledger: Ledger, ids: Sequence[str]) -> int:
    wanted = list(ids) or [one.id for one in ledger.deliveries("dead")]
    if not wanted:
        print("Nothing is dead.")
        return 0
    try:
        again = replay(ledger, wanted, now)
    except NotFound as error:
        raise Stop(f"{error}: “build.py relay --dead” lists them.") from error
    print(f"{len(again)} will be tried again at the next round: “build.py relay”, or the server’s.")
    return 0
