"""Mail by Amazon SES, version 2: a raw mail in one call.

SES puts its own Message-ID and Date in place of ours, so a mail that is sent again is another one.
https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
https://docs.aws.amazon.com/ses/latest/dg/header-fields.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from passalong import aws
from passalong.mail.compose import address_of, compose
from passalong.mail.port import MailRefused, MailUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from passalong.mail.port import Mail

CONNECT_SECONDS: Final = 3
ANSWER_SECONDS: Final = 10

_REFUSALS = frozenset({"MessageRejected", "BadRequestException"})
"""Errors that are about the mail. All others are about us (a paused account, a domain that is not
verified) or about now, and the mail may go when that is mended."""


TAG: Final = "delivery"
"""The tag that tells, when a mail comes back, whose delivery it was."""
_TAG_VALUE = re.compile(r"[A-Za-z0-9_.@-]{1,256}")


class SesMailer:
    """Hands each mail to SES through a ``client`` of sesv2.

    With a ``configuration`` (a configuration set's name), what comes back is told to somebody.
    """

    def __init__(self, client: Any, clock: Callable[[], datetime], configuration: str = "") -> None:
        self._client, self._clock, self._configuration = client, clock, configuration

    def send(self, mail: Mail) -> None:
        """Hands the mail over; done as soon as SES has taken it."""
        request: dict[str, Any] = {
            "FromEmailAddress": address_of(mail.sender),
            "Destination": {"ToAddresses": [address_of(mail.to)]},
            "Content": {"Raw": {"Data": compose(mail, self._clock())}},
        }
        if self._configuration:
            request["ConfigurationSetName"] = self._configuration
            if _TAG_VALUE.fullmatch(mail.id):
                request["EmailTags"] = [{"Name": TAG, "Value": mail.id}]
        # The cause stays out of errors: what SES says often names the recipient.
        try:
            self._client.send_email(**request)
        except ClientError as error:
            code = error.response["Error"].get("Code", "")
            if code in _REFUSALS:
                raise MailRefused(f"SES refused a mail: {code}") from None
            raise MailUnavailable(f"SES did not take a mail: {code}") from None
        except BotoCoreError as error:
            raise MailUnavailable(f"SES cannot be used: {type(error).__name__}") from None


def connect(region: str, endpoint: str = "") -> Any:
    """A client of SES."""
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=ANSWER_SECONDS,
        retries={"total_max_attempts": 1},  # the relay tries again
    )
    nowhere = "mail goes by SES, and in no region: ses://eu-central-1"
    return aws.client("sesv2", region, endpoint, config, nowhere=nowhere)
