"""``relay``: do what follows from new events once, or look at what could not be delivered."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from typing import TYPE_CHECKING

from passalong.errors import Stop
from passalong.ledger import file_of, ledger_address
from passalong.ledger.port import NotFound
from passalong.relay.deliver import Deliverer
from passalong.relay.retention import forget_old
from passalong.relay.run import deliver_due, read_new, replay
from passalong.wiring import Wiring, now

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from passalong.ledger.port import Delivery, Ledger


def main(options: argparse.Namespace, root: Path) -> int:
    """Runs a round, or lists or replays what is dead."""
    var = os.environ.get("PASSALONG_VAR") or str(root / "var")
    wiring = Wiring({"PASSALONG_SITE": str(options.out), **os.environ, "PASSALONG_VAR": var})
    with closing(wiring.ledger) as ledger:
        if options.replay is not None:
            return _replay(ledger, options.replay)
        if options.dead:
            return _list(ledger.deliveries("dead"))
        _need_mail(wiring.var, os.environ)
        read = read_new(ledger)
        world = wiring.world()
        forgotten = forget_old(world, now())
        done = deliver_due(ledger, Deliverer(world, wiring.mailer), now)
        waiting, dead = len(ledger.deliveries("waiting")), len(ledger.deliveries("dead"))
        print(f"{len(read)} events read, {done} deliveries made, {waiting} waiting, {dead} dead.")
        if forgotten:
            print(f"{forgotten} people forgotten: nobody opened their page, or their time is over.")
    return 0


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
