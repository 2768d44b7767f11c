"""What SES knows of the domain that mail is sent from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from passalong.maildomain.way import SES_KEYS, Identity

if TYPE_CHECKING:
    from collections.abc import Iterable


def ask_ses(client: Any, domains: Iterable[str]) -> Identity:
    """The first of the domains that SES knows, through a ``client`` of sesv2."""
    for domain in domains:
        try:
            answer = client.get_email_identity(EmailIdentity=domain)
        except NoCredentialsError:
            return Identity(unasked="there are no credentials for AWS here")
        except ClientError as error:
            code = error.response["Error"].get("Code", "")
            if code != "NotFoundException":
                return Identity(unasked=f"it answered {code}")
        except BotoCoreError as error:
            return Identity(unasked=f"it cannot be reached ({type(error).__name__})")
        else:
            return _identity(domain, answer)
    return Identity()


def _identity(domain: str, answer: dict[str, Any]) -> Identity:
    keys, envelope = answer.get("DkimAttributes", {}), answer.get("MailFromAttributes", {})
    own = keys.get("SigningAttributesOrigin") == "EXTERNAL"  # the key lies in the domain's record
    return Identity(
        domain,
        bool(answer.get("VerifiedForSendingStatus")),
        bool(keys.get("SigningEnabled")),
        keys.get("Status", ""),
        tuple(keys.get("Tokens", ())),
        "" if own else (keys.get("SigningHostedZone") or SES_KEYS).rstrip("."),
        envelope.get("MailFromDomain", ""),
        envelope.get("MailFromDomainStatus", ""),
    )
