"""How fast a function starts: processes that import one, beside one with an empty handler."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from bench.measure import Contender, race

BUDGET = 1.15
"""Of what an empty handler takes that imports the same libraries."""

EMPTY = """
from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler.api_gateway import APIGatewayHttpResolver, Response
from itsdangerous import BadData, URLSafeSerializer
resolver = APIGatewayHttpResolver()
logger = Logger(service="empty")
def handler(event, context):
    return resolver.resolve(event, context)
"""
EMPTY_CLIENT = """
import boto3
from botocore.config import Config
boto3.session.Session().client(
    "dynamodb", region_name="local", endpoint_url="http://127.0.0.1:1",
    aws_access_key_id="x", aws_secret_access_key="x", config=Config(connect_timeout=1),
)
"""
TABLE = "dynamodb://passalong?region=local&endpoint=http://127.0.0.1:1"
CLIENT = f"""
from passalong.ledger import open_ledger
open_ledger({TABLE!r}, program="x")
"""
FUNCTIONS = ("share", "booking", "attribution")


def starts(rounds: int) -> Iterator[dict[str, object]]:
    """The figures of each function: alone, and with its ledger in a table."""
    programs = {"empty": EMPTY, "empty, table": EMPTY + EMPTY_CLIENT}
    for name in FUNCTIONS:
        programs |= {name: f"import functions.{name}"}
        programs |= {f"{name}, table": f"import functions.{name}{CLIENT}"}
    contenders = {
        name: Contender(name, (sys.executable, "-c", code)) for name, code in programs.items()
    }
    race(list(contenders.values()), rounds)
    for name, contender in contenders.items():
        other = contenders["empty, table" if name.endswith("table") else "empty"]
        ratio = contender.ratio(other, "cpu")
        # The functions run on AWS, where the ledger is a table.
        over = ratio > BUDGET and name.endswith("table")
        yield {
            "figure": "start",
            "function": name,
            "value": round(contender.typical("cpu") * 1000),
            "unit": "ms of CPU",
            "ratio_to_empty": round(ratio, 2),
            "broken": [f"{ratio:.2f} × empty, {BUDGET} allowed"] if over else [],
        }
