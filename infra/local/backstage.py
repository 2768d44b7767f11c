"""Behind the pages, on this machine: the functions with their routes, and the relay beside them.

The handlers are the ones that run on AWS, over what the environment names or else the local folder.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
import traceback
from typing import TYPE_CHECKING, Final

from infra.local.gateway import Gateway, over
from infra.local.guide import Door
from infra.local.limits import Limits, sender, too_many
from infra.local.routes import routes, template
from passalong.bundle import UnknownFormat
from passalong.commands.report_link import page_of, token
from passalong.conversions.inbox import reconsider
from passalong.endpoints import REPORT
from passalong.errors import PassalongError
from passalong.events import BOOKED, INTRODUCED, PREFERRED, REMOVED, REVOKED
from passalong.ledger.port import Unavailable
from passalong.relay.counting import count_new
from passalong.relay.deliver import Deliverer
from passalong.relay.retention import forget_old
from passalong.relay.run import deliver_due, read_new
from passalong.wiring import Wiring, now

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from infra.local.gateway import Answer, Request
    from passalong.pages.reading import Order

_EVERY: Final = 0.5
_FORGET_EVERY: Final = 3600.0
_HERE: Final = "whoever serves this"
"""Whose link to the report the server prints, good for so many ``_DAYS``."""
_DAYS: Final = 30
_CHANGES_PAGES: Final = frozenset({INTRODUCED, BOOKED, PREFERRED, REMOVED, REVOKED})


class Backstage:
    """Everything that answers and follows, for one built site; no network gets more than its
    ``limits``."""

    def __init__(
        self,
        order: Order,
        sam: Path,
        address: str,
        environ: Mapping[str, str] = os.environ,
        limits: Limits | None = None,
    ) -> None:
        own = {
            "PASSALONG_VAR": str(order.var),
            "PASSALONG_BUNDLE": str(order.bundle),
            "PASSALONG_SITE": str(order.out),
        }
        self.wiring = Wiring({"PASSALONG_ADDRESS": address, **environ, **own})
        self._bundle = order.bundle
        self._gateway = Gateway(routes(template(sam)), over(self.wiring.world))
        self._limits = limits
        self._of_reports = limits and Limits(most=3000)  # open ones never stop asking
        self._stop = threading.Event()
        self._forgot = float("-inf")
        self._pages_changed = False

    def look(self) -> None:
        """Opens what the environment names, so that what is wrong with it is said at once: Stop."""
        with contextlib.suppress(UnknownFormat, Unavailable):  # content with mistakes has no bundle
            self.wiring.world()
        _ = self.wiring.mailer, self.wiring.hooks(), self.wiring.report_keys()

    def answer(self, request: Request) -> Answer:
        """What the function of the request's path answers."""
        limits = self._of_reports if request.path.rstrip("/") == REPORT.path else self._limits
        if limits and (wait := limits.wait(sender(request))):
            return too_many(request, wait, self.wiring.known)
        return self._gateway.answer(request)

    def doors(self) -> list[Door]:
        """The report, by a link that opens it; none as long as the content has mistakes."""
        with contextlib.suppress(PassalongError):
            known = self.wiring.known()
            opens = token(self.wiring.ledger, known.holders, _HERE, now(), _DAYS)
            return [Door("The report", page_of("", opens))]
        return []

    def run(self, changed: Callable[[], None]) -> None:
        """The relay, until it is stopped; calls ``changed`` when pages are to be built anew."""
        said = ""
        while not self._stop.wait(_EVERY):
            try:
                if self.round():
                    changed()
            except Unavailable:
                continue  # whoever else writes is done in a moment
            except PassalongError as error:  # a setting that is wrong stays so: it is said once
                if str(error) != said:
                    said = str(error)
                    print(said, file=sys.stderr)
            except Exception:  # noqa: BLE001 - a bug is told here, and ends no relay
                traceback.print_exc()

    def round(self) -> bool:
        """What follows from everything new; whether that changes pages."""
        if self._bundle is None or not self._bundle.is_file():
            return False
        ledger, world = self.wiring.ledger, self.wiring.world()
        program = world.known().program
        for host in program.booking.hosts:
            self.wiring.busy(host)  # asked for here, so that no request waits for a calendar
        # they are never read again, whatever fails after this
        events = read_new(ledger, program.events_out)
        self._pages_changed |= any(event.type in _CHANGES_PAGES for event in events)
        with contextlib.suppress(Unavailable):  # a busy ledger is asked again, and letters go on
            count_new(world)
        if time.monotonic() - self._forgot > _FORGET_EVERY:
            self._forgot = time.monotonic()
            forget_old(world, now())
        reconsider(world)
        deliver_due(ledger, Deliverer(world, self.wiring.mailer), now)
        changed, self._pages_changed = self._pages_changed, False
        return changed

    def stop(self) -> None:
        """Ends the relay after its round."""
        self._stop.set()
