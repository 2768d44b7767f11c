"""The wire to DynamoDB, in the hands of a test: it counts requests, and disturbs some of them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HeadersDict
from botocore.exceptions import ReadTimeoutError
from botocore.httpsession import URLLib3Session

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

Disturbance = Callable[[AWSPreparedRequest], AWSResponse | None]


class Wire:
    """Sees each request of a client: ``operations`` lists them, ``disturb`` plans for the next."""

    def __init__(self, client: DynamoDBClient) -> None:
        self.operations: list[str] = []
        self._planned: list[Disturbance] = []
        events: Any = client.meta.events
        events.register("before-send.dynamodb", self._see)

    def disturb(self, *disturbances: Disturbance) -> None:
        """What becomes of the next requests, one after the other; later ones are left alone."""
        self._planned = list(disturbances)

    def trips(self, call: Callable[[], object]) -> int:
        """How many requests a call makes."""
        before = len(self.operations)
        call()
        return len(self.operations) - before

    def _see(self, request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse | None:
        self.operations.append(event_name.rpartition(".")[2])
        return self._planned.pop(0)(request) if self._planned else None


def lost_request(request: AWSPreparedRequest) -> None:
    """The request never arrives."""
    raise ReadTimeoutError(endpoint_url=request.url)


def lost_answer(request: AWSPreparedRequest) -> None:
    """What is asked for is done, and nobody hears of it."""
    assert URLLib3Session().send(request).status_code == 200
    raise ReadTimeoutError(endpoint_url=request.url)


def error(code: str, status: int = 400, **more: Any) -> Disturbance:
    """DynamoDB answers with an error."""
    body = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": code, **more}
    return _answer(status, body)


def cancelled(*reasons: str) -> Disturbance:
    """DynamoDB cancels the transaction, with these reasons for its parts."""
    parts = [{"Code": reason} for reason in reasons]
    return error("TransactionCanceledException", CancellationReasons=parts)


def answer(**body: Any) -> Disturbance:
    """DynamoDB answers with success, and this."""
    return _answer(200, body)


def not_json(_: AWSPreparedRequest) -> AWSResponse:
    """Something on the way answers in DynamoDB's stead."""
    return _response(502, b"<html>Bad Gateway</html>")


def _answer(status: int, body: Any) -> Disturbance:
    return lambda _: _response(status, json.dumps(body).encode())


def _response(status: int, body: bytes) -> AWSResponse:
    return AWSResponse("", status, HeadersDict(), _Raw(body))  # type: ignore[arg-type]


class _Raw(io.BytesIO):
    """A body as urllib3 has it."""

    def stream(self, **_: Any) -> Any:
        while chunk := self.read(1024):
            yield chunk
