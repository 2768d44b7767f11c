"""What follows from new events, on AWS: called by the ledger's stream, the clock, and SES.

The stream's call tries what follows from its own records, at once. The clock's call reads what the
stream may not have brought, and tries what was due for a while, so that the two never try the same
at a time: no mail goes twice.
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from functions._returned import returned
from passalong.bundle import UnknownFormat
from passalong.conversions.inbox import held, reconsider
from passalong.ledger.dynamodb_items import event_in
from passalong.ledger.port import Unavailable
from passalong.relay.counting import count, count_new
from passalong.relay.deliver import Deliverer
from passalong.relay.retention import forget_old
from passalong.relay.run import deliver_due, expect, not_followed, read_new
from passalong.wiring import now, wiring

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from passalong.events import Event
    from passalong.mail.port import Mailer
    from passalong.world import World

    Handler = Callable[[dict[str, Any], Any], dict[str, Any]]

SOON: Final = timedelta(seconds=5)
"""So far ahead of ours the clock of the function may be that wrote an event."""
FOR_THE_STREAM: Final = timedelta(seconds=90)
"""So long things that are due are left to the stream's call, which has a minute."""
_SPARE: Final = 10_000
"""Milliseconds of its time that a call leaves: no delivery may be cut off."""
_FOR_LETTERS: Final = 30_000
"""Milliseconds that counting leaves to deliveries, however much there is to count."""


def make(world: Callable[[], World], mailer: Callable[[], Mailer]) -> Handler:
    """The function over a world and a mailer."""
    logger = Logger(service="passalong.relay")
    relay = _Relay(mailer, logger)

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        if event.get("source") == "aws.ses":
            noted = returned(world(), event["detail"], now())
            logger.info("returned", extra={"noted": noted})
            return {}
        try:
            here = world()
        except UnknownFormat:  # nothing is published yet: the clock comes for what there is by then
            logger.warning("no bundle")
            return {"batchItemFailures": []} if "Records" in event else {}
        if "Records" in event:
            return relay.follow(here, event["Records"], context)
        if event.get("do") == "forget":
            logger.info("forgot", extra={"people": forget_old(here, now())})
        else:
            relay.catch_up(here, context)
        return {}

    return handler


class _Relay:
    def __init__(self, mailer: Callable[[], Mailer], logger: Logger) -> None:
        self._mailer, self._logger = mailer, logger

    def follow(self, world: World, records: list[dict[str, Any]], context: Any) -> dict[str, Any]:
        """Takes in a batch of the stream, and tries what follows from it.

        Answers which records are to come again: those that the ledger could not take just now.
        """
        taken: list[Event] = []
        failed = []
        for record in records:
            try:
                taken += _taken_in(world, record)
            except Exception as error:  # noqa: BLE001 - one record's fault must not stop the others
                self._logger.warning("not taken in", extra={"fault": type(error).__name__})
                failed.append({"itemIdentifier": record["dynamodb"]["SequenceNumber"]})
        self._counted(lambda: count(world, taken))
        try:
            ids = {event.id for event in taken}
            done = self._deliver(world, context, only=ids, ahead=SOON)
        except Unavailable:
            done = 0  # they are in the ledger, and the clock comes for them
        _count(Delivered=done)
        self._logger.info("followed", extra={"done": done, "failed_records": len(failed)})
        return {"batchItemFailures": failed}

    def catch_up(self, world: World, context: Any) -> None:
        """Reads what the stream may not have brought, and tries all that has been due."""
        try:
            read = len(read_new(world.ledger, world.known().program.events_out))
            reconsider(world)
        except Exception as error:  # noqa: BLE001 - what is in the ledger already has to go
            read = 0
            self._logger.error("not read", extra={"fault": type(error).__name__})  # noqa: TRY400 - it may quote
        self._counted(lambda: count_new(world, lambda: _is_late(context, _FOR_LETTERS)).left)
        done = self._deliver(world, context, ahead=-FOR_THE_STREAM)
        dead = len(world.ledger.deliveries("dead"))
        _count(Delivered=done, Dead=dead, Held=len(held(world.ledger)))
        self._logger.info("caught up", extra={"read": read, "done": done, "dead": dead})

    def _counted(self, step: Callable[[], Sequence[str]]) -> None:
        """Counts events; those that are not counted now the clock comes for, once more."""
        try:
            if left := step():
                self._logger.error("not countable", extra={"events": list(left)})
        except Exception as error:  # noqa: BLE001 - no figure may hold up a letter
            self._logger.warning("not counted", extra={"fault": type(error).__name__})

    def _deliver(self, world: World, context: Any, **which: Any) -> int:
        deliver, enough = Deliverer(world, self._mailer()), lambda: _is_late(context)
        return deliver_due(world.ledger, deliver, now, enough=enough, **which)


def _is_late(context: Any, spare: int = _SPARE) -> bool:
    return bool(context.get_remaining_time_in_millis() < spare)


def _taken_in(world: World, record: Mapping[str, Any]) -> list[Event]:
    """A record's event, whose deliveries are in the ledger now."""
    change = record["dynamodb"]
    image = change.get("NewImage")
    if record["eventName"] != "INSERT" or not image:
        return []
    try:
        event = event_in(image)
    except Exception:  # noqa: BLE001 - it is no better when it comes again
        text = image.get("record", {}).get("S", "")
        world.ledger.expect([not_followed(f"stream-{record['eventID']}", text, now())])
        return []
    if event:
        expect(world.ledger, [event], world.known().program.events_out)
    return [event] if event else []


def _count(**figures: int) -> None:
    """Figures for the dashboard and the alarms, in a line of the log (EMF)."""
    namespace = os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "Passalong")
    metrics = Metrics(namespace=namespace, service="relay")
    for name, value in figures.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
    metrics.flush_metrics()


handler = make(lambda: wiring().world(), lambda: wiring().mailer)
