"""What template.yaml makes on AWS: transformed by AWS' own translator, its functions worked out.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from infra.local.routes import template
from tests.programs import ROOT

REGION, ACCOUNT = "eu-central-1", "000000000000"
_TRANSFORM = """
import json, sys
from samtranslator.translator.transform import transform
from samtranslator.public.translator import ManagedPolicyLoader
class Nothing(ManagedPolicyLoader):
    def __init__(self): pass
    def load(self): return {}
print(json.dumps(transform(json.load(sys.stdin), {"OriginHeader": "x" * 64}, Nothing())))
"""
_PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::URLSuffix": "amazonaws.com",
}
_NO_VALUE = object()
_NAMED_AS = {
    "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/",
    "AWS::Lambda::Function": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:",
    "AWS::S3::Bucket": "arn:aws:s3:::",
}


@cache
def transformed(python: Path) -> dict[str, Any]:
    """The template as AWS transforms it; ``python`` is one that has the SAM translator."""
    packaged = template(ROOT / "template.yaml")
    packaged["Globals"]["Function"]["CodeUri"] = "s3://bucket/key"
    done = subprocess.run(
        [python, "-c", _TRANSFORM],
        input=json.dumps(packaged),
        capture_output=True,
        text=True,
        check=False,
        env={"AWS_DEFAULT_REGION": REGION},
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


class Stack:
    """A stack with these parameters. What it makes has made-up names, which ``attributes`` may say
    otherwise: of a resource by its name, of its attribute by ``Name.Attribute``.
    """

    def __init__(
        self,
        python: Path,
        name: str,
        parameters: Mapping[str, str],
        attributes: Mapping[str, str],
    ) -> None:
        self.name = name
        self._template = transformed(python)
        self.resources: dict[str, dict[str, Any]] = self._template["Resources"]
        given = self._template["Parameters"]
        assert parameters.keys() <= given.keys()
        self._said = {key: str(one.get("Default", "")) for key, one in given.items()}
        self._said |= {**parameters, **_PSEUDO, "AWS::StackName": name}
        self._attributes = dict(attributes)

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """The properties of all resources of a type, worked out, by their names."""
        found = {name: one for name, one in self.resources.items() if one["Type"] == kind}
        return {name: self.worked_out(one["Properties"]) for name, one in found.items()}

    def properties(self, name: str) -> dict[str, Any]:
        """The properties of a resource, worked out."""
        found: dict[str, Any] = self.worked_out(self.resources[name]["Properties"])
        return found

    def outputs(self) -> dict[str, str]:
        """What the stack puts out."""
        listed = self._template["Outputs"].items()
        held = {key: one for key, one in listed if self._holds(one.get("Condition"))}
        return {key: self.worked_out(one["Value"]) for key, one in held.items()}

    def ref(self, name: str) -> Any:
        """What ``Ref`` says: a parameter's value, or a resource's name."""
        if name == "AWS::NoValue":
            return _NO_VALUE
        if name in self._said:
            return self._said[name]
        own = self.resources[name].get("Properties", {}).get("Name")
        made_up = self.worked_out(own) if own else f"{self.name}-{name}".lower()
        return self._attributes.get(name, made_up)

    def worked_out(self, value: Any) -> Any:
        """A value with every function in it done."""
        if isinstance(value, list):
            return [one for one in map(self.worked_out, value) if one is not _NO_VALUE]
        if not isinstance(value, dict):
            return value
        name = next(iter(value), "")
        if name == "Ref" or name.startswith("Fn::"):
            return self._done(name, value[name])
        all_of_it = {key: self.worked_out(one) for key, one in value.items()}
        return {key: one for key, one in all_of_it.items() if one is not _NO_VALUE}

    def _done(self, function: str, given: Any) -> Any:
        match function, given:
            case "Ref", name:
                return self.ref(name)
            case "Fn::GetAtt", [name, attribute]:
                return self._attribute(name, attribute)
            case "Fn::If", [condition, yes, no]:
                return self.worked_out(yes if self._holds(condition) else no)
            case "Fn::Sub", _:
                text, more = given if isinstance(given, list) else (given, {})
                return self._filled(text, self.worked_out(more))
        raise AssertionError(f"{function} is not known here")

    def _filled(self, text: str, more: Mapping[str, Any]) -> str:
        def said(found: re.Match[str]) -> str:
            name, _, attribute = found[1].partition(".")
            if name in more:
                return str(more[name])
            return str(self._attribute(name, attribute) if attribute else self.ref(name))

        return re.sub(r"\$\{([^!}]+)\}", said, text)

    def _attribute(self, name: str, attribute: str) -> str:
        if said := self._attributes.get(f"{name}.{attribute}"):
            return said
        kind = _NAMED_AS.get(self.resources[name]["Type"])
        if attribute == "Arn" and kind:
            return f"{kind}{self.ref(name)}"
        return f"{self.ref(name)}.{attribute}".lower()

    def _holds(self, condition: Any) -> bool:
        if condition is None:
            return True
        match condition if isinstance(condition, dict) else {"Condition": condition}:
            case {"Condition": name}:
                return self._holds(self._template["Conditions"][name])
            case {"Fn::Equals": [one, other]}:
                return bool(self.worked_out(one) == self.worked_out(other))
            case {"Fn::Not": [one]}:
                return not self._holds(one)
            case {"Fn::And": several}:
                return all(map(self._holds, several))
        raise AssertionError(f"{condition} is not known here")

    # --- What somebody may do -----------------------------------------------------------------

    def rights(self, function: str) -> Iterator[tuple[str, str]]:
        """Each action that a function's role allows, and the ARN it allows it on, with ``*``."""
        role = self.resources[function]["Properties"]["Role"]["Fn::GetAtt"][0]
        for policy in self.properties(role)["Policies"]:
            for one in policy["PolicyDocument"]["Statement"]:
                assert one["Effect"] == "Allow"
                for action in _many(one["Action"]):
                    for resource in _many(one["Resource"]):
                        yield action, resource


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
