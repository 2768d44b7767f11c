"""docs/openapi.json is what the code says, and the code does what it says."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
import schemathesis

from functions._problems import DETAILS, Problem
from infra.local.routes import find, routes, template
from passalong.endpoints import ENDPOINTS
from passalong.openapi import CODES, document, text
from tests.programs import ROOT

DOCUMENT = document()
OPERATIONS = [
    (path, method, operation)
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
    if method != "parameters"
]


def test_the_document_is_the_one_that_is_kept() -> None:
    assert (ROOT / "docs/openapi.json").read_text("utf-8") == text(), "make openapi"


def test_every_endpoint_is_in_it_and_has_a_route() -> None:
    assert {endpoint.path for endpoint in ENDPOINTS} < DOCUMENT["paths"].keys()
    table = routes(template(ROOT / "template.yaml"))
    assert all(find(table, "POST", path.replace("{token}", "x")) for path in DOCUMENT["paths"])


def test_it_can_be_read_by_what_reads_such_documents() -> None:
    schema = schemathesis.openapi.from_dict(DOCUMENT)
    assert schema.statistic.operations.total == len(OPERATIONS)
    schema.validate()


def test_its_codes_are_those_of_the_problem_documents() -> None:
    named = {code for codes in CODES.values() for code in codes}
    assert named | {"missing"} == DETAILS.keys()


@pytest.mark.parametrize("status", CODES)
def test_a_problem_document_is_as_it_says(status: int) -> None:
    for code in CODES[status]:
        problem = Problem.of(status, code)
        refusing = "hooks-conversions" if status == 401 else "bookings"
        schema = operation(refusing)["responses"][str(status)]
        assert schema["headers"].keys() == problem.headers.keys() if "headers" in schema else True
        found = schema["content"]["application/problem+json"]["schema"]
        whole = found | {"components": DOCUMENT["components"]}
        jsonschema_rs.validate(whole, json.loads(json.dumps(problem.document())))


def operation(name: str) -> Any:
    return next(found for _, _, found in OPERATIONS if found["operationId"] == name)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_an_operation_names_every_field_and_every_answer(endpoint: Any) -> None:
    found = operation(endpoint.name.replace("/", "-"))
    for content in found["requestBody"]["content"].values():
        assert content["schema"]["properties"].keys() == {f.name for f in endpoint.fields}
    assert str(endpoint.done) in found["responses"]
    assert {"400", "404", "405", "413", "415", "422", "429", "503"} <= found["responses"].keys()
    assert not {"401", "403", "500"} & found["responses"].keys()
