"""Leads as the files that importers of CRMs take: their names of columns, one row for each thing.

HubSpot     contacts and companies are matched by address and domain; a deal needs a property of the
            deal that requires unique values: https://knowledge.hubspot.com/import-and-export/set-up-your-import-file
Salesforce  leads are matched by an external id:
            https://help.salesforce.com/s/articleView?id=xcloud.field_mapping_for_importing_leads.htm
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from passalong.booking.providers import is_free
from passalong.currencies import decimals_of
from passalong.events import (
    CHURNED,
    DISQUALIFIED,
    EXPANDED,
    LOST,
    QUALIFIED,
    RENEWED,
    WON,
)
from passalong.names import first_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from passalong.events import Money
    from passalong.exports.leads import Lead

    Rows = list[Sequence[str]]

_WON: Final = dict.fromkeys((WON, RENEWED, EXPANDED, CHURNED), "Closed Won")
_LOST: Final = dict.fromkeys((LOST, DISQUALIFIED), "Closed Lost")
_STAGES: Final = _WON | _LOST | {QUALIFIED: "Qualified To Buy"}
"""Those of HubSpot's own sales pipeline; whatever comes before is an appointment."""
_OPEN: Final = "Appointment Scheduled"
_SOURCE: Final = "External Referral"
"""One of Salesforce's own."""
_NOBODYS: Final = "[not provided]"
"""What Salesforce itself writes for a company that it needs and nobody said."""


class _Name(NamedTuple):
    first: str
    last: str


def hubspot(leads: Sequence[Lead]) -> dict[str, Rows]:
    """The three files, each by its name: contacts, companies, and deals that name both."""
    contacts: Rows = [
        ("Email", "First Name", "Last Name", "Job Title", "Phone Number", "Company Name",
         "Company Domain Name")
    ]  # fmt: skip
    companies: dict[str, Sequence[str]] = {}
    deals: Rows = [
        ("Passalong Referral ID", "Deal Name", "Pipeline", "Deal Stage", "Amount", "Currency",
         "Close Date", "Passalong Advocate", "Email", "Company Domain Name")
    ]  # fmt: skip
    for lead in leads:
        person, domain = lead.person, _domain(lead.person.email)
        name = _name(person.name)
        contacts.append((person.email, *name, person.role, person.phone, person.company, domain))
        if domain:
            companies.setdefault(domain, (domain, person.company or domain))
        stage = _STAGES.get(lead.stage, _OPEN)
        closed = lead.at.date().isoformat() if stage.startswith("Closed") else ""
        title = f"{person.company or person.name} – {lead.advocate}".removesuffix(" – ")
        deals.append(
            (person.referral or person.id, title, "Sales Pipeline", stage, *_money(lead.amount),
             closed, lead.advocate, person.email, domain)
        )  # fmt: skip
    named: Rows = [("Company Domain Name", "Name"), *companies.values()]
    return {"contacts.csv": contacts, "companies.csv": named, "deals.csv": deals}


def salesforce(leads: Sequence[Lead]) -> dict[str, Rows]:
    """One file of leads, each with an external id that stays."""
    rows: Rows = [
        ("Passalong ID", "First Name", "Last Name", "Company", "Title", "Email", "Phone",
         "Lead Source", "Lead Status", "Passalong Stage", "Passalong Amount", "Passalong Currency",
         "Passalong Advocate")
    ]  # fmt: skip
    for lead in leads:
        person, name = lead.person, _name(lead.person.name)
        company = person.company or _domain(person.email) or _NOBODYS
        lost = lead.stage in (LOST, DISQUALIFIED)
        status = "Closed - Not Converted" if lost else "Working - Contacted"
        rows.append(
            (person.id, *name, company, person.role, person.email, person.phone, _SOURCE, status,
             lead.stage, *_money(lead.amount), lead.advocate)
        )  # fmt: skip
    return {"leads.csv": rows}


FORMS: Final[dict[str, Callable[[Sequence[Lead]], dict[str, Rows]]]] = {
    "hubspot": hubspot,
    "salesforce": salesforce,
}


def _name(name: str) -> _Name:
    """First and last name, which CRMs want apart; one alone is the last, which they need."""
    words, first = name.split(), first_name(name)
    if first not in words[:-1]:
        return _Name("", name)
    return _Name(first, " ".join(words[words.index(first) + 1 :]))


def _domain(email: str) -> str:
    """The domain of a company's own; empty where anybody can have an address."""
    domain = email.rpartition("@")[2].casefold()
    return "" if is_free(domain) else domain


def _money(amount: Money | None) -> tuple[str, str]:
    if amount is None:
        return "", ""
    decimals = decimals_of(amount.currency)
    return f"{Decimal(amount.minor).scaleb(-decimals):.{decimals}f}", amount.currency
