"""What stands before the functions and the site on AWS: headers, addresses, rights, the firewall.

The templates are read as they are, and as AWS' own translator transforms them.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local.routes import routes, template
from passalong.endpoints import ENDPOINTS, REPORT
from passalong.headers import ANSWERS, headers_for
from tests.cloud import stack
from tests.cloud.distribution import Distribution
from tests.programs import ROOT

EDGE = ROOT / "infra/aws/edge.js"
TEMPLATE = template(ROOT / "template.yaml")
RESOURCES: dict[str, Any] = TEMPLATE["Resources"]
DISTRIBUTION = Distribution(RESOURCES)
OF_THE_FILE = ("Content-Type", "Cache-Control")
"""Headers that publishing and the functions give each file: `passalong.bucket`."""


# --- Headers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/404.html", "/stories/", "/stories/x/", "/assets/a.1f2e.css", "/robots.txt"),
        *(
            "/assets/l.1f2e.svg",
            "/logos/x.svg",
            "/a/k/",
            "/p/k/",
            "/p/k/index.html",
            "/r/c/",
            "/report/",
        ),
    ],
)
def test_headers_are_the_local_server_s(path: str) -> None:
    ours = headers_for(path)
    edge = DISTRIBUTION.headers(path)
    for name in OF_THE_FILE:
        assert edge.pop(name, ours[name]) == ours.pop(name)
    assert edge == ours


@pytest.mark.parametrize(
    "path",
    [
        *("/x", "/stories/x/", "/a/x/", "/p/x/", "/r/x/", "/assets/x.css", "/x.svg", "/r/x.svg"),
        *("/a", "/r", "//a/x/", "/ax/", "/A/x/"),
    ],
)
def test_what_is_missing_is_the_neutral_page_with_the_local_server_s_headers(path: str) -> None:
    page, ours = headers_for("/404.html"), headers_for(path, found=False)
    assert {name: page[name] for name in OF_THE_FILE} | DISTRIBUTION.headers(path) == ours


@pytest.mark.parametrize("path", ["/x", "/stories/x/", "/a/x/", "/p/x/", "/r/x/", "/x.svg"])
def test_what_is_missing_is_the_neutral_page_and_no_more_is_kept_of_it(path: str) -> None:
    (error,) = DISTRIBUTION.config["CustomErrorResponses"]
    assert (error["ErrorCode"], error["ResponseCode"]) == (403, 404)
    assert error["ResponsePagePath"] == "/404.html"
    assert error["ErrorCachingMinTTL"] == 0
    assert "no-store" in DISTRIBUTION.headers(path).get("Cache-Control", "no-store")
    assert headers_for("/404.html")["Cache-Control"] == "no-store"


def test_private_pages_are_kept_by_nobody_whatever_their_file_says() -> None:
    for path in ("/a/k/", "/p/k/", "/report/"):
        assert DISTRIBUTION.headers(path)["Cache-Control"] == "private, no-store"


def test_answers_of_functions_have_the_headers_of_the_site() -> None:
    tls = {"Strict-Transport-Security": headers_for("/")["Strict-Transport-Security"]}
    assert DISTRIBUTION.headers("/api/share") == ANSWERS | tls


# --- The distribution -------------------------------------------------------------------------


def test_everything_is_compressed_and_comes_by_tls() -> None:
    assert DISTRIBUTION.config["HttpVersion"] == "http2and3"
    for one in DISTRIBUTION.behaviours:
        assert one["Compress"] is True
        assert one["ViewerProtocolPolicy"] in ("redirect-to-https", "https-only")


def test_the_api_is_reached_whole_and_never_kept() -> None:
    api = DISTRIBUTION.behaviour("/api/share")
    assert {*api["AllowedMethods"]} >= {"POST", "GET", "HEAD"}
    assert api["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"  # CachingDisabled
    # AllViewerExceptHostHeader: with the viewer's Host the API would answer 403
    assert api["OriginRequestPolicyId"] == "b689b0a8-53d0-40ab-baf2-68738e2966ac"
    assert "FunctionAssociations" not in api
    (told,) = DISTRIBUTION.origin("/api/share")["OriginCustomHeaders"]
    assert told == {"HeaderName": "X-Passalong-Origin", "HeaderValue": {"Ref": "OriginHeader"}}


def test_copies_are_kept_as_long_as_files_say() -> None:
    (policy,) = [r for r in RESOURCES.values() if r["Type"] == "AWS::CloudFront::CachePolicy"]
    config = policy["Properties"]["CachePolicyConfig"]
    assert (config["MinTTL"], config["DefaultTTL"], config["MaxTTL"]) == (0, 0, 31_536_000)
    parameters = config["ParametersInCacheKeyAndForwardedToOrigin"]
    assert (
        parameters["EnableAcceptEncodingBrotli"] is parameters["EnableAcceptEncodingGzip"] is True
    )
    assert parameters["QueryStringsConfig"] == {"QueryStringBehavior": "none"}


@pytest.mark.parametrize("name", ["Site", "Private"])
def test_buckets_are_private_and_forget_old_versions_in_a_month(name: str) -> None:
    bucket = RESOURCES[name]["Properties"]
    assert {*bucket["PublicAccessBlockConfiguration"].values()} == {True}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}


def test_only_this_distribution_reads_the_site_and_nobody_lists_it() -> None:
    allowed = [
        statement
        for name in ("SitePolicy", "PrivatePolicy")
        for statement in RESOURCES[name]["Properties"]["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]
    (read,) = allowed
    assert read["Action"] == "s3:GetObject"
    assert read["Condition"]["StringEquals"]["AWS:SourceArn"]["Fn::Sub"].endswith("${Distribution}")


# --- Logs, and the firewall -------------------------------------------------------------------


def test_logs_hold_no_path_no_query_no_referrer_and_nobody_s_address() -> None:
    log = RESOURCES["Api"]["Properties"]["AccessLogSettings"]["Format"]
    said = {*re.findall(r"\$context\.([\w.]+)", log)}
    assert not {name for name in said if re.search("path|query|identity|ip|referer", name, re.I)}
    assert {*json.loads(log)} >= {"route", "status", "ms"}
    delivery = template(ROOT / "infra/aws/logs.yaml")["Resources"]["Delivery"]["Properties"]
    fields = {*delivery["RecordFields"]}
    refused = {"cs-uri-stem", "cs-uri-query", "cs(Referer)", "cs(Cookie)", "c-ip"}
    assert fields.isdisjoint(refused | {"x-forwarded-for", "cs(User-Agent)"})


@pytest.mark.parametrize("file", ["template.yaml", "infra/aws/logs.yaml"])
def test_logs_are_kept_for_so_long_and_no_longer(file: str) -> None:
    groups = [
        one["Properties"]
        for one in template(ROOT / file)["Resources"].values()
        if one["Type"] == "AWS::Logs::LogGroup"
    ]
    assert groups
    assert all(group["RetentionInDays"] == {"Ref": "LogDays"} for group in groups)


def test_the_firewall_answers_as_the_functions_do_and_never_with_403() -> None:
    firewall = template(ROOT / "infra/aws/edge.yaml")["Resources"]["Firewall"]["Properties"]
    assert firewall["Scope"] == "CLOUDFRONT"
    for rule in firewall["Rules"]:
        answer = rule["Action"]["Block"]["CustomResponse"]
        assert answer["ResponseCode"] == 429
        body = json.loads(
            firewall["CustomResponseBodies"][answer["CustomResponseBodyKey"]]["Content"]
        )
        assert (body["status"], body["code"]) == (429, "limit")
        assert rule["VisibilityConfig"]["SampledRequestsEnabled"] is False


def test_an_open_report_uses_up_nobody_s_requests_to_the_other_functions() -> None:
    firewall = template(ROOT / "infra/aws/edge.yaml")["Resources"]["Firewall"]["Properties"]
    functions, everything = (rule["Statement"]["RateBasedStatement"] for rule in firewall["Rules"])
    below, but = functions["ScopeDownStatement"]["AndStatement"]["Statements"]
    assert below["ByteMatchStatement"]["SearchString"] == "/api/"
    kept_out = but["NotStatement"]["Statement"]["ByteMatchStatement"]
    assert (kept_out["SearchString"], kept_out["PositionalConstraint"]) == (REPORT.path, "EXACTLY")
    assert "ScopeDownStatement" not in everything


# --- The function at the edge -----------------------------------------------------------------


def test_the_template_holds_the_function_word_for_word() -> None:
    assert RESOURCES["Addresses"]["Properties"]["FunctionCode"] == EDGE.read_text("utf-8")


def test_it_rewrites_what_is_asked_of_the_site_and_nothing_else() -> None:
    rewritten = {
        one.get("PathPattern", "*"): bool(one.get("FunctionAssociations"))
        for one in DISTRIBUTION.behaviours
    }
    assert rewritten.pop("/api/*") is False
    assert {*rewritten.values()} == {True}


def test_nothing_is_traced() -> None:
    assert not any("Tracing" in str(one) for one in RESOURCES.values())


# --- Rights, as they are once the template is transformed ----------------------------------------


@pytest.fixture
def transformed(aws_tools: Path) -> dict[str, Any]:
    """The resources that AWS makes of the template."""
    found: dict[str, Any] = stack.transformed(aws_tools)["Resources"]
    return found


def of_type(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: one["Properties"] for name, one in resources.items() if one["Type"] == kind}


def statements(role: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every statement of a role's own policies, with those under a condition."""
    for policy in role["Policies"]:
        for one in policy["PolicyDocument"]["Statement"]:
            yield one["Fn::If"][1] if "Fn::If" in one else one


