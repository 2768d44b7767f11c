"""Mail addresses that people give to book a meeting: usable, lasting, and one mailbox each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from disposable_email_domains import blocklist
from email_validator import EmailNotValidError, validate_email

from passalong.booking.mailboxes import mailbox_of
from passalong.booking.providers import is_free, parents
from passalong.errors import PassalongError

if TYPE_CHECKING:
    from collections.abc import Container


class AddressRefused(PassalongError):
    """Nobody can be written to there, or not for long; the message does not hold the address."""

    def __init__(self, code: Literal["invalid", "disposable"]) -> None:
        super().__init__(f"the mail address is {code}")
        self.code: Literal["invalid", "disposable"] = code


class MailAddress(NamedTuple):
    """``address`` to write to, in ASCII; ``mailbox`` to compare by: equal if it arrives alike.

    ``free`` says that the provider's domain tells nothing about a company.
    """

    address: str
    mailbox: str
    domain: str
    free: bool


def read_address(text: str, disposable: Container[str] = blocklist) -> MailAddress:
    """The address that somebody typed; nothing is asked of any server.

    Raises AddressRefused where it is none that every mail server takes, or a throw-away one.
    """
    try:
        found = validate_email(
            text.strip(), allow_smtputf8=False, check_deliverability=False, strict=True
        )
    except EmailNotValidError as error:
        raise AddressRefused("invalid") from error
    address, domain = found.ascii_email or "", found.ascii_domain
    if not address:
        raise AddressRefused("invalid")
    if any(known in disposable for known in parents(domain)):
        raise AddressRefused("disposable")
    return MailAddress(address, mailbox_of(address), domain, is_free(domain))
