"""On AWS somebody is told when something is wrong, nothing is without a limit, and nobody is asked
what has a safe answer."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from infra.local.routes import template
from tests.programs import ROOT

MAIN, EDGE = template(ROOT / "template.yaml"), template(ROOT / "infra/aws/edge.yaml")
RESOURCES: dict[str, Any] = MAIN["Resources"]
FUNCTIONS = {n for n, r in RESOURCES.items() if r["Type"] == "AWS::Serverless::Function"}


def of_type(kind: str, resources: dict[str, Any] = RESOURCES) -> dict[str, dict[str, Any]]:
    return {n: r["Properties"] for n, r in resources.items() if r["Type"] == kind}


ALARMS = of_type("AWS::CloudWatch::Alarm")
MAIL = {"Bounces": "Reputation.BounceRate", "Complaints": "Reputation.ComplaintRate"}


def test_whatever_goes_wrong_has_an_alarm_that_somebody_gets() -> None:
    watched = {name: one["MetricName"] for name, one in ALARMS.items() if "MetricName" in one}
    assert watched == MAIL | {
        "DeadDeliveries": "Dead",
        "Failures": "5xx",
        "RecordsNotTakenIn": "ApproximateNumberOfMessagesVisible",
        "RelayBehind": "IteratorAge",
        "Slowness": "Latency",
    }
    for alarm in ALARMS.values():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "Alarms"}]
        assert alarm["TreatMissingData"] == "notBreaching"
        assert alarm["AlarmDescription"]
    assert RESOURCES["AlarmMail"]["Condition"] == "HasAlarmEmail"
    assert {n for n in ALARMS if RESOURCES[n].get("Condition") == "HasMail"} == {*MAIL}


@pytest.mark.parametrize("figure", ["Errors", "Throttles"])
def test_no_function_fails_or_is_held_back_without_an_alarm(figure: str) -> None:
    total, *parts = ALARMS[figure]["Metrics"]
    metrics = [part["MetricStat"]["Metric"] for part in parts]
    assert {metric["MetricName"] for metric in metrics} == {figure}
    assert {metric["Dimensions"][0]["Value"]["Ref"] for metric in metrics} == FUNCTIONS
    assert {*total["Expression"].split(" + ")} == {part["Id"] for part in parts}


def test_spending_has_a_limit_of_which_somebody_is_told() -> None:
    (budget,) = of_type("AWS::Budgets::Budget", EDGE["Resources"]).values()
    assert budget["Budget"]["BudgetLimit"]["Amount"] == {"Ref": "MonthlyBudget"}
    kinds = {n["Notification"]["NotificationType"] for n in budget["NotificationsWithSubscribers"]}
    assert kinds == {"FORECASTED", "ACTUAL"}


def test_the_api_takes_so_much_and_no_more() -> None:
    (api,) = of_type("AWS::Serverless::HttpApi").values()
    assert api["DefaultRouteSettings"] == {
        "ThrottlingRateLimit": {"Ref": "RequestsPerSecond"},
        "ThrottlingBurstLimit": {"Ref": "RequestsAtOnce"},
    }


def test_the_dashboard_shows_what_there_is() -> None:
    text, given = RESOURCES["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    named = {*re.findall(r"\$\{(\w+)\}", text)}
    assert named <= RESOURCES.keys() | given.keys()
    shown = json.loads(re.sub(r"\$\{[\w:]+\}", "x", text))["widgets"]
    figures = {metric[1] for one in shown for metric in one["properties"]["metrics"]}
    assert figures >= {"Count", "5xx", "Latency", "Errors", "Throttles", "Dead", "IteratorAge"}


@pytest.mark.parametrize("source", [MAIN, EDGE], ids=["main", "edge"])
def test_every_parameter_has_a_safe_default_but_the_secret(source: dict[str, Any]) -> None:
    asked = {name for name, one in source["Parameters"].items() if "Default" not in one}
    assert asked == ({"OriginHeader"} if source is MAIN else set())
    for name in asked:
        assert source["Parameters"][name]["NoEcho"] is True
        assert source["Parameters"][name]["MinLength"] >= 32
    assert EDGE["Parameters"]["UseFirewall"]["Default"] == "yes"


def test_what_comes_back_of_mail_is_told() -> None:
    (told,) = of_type("AWS::SES::ConfigurationSetEventDestination").values()
    assert {*told["EventDestination"]["MatchingEventTypes"]} == {"bounce", "complaint"}
    (settings,) = of_type("AWS::SES::ConfigurationSet").values()
    assert settings["DeliveryOptions"] == {"TlsPolicy": "REQUIRE"}
