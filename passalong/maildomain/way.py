"""How a program's letters leave, as receivers see it: which domains answer for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from passalong.maildomain.records import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SES_KEYS: Final = "dkim.amazonses.com"
"""Where the CNAME records of DKIM lead, unless SES says otherwise (some regions have their own)."""
_BOUNCES: Final = "bounce"
"""The name below the mail domain that template.yaml has SES use for the envelope."""


@dataclass(frozen=True, slots=True)
class Way:
    """The domains of a letter: ``sender``'s in its From, ``envelope``'s (SPF), ``signer``'s (DKIM).

    ``mailbox`` is the whole address in From, ``place`` the region of SES or the mail server.
    ``selectors`` are the names below ``_domainkey``. Where ``zone`` is said, they are CNAME records
    that lead to the same selector there; else they hold the keys themselves.
    """

    carrier: Literal["server", "ses"]
    place: str
    mailbox: str
    sender: str
    envelope: str
    signer: str
    selectors: tuple[str, ...] = ()
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """What SES knows of a domain that mail is sent from; ``domain`` is empty if it knows none.

    ``unasked`` says why SES could not be asked. ``envelope`` is the MAIL FROM domain; its status
    and ``status``, that of DKIM, are SUCCESS, PENDING, FAILED, TEMPORARY_FAILURE or NOT_STARTED.
    https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetEmailIdentity.html
    """

    domain: str = ""
    verified: bool = False
    signing: bool = False
    status: str = ""
    tokens: tuple[str, ...] = ()
    zone: str = ""
    envelope: str = ""
    envelope_status: str = ""
    unasked: str = ""


def by_server(server: str, mailbox: str, sender: str, selectors: Sequence[str]) -> Way:
    """Letters that a mail server takes: the sender's own domain is in all three places."""
    return Way("server", server, mailbox, sender, sender, sender, tuple(selectors))


def by_ses(
    region: str, mailbox: str, sender: str, selectors: Sequence[str], identity: Identity
) -> Way:
    """Letters by SES, as ``identity`` says, and the rest as ``make deploy`` sets it up."""
    signer = identity.domain or sender
    return Way(
        "ses",
        region,
        mailbox,
        sender,
        identity.envelope or f"{_BOUNCES}.{signer}",
        signer,
        identity.tokens or tuple(selectors),
        identity.zone if identity.tokens else "",
    )


def check_identity(identity: Identity, way: Way) -> Finding:
    """Whether SES may send for the domain, signs, and has an envelope of the domain's own."""
    where, name = f"SES in {way.place}", way.signer
    if identity.unasked:
        found = f"{where} was not asked: {identity.unasked}"
        if way.selectors:
            found += "; the keys are those that you named, the rest is as “make deploy” sets it up"
            return Finding("SES", name, "note", found)
        how = "Sign in to AWS, or name the three keys: --selector NAME."
        return Finding("SES", name, "unknown", found, how)
    for fault, found, how in _faults(identity, way):
        if fault:
            return Finding("SES", name, "mend", f"{where} {found}", how)
    found = f"{where} has verified {name}, signs, and uses {way.envelope} for the envelope"
    return Finding("SES", name, "ok", found)


def _faults(identity: Identity, way: Way) -> Iterator[tuple[bool, str, str]]:
    """Each thing that can be wrong: whether it is, what to say of it, how to mend it."""
    deploy = f'make deploy DEPLOY="--region {way.place} --mail-domain {way.signer}"'
    waits = "It looks for up to 72 hours once the records below are there"
    yield not identity.domain, f"does not know {way.sender}", f"Let it: {deploy}."
    yield not identity.signing, f"does not sign letters from {way.signer}", "Switch DKIM on there."
    unverified = f"has not verified {way.signer} yet (DKIM: {identity.status})"
    yield not identity.verified, unverified, f"{waits}."
    yield not identity.envelope, f"has no MAIL FROM domain for {way.signer}", f"Set it: {deploy}."
    unused = f"does not use {way.envelope} yet ({identity.envelope_status})"
    again = f"{waits}; if it says FAILED, set the MAIL FROM domain there once more."
    yield identity.envelope_status != "SUCCESS", unused, again
