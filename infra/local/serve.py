"""``serve``: build, show the site on this machine, and build again whenever something changes."""

from __future__ import annotations

import contextlib
import errno
import sys
import threading
import time
import traceback
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from infra.local.backstage import Backstage
from infra.local.guide import Door, doors, guide
from infra.local.limits import Limits
from infra.local.mailbox import Mailbox
from infra.local.site import make_server
from passalong.commands.assigning import noting
from passalong.commands.make import Progress, summary
from passalong.commands.order import order, say
from passalong.content import people_files, sources
from passalong.content.places import REGISTER
from passalong.errors import ContentRefused, PassalongError, Stop
from passalong.pages.build import build
from passalong.pages.mailbox import letter, mailbox
from passalong.pages.people import everybody
from passalong.pages.reading import read
from passalong.pages.state import walk

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence
    from http.server import ThreadingHTTPServer

    from infra.local.gateway import Answer, Request
    from infra.local.mailbox import Found
    from passalong.editorial import Editorial
    from passalong.pages.mailbox import Letter, Row
    from passalong.pages.reading import Order

_LOOK_EVERY = 0.4
_HOLD = 25.0
_FIRST_PORT = 8000
_MAIL = "mail"
"""The folder in ``var`` where mail goes."""


def main(options: argparse.Namespace, root: Path) -> int:
    """Serves until it is interrupted."""
    return run(order(options.content, options.out, root), options.port, root)


def run(
    wanted: Order, port: int | None, root: Path, first: Callable[[Live, str], None] | None = None
) -> int:
    """Builds and serves until it is interrupted.

    ``first`` is told the build and the server's address, and done before anybody is answered.
    """
    wanted.decided("")  # what cannot be opened stops here, and not at every press
    live = Live(noting(replace(wanted, bundle=wanted.var / "bundle.json")))
    api = Late()
    server = _server(wanted.out, live, port, api)
    address = f"http://127.0.0.1:{server.server_port}"
    backstage = api.behind = Backstage(live.order, root / "template.yaml", address, limits=Limits())
    try:
        live.rebuild()
        if first:
            first(live, address)
        backstage.look()
        print(guide(address, [*live.doors(), *backstage.doors()]), flush=True)
        threading.Thread(target=live.watch, daemon=True).start()
        threading.Thread(target=backstage.run, args=(live.follow,), daemon=True).start()
        server.serve_forever()
    except KeyboardInterrupt:
        print()
    finally:
        backstage.stop()
        server.server_close()
    return 0


class Late:
    """Answers once it is known what is behind it: functions are told the server's address."""

    behind: Backstage

    def __call__(self, request: Request) -> Answer:
        """The functions' answer."""
        return self.behind.answer(request)


def _server(out: Path, live: Live, port: int | None, api: Late) -> ThreadingHTTPServer:
    """On ``port``, or on the first one that is free."""
    for candidate in [port] if port is not None else range(_FIRST_PORT, _FIRST_PORT + 100):
        try:
            return make_server(out, live, candidate, api)
        except OverflowError:
            raise Stop(f"There is no port {candidate}; the last one is 65535.") from None
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise Stop(f"Port {candidate} cannot be used: {error.strerror}.") from error
    taken = f"Port {port} is" if port is not None else f"The ports from {_FIRST_PORT} on are all"
    raise Stop(f"{taken} taken. Name another with --port.")


