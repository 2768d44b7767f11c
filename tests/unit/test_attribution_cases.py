"""Cases of attribution, each worked out by hand: what happened, who is credited how much, and why.

Outcomes read ``<day it started>: <who and how much>, <reason>; <stages, money in cents>``.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from random import Random

import pytest

from passalong.attribution.opportunities import opportunities_of
from passalong.attribution.rules import Rule
from tests.histories import history, outcome, rules


@dataclass(frozen=True)
class Case:
    title: str
    happened: str
    expected: str
    rule: Rule = "first"


CONTESTED = """
    0 a introduced
    3 b introduced
    5 a booked
"""

EVIDENCE = [
    Case(
        "whoever introduced a company that books is credited",
        """
        0 a introduced
        5 a booked
        """,
        "5: a 1, only; booked",
    ),
    Case(
        "a booking from a share link is evidence enough",
        "5 a booked page=share medium=linkedin",
        "5: a 1, only; booked",
    ),
    Case(
        "a visit to the personal page counts, where the CRM knows the person by their address",
        """
        1 a visited
        10 a met evidence=e-mail account=kestrel
        """,
        "10: a 1, only; met",
    ),
    Case(
        "where nothing else is known, the company's domain in the CRM is the evidence",
        "10 a met evidence=company-domain",
        "10: a 1, only; met",
    ),
    Case(
        "an address that matches tells who brought them, not that they came again: one each",
        """
        0 a introduced
        2 b introduced
        5 a met evidence=e-mail
        """,
        "5: a 1/2 b 1/2, linear; met",
        rule="linear",
    ),
    Case(
        "what nobody brought is credited to nobody",
        """
        10 - qualified
        20 - won EUR=10
        """,
        "10: nobody, none; qualified, won 1000",
    ),
    Case(
        "visits of somebody introduced since the last build are their referral's",
        # b alone before; the visit of day 4 has no referral but a referee who has one: a's
        """
        1 a introduced referee=in-1
        3 b introduced
        4 a visited referee=in-1 referral=
        6 - met
        """,
        "6: a 1, last; met",
        rule="last",
    ),
]

WINDOWS = [
    # From 2 March to 31 May clocks in Berlin go forward: 90 days are 90 × 86,400 seconds in UTC.
    Case(
        "a touchpoint counts for exactly ninety days",
        """
        0 a introduced
        90 - qualified
        """,
        "90: a 1, only; qualified",
    ),
    Case(
        "and a second later no more",
        """
        0 a introduced
        90+1s - qualified
        """,
        "90: nobody, outside-window; qualified",
    ),
    Case(
        "two claims, the older at the very end of its window",
        """
        0 a introduced
        90 b booked page=share
        """,
        "90: a 1, first; booked",
    ),
    Case(
        "a second later the younger one is alone",
        """
        0 a introduced
        90+1s b booked page=share
        """,
        "90: b 1, only; booked",
    ),
    Case(
        "a touchpoint at the moment of the start is in time",
        """
        10 a introduced
        10 - qualified
        """,
        "10: a 1, only; qualified",
    ),
    Case(
        "a second after the start is too late",
        """
        10 - qualified
        10+1s a introduced
        """,
        "10: nobody, outside-window; qualified",
    ),
    Case(
        "what a CRM says later does not reopen a window that closed",
        """
        0 a introduced
        100 a qualified evidence=e-mail
        """,
        "100: nobody, outside-window; qualified",
    ),
    Case(
        "a sale is credited for 365 days from the start",  # 5 + 365
        """
        0 a introduced
        5 a booked
        370 - won EUR=1000
        """,
        "5: a 1, only; booked, won 100000",
    ),
    Case(
        "and a second later it is credited to nobody, though it is won",
        """
        0 a introduced
        5 a booked
        370+1s - won EUR=1000
        """,
        "5: a 1, only; booked, won 100000 to nobody",
    ),
    Case(
        "each sale has the window to itself: won within it, renewed at its end, expanded after it",
        """
        5 a booked
        20 - won EUR=1000
        370 - renewed EUR=1000
        371 - expanded EUR=500
        """,
        "5: a 1, only; booked, won 100000, renewed 100000, expanded 50000 to nobody",
    ),
    Case(
        "only sales have a credit window: a customer lost later is still the advocate's",
        """
        5 a booked
        20 - won
        400 - churned
        """,
        "5: a 1, only; booked, won, churned",
    ),
]

CONTESTS = [
    Case("the first touch decides", CONTESTED, "5: a 1, first; booked"),
    # a's own booking is the last touch
    Case("the last touch decides", CONTESTED, "5: a 1, last; booked", rule="last"),
    # three touchpoints, two of them a's
    Case("linear", CONTESTED, "5: a 2/3 b 1/3, linear; booked", rule="linear"),
    # both ends are a's, 2/5 each; the middle is b's
    Case("by position", CONTESTED, "5: a 4/5 b 1/5, position; booked", rule="position"),
    Case(
        "the last touch of somebody else",
        """
        0 a introduced
        5 b booked page=share
        """,
        "5: b 1, last; booked",
        rule="last",
    ),
    Case(
        "two touchpoints by position are halves",
        """
        0 a introduced
        5 b booked page=share
        """,
        "5: a 1/2 b 1/2, position; booked",
        rule="position",
    ),
    Case(
        "four touchpoints by position: the two between share a fifth",
        # a 2/5, b 1/10, c 1/10 + 2/5
        """
        0 a introduced
        1 b introduced
        2 c introduced
        3 c booked
        """,
        "3: a 2/5 b 1/10 c 1/2, position; booked",
        rule="position",
    ),
    Case(
        "one advocate's several touchpoints are no contest",
        """
        0 a introduced
        1 a visited
        5 a booked
        """,
        "5: a 1, only; booked",
        rule="position",
    ),
    Case(
        "of two in the same second the surer is first",
        """
        5 a booked page=share
        5 b introduced
        """,
        "5: b 1, first; booked",
    ),
    Case(
        "and as the last one too",
        """
        5 a booked page=share
        5 b introduced
        """,
        "5: b 1, last; booked",
        rule="last",
    ),
    Case(
        "of two alike in the same second the id decides",
        """
        5 a introduced id=z
        5 b introduced id=y
        6 - qualified
        """,
        "6: b 1, first; qualified",
    ),
    Case(
        "another spelling of a company is not known to be the same: two accounts, two credits",
        """
        0 a introduced account=kestrel
        1 b introduced account=turmfalke
        5 a booked account=kestrel
        6 b booked account=turmfalke
        """,
        """
        5: a 1, only; booked
        6: b 1, only; booked
        """,
    ),
    Case(
        "a company that was not known at the introduction is known by the booking",
        """
        0 a introduced account=
        1 b introduced
        5 a booked
        """,
        "5: a 1, first; booked",
    ),
    Case(
        "without a company each referral is for itself",
        """
        5 a booked account=
        6 b booked account=
        """,
        """
        5: a 1, only; booked
        6: b 1, only; booked
        """,
    ),
]

LATE = [
    Case(
        "whoever introduces them after they booked comes too late",
        """
        0 a introduced
        5 a booked
        6 b introduced
        """,
        "5: a 1, only; booked",
        rule="last",
    ),
    Case(
        "an introduction that is learned of last counts by its time",
        """
        5 b booked page=share
        0 a introduced
        """,
        "5: a 1, first; booked",
    ),
    Case(
        "whom the CRM names with the sale comes too late",
        """
        5 a booked
        30 b won EUR=100 evidence=crm account=kestrel
        """,
        "5: a 1, only; booked, won 10000",
        rule="last",
    ),
    Case(
        "a page read every day is come back to once: the first visit and the last",
        # a: days 1 and 4; b: day 2
        """
        1 a visited
        2 a visited
        2 b introduced
        3 a visited
        4 a visited
        6 a qualified account=kestrel
        """,
        "6: a 2/3 b 1/3, linear; qualified",
        rule="linear",
    ),
    Case(
        "two visits on one day are one touchpoint",
        """
        1 a visited
        1+3600s a visited
        2 b introduced
        6 a qualified account=kestrel
        """,
        "6: a 1/2 b 1/2, linear; qualified",
        rule="linear",
    ),
    Case(
        "a look at the page after the meeting takes nothing from the look before",
        # the last visit that counts is still that of day 5, after b
        """
        0 a introduced
        4 b introduced
        5 a visited
        6 - met
        8 a visited
        """,
        "6: a 1, last; met",
        rule="last",
    ),
]

MEETINGS = [
    Case(
        "a meeting that is moved twice is one meeting",
        """
        5 a booked meeting=m1
        6 a rescheduled meeting=m1
        7 a rescheduled meeting=m1
        9 a met meeting=m1 evidence=host
        """,
        "5: a 1, only; booked, rescheduled, rescheduled, met",
    ),
    Case(
        "cancelled and booked again are two bookings of one opportunity",
        """
        5 a booked meeting=m1
        6 a cancelled meeting=m1
        8 a booked meeting=m2
        """,
        "5: a 1, only; booked, cancelled, booked",
    ),
    Case(
        "a cancelled meeting that is said to be cancelled again is so once",
        """
        5 a booked meeting=m1
        6 a cancelled meeting=m1
        7 a cancelled meeting=m1
        """,
        "5: a 1, only; booked, cancelled, (cancelled)",
    ),
    Case(
        "what was said last of a meeting holds: they came after all",
        """
        5 a booked meeting=m1
        7 a no_show meeting=m1
        8 a met meeting=m1
        """,
        "5: a 1, only; booked, (no_show), met",
    ),
    Case(
        "the host and the CRM say of one meeting that it was held",
        """
        5 a booked meeting=m1
        7 a met meeting=m1 evidence=host
        8 - met evidence=crm
        """,
        "5: a 1, only; booked, met, (met)",
    ),
    Case(
        "two contacts of one company with a meeting each are one opportunity",
        """
        5 a booked meeting=m1 referee=r-1
        6 a booked meeting=m2 referee=r-2
        8 a no_show meeting=m1
        9 a met meeting=m2
        """,
        "5: a 1, only; booked, booked, no_show, met",
    ),
    Case(
        "a booking that the firm looks at first is no meeting, but brings the company",
        """
        5 a booked classification=review
        9 - met
        """,
        "9: a 1, only; met",
    ),
    Case(
        "a list that knows days alone is read in the usual order",
        """
        5 - won EUR=10
        5 - met
        5 a booked
        """,
        "5: a 1, only; booked, met, won 1000",
    ),
]

OPPORTUNITIES = [
    Case(
        "lost, and booked anew: another opportunity, another start",
        # of day 100 a's touchpoints are of 100, 95 and 93 days before: too old
        """
        0 a introduced
        5 a booked
        7 a visited
        10 - lost
        100 b booked page=share
        120 - won EUR=500
        """,
        """
        5: a 1, only; booked, lost
        100: b 1, only; booked, won 50000
        """,
    ),
    Case(
        "a deal won after all is the same opportunity",
        """
        5 a booked
        10 - lost
        30 - won EUR=500
        """,
        "5: a 1, only; booked, lost, won 50000",
    ),
    Case(
        "disqualified, introduced anew by another: what is young enough of before counts too",
        # day 25: a's of days 0 and 5 and b's of day 20 are all within 90 days
        """
        0 a introduced
        5 a booked
        6 - disqualified
        20 b introduced
        25 - qualified
        """,
        """
        5: a 1, only; booked, disqualified
        25: a 1, first; qualified
        """,
    ),
    Case(
        "what is told late of an old meeting is the old opportunity's",
        """
        5 a booked meeting=m1
        10 - lost
        20 a booked meeting=m2
        21 a met meeting=m1
        """,
        """
        5: a 1, only; booked, lost, met
        20: a 1, only; booked
        """,
    ),
    Case(
        "who books while something is open joins it",
        """
        5 a booked
        10 - qualified
        12 b booked page=share
        """,
        "5: a 1, only; booked, qualified, booked",
    ),
    Case(
        "a customer who left and is introduced again is new",
        """
        5 a booked
        20 - won EUR=100
        200 - churned
        210 b introduced
        220 - qualified
        """,
        """
        5: a 1, only; booked, won 10000, churned
        220: b 1, only; qualified
        """,
    ),
    Case(
        "a deal that two sources of one CRM tell of is won once",
        """
        5 a booked
        20 - won EUR=1000 source=hubspot external=42
        21 - won EUR=1000 source=hubspot external=42
        """,
        "5: a 1, only; booked, won 100000, (won)",
    ),
    Case(
        "and once, where another source calls it the same",
        """
        5 a booked
        20 - won EUR=1000 source=hubspot external=42
        21 - won EUR=1000 source=import external=42
        """,
        "5: a 1, only; booked, won 100000, (won)",
    ),
    Case(
        "with the amount that somebody told",
        """
        5 a booked
        20 - won source=hubspot external=42
        21 - won EUR=1000 source=import external=42
        22 - won EUR=900 source=hubspot external=42
        """,
        "5: a 1, only; booked, (won), won 100000, (won)",
    ),
    Case(
        "what names no deal is one that another event names, whichever was first",
        """
        5 a booked
        20 - won EUR=999
        21 - won EUR=1000 source=hubspot external=42
        22 - won EUR=998
        """,
        "5: a 1, only; booked, (won), won 100000, (won)",
    ),
    Case(
        "and tells its amount, where nobody else does",
        """
        5 a booked
        20 - won source=hubspot external=42
        21 - won EUR=999
        22 - won EUR=998
        30 - reversed of=hubspot:42
        """,
        "5: a 1, only; booked, (won), won 99900, (won), reversed -99900",
    ),
    Case(
        "of several deals it is none that one could tell",
        """
        5 a booked
        20 - won EUR=999
        21 - won source=hubspot external=42
        22 - won EUR=300 source=hubspot external=43
        """,
        "5: a 1, only; booked, (won), won, won 30000",
    ),
    Case(
        "where nobody names a deal, there is one",
        """
        5 a booked
        20 - won EUR=1000
        21 - won EUR=1000
        """,
        "5: a 1, only; booked, won 100000, (won)",
    ),
    Case(
        "a deal of another opportunity is another deal",
        """
        5 a booked
        20 - won EUR=1000 source=hubspot external=42
        30 - churned
        40 a booked
        50 - won EUR=500
        """,
        """
        5: a 1, only; booked, won 100000, churned
        40: a 1, only; booked, won 50000
        """,
    ),
    Case(
        "two deals are two",
        """
        5 a booked
        20 - won EUR=1000 source=hubspot external=42
        21 - won EUR=300 source=hubspot external=43
        """,
        "5: a 1, only; booked, won 100000, won 30000",
    ),
    Case(
        "a stage that is reached again is reached once",
        """
        5 a booked
        8 - qualified
        9 - qualified
        """,
        "5: a 1, only; booked, qualified, (qualified)",
    ),
]

REVERSALS = [
    Case(
        "a reversal takes everything back, on a day of its own",
        """
        5 a booked
        20 - won EUR=1000 id=w
        40 - reversed of=w
        """,
        "5: a 1, only; booked, won 100000, reversed -100000",
    ),
    Case(
        "or a part of it",
        """
        5 a booked
        20 - won EUR=1000 id=w
        40 - reversed of=w EUR=250.50
        """,
        "5: a 1, only; booked, won 100000, reversed -25050",
    ),
    Case(
        "nothing is taken back twice",
        """
        5 a booked
        20 - won EUR=1000 id=w
        40 - reversed of=w
        41 - reversed of=w
        """,
        "5: a 1, only; booked, won 100000, reversed -100000, reversed",
    ),
    Case(
        "nor more than is left",  # 1,000 − 700 leaves 300
        """
        5 a booked
        20 - won EUR=1000 id=w
        40 - reversed of=w EUR=700
        41 - reversed of=w EUR=700
        """,
        "5: a 1, only; booked, won 100000, reversed -70000, reversed -30000",
    ),
    Case(
        "a deal is named by what the CRM calls it",
        """
        5 a booked
        20 - won EUR=1000 source=hubspot external=42
        40 - reversed of=hubspot:42 account=
        """,
        "5: a 1, only; booked, won 100000, reversed -100000",
    ),
    Case(
        "also by what another source calls it that did not tell of the sale",
        """
        5 a booked
        20 - won EUR=1000 source=hubspot external=42
        40 - reversed of=import:42 account=
        """,
        "5: a 1, only; booked, won 100000, reversed -100000",
    ),
    Case(
        "whichever telling of a deal is meant, it is taken back once",
        """
        5 a booked
        20 - won EUR=1000 source=hubspot external=42
        21 - won EUR=900 source=import external=42 id=again
        22 - won id=vague
        40 - reversed of=import:42 EUR=300
        41 - reversed of=again EUR=300
        42 - reversed of=vague EUR=300
        43 - reversed of=hubspot:42 EUR=300
        """,
        "5: a 1, only; booked, won 100000, (won), (won),"
        " reversed -30000, reversed -30000, reversed -30000, reversed -10000",
    ),
    Case(
        "of a deal that two sources tell of it is the one's own sale",
        """
        5 a booked
        20 - won EUR=1000 source=hubspot external=42
        60 - renewed EUR=800 source=import external=42
        70 - reversed of=hubspot:42
        71 - reversed of=import:42
        """,
        "5: a 1, only; booked, won 100000, renewed 80000, reversed -100000, reversed -80000",
    ),
    Case(
        "of a deal the newest sale before is taken back",
        """
        5 a booked
        20 - won EUR=1000 source=sf external=7
        60 - renewed EUR=800 source=sf external=7
        70 - reversed of=sf:7
        90 - expanded EUR=50 source=sf external=7
        """,
        "5: a 1, only; booked, won 100000, renewed 80000, reversed -80000, expanded 5000",
    ),
    Case(
        "what is not known takes nothing back",
        """
        5 a booked
        40 - reversed of=never
        """,
        "5: a 1, only; booked, reversed",
    ),
    Case(
        "what was credited to nobody is taken from nobody",
        """
        5 a booked
        371 - won EUR=1000 id=w
        380 - reversed of=w
        """,
        "5: a 1, only; booked, won 100000 to nobody, reversed -100000 to nobody",
    ),
    Case(
        "what was credited is taken back however late",
        """
        5 a booked
        360 - won EUR=1000 id=w
        400 - reversed of=w
        """,
        "5: a 1, only; booked, won 100000, reversed -100000",
    ),
    Case(
        "a reversal belongs where its sale does, though another opportunity is open",
        """
        5 a booked
        20 - won EUR=1000 id=w
        30 - churned
        40 a booked
        50 - reversed of=w
        """,
        """
        5: a 1, only; booked, won 100000, churned, reversed -100000
        40: a 1, only; booked
        """,
    ),
]

CURRENCIES = [
    Case(
        "cents are exact",
        """
        5 a booked
        20 - won EUR=1999.99
        """,
        "5: a 1, only; booked, won 199999",
    ),
    Case(
        "dollars at the rate of the day",  # 1,000 × 0.92
        """
        5 a booked
        20 - won USD=1000
        """,
        "5: a 1, only; booked, won 92000",
    ),
    Case(
        "from 1 July at the new rate",  # day 121; 1,000 × 0.90
        """
        5 a booked
        121 - won USD=1000
        """,
        "5: a 1, only; booked, won 90000",
    ),
    Case(
        "the day is the program's: half past ten in the evening UTC is July in Berlin",
        # day 120 is 30 June, 12:00 UTC; 37,800 seconds later it is 22:30 UTC and 00:30 in Berlin
        """
        5 a booked
        120+37800s - won USD=1000
        """,
        "5: a 1, only; booked, won 90000",
    ),
    Case(
        "taken back at the rate at which it was counted",
        """
        5 a booked
        20 - won USD=1000 id=w
        130 - reversed of=w
        """,
        "5: a 1, only; booked, won 92000, reversed -92000",
    ),
    Case(
        "a part of it too",  # 100 × 0.92
        """
        5 a booked
        20 - won USD=1000 id=w
        130 - reversed of=w USD=100
        """,
        "5: a 1, only; booked, won 92000, reversed -9200",
    ),
    Case(
        "yen have no decimals",  # 150,000 × 0.006 = 900.00
        """
        5 a booked
        20 - won JPY=150000
        """,
        "5: a 1, only; booked, won 90000",
    ),
    Case(
        "dinars have three; a half cent goes to the even one",
        # 12.345 × 3 = 37.035 → 37.04; 12.355 × 3 = 37.065 → 37.06
        """
        5 a booked
        20 - renewed KWD=12.345
        21 - renewed KWD=12.355
        """,
        "5: a 1, only; booked, renewed 3704, renewed 3706",
    ),
    Case(
        "without a rate it is won, and its money is not guessed",
        """
        5 a booked
        20 - won CHF=1000
        """,
        "5: a 1, only; booked, won unpriced",
    ),
    Case(
        "nor is a rate used before its day",
        """
        5 a booked
        20 - won GBP=1000
        """,
        "5: a 1, only; booked, won unpriced",
    ),
]

DECISIONS = [
    Case(
        "a self-referral waits for a person, with its meeting booked",
        """
        0 a introduced
        5 a booked signals=same-mailbox,same-domain
        """,
        "5: nobody, review; booked",
    ),
    Case(
        "released, it is credited by the rule",
        """
        5 a booked signals=same-domain
        8 - overridden decision=release
        """,
        "5: a 1, only; booked",
    ),
    Case(
        "or it is credited to nobody",
        """
        5 a booked signals=same-domain
        8 - overridden decision=none
        """,
        "5: nobody, override; booked",
    ),
    Case(
        "one self-referral among two claims keeps all of it back",
        """
        0 b introduced
        5 a booked page=share signals=same-mailbox
        """,
        "5: nobody, review; booked",
    ),
    Case(
        "which a person gives to the other",
        """
        0 b introduced
        5 a booked page=share signals=same-mailbox
        6 - overridden decision=credit:b
        """,
        "5: b 1, override; booked",
    ),
    Case(
        "a self-referral that is too old to count keeps nothing back",
        """
        0 a introduced signals=same-domain
        91 b booked page=share
        """,
        "91: b 1, only; booked",
    ),
    Case(
        "a person decides against the rule",
        CONTESTED + "9 - overridden decision=credit:b",
        "5: b 1, override; booked",
    ),
    Case(
        "the newest decision holds, whichever is learned of first",
        CONTESTED + "9 - overridden decision=credit:b\n8 - overridden decision=none",
        "5: b 1, override; booked",
    ),
    Case(
        "a release takes a decision back",
        CONTESTED + "8 - overridden decision=credit:b\n9 - overridden decision=release",
        "5: a 1, first; booked",
    ),
    Case(
        "a person may know what no event tells",
        CONTESTED + "9 - overridden decision=credit:c",
        "5: c 1, override; booked",
    ),
    Case(
        "and may look past the window",
        """
        0 a introduced
        95 - qualified
        97 - overridden decision=credit:a
        """,
        "95: a 1, override; qualified",
    ),
    Case(
        "a decision is about the opportunity of its time",
        """
        5 a booked
        10 - lost
        20 a booked
        25 - overridden decision=none
        """,
        """
        5: a 1, only; booked, lost
        20: nobody, override; booked
        """,
    ),
    Case(
        "or about the one that it names",
        """
        5 a booked id=first
        10 - lost
        20 a booked
        25 - overridden decision=none of=first account=
        """,
        """
        5: nobody, override; booked, lost
        20: a 1, only; booked
        """,
    ),
]

CASES = [
    *EVIDENCE,
    *WINDOWS,
    *CONTESTS,
    *LATE,
    *MEETINGS,
    *OPPORTUNITIES,
    *REVERSALS,
    *CURRENCIES,
    *DECISIONS,
]


def lines(text: str) -> list[str]:
    return [line for line in map(str.strip, text.splitlines()) if line]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_credit_goes_where_it_belongs(case: Case) -> None:
    found = opportunities_of(history(case.happened), rules(case.rule))
    assert outcome(found) == lines(case.expected)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_it_does_not_matter_in_which_order_and_how_often_it_is_told(case: Case) -> None:
    events = history(case.happened)
    orders = list(permutations(events)) if len(events) < 5 else []
    dice = Random(case.title)
    orders += [tuple(dice.sample(events, len(events))) for _ in range(5)]
    expected = opportunities_of(events, rules(case.rule))
    for order in orders:
        assert opportunities_of([*order, *order[:2]], rules(case.rule)) == expected


def test_the_cases_are_many_and_told_apart() -> None:
    assert len({case.title for case in CASES}) == len(CASES) >= 40
