"""``import``: conversions and asks from a CSV file, for those whose CRM calls nobody."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import TYPE_CHECKING

from passalong.commands.world import opened
from passalong.conversions.inbox import held
from passalong.conversions.table import read_table
from passalong.conversions.told import waiting
from passalong.conversions.whom import keys_of
from passalong.errors import Stop
from passalong.relay.deliver import Deliverer
from passalong.relay.run import deliver_due

if TYPE_CHECKING:
    import argparse
    from pathlib import Path


def main(options: argparse.Namespace, root: Path) -> int:
    """Takes in the file if every row of it is good, and says what became of it."""
    try:
        text = options.file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Stop(f"{options.file} is not UTF-8: save it as “CSV UTF-8”.") from error
    wiring = opened(root)
    with closing(wiring.ledger) as ledger:
        world = wiring.world()
        now = world.clock()
        table = read_table(text, str(options.file), world.known(), keys_of(world), now)
        if table.faults:
            for fault in table.faults:
                print(fault, file=sys.stderr)
            rows = "row is" if len(table.faults) == 1 else "things are"
            print(f"{len(table.faults)} {rows} wrong; nothing was imported.", file=sys.stderr)
            return 1
        ledger.expect([waiting(one, now) for one in table.told])
        ids = {one.event_id for one in table.told}
        deliverer = Deliverer(world, wiring.mailer)
        filed = deliver_due(ledger, deliverer, world.clock, only=ids) if ids else 0
        inbox = sum(one.event in ids for one in held(ledger))
    known = len(ids) - filed - inbox
    print(f"{len(ids)} read: {filed} filed, {inbox} in the inbox, {known} known before.")
    if table.ignored:
        print(f"{table.ignored} left out: program.toml says that their type means nothing.")
    if inbox:
        print("“build.py inbox” lists what waits, and why.")
    return 0
