"""template.yaml says what the rest of the code says: routes, handlers, the ledger's table."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from functions._hooks import HOOKS as OF_HOOKS
from functions._origin import VARIABLE as ORIGIN
from functions._unsubscribe import UNSUBSCRIBE
from functions.relay import FOR_THE_STREAM
from infra.local.gateway import imported
from infra.local.routes import Function, find, routes, template
from passalong import wiring
from passalong.actions.outcome import PATH as OF_OUTCOMES
from passalong.endpoints import ENDPOINTS, REPORT
from passalong.hooks import VARIABLE as HOOKS
from passalong.keyring import VARIABLE
from passalong.ledger.dynamodb_table import DEFINITION, EXPIRES
from passalong.parameters import STORE
from passalong.report_key import VARIABLE as REPORT_KEY
from passalong.tokens import SECRET_VARIABLE
from tests.programs import ROOT

TEMPLATE = template(ROOT / "template.yaml")
RESOURCES: dict[str, Any] = TEMPLATE["Resources"]
ROUTES = routes(TEMPLATE)
REST = "{proxy+}"
FUNCTIONS = {
    name: TEMPLATE["Globals"]["Function"] | resource["Properties"]
    for name, resource in RESOURCES.items()
    if resource["Type"] == "AWS::Serverless::Function"
}


# --- Routes -----------------------------------------------------------------------------------


def test_the_routes_are_the_endpoints() -> None:
    named = {path: to.handler for (_, path), to in ROUTES.items() if not path.endswith(REST)}
    every = (*ENDPOINTS, REPORT)
    assert named == {end.path: f"functions.{end.function}.handler" for end in every}


def test_the_addresses_that_letters_carry_have_a_route_of_their_own() -> None:
    assert ROUTES["ANY", UNSUBSCRIBE + REST].handler == "functions.share.handler"


def test_so_have_hooks_and_the_page_of_a_host() -> None:
    for path in OF_HOOKS, OF_OUTCOMES:
        assert ROUTES["ANY", path + REST].handler == "functions.attribution.handler"


def test_only_who_needs_them_may_read_the_secrets_of_hooks() -> None:
    knowing = {name for name in FUNCTIONS if HOOKS in variables(name)}
    assert knowing == {"Attribution", "Relay"}
    allowed = {name for name, made in RESOURCES.items() if "parameter/${Hooks}" in json.dumps(made)}
    assert allowed == {"AttributionRole", "RelayRole"}


def test_only_the_function_that_answers_it_may_read_the_key_of_the_report() -> None:
    assert [name for name in FUNCTIONS if REPORT_KEY in variables(name)] == ["Attribution"]
    allowed = [name for name, made in RESOURCES.items() if "/${ReportKey}" in json.dumps(made)]
    assert allowed == ["Attribution", "AttributionRole"]


def test_routes_take_every_method() -> None:
    assert {method for method, _ in ROUTES} == {"ANY"}


def test_every_route_belongs_to_the_one_api() -> None:
    (api,) = [name for name, made in RESOURCES.items() if made["Type"].endswith("HttpApi")]
    for function in FUNCTIONS.values():
        for event in function["Events"].values():
            if event["Type"] == "HttpApi":
                assert event["Properties"]["ApiId"] == {"Ref": api}
                assert event["Properties"].get("PayloadFormatVersion", "2.0") == "2.0"


@pytest.mark.parametrize("endpoint", [*ENDPOINTS, REPORT], ids=lambda endpoint: endpoint.name)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
def test_a_function_is_asked_about_its_path_whatever_the_method(endpoint: Any, method: str) -> None:
    found = find(ROUTES, method, endpoint.path)
    assert found is not None
    assert found.key == f"ANY {endpoint.path}"
    assert found.function.handler == f"functions.{endpoint.function}.handler"


@pytest.mark.parametrize("endpoint", [*ENDPOINTS, REPORT], ids=lambda endpoint: endpoint.name)
@pytest.mark.parametrize("rest", ["/", "/x", "//"])
def test_a_last_slash_too_many_leads_to_the_same_function(endpoint: Any, rest: str) -> None:
    found = find(ROUTES, "POST", endpoint.path + rest)
    assert found is not None
    assert found.function.handler == f"functions.{endpoint.function}.handler"


@pytest.mark.parametrize("path", ["/api/", "/api/nothing", "/api/sharex", "/api//share"])
def test_whatever_else_is_below_api_is_answered_by_a_function_too(path: str) -> None:
    found = find(ROUTES, "POST", path)
    assert found is not None
    assert found.key == "ANY /api/{proxy+}"


@pytest.mark.parametrize("path", ["/", "/api", "", "/stories/", "api/share", "/apix/share"])
def test_nothing_outside_api_is_a_function_s(path: str) -> None:
    assert find(ROUTES, "GET", path) is None


def test_the_more_specific_route_is_picked() -> None:
    one, two, three, four = (Function(name, f"{name}.handler", 1, 128) for name in "abcd")
    table = {
        ("ANY", "/api/{proxy+}"): one,
        ("ANY", "/api/a/{proxy+}"): two,
        ("POST", "/api/a/b"): three,
        ("ANY", "/api/a/b"): four,
    }
    asked = {
        ("POST", "/api/a/b"): three,
        ("GET", "/api/a/b"): four,
        ("POST", "/api/a/c"): two,
        ("POST", "/api/a/b/"): two,
        ("POST", "/api/c"): one,
    }
    assert {request: getattr(find(table, *request), "function", None) for request in asked} == asked


# --- Functions --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_runs_on_the_python_that_is_tested_and_on_arm(name: str) -> None:
    function = FUNCTIONS[name]
    assert (function["Runtime"], function["Architectures"]) == ("python3.13", ["arm64"])
    assert 1 <= function["Timeout"] <= 60


def test_a_function_that_answers_has_time_enough_before_the_api_gives_up() -> None:
    assert all(function.timeout < 30 for function in ROUTES.values())


# --- The ledger -------------------------------------------------------------------------------


def table() -> dict[str, Any]:
    (resource,) = [made for made in RESOURCES.values() if made["Type"] == "AWS::DynamoDB::Table"]
    assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain"
    found: dict[str, Any] = resource["Properties"]
    return found


def test_the_table_is_the_ledgers() -> None:
    assert {name: table()[name] for name in DEFINITION} == DEFINITION


def test_what_expires_goes_by_itself() -> None:
    assert table()["TimeToLiveSpecification"] == {"AttributeName": EXPIRES, "Enabled": True}


def test_the_table_survives_mistakes() -> None:
    assert table()["DeletionProtectionEnabled"] is True
    assert table()["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table()["BillingMode"] == "PAY_PER_REQUEST"


def test_the_relay_is_woken_by_new_events_by_the_clock_and_by_mail_that_came_back() -> None:
    events = FUNCTIONS["Relay"]["Events"]
    assert table()["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}  # see event_in
    assert {name: event["Type"] for name, event in events.items()} == {
        "NewEvents": "DynamoDB",
        "NowAndThen": "Schedule",
        "EveryDay": "Schedule",
        "Mail": "EventBridgeRule",
    }
    said = [json.loads(events[name]["Properties"]["Input"]) for name in ("NowAndThen", "EveryDay")]
    assert said == [{"do": "deliver"}, {"do": "forget"}]
    pattern = events["Mail"]["Properties"]["Pattern"]
    assert (pattern["source"], pattern["detail"]) == (
        ["aws.ses"],
        {"eventType": ["Bounce", "Complaint"]},
    )


def test_what_the_stream_cannot_hand_over_holds_up_nothing_for_long() -> None:
    stream = FUNCTIONS["Relay"]["Events"]["NewEvents"]["Properties"]
    assert stream["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert stream["BisectBatchOnFunctionError"] is True
    assert stream["MaximumRetryAttempts"] > 0
    queue = stream["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0]
    assert RESOURCES[queue]["Type"] == "AWS::SQS::Queue"
    assert stream["StartingPosition"] == "TRIM_HORIZON"


def test_a_call_that_failed_comes_again_and_is_never_lost_in_silence() -> None:
    (queue,) = [name for name, made in RESOURCES.items() if made["Type"] == "AWS::SQS::Queue"]
    again = FUNCTIONS["Relay"]["EventInvokeConfig"]
    assert again["MaximumRetryAttempts"] == 2
    kept = {"Type": "SQS", "Destination": {"Fn::GetAtt": [queue, "Arn"]}}
    assert again["DestinationConfig"]["OnFailure"] == kept
    assert FUNCTIONS["Relay"]["Events"]["NewEvents"]["Properties"]["DestinationConfig"] == {
        "OnFailure": kept
    }
    alarms = [one for one in RESOURCES.values() if one["Type"] == "AWS::CloudWatch::Alarm"]
    watched = [each["Value"] for one in alarms for each in one["Properties"].get("Dimensions", ())]
    assert {"Fn::GetAtt": [queue, "QueueName"]} in watched


def test_the_clock_leaves_to_the_stream_s_call_all_the_time_that_it_has() -> None:
    stream = FUNCTIONS["Relay"]["Events"]["NewEvents"]["Properties"]
    collected = stream["MaximumBatchingWindowInSeconds"]
    assert collected + FUNCTIONS["Relay"]["Timeout"] < FOR_THE_STREAM.total_seconds()


# --- The environment --------------------------------------------------------------------------

METRICS = "POWERTOOLS_METRICS_NAMESPACE"
READ = {*re.findall(r"^([A-Z_]+)  ", wiring.__doc__ or "", re.M), VARIABLE, SECRET_VARIABLE}
READ |= {ORIGIN, METRICS}


def variables(name: str) -> dict[str, Any]:
    shared: dict[str, Any] = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
    own: dict[str, Any] = RESOURCES[name]["Properties"].get("Environment", {}).get("Variables", {})
    return shared | own


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_the_environment_says_is_what_the_wiring_reads(name: str) -> None:
    assert variables(name).keys() <= READ


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_a_function_reads_lies_where_publishing_puts_it(name: str) -> None:
    said = variables(name)
    assert said["PASSALONG_BUNDLE"] == {"Fn::Sub": "s3://${Private}/bundle.json"}
    assert said["PASSALONG_SITE"] == {"Fn::Sub": "s3://${Site}"}
    text, given = said["LEDGER"]["Fn::Sub"]
    assert text == "dynamodb://${Table}?region=${AWS::Region}"
    assert given["Table"]["Fn::If"][2] == {"Ref": "Ledger"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_secrets_lie_in_the_parameter_store(name: str) -> None:
    for variable in {VARIABLE, SECRET_VARIABLE, ORIGIN, HOOKS, REPORT_KEY} & variables(name).keys():
        parameter = variables(name)[variable]["Fn::Sub"].removeprefix(STORE + "/").strip("${}")
        assert TEMPLATE["Parameters"][parameter]["Default"].startswith("passalong/")


def test_every_function_that_answers_asks_for_the_secret_of_the_edge() -> None:
    asking = {name for name in FUNCTIONS if ORIGIN in variables(name)}
    assert asking == {function.name for function in ROUTES.values()}


def test_only_the_relay_sends_mail() -> None:
    assert {name for name in FUNCTIONS if "PASSALONG_MAIL" in variables(name)} == {"Relay"}


# --- Handlers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_handler_is_there(name: str) -> None:
    assert callable(imported(FUNCTIONS[name]["Handler"]))
