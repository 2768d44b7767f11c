"""The stream of a table and what Lambda makes of it: batches of records for a function.

https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_SIGNED = (
    "AWS4-HMAC-SHA256 Credential=local/20260101/eu-central-1/dynamodb/aws4_request,"
    " SignedHeaders=host, Signature=none"
)


@dataclass
class Mapped:
    """An event source mapping, as CloudFormation makes it, between a stream and a function."""

    dynamodb: str
    mapping: Mapping[str, Any]
    function: Callable[[dict[str, Any]], dict[str, Any]]
    waiting: list[dict[str, Any]] = field(default_factory=list)
    """Records that are to be handed over; those that were not taken among them."""
    _places: dict[str, str] = field(default_factory=dict)

    def round(self) -> bool:
        """Hands over what is new, at most one batch; whether there was any."""
        self.waiting += [one for one in self._new() if self._wanted(one)]
        batch = self.waiting[: self.mapping["BatchSize"]]
        if not batch:
            return False
        answer = self.function({"Records": batch})
        assert self.mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        failed = {one["itemIdentifier"] for one in answer["batchItemFailures"]}
        numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
        first = next((at for at, number in enumerate(numbers) if number in failed), len(batch))
        del self.waiting[:first]
        return True

    def _new(self) -> Sequence[dict[str, Any]]:
        arn, found = self.mapping["EventSourceArn"], []
        described = self._ask("DescribeStream", StreamArn=arn)["StreamDescription"]
        for name in (shard["ShardId"] for shard in described["Shards"]):
            if name not in self._places:
                where = {"ShardIteratorType": self.mapping["StartingPosition"]}
                made = self._ask("GetShardIterator", StreamArn=arn, ShardId=name, **where)
                self._places[name] = made["ShardIterator"]
            read = self._ask("GetRecords", ShardIterator=self._places[name])
            self._places[name] = read["NextShardIterator"]
            found += [record | {"eventSourceARN": arn} for record in read["Records"]]
        return found

    def _wanted(self, record: dict[str, Any]) -> bool:
        filters = self.mapping["FilterCriteria"]["Filters"]
        return any(fits(json.loads(one["Pattern"]), record) for one in filters)

    def _ask(self, operation: str, **request: str) -> Any:
        headers = {
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": f"DynamoDBStreams_20120810.{operation}",
            "X-Amz-Date": "20260101T000000Z",
            "Authorization": _SIGNED,
        }
        asked = urllib.request.Request(self.dynamodb, json.dumps(request).encode(), headers)  # noqa: S310
        with urllib.request.urlopen(asked) as answer:  # noqa: S310
            return json.load(answer)


def fits(pattern: Mapping[str, Any], found: Any) -> bool:
    """Whether something is as a pattern says: values in lists, or whether there is one at all."""
    for name, wanted in pattern.items():
        there = isinstance(found, Mapping) and name in found
        if isinstance(wanted, Mapping):
            if not (there and fits(wanted, found[name])):
                return False
        elif not any(
            there is one["exists"] if isinstance(one, Mapping) else there and found[name] == one
            for one in wanted
        ):
            return False
    return True
