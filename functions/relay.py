"""What follows from new events, on AWS: called by the ledger's stream, and by the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from passalong.ledger.dynamodb_items import event_in
from passalong.relay.deliver import Deliverer
from passalong.relay.retention import forget_old
from passalong.relay.run import deliver_due, expect
from passalong.wiring import now, wiring

if TYPE_CHECKING:
    from collections.abc import Callable

    from passalong.mail.port import Mailer
    from passalong.world import World

    Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


def make(world: Callable[[], World], mailer: Callable[[], Mailer]) -> Handler:
    """The function over a world and a mailer."""
    logger = Logger(service="passalong.relay")

    def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
        here = world()
        failed = [
            {"itemIdentifier": record["dynamodb"]["SequenceNumber"]}
            for record in event.get("Records", [])
            if not _taken_in(here, record, logger)
        ]
        if "Records" not in event:
            logger.info("forgot", extra={"people": forget_old(here, now())})
        done = deliver_due(here.ledger, Deliverer(here, mailer()), now)
        logger.info("delivered", extra={"done": done, "failed_records": len(failed)})
        return {"batchItemFailures": failed}

    return handler


def _taken_in(world: World, record: dict[str, Any], logger: Logger) -> bool:
    """Whether the deliveries of a stream record's event are in the ledger."""
    try:
        image = record["dynamodb"].get("NewImage")
        if record["eventName"] == "INSERT" and image and (found := event_in(image)):
            expect(world.ledger, [found])
    except Exception as error:  # noqa: BLE001 - one record's fault must not stop the others
        logger.warning("not taken in", extra={"fault": type(error).__name__})
        return False
    return True


handler = make(lambda: wiring().world(), lambda: wiring().mailer)
