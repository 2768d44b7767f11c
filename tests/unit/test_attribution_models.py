"""The four models over the same touchpoints, and what an opportunity says besides its credit."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passalong.attribution.models import fractions
from passalong.attribution.money import WHOLE, shares
from passalong.attribution.opportunities import Opportunity, accounts_of, opportunities_of
from passalong.attribution.rules import Rule, rules_of
from passalong.attribution.touchpoints import STRENGTH, Touchpoint, needed
from passalong.events import Event
from passalong.program import Attribution, Brand, Program
from passalong.program import Booking as Meetings
from tests.histories import START, history, moment, outcome, rules

RULES: tuple[Rule, ...] = ("first", "last", "linear", "position")
HALF, FIFTH = Fraction(1, 2), Fraction(1, 5)


def touch(name: str, when: str, evidence: str = "introduction") -> Touchpoint:
    return Touchpoint(name, moment(when), f"a-{name}", f"ref-{name}", "", evidence)


def the(lines: str, rule: Rule = "first") -> Opportunity:
    (found,) = opportunities_of(history(lines), rules(rule))
    return found


touchpoints = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(sorted(STRENGTH))), min_size=1, max_size=8
).map(
    lambda drawn: [
        touch(f"t{number}", str(when), evidence) for number, (when, evidence) in enumerate(drawn)
    ]
)

# --- Models -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "parts"),
    [
        ("first", [1, 0, 0, 0]),
        ("last", [0, 0, 0, 1]),
        ("linear", [Fraction(1, 4)] * 4),
        ("position", [2 * FIFTH, FIFTH / 2, FIFTH / 2, 2 * FIFTH]),
    ],
)
def test_each_model_gives_its_parts(rule: Rule, parts: list[Fraction]) -> None:
    four = [touch(str(day), str(day)) for day in range(4)]
    assert list(fractions(rule, four)) == parts


@pytest.mark.parametrize("rule", RULES)
def test_models_agree_where_there_is_one_touchpoint(rule: Rule) -> None:
    assert list(fractions(rule, [touch("one", "3")])) == [1]
    assert fractions(rule, []) == ()


@given(touchpoints, st.sampled_from(RULES))
def test_parts_sum_to_one_and_follow_their_touchpoint(given: list[Touchpoint], rule: Rule) -> None:
    parts = dict(zip([t.id for t in given], fractions(rule, given), strict=True))
    assert sum(parts.values()) == 1
    assert min(parts.values()) >= 0
    turned = given[::-1]
    assert dict(zip([t.id for t in turned], fractions(rule, turned), strict=True)) == parts


def test_touchpoints_of_one_moment_have_one_first_and_another_last() -> None:
    three = [touch(name, "1") for name in "abc"]
    assert fractions("position", three) == (2 * FIFTH, 2 * FIFTH, FIFTH)


# --- What an opportunity says -------------------------------------------------------------------


def test_every_touchpoint_is_kept_with_its_evidence_be_it_early_late_or_credited() -> None:
    found = the("""
        0 a introduced story=nordhavn
        95 b booked page=share medium=linkedin variant=b
        96 c introduced
    """)
    assert [(t.advocate, t.evidence, t.medium, t.story, t.variant) for t in found.touchpoints] == [
        ("a", "introduction", "", "nordhavn", ""),
        ("b", "share-link", "linkedin", "", "b"),
        ("c", "introduction", "", "", ""),
    ]
    assert [share.touchpoint.advocate for share in found.credit.shares] == ["b"]
    assert found.is_contested


def test_the_first_touch_that_counts_gives_the_cohort_on_the_programs_day() -> None:
    # 41,400 seconds after noon UTC it is 23:30 UTC, and in Berlin the day after: 3 March
    lines = "0+41400s a introduced\n5 b booked"
    assert the(lines).first_touch == date(2026, 3, 3)
    assert the(lines, "last").first_touch == date(2026, 3, 3)
    assert the("10 - qualified").first_touch == date(2026, 3, 12)


def test_an_account_that_was_ours_before_is_influenced_and_one_that_became_ours_is_not() -> None:
    ours = "0 a introduced classification=influenced\n5 a booked classification=sourced"
    became = "0 a introduced classification=sourced\n5 a booked classification=influenced"
    assert the(ours).influenced
    assert not the(became).influenced
    assert not the("10 - qualified").influenced


def test_a_decision_is_named_and_so_are_the_signals_before_it() -> None:
    waiting = the("5 a booked signals=same-domain,same-mailbox")
    assert (waiting.state, waiting.signals) == ("review", ("same-domain", "same-mailbox"))
    lines = "5 a booked signals=same-domain\n6 - overridden decision=release id=d"
    assert (the(lines).state, the(lines).credit.decided) == ("counted", "d")


def test_the_same_network_is_no_signal() -> None:
    assert the("5 a booked network=203.0.113.7").state == "counted"


def test_an_opportunity_is_named_by_the_event_that_began_it() -> None:
    found = the("0 a introduced id=x\n5 a booked id=y")
    assert (found.id, found.account, found.start) == ("y", "kestrel", START + timedelta(days=5))


def test_what_belongs_to_no_company_and_nobody_makes_nothing() -> None:
    assert opportunities_of(history("5 - won account= EUR=10\n5 - visited account="), rules()) == ()
    assert opportunities_of([], rules()) == ()


def test_an_introduction_alone_is_no_opportunity_yet() -> None:
    assert opportunities_of(history("0 a introduced\n1 a visited"), rules()) == ()


def test_events_go_to_their_account_or_their_referral() -> None:
    groups = accounts_of(
        history("0 a introduced id=i\n1 a visited id=v\n2 b booked account= id=b\n3 - met id=m")
    )
    assert {unit: [event.id for event in events] for unit, events in groups.items()} == {
        "account:kestrel": ["i", "v", "m"],
        "referral:ref-b": ["b"],
    }


def test_the_rules_are_the_programs() -> None:
    program = Program(
        "leeway", "https://friends.example", "Europe/Berlin", "EUR",
        Brand("Leeway", "Leeway", "#000000", "hello@leeway.example"),
        ("en",), {}, (), Meetings(()), Attribution("linear", 30, 60),
    )  # fmt: skip
    made = rules_of(program)
    assert (made.rule, made.window, made.credit) == (
        "linear", timedelta(days=30), timedelta(days=60),
    )  # fmt: skip
    assert str(made.zone) == "Europe/Berlin"


# --- A function of the set of events ------------------------------------------------------------

_WHO = st.sampled_from(["a", "b", "-"])
_KINDS = (
    *("introduced", "visited", "booked", "rescheduled", "cancelled", "met", "no_show"),
    *("qualified", "disqualified", "won", "lost", "renewed", "expanded", "churned", "reversed"),
    *("overridden", "shared"),
)
_DETAILS = st.sampled_from(
    [
        *("", "account=kestrel", "account=lund", "meeting=m1", "meeting=m2", "page=share"),
        *("EUR=0.07", "EUR=1000", "USD=10.01", "CHF=5", "of=e1", "of=e2", "of=e3", "of=crm:1"),
        *("source=crm external=1", "signals=same-domain", "classification=influenced"),
        *("classification=review", "decision=release", "decision=none", "decision=credit:b"),
        *("evidence=e-mail", "referral=", "referral=ref-b"),
    ]
)


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    rows = draw(
        st.lists(
            st.tuples(
                st.integers(0, 200), _WHO, st.sampled_from(_KINDS), _DETAILS, _DETAILS, _DETAILS
            ),
            max_size=14,
        )
    )
    lines = []
    for day, who, kind, *details in rows:
        words = {word.partition("=")[0]: word for detail in details for word in detail.split()}
        lines.append(f"{day} {who} {kind} {' '.join(words.values())}")
    return history("\n".join(lines))


@given(histories(), st.sampled_from(RULES), st.data())
def test_order_and_repetition_change_nothing(
    events: list[Event], rule: Rule, data: st.DataObject
) -> None:
    expected = opportunities_of(events, rules(rule))
    told = data.draw(st.permutations(events + events[::2]))
    assert opportunities_of(told, rules(rule)) == expected


@given(histories(), st.sampled_from(RULES))
def test_visits_that_are_not_needed_change_nothing(events: list[Event], rule: Rule) -> None:
    kept = needed(events)
    assert opportunities_of(kept, rules(rule)) == opportunities_of(events, rules(rule))
    assert {event.id for event in needed(kept)} == {event.id for event in kept}


@given(histories())
def test_an_account_is_worked_out_from_its_own_events_alone(events: list[Event]) -> None:
    alone = [
        line
        for group in accounts_of(events).values()
        for line in outcome(opportunities_of(group, rules()))
    ]
    assert sorted(alone) == sorted(outcome(opportunities_of(events, rules())))


@given(histories(), st.sampled_from(RULES))
def test_credit_is_one_whole_or_none_and_money_splits_exactly(
    events: list[Event], rule: Rule
) -> None:
    for one in opportunities_of(events, rules(rule)):
        parts = one.credit.fractions
        assert sum(parts) == (1 if parts else 0)
        assert bool(parts) == (one.credit.reason not in ("review", "none", "outside-window")) or (
            one.credit.reason == "override"
        )
        for stage in one.stages if parts else ():
            assert sum(shares(stage.money, parts)) == stage.money
            assert sum(shares(WHOLE, parts)) == WHOLE


@given(histories(), st.sampled_from(RULES))
def test_nothing_is_taken_back_that_was_not_brought(events: list[Event], rule: Rule) -> None:
    for one in opportunities_of(events, rules(rule)):
        assert sum(stage.money for stage in one.stages) >= 0


@given(histories())
def test_whoever_is_alone_is_credited_alike_by_every_rule(events: list[Event]) -> None:
    by_rule = [opportunities_of(events, rules(rule)) for rule in RULES]
    for same in zip(*by_rule, strict=True):
        if same[0].credit.reason == "only":
            assert len({one.credit.shares[0].touchpoint.advocate for one in same}) == 1
            assert len({line for one in same for line in outcome([one])}) == 1
