"""``serve``: build, show the site on this machine, and build again whenever something changes."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from infra.local.site import make_server
from passalong.commands.make import Progress, summary
from passalong.commands.order import order, say
from passalong.errors import ContentRefused, PassalongError, Stop
from passalong.pages.build import build, read
from passalong.pages.people import everybody
from passalong.pages.state import walk
from passalong.tokens import PathKeys

if TYPE_CHECKING:
    import argparse
    from http.server import ThreadingHTTPServer

    from passalong.pages.build import Order

_LOOK_EVERY = 0.4
_HOLD = 25.0
_FIRST_PORT = 8000


def main(options: argparse.Namespace, root: Path) -> int:
    """Serves until it is interrupted."""
    live = Live(order(options.content, options.out, root))
    live.rebuild()
    server = _server(options.out, live, options.port)
    _guide(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=live.watch, daemon=True).start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()
    finally:
        server.server_close()
    return 0


def _server(out: Path, live: Live, port: int | None) -> ThreadingHTTPServer:
    ports = [port] if port is not None else [*range(_FIRST_PORT, _FIRST_PORT + 100)]
    for candidate in ports:
        try:
            return make_server(out, live, candidate)
        except OSError:
            continue
    raise Stop(f"Port {ports[0]} is taken. Name another with --port.")


class Live:
    """The newest build of a content folder; whoever shows it may wait for the next."""

    def __init__(self, wanted: Order) -> None:
        self.order = wanted
        self.version = 0
        self.problems: tuple[str, ...] = ()
        self._changed = threading.Condition()

    def rebuild(self) -> None:
        """Builds; what is wrong is said here and on every open page, and the old site stays."""
        problems: tuple[str, ...] = ()
        try:
            result = build(self.order, Progress())
            say(result.warnings, self.order.content)
            print(summary(result, self.order.out), flush=True)
        except ContentRefused as refused:
            say(refused.problems, self.order.content)
            problems = tuple(str(problem) for problem in refused.problems)
        except PassalongError as error:
            print(error, file=sys.stderr)
            problems = (str(error),)
        with self._changed:
            self.version += 1
            self.problems = problems
            self._changed.notify_all()

    def wait(self, seen: int) -> dict[str, object]:
        """The newest build, as soon as it is newer than ``seen``; the same one after a while."""
        with self._changed:
            self._changed.wait_for(lambda: self.version != seen, timeout=_HOLD)
            return {"version": self.version, "problems": self.problems}

    def everybody(self) -> str:
        """The local list of everybody's pages."""
        try:
            editorial, people = read(self.order)
        except ContentRefused as refused:
            return "\n".join(str(problem) for problem in refused.problems)
        keys = PathKeys(self.order.secret, editorial.program.id)
        return everybody(editorial, people, keys, self.order.content, self.order.site)

    def reload_script(self) -> bytes:
        """The script that reloads."""
        return Path(__file__).with_name("reload.js").read_bytes()

    def watch(self) -> None:
        """Builds again whenever a file of the content or the theme is saved."""
        before = self._stamps()
        pause = threading.Event()
        while True:
            pause.wait(_LOOK_EVERY)
            now = self._stamps()
            if now != before:
                before = now
                self.rebuild()
                before = self._stamps()

    def _stamps(self) -> dict[Path, int]:
        found = {}
        for folder in (self.order.content, self.order.site):
            for path in walk(folder):
                try:
                    found[path] = path.stat().st_mtime_ns
                except OSError:
                    continue
        return found


def _guide(address: str) -> None:
    print(f"\nServing on {address}. Ctrl-C ends it.\n")
    print(f"  {address}/_people/   everybody, with “view as”")
    print(f"  {address}/           the program, as anybody sees it", flush=True)
