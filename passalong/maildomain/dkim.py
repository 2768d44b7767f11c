"""DKIM: the keys by which receivers check that a letter is the domain's (RFC 6376)."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from passalong.maildomain.records import Finding, NotAnswered, Record, lack, tags, values
from passalong.maildomain.way import SES_KEYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from passalong.maildomain.records import Ask
    from passalong.maildomain.way import Way


def check_dkim(way: Way, ask: Ask) -> list[Finding]:
    """A finding for each selector; where none is known, one that says so."""
    if not way.selectors:
        found = f"it is not known which keys sign for {way.signer}"
        how = "Name them: --selector NAME (a letter’s header DKIM-Signature has it as s=)."
        return [Finding("DKIM", way.signer, "unknown", found, how)]
    found_all = [_guarded(way, selector, ask) for selector in way.selectors]
    if way.zone and all(finding.state == "note" for finding in found_all):
        how = "Wait an hour; then look at the identity in the SES console."
        nothing = f"none of the names of {way.signer} leads to a key"
        found_all.append(Finding("DKIM", way.signer, "mend", nothing, how))
    return found_all


def _guarded(way: Way, selector: str, ask: Ask) -> Finding:
    name = f"{selector}._domainkey.{way.signer}"
    try:
        return _at_ses(way, selector, name, ask) if way.zone else _own(way, selector, name, ask)
    except NotAnswered as error:
        return Finding("DKIM", name, "unknown", str(error))


def _at_ses(way: Way, selector: str, name: str, ask: Ask) -> Finding:
    """The record that leads to SES, which keeps the key and changes it from time to time."""
    wanted = f"{selector}.{way.zone}"
    record = Record(name, "CNAME", wanted)
    leads = values(ask, name, "CNAME")
    if not leads:
        return Finding("DKIM", name, "mend", lack(ask, name, "CNAME"), "", record)
    if leads != (wanted,):
        return Finding("DKIM", name, "mend", f"{name} leads to {', '.join(leads)}", "", record)
    fault = fault_of(values(ask, name, "TXT"))
    if fault:
        found = f"{name} leads to SES, where {fault}: it uses its names in turn"
        return Finding("DKIM", name, "note", found)
    return Finding("DKIM", name, "ok", f"{name} leads to a key of SES")


def _own(way: Way, selector: str, name: str, ask: Ask) -> Finding:
    """A key of which only the name is known."""
    texts = values(ask, name, "TXT")
    if texts and not fault_of(texts):
        testing = "y" in tags(texts[0]).get("t", "").split(":")
        if testing:
            found = f"{name} has a key that is only tried out (t=y)"
            return Finding("DKIM", name, "note", found, "Take t=y out once letters arrive signed.")
        return Finding("DKIM", name, "ok", f"{name} has a key")
    found = f"{name}: {fault_of(texts)}" if texts else lack(ask, name, "TXT")
    if way.carrier == "ses":
        record = Record(name, "CNAME", f"{selector}.{SES_KEYS}")
        return Finding("DKIM", name, "mend", found, "", record)
    how = f"Set {name} TXT to the key that your mail server’s provider names."
    return Finding("DKIM", name, "mend", found, how)


def fault_of(texts: Sequence[str]) -> str:
    """What is wrong with the TXT records of a selector; empty if they are one key."""
    if not texts:
        return "there is no key"
    if len(texts) > 1:
        return f"there are {len(texts)} TXT records, of which receivers take any"
    found = tags(texts[0])
    if found.get("v", "DKIM1") != "DKIM1":
        return f"it says v={found['v']}, not v=DKIM1"
    return _fault_of_key("".join(found["p"].split())) if "p" in found else "there is no key (p=)"


def _fault_of_key(key: str) -> str:
    try:
        whole = base64.b64decode(key, validate=True)
    except binascii.Error:
        return "the key (p=) cannot be read, perhaps because a part of it is missing"
    return "" if whole else "the key was revoked (p= is empty)"