class Live:
    """The newest build of a content folder; whoever shows it may wait for the next."""

    def __init__(self, wanted: Order) -> None:
        self.order = wanted
        # In milliseconds, so that a page of an earlier server is shown anew, too.
        self.version = time.time_ns() // 1_000_000
        self.problems: tuple[str, ...] = ()
        self.warnings: tuple[str, ...] = ()
        self._built_from: dict[Path, int] = {}
        self._everybody = "<!doctype html><title>Passalong</title><body></body>"
        self._editorial: Editorial | None = None
        self._mailbox = Mailbox(wanted.var / _MAIL, self._mails, self._letter)
        self._changed = threading.Condition()
        self._building = threading.Lock()
        self._decided = threading.Event()

    def follow(self) -> None:
        """Lets what people decided on their pages be built; open pages stay as they are."""
        if not self._decided.is_set():
            self._decided.set()
            threading.Thread(target=self._follow, daemon=True).start()

    def _follow(self) -> None:
        with self._building, contextlib.suppress(PassalongError, OSError):
            self._decided.clear()
            build(self.order)

    def rebuild(self) -> None:
        """Builds; what is wrong is said here and on every open page, and the old site stays."""
        with self._building:
            self._rebuild()

    def _rebuild(self) -> None:
        self._built_from = self._stamps()
        problems, warnings = self._build()
        self._built_from |= _stamp(self.order.content / REGISTER)  # which the build writes itself
        with self._changed:
            self.version += 1
            self.problems, self.warnings = problems, warnings
            self._changed.notify_all()

    def _build(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What is wrong, and what the build warns of."""
        try:
            result = build(self.order, Progress())
        except ContentRefused as refused:
            say(refused.problems, self.order.content)
            return tuple(str(problem) for problem in refused.problems), ()
        except (PassalongError, OSError) as error:
            print(error, file=sys.stderr)
            return (str(error),), ()
        except Exception as error:  # noqa: BLE001 - a bug is told here, and ends no watch
            traceback.print_exc()
            return (f"{error!r}: the terminal says where.",), ()
        said = self.warnings  # by the build before: open pages say all, the terminal what is new
        say([one for one in result.warnings if str(one) not in said], self.order.content)
        print(summary(result, self.order.out), flush=True)
        return (), tuple(str(warning) for warning in result.warnings)

    def wait(self, seen: int) -> dict[str, object]:
        """The newest build, as soon as it is newer than ``seen``; the same one after a while."""
        with self._changed:
            self._changed.wait_for(lambda: self.version != seen, timeout=_HOLD)
            return {
                "version": self.version,
                "problems": self.problems,
                "warnings": self.warnings,
            }

    def everybody(self) -> str:
        """The local list of everybody's pages, as it was before the content got its mistakes."""
        with contextlib.suppress(PassalongError):
            editorial, people, holders = read(self.order)[:3]
            self._everybody = everybody(
                editorial, people, holders, self.order.content, self.order.site
            )
        return self._everybody

    def mail(self, path: str) -> Found | None:
        """What a path below /_mail/ shows; nothing as long as there was no program in order."""
        with contextlib.suppress(PassalongError):
            return self._mailbox.find(path)
        return None

    def _mails(self, rows: Sequence[Row], newest: str) -> str:
        return mailbox(self._words(), rows, newest, self.order.content, self.order.site)

    def _letter(self, opened: Letter) -> str:
        return letter(self._words(), opened, self.order.content, self.order.site)

    def _words(self) -> Editorial:
        """The program, as it was before the content got its mistakes."""
        try:
            self._editorial = read(self.order).editorial
        except PassalongError:
            if self._editorial is None:
                raise
        return self._editorial

    def doors(self) -> list[Door]:
        """What is worth opening; without the content's people where it has mistakes."""
        try:
            editorial, people, holders = read(self.order)[:3]
        except PassalongError:
            return [Door("Everybody", "/_people/"), Door("The public pages", "/")]
        return doors(editorial, people, holders)

    def reload_script(self) -> bytes:
        """The script that reloads."""
        return Path(__file__).with_name("reload.js").read_bytes()

    def watch(self) -> None:
        """Builds again whenever a file of the content or the theme is saved."""
        pause = threading.Event()
        while True:
            pause.wait(_LOOK_EVERY)
            if self._stamps() != self._built_from:
                self.rebuild()

    def _stamps(self) -> dict[Path, int]:
        """When each file that the site is made of was saved, wherever the program says it lies."""
        folder = self.order.content
        found: dict[Path, int] = {}
        with contextlib.suppress(OSError):  # a folder that goes while it is read is read again
            for path in {
                *walk(folder),
                *walk(self.order.site),
                *sources(folder),
                *people_files(folder),
            }:
                found |= _stamp(path)
        return found


def _stamp(path: Path) -> dict[Path, int]:
    try:
        return {path: path.stat().st_mtime_ns}
    except OSError:
        return {}
