"""The firm in the played year: its letters, its CRM, its channel on Slack, and its relay."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from passalong import zones
from passalong.access import Refused
from passalong.conversions.inbox import reconsider
from passalong.conversions.table import read_table
from passalong.conversions.told import waiting
from passalong.conversions.whom import keys_of
from passalong.experiments.assigning import assign
from passalong.hooks import CONVERSIONS
from passalong.known import Known
from passalong.merging import NOT_NOW_UNTIL, STOP
from passalong.people import People
from passalong.relay.counting import count_new
from passalong.relay.deliver import Deliverer
from passalong.relay.retention import forget_old
from passalong.relay.run import deliver_due, read_new
from passalong.variants import running
from passalong.web import Answer as Heard
from passalong.webhooks import signed_headers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from infra.local.demo.acts import Act
    from passalong.access import Kind
    from passalong.ledger.port import Delivery
    from passalong.mail.port import Mail, Mailer
    from passalong.world import World

_LINKS: Final = re.compile(r"/api/(outcomes|unsubscribe)/([\w.~-]+)")
_OUTCOME: Final[tuple[Kind, ...]] = ("outcome",)
_WEEK: Final = 7
_UNREAD: Final = ("referee.", "host.booked", "host.moved", "host.cancelled", "host.reminder")
"""Letters without a link that somebody of the play follows."""


class Letters:
    """Takes the links of letters in hand, and passes on those from ``since`` on: a mailbox of a
    whole year is longer than anybody reads.
    """

    def __init__(
        self,
        mailer: Mailer,
        since: datetime,
        clock: Callable[[], datetime],
        known: Callable[[], Known],
    ) -> None:
        self.since = since
        self._mailer, self._clock, self._known = mailer, clock, known
        self.outcomes: dict[str, str] = {}
        """The path of the page on which a host says what came of a meeting, by its id."""
        self.unsubscribe: dict[str, str] = {}
        """The path that ends letters, by the address of an advocate."""

    def send(self, mail: Mail) -> None:
        """Takes a letter."""
        for kind, token in _LINKS.findall(f"{mail.text} {mail.unsubscribe}"):
            path = f"/api/{kind}/{token}"
            if kind == "outcomes":
                self.outcomes[self._meeting(token)] = path
            else:
                self.unsubscribe[mail.to.email] = path
        if self._clock() >= self.since:
            self._mailer.send(mail)

    def _meeting(self, token: str) -> str:
        signer = self._known().holders.signer
        try:
            return signer.verify(token, _OUTCOME, self._clock()).reference.rpartition("~")[2]
        except Refused:
            return ""


@dataclass
class Knowledge:
    """What is known of the program: of its experiments nothing before they have begun."""

    now: Known
    begun: bool = False

    def __call__(self) -> Known:
        """What functions read."""
        return self.now if self.begun else self.before

    @cached_property
    def before(self) -> Known:
        """As it was before."""
        bundle, holders = replace(self.now.bundle, variants={}), self.now.holders
        return Known(bundle, holders.keys, holders.signer)


class Network:
    """All other systems: a channel on Slack that takes everything, until somebody archives it.

    https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
    """

    def __init__(self, archived: datetime, clock: Callable[[], datetime]) -> None:
        self._archived, self._clock = archived, clock

    def __call__(self, *_asked: object, **_how: object) -> Heard:
        """What Slack answers."""
        gone = self._clock() >= self._archived
        return Heard(410, b"channel_is_archived") if gone else Heard(200, b"ok")


class Firm:
    """What the firm does by itself: it asks, its CRM tells, and its relay follows."""

    def __init__(self, world: World, knowledge: Knowledge, letters: Letters) -> None:
        self._world, self._knowledge, self.letters = world, knowledge, letters
        self._looked = ""

    def ask(self, act: Act) -> None:
        """Notes that an advocate was asked, as ``build.py import`` does after a mail merge; whoever
        wants no letters is left out of it."""
        world = self._world
        subject = f"advocate:{act.advocate}"
        wishes = world.ledger.standing([subject])[subject].preferences
        if wishes.get(STOP) or wishes.get(NOT_NOW_UNTIL, "") > f"{act.at:%Y-%m-%d}":
            return
        text = f"type,at,advocate\nasked,{act.at.isoformat()},{act.advocate}\n"
        table = read_table(text, "asked.csv", world.known(), keys_of(world), act.at)
        world.ledger.expect([waiting(one, act.at) for one in table.told])
        self._deliver()

    def begin(self) -> None:
        """Begins the experiments: notes who has which variant, as ``build.py links --csv`` does for
        whom it lists."""
        self._knowledge.begun = True
        world, known, at = self._world, self._world.known(), self._world.clock()
        bundle = known.bundle
        if not running(known.program):
            return
        assign(
            world.ledger,
            known.program,
            People(list(bundle.advocates), [], (), (), variants=dict(bundle.variants)),
            known.holders,
            world.ledger.standings(),
            at=at,
            day=at.astimezone(zones.first(known.program.timezone)).date(),
            progress=lambda _done, _all: None,
        )

    def told(self, said: Mapping[str, str], number: int) -> tuple[dict[str, str], bytes]:
        """Headers and body of what the CRM sends, signed (Standard Webhooks)."""
        at = self._world.clock()
        data: dict[str, object] = {
            "email": said["email"],
            "company": said["company"],
            "external_id": said["external"],
        }
        if "minor" in said:
            data["amount"] = {"value": int(said["minor"]), "currency": said["currency"]}
        event = {"type": f"referral.{said['stage']}", "timestamp": at.isoformat(), "data": data}
        body = json.dumps(event, ensure_ascii=False).encode()
        secrets = self._world.hooks().of(CONVERSIONS)
        return signed_headers(secrets, f"crm-{number}", at, body), body

    def follow(self) -> None:
        """A round of the relay, as the server's: see `infra.local.backstage.Backstage.round`."""
        world, at = self._world, self._world.clock()
        read_new(world.ledger, world.known().program.events_out)
        count_new(world)
        day = f"{at:%Y-%m-%d}"
        if day != self._looked:
            if at.toordinal() % _WEEK == 0:
                forget_old(world, at)
            reconsider(world)
            self._looked = day
        self._deliver()

    def _deliver(self) -> None:
        world = self._world
        deliver, is_old = Deliverer(world, self.letters), world.clock() < self.letters.since

        def kept(delivery: Delivery) -> Delivery | None:
            """Of the letters of long ago, those alone are written that somebody answers."""
            if is_old and delivery.kind.startswith(_UNREAD):
                return None
            return deliver(delivery)

        deliver_due(world.ledger, kept, world.clock)
