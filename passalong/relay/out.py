"""Tells other systems of events: one signed request for each, and a rest for who is down.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from passalong.events import Event
from passalong.ledger.records import read
from passalong.receivers import KIND, is_loopback
from passalong.relay.outcomes import NO_TIME, Failed, Hopeless, NotTried
from passalong.relay.told import as_json, as_slack, person_of
from passalong.web import NotReached
from passalong.webhooks import signed_headers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from passalong.ledger.port import Delivery
    from passalong.program import Receiver
    from passalong.web import Answer
    from passalong.world import World

LONGEST_WAIT: Final = timedelta(days=1)
"""No receiver is left in peace for longer, whatever it asks for."""
_DOWN: Final = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
"""Answers that are about the receiver, and not about what it was told."""


@dataclass
class Out:
    """Tells receivers, for one round of the relay: who is down in it is not asked again."""

    _resting: dict[str, timedelta] = field(default_factory=dict)

    def tell(self, world: World, delivery: Delivery) -> None:
        """Tells a delivery's event. Raises Failed, Hopeless, NotTried, Stop, Unavailable."""
        name = delivery.kind.removeprefix(KIND)
        if name in self._resting:
            raise NotTried(f"{name} was down a moment ago", self._resting[name])
        named = {one.name: one for one in world.known().program.events_out}
        if name not in named:
            raise Hopeless(f"program.toml has no receiver {name}")
        receiver, secrets = named[name], world.hooks().of(f"out.{name}")
        url = _address(receiver, secrets)
        event = read(Event, delivery.data["record"])
        headers, body = _request(world, receiver, secrets, event)
        private = receiver.private or is_loopback(url)
        try:
            answer = world.call("POST", url, headers, body, private=private)
        except NotReached as error:
            self._resting[name] = NO_TIME
            raise Failed(f"{name} {error}") from error
        self._judge(name, answer, world.clock())

    def _judge(self, name: str, answer: Answer, now: datetime) -> None:
        if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            return
        if answer.status == HTTPStatus.GONE:
            raise Hopeless(f"{name} answered 410: it wants no more of this, for good")
        said = f"{name} answered {answer.status}"
        if HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST:
            said += ": no redirect is followed"
        if answer.status not in _DOWN:
            raise Failed(said)
        self._resting[name] = _wait(answer.headers.get("retry-after", ""), now)
        raise Failed(said, self._resting[name])


def _address(receiver: Receiver, secrets: tuple[str, ...]) -> str:
    """Where a receiver is. Raises Failed where that, or what to sign with, is not known."""
    if receiver.url and (secrets or receiver.kind == "slack"):
        return receiver.url
    missing = "whsec_…"
    if receiver.kind == "slack":
        url = secrets[-1] if secrets else ""
        if url.startswith("https://") or is_loopback(url):
            return url
        missing = "https://hooks.slack.com/…"
    raise Failed(f"{receiver.name} has no secret: out.{receiver.name}={missing} (PASSALONG_HOOKS)")


def _request(
    world: World, receiver: Receiver, secrets: tuple[str, ...], event: Event
) -> tuple[Mapping[str, str], bytes]:
    """The headers and the body, with whoever it is about as they are known now."""
    person = person_of(world, event) if receiver.people else None
    headers = {"Content-Type": "application/json"}
    if receiver.kind == "slack":
        return headers, as_slack(world.known(), event, person, people=receiver.people)
    body = as_json(event, person)
    return headers | signed_headers(secrets, event.id, world.clock(), body), body


def _wait(said: str, now: datetime) -> timedelta:
    """What ``Retry-After`` asks for: seconds or a date (RFC 9110, 10.2.3), within reason."""
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - seldom

    try:
        wait = (
            timedelta(seconds=int(said)) if said.isdecimal() else parsedate_to_datetime(said) - now
        )
    except (ValueError, TypeError, OverflowError):
        return NO_TIME
    return min(max(wait, NO_TIME), LONGEST_WAIT)
