"""What SES tells of a mail that came back, by EventBridge: nobody writes there again unasked.

https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from passalong.access import Refused
from passalong.actions.acting import acting
from passalong.actions.unsubscribe import stop
from passalong.ledger.port import Delivery, Revoked
from passalong.relay.follows import RETURNED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from passalong.access import Kind
    from passalong.world import World

_OF_MAIL: Final[tuple[Kind, ...]] = ("unsubscribe",)
_TOKEN: Final = re.compile(r"/api/unsubscribe/([^/>\s]+)")
_CODE: Final = re.compile(r"[A-Za-z]{1,40}")


def returned(world: World, detail: Mapping[str, Any], at: datetime) -> bool:
    """Notes a complaint, or a mail that can never arrive; False of one that may arrive yet.

    The note is a delivery that is dead from the first, so that somebody looks at it; it names the
    delivery that was, and nobody. A letter that can be unsubscribed is unsubscribed, too.
    """
    why = _why(detail)
    if not why:
        return False
    known, mail = world.known(), detail["mail"]
    if found := _TOKEN.search(_header(mail, "list-unsubscribe")):
        with suppress(Refused, Revoked):  # then they have no page any more, and get no mail
            stop(world, known, acting(known, found[1], _OF_MAIL, at), at)
    was = str((mail.get("tags", {}).get("delivery") or [mail["messageId"]])[0])
    note = Delivery(
        id=f"{was}.returned",
        event=was.partition(".")[0],
        kind=RETURNED,
        referral="",
        next_at=at,
        attempts=1,
        state="dead",
        error=why,
    )
    world.ledger.expect([note])
    return True


def _why(detail: Mapping[str, Any]) -> str:
    """Complaint or bounce with their kinds, in SES' codes; nothing where it is not for good."""
    if detail.get("eventType") == "Complaint":
        kind = detail.get("complaint", {}).get("complaintFeedbackType") or ""
        return f"Complaint {kind}".strip() if _CODE.fullmatch(kind) else "Complaint"
    bounce = detail.get("bounce", {})
    if detail.get("eventType") != "Bounce" or bounce.get("bounceType") != "Permanent":
        return ""
    kind = str(bounce.get("bounceSubType", ""))
    return f"Bounce {kind}" if _CODE.fullmatch(kind) else "Bounce"


def _header(mail: Mapping[str, Any], name: str) -> str:
    headers = mail.get("headers") or ()
    return next((str(one["value"]) for one in headers if one["name"].lower() == name), "")
