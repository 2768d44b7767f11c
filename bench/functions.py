"""How large the functions are, and how long they take to start: one line of JSON for each.

    -m bench.functions [--rounds 9]

Each is built and started under Lambda's own runtime loop (`make tools`), one after the other in
every round; figures are medians, ratios the medians of the rounds' ratios. `init_ms` is until the
function asks for its first event, `first_ms` until it has answered it, `cpu_ms` what both take of a
processor, which says more on a busy machine. Anchors: `empty` is one that does nothing, `bare` one
that makes what ours do (Powertools' resolver and logger, a client of DynamoDB, by boto3) and
nothing else.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from statistics import median

from infra.aws.package import FUNCTIONS, SERVICES, _compile, _copy, package
from infra.local.gateway import event_of
from tests.calls import request
from tests.lambda_loop import running
from tests.programs import Made, files, write

TOOLS = Path(__file__).parents[1] / ".venv-aws/bin/python"
ASKED = {"share": "status", "booking": "slots", "attribution": "visits"}
EMPTY = "def handler(event, context):\n    return {}\n"
BARE = """
import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler.api_gateway import APIGatewayHttpResolver

client = boto3.session.Session().client("dynamodb")
logger = Logger(service="bare")
app = APIGatewayHttpResolver()


@app.post("/api/status")
def status():
    logger.info("answered")
    return {}


def handler(event, context):
    return app.resolve(event, context)
"""


@dataclass
class Contender:
    """A built folder, its handler, and an event that needs no ledger behind it."""

    name: str
    folder: Path
    handler: str
    event: Mapping[str, object]
    init: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def start(self, loop: Path, environ: Mapping[str, str]) -> None:
        """One start, and one answer."""
        before = _cpu()
        with running(self.folder, self.handler, TOOLS, loop, environ) as function:
            began = time.perf_counter()
            function(self.event)
            self.init.append(function.init)
            self.first.append(function.init + time.perf_counter() - began)
        self.cpu.append(_cpu() - before)

    def figures(self, bare: Contender) -> dict[str, object]:
        """What was measured."""
        size = sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())
        figure: dict[str, object] = {"figure": "function", "name": self.name}
        figure |= {"mb": round(size / 1e6, 1), "zip_mb": round(_zipped(self.folder) / 1e6, 1)}
        for what in ("init", "first", "cpu"):
            mine, other = getattr(self, what), getattr(bare, what)
            figure[f"{what}_ms"] = round(median(mine) * 1000)
            figure[f"{what}_of_bare"] = round(
                median(a / b for a, b in zip(mine, other, strict=True)), 2
            )
        return figure


def _cpu() -> float:
    """Seconds of a processor that processes took which have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _zipped(folder: Path) -> int:
    with tempfile.TemporaryDirectory() as place:
        return Path(shutil.make_archive(f"{place}/it", "zip", folder)).stat().st_size


def contenders(folder: Path) -> list[Contender]:
    """The anchors and ours, built."""
    asked = request("status", {"token": "x"})
    event = event_of(asked, "ANY /api/status", "request-1", datetime.now(UTC))
    found = []
    for name in FUNCTIONS:
        package(name, folder / name, str(TOOLS))
        given: Mapping[str, object] = {"source": "aws.ses", "detail": {}}
        if name in ASKED:
            call = request(ASKED[name], {"token": "x"})
            given = event_of(call, f"ANY {call.path}", "request-1", datetime.now(UTC))
        found.append(Contender(name, folder / name, f"functions.{name}.handler", given))
    bare = folder / "bare"
    shutil.copytree(folder / "share", bare, ignore=shutil.ignore_patterns("functions", "passalong"))
    (bare / "own.py").write_text(BARE, "utf-8")
    for name in ("boto3", "s3transfer"):  # ours make their clients without
        _copy(metadata.distribution(name), bare, SERVICES["share"])
    _compile(bare, str(TOOLS))
    (folder / "empty").mkdir()
    (folder / "empty/own.py").write_text(EMPTY, "utf-8")
    anchors = [Contender(name, folder / name, "own.handler", event) for name in ("empty", "bare")]
    return anchors + found


def main() -> int:
    """Measures as the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    if not TOOLS.is_file():
        sys.exit("Lambda's runtime loop is not here: make tools")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        made = Made(write(folder / "content", files()), folder / "site", folder / "var")
        made.build(bundle=made.var / "bundle.json")
        environ = made.settings() | {
            "LEDGER": "dynamodb://bench?region=local&endpoint=http://127.0.0.1:9",
            "PASSALONG_BUNDLE": str(made.var / "bundle.json"),
            "PASSALONG_SITE": str(made.out),
            "POWERTOOLS_LOG_LEVEL": "CRITICAL",
        }
        running_ones = contenders(folder)
        for _ in range(rounds):
            for one in running_ones:
                one.start(folder / "loop", environ)
        bare = next(one for one in running_ones if one.name == "bare")
        for one in running_ones:
            print(json.dumps(one.figures(bare)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