def many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_every_route_has_a_handler_and_every_handler_its_routes(
    transformed: dict[str, Any],
) -> None:
    (api,) = of_type(transformed, "AWS::ApiGatewayV2::Api").values()
    functions = of_type(transformed, "AWS::Lambda::Function")
    found: dict[str, str] = {}
    for path, methods in api["Body"]["paths"].items():
        (method,) = methods.values()
        assert [*methods] == ["x-amazon-apigateway-any-method"]
        integration = method["x-amazon-apigateway-integration"]
        assert integration["payloadFormatVersion"] == "2.0"
        (name,) = re.findall(r"\$\{(\w+)\.Arn\}/invocations", json.dumps(integration["uri"]))
        found[path] = functions[name]["Handler"]
    assert found == {path: to.handler for (_, path), to in routes(TEMPLATE).items()}
    asked = {end.path: f"functions.{end.function}.handler" for end in ENDPOINTS}
    assert {path: found[path] for path in asked} == asked
    by_nobody = {one["Handler"] for one in functions.values()} - {*found.values()}
    assert by_nobody == {"functions.relay.handler"}, "which the stream, the clock and SES call"


def test_every_function_has_a_role_of_its_own_and_nothing_by_aws(
    transformed: dict[str, Any],
) -> None:
    functions = of_type(transformed, "AWS::Lambda::Function")
    roles = {name: one["Role"]["Fn::GetAtt"][0] for name, one in functions.items()}
    assert roles == {name: f"{name}Role" for name in ("Share", "Booking", "Attribution", "Relay")}
    for role in of_type(transformed, "AWS::IAM::Role").values():
        assert "ManagedPolicyArns" not in role


