"""What a mail is, and how it leaves: one port, whatever carries it.

MailError
├── MailUnavailable  nothing was sent, or nobody knows; the same mail may be sent again, later
└── MailRefused      this mail will never go, however often it is tried

Neither error names the recipient: what went wrong is kept in the ledger, addresses are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from passalong.errors import PassalongError

if TYPE_CHECKING:
    from passalong.party import Party


class MailError(PassalongError):
    """A mail did not go."""


class MailUnavailable(MailError):
    """The mail could not be handed over just now, which is nothing to do with the mail itself."""


class MailRefused(MailError):
    """Whoever carries mail will not carry this one."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one person.

    ``id`` is that of its delivery, so that the same mail has the same Message-ID at every attempt.
    ``sender`` is a person of the firm at the address that the firm sends from; answers go to
    ``reply_to``. ``locale`` is BCP 47. ``invitation`` is a calendar file and ``method`` what a
    calendar shall do with it. ``unsubscribe`` is an https address that takes the POST of RFC 8058;
    mail that somebody asked for has none.
    """

    id: str
    to: Party
    sender: Party
    subject: str
    text: str
    html: str
    locale: str
    reply_to: Party | None = None
    invitation: bytes = b""
    method: Literal["REQUEST", "CANCEL"] = "REQUEST"
    unsubscribe: str = ""


class Mailer(Protocol):
    """Something that carries mail."""

    def send(self, mail: Mail) -> None:
        """Hands the mail over. Raises MailUnavailable, MailRefused.

        Nobody can promise that a mail goes once: where an answer is lost, it is sent again, under
        the same Message-ID.
        """
