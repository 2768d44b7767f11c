"""A program as it is on AWS: deployed from template.yaml and published, on stand-ins here.

Its functions run as they are built, under Lambda's own loop, in the environment and with the rights
that the template gives them. Two things differ: where AWS is, and that the site has no TLS.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from infra.aws.deploy import SECRETS, Wanted, _tell
from passalong.events import Event
from passalong.hooks import new_secret
from passalong.ledger import open_ledger
from passalong.ledger.dynamodb_calls import connect
from passalong.ledger.port import Ledger
from tests import s3_stand_in
from tests.cloud.edge import Api, Edge, front, routes_of
from tests.cloud.functions import Functions
from tests.cloud.gate import Gate, opened
from tests.cloud.rewriting import rewriting
from tests.cloud.stack import REGION, Stack
from tests.cloud.stream import Mapped
from tests.programs import KEYS, SECRET, Made

NAME = "passalong"
ORIGIN = "e" * 64
REPORT_KEY = "d" * 64
HOOK = new_secret()
"""What signs the conversions that other systems tell."""
SAID = {
    "SigningKeys": KEYS[0].secret.hex(),
    "PathSecret": SECRET.hex(),
    "OriginSecret": ORIGIN,
    "ReportKey": REPORT_KEY,
    "Hooks": f"conversions={HOOK}\nout.crm={HOOK}\n",
}
"""What the secrets are, by the template's parameters that name them."""
_EVERY = 0.05


@dataclass(frozen=True)
class Tools:
    """What is not ours and has to be there."""

    python: Path
    """One with the SAM translator and Lambda's loop."""
    node: str
    dynamodb: str
    """Where a stand-in for DynamoDB is."""


@dataclass(frozen=True)
class Deployed:
    """A stack that is up; ``address`` has no slash at its end."""

    made: Made
    stack: Stack
    address: str
    s3: s3_stand_in.Cloud
    gates: Mapping[str, Gate]
    """To AWS: of each function by its name in the template, and of whoever deploys by ``""``."""
    functions: Functions
    edge: Edge

    def publish(self) -> str:
        """Publishes by the settings that ``make deploy`` leaves; what the command says."""
        _tell(Wanted(REGION, self.stack.name, {}, {}), self.stack.outputs(), self.made.var)
        return self.run("publish", "--no-wait")

    def run(self, command: str, *arguments: str) -> str:
        """What a command of build.py says that is about what is live."""
        environ = os.environ | {"PASSALONG_VAR": str(self.made.var)} | self.s3.environment()
        environ |= {"AWS_ENDPOINT_URL": self.gates[""].address}
        command_line = self.made.command(command, *arguments)
        done = subprocess.run(
            command_line, env=environ, check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def site(self) -> dict[str, s3_stand_in.Stored]:
        """The objects that lie in the site's bucket."""
        return self.s3.buckets[self.stack.ref("Site")]

    def events_of(self, advocate: str) -> list[Event]:
        """An advocate's events in the ledger."""
        with closing(self.ledger()) as ledger:
            return list(ledger.events_of(advocate))

    def ledger(self) -> Ledger:
        """The ledger, past every gate."""
        table = f"dynamodb://{self.stack.ref('Ledger')}?region={REGION}"
        return open_ledger(f"{table}&endpoint={self.gates[''].dynamodb}", program="leeway")

    def letters(self) -> list[bytes]:
        """The mails that SES was given."""
        return self.gates["Relay"].letters()

    def clock(self) -> None:
        """Makes every scheduled call, once."""
        for rule in self.stack.of_type("AWS::Events::Rule").values():
            for target in rule["Targets"] if "ScheduleExpression" in rule else ():
                assert self.functions("Relay", json.loads(target["Input"])) == {}


@contextmanager
def deployed(
    made: Made, built: Mapping[str, Path], tools: Tools, name: str = NAME
) -> Iterator[Deployed]:
    """The program ``made``, deployed under a ``name`` and published, until the end of the block."""
    with ExitStack() as until:
        server = until.enter_context(front())
        s3 = until.enter_context(s3_stand_in.cloud())
        parameters = {"Domain": server.domain, "MailDomain": "leeway.example"}
        parameters |= {key: f"{name}/{SECRETS[key]}" for key in SAID} | {"OriginHeader": ORIGIN}
        own = {"Distribution": "E123", "Api": "a123"}
        stack = Stack(tools.python, name, parameters, own)
        own["Ledger.StreamArn"] = make_table(stack, tools.dynamodb)
        stack = Stack(tools.python, name, parameters, own)
        gates = {name: until.enter_context(opened(gate)) for name, gate in _gates(stack, tools, s3)}
        functions = Functions(stack, built, tools.python, gates)
        until.callback(functions.stop)
        addresses = stack.properties("Addresses")["FunctionCode"]
        rewrite = until.enter_context(rewriting(tools.node, addresses))
        edge = server.edge = Edge(
            stack, rewrite, s3.url, Api(routes_of(stack), _host(stack), functions)
        )
        until.enter_context(following(stack, tools.dynamodb, functions))
        address = f"http://{server.domain}"
        there = Deployed(made, stack, address, s3, gates, functions, edge)
        there.publish()
        yield there


def make_table(stack: Stack, dynamodb: str) -> str:
    """Makes the ledger's table as the template has it; the ARN of its stream."""
    client: Any = connect(REGION, dynamodb)
    name, given = stack.ref("Ledger"), stack.properties("Ledger")
    expires = given.pop("TimeToLiveSpecification")
    given.pop("PointInTimeRecoverySpecification")
    given["StreamSpecification"]["StreamEnabled"] = True
    made = client.create_table(TableName=name, **given)["TableDescription"]
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
    client.update_time_to_live(TableName=name, TimeToLiveSpecification=expires)
    return str(made["LatestStreamArn"])


def _gates(stack: Stack, tools: Tools, s3: s3_stand_in.Cloud) -> Iterator[tuple[str, Gate]]:
    secrets = {f"/{stack.ref(name)}": value for name, value in SAID.items()}
    yield "", Gate(tools.dynamodb, s3.url, secrets)
    for name in stack.of_type("AWS::Lambda::Function"):
        yield name, Gate(tools.dynamodb, s3.url, secrets, set(stack.rights(name)))


def _host(stack: Stack) -> str:
    return stack.outputs()["ApiAddress"].removeprefix("https://")


@contextmanager
def following(stack: Stack, dynamodb: str, functions: Functions) -> Iterator[None]:
    """Calls the relay for what is new in the ledger, until the end of the block."""
    (mapping,) = stack.of_type("AWS::Lambda::EventSourceMapping").values()
    mapped = Mapped(dynamodb, mapping, partial(functions, "Relay"))
    stop = threading.Event()

    def follow() -> None:
        while not stop.wait(_EVERY):
            mapped.round()

    thread = threading.Thread(target=follow)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