def test_no_right_has_a_wildcard(transformed: dict[str, Any]) -> None:
    for role in of_type(transformed, "AWS::IAM::Role").values():
        for one in statements(role):
            assert not any("*" in action for action in many(one["Action"])), one
            for resource in many(one["Resource"]):
                text = json.dumps(resource)
                pages = re.search(r"\$\{Site\.Arn\}/[apr]/\*\"", text)
                assert "*" not in text or (pages and one["Action"][:3] == "s3:"), one


ALLOWED = {
    "Share": {
        "s3:DeleteObject",
        "s3:PutObject",
        "dynamodb:BatchGetItem",
        "dynamodb:Query",
    },
    "Booking": {"s3:PutObject", "dynamodb:BatchGetItem", "dynamodb:Query"},
    "Attribution": {"dynamodb:BatchGetItem", "dynamodb:Query"},
    "Relay": {
        "s3:DeleteObject",
        "dynamodb:BatchGetItem",
        "dynamodb:DeleteItem",
        "dynamodb:Query",
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
        "ses:SendEmail",
        "ses:SendRawEmail",
        "sqs:SendMessage",
    },
}
EVERYBODY = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "s3:GetObject",
    "ssm:GetParameter",
    "dynamodb:ConditionCheckItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
}


@pytest.mark.parametrize("name", ALLOWED)
def test_a_function_may_do_what_it_does_and_no_more(name: str, transformed: dict[str, Any]) -> None:
    role = transformed[f"{name}Role"]["Properties"]
    actions = {action for one in statements(role) for action in many(one["Action"])}
    assert actions == EVERYBODY | ALLOWED[name]


def test_only_the_bundle_is_read_of_what_is_private(transformed: dict[str, Any]) -> None:
    for role in of_type(transformed, "AWS::IAM::Role").values():
        read = [one for one in statements(role) if one["Action"] == "s3:GetObject"]
        assert [one["Resource"] for one in read] == [{"Fn::Sub": "${Private.Arn}/bundle.json"}]


def test_cfn_lint_finds_nothing(aws_tools: Path) -> None:
    files = ["template.yaml", "infra/aws/edge.yaml", "infra/aws/logs.yaml"]
    done = subprocess.run(
        [aws_tools.with_name("cfn-lint"), *files],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")
