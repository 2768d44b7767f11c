"""Calls to the table of a DynamoDB ledger: retried for a moment where that helps, and its errors.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ (full jitter)
"""

from __future__ import annotations

import random
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's own, which is no OSError
    HTTPClientError,
)

from passalong import aws
from passalong.ledger.dynamodb_items import Item, Key, Part, packed_key, unpacked
from passalong.ledger.port import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from types_boto3_dynamodb import DynamoDBClient

T = TypeVar("T")

ATTEMPTS: Final = 4
FIRST_WAIT: Final = 0.1
"""Seconds; doubles with each attempt. The real wait is anything between nothing and that."""
CONNECT_SECONDS: Final = 1.0
ANSWER_SECONDS: Final = 1.5
"""DynamoDB answers within hundredths; with all attempts and waits a function still has time."""
LOCAL_ANSWER_SECONDS: Final = 20.0
"""A stand-in shares a busy machine."""
_BATCH: Final = 100

_PASSING = frozenset(
    {
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingError",
        "ThrottlingException",
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
"""Errors, and reasons why a transaction was cancelled, that pass by themselves."""
_MISTAKES = frozenset(
    {"SerializationException", "TransactionCanceledException", "ValidationException"}
)
"""Errors that are mistakes of ours, where they do not pass: they keep their traceback."""


def connect(region: str, endpoint: str) -> DynamoDBClient:
    """A client for a table."""
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=LOCAL_ANSWER_SECONDS if aws.is_here(endpoint) else ANSWER_SECONDS,
        retries={"total_max_attempts": 1},  # `Table` tries again: it knows what was refused
        max_pool_connections=32,
        tcp_keepalive=True,
        parameter_validation=False,  # a fifth of a call's own time, and DynamoDB checks it anyway
    )
    nowhere = "the ledger's table is in no region: dynamodb://table?region=…"
    made: DynamoDBClient = aws.client("dynamodb", region, endpoint, config, nowhere=nowhere)
    return made


class Refused(Exception):
    """A condition of a transaction did not hold: of ``part``, at what ``item`` is."""

    def __init__(self, part: int, item: Item) -> None:
        super().__init__(part)
        self.part, self.item = part, item


class Table:
    """One table. ``wait`` takes seconds, ``chance`` gives a number from 0 up to 1."""

    def __init__(
        self,
        client: DynamoDBClient,
        name: str,
        *,
        wait: Callable[[float], object] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._client, self._name, self._wait, self._chance = client, name, wait, chance

    def transact(self, parts: Callable[[], Sequence[Part]], token: str = "") -> None:
        """All of the parts, or none; they are made anew for each attempt.

        Parts that are always the same may come with a ``token`` of the call, so that an attempt
        after one whose answer got lost is not refused. Raises Refused with the first part whose
        condition does not hold.
        """
        self._call(lambda: self._transact(parts(), token))

    def get(self, keys: Sequence[Key]) -> list[Item]:
        """Those of the items that are there, as they are now, in no order."""
        found: list[Item] = []
        left = [packed_key(key) for key in dict.fromkeys(keys)]
        while batch := left[:_BATCH]:
            items, unanswered = self._call(partial(self._get, batch))
            found.extend(items)
            left = unanswered + left[_BATCH:]
        return found

    def query(self, limit: int | None = None, **request: Any) -> Iterator[Item]:
        """The items that a query finds, page by page, ``limit`` of them at most."""
        start: dict[str, Any] = {}
        while limit is None or limit > 0:
            page = {**request, **start, **({"Limit": limit} if limit else {})}
            answer = self._call(partial(self._query, page))
            yield from map(unpacked, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
            limit = limit and limit - len(answer["Items"])

    def close(self) -> None:
        """Lets go of the connections."""
        self._client.close()

    def _transact(self, parts: Sequence[Part], token: str) -> None:
        writes: Any = [{part.action: {"TableName": self._name, **part.request}} for part in parts]
        once: Any = {"ClientRequestToken": token} if token else {}
        try:
            self._client.transact_write_items(TransactItems=writes, **once)
        except ClientError as exc:
            if not _passes(exc):
                for number, reason in enumerate(_reasons(exc)):
                    if reason["Code"] == "ConditionalCheckFailed":
                        raise Refused(number, unpacked(reason.get("Item", {}))) from exc
            raise

    def _get(self, keys: list[dict[str, Any]]) -> tuple[list[Item], list[dict[str, Any]]]:
        """What is there, and the keys that are left over: where that is all, it is throttled.

        An answer has 16 MB at most.
        """
        request: Any = {self._name: {"Keys": keys, "ConsistentRead": True}}
        answer: Any = self._client.batch_get_item(RequestItems=request)
        unanswered = answer.get("UnprocessedKeys", {}).get(self._name, {}).get("Keys", [])
        if len(unanswered) == len(keys):
            raise _Unanswered
        return [unpacked(item) for item in answer["Responses"].get(self._name, [])], unanswered

    def _query(self, page: dict[str, Any]) -> Any:
        return self._client.query(TableName=self._name, **page)

    def _call(self, call: Callable[[], T]) -> T:
        """What the call answers, at the latest of a few attempts, or else Unavailable."""
        for attempt in range(ATTEMPTS):
            if attempt:
                self._wait(self._chance() * FIRST_WAIT * 2 ** (attempt - 1))
            try:
                return call()
            except (ConnectionError, HTTPClientError, _Unanswered) as exc:
                failure: Exception = exc
            except ClientError as exc:
                failure = exc
                if not _passes(exc):
                    if exc.response["Error"].get("Code") in _MISTAKES:
                        raise
                    break
            except BotoCoreError as exc:
                failure = exc
                break
        what = type(failure).__name__
        if isinstance(failure, ClientError):
            what = failure.response["Error"].get("Code", what)
        raise Unavailable(f"the ledger's table cannot be used just now: {what}") from failure


class _Unanswered(Exception):
    """Nothing of a batch was answered."""


def _passes(failure: ClientError) -> bool:
    status = failure.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    codes = {reason.get("Code") for reason in _reasons(failure)}
    codes.add(failure.response["Error"].get("Code"))
    return bool(codes & _PASSING) or status >= 500


def _reasons(failure: ClientError) -> list[dict[str, Any]]:
    reasons: list[dict[str, Any]] = dict(failure.response).get("CancellationReasons", [])  # type: ignore[assignment]
    return reasons
