"""The whole way as it goes on AWS: the built functions, the published site, all that is between.

AWS itself is stand-ins: for DynamoDB with its streams, S3, SES, the parameter store, CloudFront and
the HTTP API, each set up as template.yaml says (tests/cloud).
"""

from __future__ import annotations

import email
import email.policy
import json
import re
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path

import pytest
from playwright.sync_api import Page

from infra.local.gateway import Answer, Request
from passalong.headers import headers_for
from tests import sample
from tests.browser import journey
from tests.browser.journey import Place, Who
from tests.calls import request, token_of
from tests.cloud.deployed import Deployed, Tools, deployed
from tests.programs import path_of

Open = Callable[..., Page]

EVA = Who("adv-1002", "Eva Lund", "Eva L.", "Skagen Freight", "eva.lund@skagen-freight.example")


@pytest.fixture(scope="module")
def on_aws(
    built: dict[str, Path],
    aws_tools: Path,
    node: str,
    dynamodb: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Deployed]:
    """The sample, deployed and published once; each way is another advocate's."""
    made = sample.sample(tmp_path_factory.mktemp("aws"))
    with deployed(made, built, Tools(aws_tools, node, dynamodb)) as there:
        yield there


@pytest.fixture(autouse=True)
def all_is_well(on_aws: Deployed) -> Iterator[None]:
    """Whatever is done, no function fails or asks AWS for what its role does not let it."""
    yield
    assert on_aws.functions.faults == []
    for name, gate in on_aws.gates.items():
        assert gate.refused == set(), f"{name} asked for what it may not"


def place(on_aws: Deployed, who: Who) -> Place:
    """The deployed site from now on."""
    before = len(on_aws.letters())
    return Place(on_aws.address, lambda: on_aws.letters()[before:], on_aws.events_of, who)


def answer(on_aws: Deployed, path: str, method: str = "GET") -> Answer:
    """What CloudFront answers."""
    return on_aws.edge.answer(Request(method, path))


def addresses_in(letter: bytes, site: str) -> set[str]:
    """The addresses of the site that a letter names, from their slash."""
    mail = email.message_from_bytes(letter, policy=email.policy.default)
    html = mail.get_body(("html",))
    assert html
    text = html.get_content() + str(mail["List-Unsubscribe"])
    return {*re.findall(rf'{site}(/[^"<>\s]*)', text)}


def test_the_whole_way_on_a_phone(on_aws: Deployed, opened: Open) -> None:
    here = place(on_aws, Who())
    link = journey.by_phone(opened(), here)
    page = on_aws.site()[link.removeprefix(on_aws.address + "/") + "index.html"]
    assert (page.content_type, page.cache_control) == (
        "text/html; charset=utf-8",
        "private, no-store",
    )
    named = {path for mail in here.mails() for path in addresses_in(mail, on_aws.address)}
    assert {path.split("/")[1] for path in named} == {"a", "p", "api"}
    assert {answer(on_aws, path).status for path in named} == {HTTPStatus.OK}
    on_aws.clock()  # which finds nothing that was not done
    assert len(here.mails()) == journey.LETTERS.total()


def test_the_whole_way_without_scripts(on_aws: Deployed, opened: Open) -> None:
    journey.without_scripts(opened(java_script_enabled=False), place(on_aws, EVA))


def test_every_file_is_answered_as_the_local_server_answers(on_aws: Deployed) -> None:
    for path, data in on_aws.made.tree().items():
        address = "/" + path.removesuffix("index.html")
        found = answer(on_aws, address)
        assert (found.status, found.body) == (HTTPStatus.OK, data), address
        assert dict(found.headers) == headers_for(address), address


@pytest.mark.parametrize(
    "path",
    [
        "/no/such/page",
        "/a/",
        "/p/8d8d6t493s1kh8d8d6t493s1kh/",
        "/r/nobody/",
        "/x.svg",
        "/.passalong",
    ],
)
def test_whatever_is_not_there_is_the_neutral_page(on_aws: Deployed, path: str) -> None:
    found = answer(on_aws, path)
    page = on_aws.made.tree()["404.html"]
    assert (found.status, found.body) == (HTTPStatus.NOT_FOUND, page)
    assert dict(found.headers) == headers_for(path, found=False)


def test_a_share_link_that_was_typed_in_capitals_is_found(on_aws: Deployed) -> None:
    path = path_of("share", "adv-1001")
    found = answer(on_aws, f"/r/{path.split('/')[1].upper()}?utm_source=newsletter")
    assert found.body == on_aws.made.tree()[path]


def test_functions_answer_through_cloudfront_and_to_nobody_who_comes_past_it(
    on_aws: Deployed,
) -> None:
    asked = request("status", {"token": token_of(on_aws.made, "advocate", "adv-1003")})
    through, past = on_aws.edge.answer(asked), on_aws.edge.api.answer(asked)
    assert (through.status, past.status) == (HTTPStatus.OK, HTTPStatus.NOT_FOUND)
    assert json.loads(past.body)["code"] == "missing"
