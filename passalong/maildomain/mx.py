"""MX: where mail to a domain goes (RFC 5321, section 5.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from passalong.maildomain.records import Finding, Record, lack, values

if TYPE_CHECKING:
    from passalong.maildomain.records import Ask
    from passalong.maildomain.way import Way


def check_returns(way: Way, ask: Ask) -> Finding:
    """Whether what comes back goes to SES, which uses the envelope's domain only then.

    https://docs.aws.amazon.com/ses/latest/dg/mail-from.html
    """
    name, target = way.envelope, f"feedback-smtp.{way.place}.amazonses.com"
    record = Record(name, "MX", f"10 {target}")
    servers = [_server(value) for value in values(ask, name, "MX")]
    if servers == [target]:
        return Finding("returns", name, "ok", f"{name} has its MX record, to {target}")
    if not servers:
        return Finding("returns", name, "mend", lack(ask, name, "MX"), "", record)
    found = f"{name} has MX records to {', '.join(servers)}"
    return Finding("returns", name, "mend", found, "It must have just one.", record)


def check_replies(domain: str, ask: Ask) -> Finding:
    """Whether somebody who answers a letter to an address of the domain reaches a server."""
    servers = [_server(value) for value in values(ask, domain, "MX")]
    how = f"Set {domain} MX 10 and the server that whoever keeps your mailboxes names."

    def mend(found: str) -> Finding:
        return Finding("replies", domain, "mend", f"{found}: replies cannot arrive", how)

    if "" in servers:
        return mend(f"{domain} says that it takes no mail (a null MX record)")
    if servers:
        named = ", ".join(servers)
        if any(_has_address(server, ask) for server in servers):
            return Finding("replies", domain, "ok", f"{domain} takes mail at {named}")
        return mend(f"{domain} has MX records to {named}, which has no address")
    found = lack(ask, domain, "MX")
    if _has_address(domain, ask):
        found = f"{found}, so that replies go to its own address"
        return Finding("replies", domain, "note", found, "If no mail server is there: " + how)
    return mend(found)


def _server(value: str) -> str:
    """The server of a record such as ``10 mail.example.com``; empty for a null one (RFC 7505)."""
    return value.partition(" ")[2].rstrip(".").casefold()


def _has_address(name: str, ask: Ask) -> bool:
    return bool(values(ask, name, "A") or values(ask, name, "AAAA"))
