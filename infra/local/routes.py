"""Which function answers what, as template.yaml has it: one table for AWS and for this machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SHORT = ("Ref", "Condition")
_PLAIN_TIMEOUT, _PLAIN_MEMORY = 3, 128
"""Seconds and megabytes of a function that says nothing: AWS::Lambda::Function."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the template: ``handler`` is ``module.attribute``, ``timeout`` in seconds,
    ``memory`` in megabytes."""

    name: str
    handler: str
    timeout: int
    memory: int


@dataclass(frozen=True, slots=True)
class Route:
    """A route of the HTTP API: ``key`` is ``ANY /api/share``, as the API calls it."""

    key: str
    function: Function


Routes = dict[tuple[str, str], Function]
"""From method (or ``ANY``) and path to the function that answers; ``{proxy+}`` stands for any rest
of a path."""


def template(path: Path) -> dict[str, Any]:
    """A CloudFormation template, its short forms written out: ``!Ref A`` as ``{"Ref": "A"}``."""
    loaded: dict[str, Any] = yaml.load(path.read_text("utf-8"), _Loader)  # noqa: S506 - a SafeLoader
    return loaded


def routes(template: dict[str, Any]) -> Routes:
    """The routes of a template's HTTP API."""
    return {
        (str(event["Method"]).upper(), event["Path"]): function
        for function, event in _events(template)
        if event.get("Type") == "HttpApi"
    }


def find(table: Routes, method: str, path: str) -> Route | None:
    """The route that the HTTP API picks: the whole path before ``{proxy+}``, the method before ANY.

    ``{proxy+}`` takes an empty rest, too: a path that ends with a slash has no route otherwise.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
    """
    parents = [path[:at] for at in range(len(path), 0, -1) if path[at - 1] == "/"]
    for candidate in (path, *(f"{parent}{{proxy+}}" for parent in parents)):
        for verb in (method, "ANY"):
            if function := table.get((verb, candidate)):
                return Route(f"{verb} {candidate}", function)
    return None


def _events(template: dict[str, Any]) -> Iterator[tuple[Function, dict[str, Any]]]:
    """Every event of every function: its type and properties in one."""
    shared = template.get("Globals", {}).get("Function", {})
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            own = shared | resource["Properties"]
            function = Function(
                name,
                own["Handler"],
                own.get("Timeout", _PLAIN_TIMEOUT),
                own.get("MemorySize", _PLAIN_MEMORY),
            )
            for event in own.get("Events", {}).values():
                yield function, {"Type": event["Type"], **event.get("Properties", {})}


_Safe = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Safe):  # type: ignore[misc, valid-type]
    """Reads plain data, and CloudFormation's tags as the functions that they stand for."""


def _short_form(loader: _Loader, tag: str, node: yaml.Node) -> dict[str, Any]:
    given: Any = None
    match node:
        case yaml.ScalarNode():
            given = loader.construct_scalar(node)
        case yaml.SequenceNode():
            given = loader.construct_sequence(node, deep=True)
        case yaml.MappingNode():
            given = loader.construct_mapping(node, deep=True)
    if tag == "GetAtt" and isinstance(given, str):
        given = given.split(".", 1)
    return {tag if tag in _SHORT else f"Fn::{tag}": given}


_Loader.add_multi_constructor("!", _short_form)
