"""Calls to the table of a DynamoDB ledger: retried for a moment where that helps, and its errors.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ (full jitter)
"""

from __future__ import annotations

import random
import time
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, TypeVar

import botocore.session
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's own, which is no OSError
    HTTPClientError,
    NoRegionError,
)

from passalong.errors import Stop
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
    """A client, from botocore: boto3 makes the same one, and takes a function's start longer to.

    A stand-in on this machine gets made-up credentials, so that none leave for it.
    """
    local = endpoint.startswith(("http://127.0.0.1", "http://localhost", "http://[::1]"))
    made_up = "local" if local else None
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=LOCAL_ANSWER_SECONDS if local else ANSWER_SECONDS,
        retries={"total_max_attempts": 1},  # `Table` tries again: it knows what was refused
        max_pool_connections=32,
        tcp_keepalive=True,
        parameter_validation=False,  # a fifth of a call's own time, and DynamoDB checks it anyway
    )
    try:
        client: Any = botocore.session.Session().create_client(
            "dynamodb",
            region_name=region or None,
            endpoint_url=endpoint or None,
            aws_access_key_id=made_up,
            aws_secret_access_key=made_up,
            config=config,
        )
    except NoRegionError as exc:
        raise Stop("the ledger's table is in no region: dynamodb://table?region=…") from exc
    except (BotoCoreError, ValueError) as exc:
        raise Stop(f"the ledger's table cannot be reached: {exc}") from exc
    made: DynamoDBClient = client
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

    def transact(self, parts: Callable[[], Sequence[Part]]) -> None:
        """All of the parts, or none; they are made anew for each attempt.

        Raises Refused with the first part whose condition does not hold.
        """
        self._call(lambda: self._transact(parts()))

    def get(self, keys: Sequence[Key]) -> list[Item]:
        """Those of the items that are there, as they are now, in no order."""
        found: list[Item] = []
        left = iter(dict.fromkeys(keys))
        while batch := list(islice(left, _BATCH)):
            found.extend(self._call(partial(self._get, batch)))
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

    def _transact(self, parts: Sequence[Part]) -> None:
        writes: Any = [{part.action: {"TableName": self._name, **part.request}} for part in parts]
        try:
            self._client.transact_write_items(TransactItems=writes)
        except ClientError as exc:
            if not _passes(exc):
                for number, reason in enumerate(_reasons(exc)):
                    if reason["Code"] == "ConditionalCheckFailed":
                        raise Refused(number, unpacked(reason.get("Item", {}))) from exc
            raise

    def _get(self, keys: Sequence[Key]) -> list[Item]:
        request: Any = {self._name: {"Keys": list(map(packed_key, keys)), "ConsistentRead": True}}
        answer = self._client.batch_get_item(RequestItems=request)
        if answer.get("UnprocessedKeys"):
            raise _Partly
        return [unpacked(item) for item in answer["Responses"].get(self._name, [])]

    def _query(self, page: dict[str, Any]) -> Any:
        return self._client.query(TableName=self._name, **page)

    def _call(self, call: Callable[[], T]) -> T:
        """What the call answers, at the latest of a few attempts, or else Unavailable."""
        for attempt in range(ATTEMPTS):
            if attempt:
                self._wait(self._chance() * FIRST_WAIT * 2 ** (attempt - 1))
            try:
                return call()
            except (ConnectionError, HTTPClientError, _Partly) as exc:
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


class _Partly(Exception):
    """A batch was answered in part: it is throttled."""


def _passes(failure: ClientError) -> bool:
    status = failure.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    codes = {reason.get("Code") for reason in _reasons(failure)}
    codes.add(failure.response["Error"].get("Code"))
    return bool(codes & _PASSING) or status >= 500


def _reasons(failure: ClientError) -> list[dict[str, Any]]:
    reasons: list[dict[str, Any]] = dict(failure.response).get("CancellationReasons", [])  # type: ignore[assignment]
    return reasons
