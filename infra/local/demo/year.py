"""Where the played year lies, and when it is played: in a folder of its own, once a day.

It is played beside the folder's ledger and mailbox and takes their place when it is whole, so that
one that was broken off leaves nothing.
"""

from __future__ import annotations

import json
import os
import shutil
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import TYPE_CHECKING, Final

from infra.local.demo.browser import Browser
from infra.local.demo.cast import cast
from infra.local.demo.firm import Firm, Knowledge, Letters, Network
from infra.local.demo.player import Clock, Player
from infra.local.demo.script import script
from infra.local.gateway import Gateway, over
from infra.local.routes import routes, template
from passalong.hooks import FILE as HOOKS
from passalong.hooks import first_hooks
from passalong.ledger.sqlite import SqliteLedger
from passalong.ledger.sqlite_store import Store
from passalong.mail.folder import FolderMailer
from passalong.wiring import Wiring

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from infra.local.demo.player import Played
    from passalong.pages.reading import Order
    from passalong.program import Host
    from passalong.world import World

SEED: Final = 7
MARK: Final = "played.json"
_PLAYING: Final = "playing"
_LEDGER: Final = "ledger.db"
_MAIL: Final = "mail"
_LETTERS_FOR: Final = timedelta(days=60)
_ARCHIVED: Final = timedelta(days=14)
_NOBODY_LISTENS: Final = "http://127.0.0.1:9/hooks/sales"
"""Where the sample's channel on Slack is said to be: the port that discards (RFC 863)."""


def is_played(var: Path, today: date, seed: int = SEED) -> bool:
    """Whether the year that ends today was played into a folder."""
    try:
        return (var / MARK).read_text("utf-8") == _mark(today, seed)
    except OSError:
        return False


def clear(var: Path) -> None:
    """Takes away what was played, and whatever somebody did in it since; secrets stay, so that
    everybody keeps their address."""
    (var / MARK).unlink(missing_ok=True)
    for ending in ("", "-wal", "-shm"):
        (var / f"{_LEDGER}{ending}").unlink(missing_ok=True)
    for folder in (_MAIL, _PLAYING):
        shutil.rmtree(var / folder, ignore_errors=True)


def play(
    order: Order,
    sam: Path,
    address: str,
    progress: Callable[[int, int], None],
    *,
    environ: Mapping[str, str] | None = None,
    seed: int = SEED,
) -> Played:
    """Plays the year before ``order.today`` into ``order.var``, over the built site and its bundle.

    ``sam`` is the template with the functions' routes, ``address`` where the site is reached, and
    ``environ`` may hold its secrets.
    """
    clear(order.var)
    folder = order.var / _PLAYING
    folder.mkdir(parents=True, mode=0o700)
    _share_secrets(order.var)
    wiring = Wiring(
        {
            **(environ or {}),
            "PASSALONG_VAR": str(order.var),
            "PASSALONG_BUNDLE": str(order.bundle),
            "PASSALONG_SITE": str(folder / "site"),
            "PASSALONG_ADDRESS": address,
            "LEDGER": f"sqlite:///{folder.absolute() / _LEDGER}",
        }
    )
    program = wiring.known().program.id
    with closing(SqliteLedger(Store(folder / _LEDGER, durable=False), program)) as ledger:
        played = _played(replace(wiring.world(), ledger=ledger), order, sam, progress, seed)
    wiring.ledger.close()
    _settle(order.var, folder)
    (order.var / MARK).write_text(_mark(order.today, seed), "utf-8")
    return played


def _played(
    world: World, order: Order, sam: Path, progress: Callable[[int, int], None], seed: int
) -> Played:
    """The year in a world whose clock is ours."""
    until = datetime.combine(order.today, time(), UTC)
    clock, ids, folder = Clock(until), count(1), order.var / _PLAYING
    known = Knowledge(world.known())
    world = replace(
        world,
        known=known,
        clock=clock,
        new_id=lambda: f"{next(ids):032x}",
        busy=_free,
        call=Network(until - _ARCHIVED, clock),
    )
    mailer = FolderMailer(folder / _MAIL, clock)
    letters = Letters(mailer, until - _LETTERS_FOR, clock, known)
    gateway = Gateway(routes(template(sam)), over(lambda: world), clock=clock, new_id=world.new_id)
    browser = Browser(gateway.answer, (folder / "site", order.out), world.address)
    everybody, advocates = cast(), known().bundle.advocates
    acts = script(everybody, advocates, order.today, known().program.currency, seed)
    player = Player(clock, browser, Firm(world, known, letters), known, everybody)
    return player.play(acts, until, progress)


def _free(_host: Host) -> Iterable[tuple[datetime, datetime]]:
    """No calendar is asked: what it says today says nothing of last spring."""
    return ()


def _share_secrets(var: Path) -> None:
    """The secrets of other systems: one for conversions, and where the channel is."""
    path = var / HOOKS
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(f"{first_hooks()}out.sales={_NOBODY_LISTENS}\n", "utf-8")


def _settle(var: Path, folder: Path) -> None:
    """Brings what was played to its place, the ledger only once it is on the disk."""
    with (folder / _LEDGER).open("rb") as file:
        os.fsync(file.fileno())
    if (folder / _MAIL).is_dir():
        (folder / _MAIL).rename(var / _MAIL)
    (folder / _LEDGER).rename(var / _LEDGER)
    shutil.rmtree(folder)


def _mark(today: date, seed: int) -> str:
    return json.dumps({"today": today.isoformat(), "seed": seed})
