"""All of AWS, as one who has certain rights reaches it: a gate before the stand-ins.

It passes on to DynamoDB and S3 what is allowed, answers for the parameter store, and is SES. What
is not allowed is refused as AWS refuses it, and noted.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

import base64
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from infra.local.wire import Wire
from tests.cloud.stack import ACCOUNT, REGION

Asked = tuple[str, str]
"""An action, and the ARN of what it is done to."""

_PARTS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
_OBJECTS = {
    "GET": "s3:GetObject",
    "HEAD": "s3:GetObject",
    "PUT": "s3:PutObject",
    "DELETE": "s3:DeleteObject",
}
_NOT_PASSED_ON = {"host", "connection", "expect", "content-length"}
_PASSED_BACK = {"content-type", "etag", "last-modified"}
_LARGEST = 16 << 20
_WAIT = 0.01


class Gate(ThreadingHTTPServer):
    """``done`` is what was done, ``refused`` what was not, ``mails`` what SES was asked to send.

    ``rights`` end in ``*`` where they are to anything that begins so; without any, all is allowed.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(
        self,
        dynamodb: str,
        s3: str = "",
        parameters: Mapping[str, str] | None = None,
        rights: Collection[Asked] | None = None,
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Call)
        self.dynamodb, self.s3 = dynamodb, s3
        self.parameters = dict(parameters or {})
        self.rights = rights
        self.done: set[Asked] = set()
        self.refused: set[Asked] = set()
        self.mails: list[dict[str, Any]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def allows(self, action: str, resource: str) -> bool:
        """Whether it may be done."""
        rights = {(action, "*")} if self.rights is None else self.rights
        return any(one == action and fnmatchcase(resource, on) for one, on in rights)

    def letters(self) -> list[bytes]:
        """The mails as they are sent."""
        return [base64.b64decode(mail["Content"]["Raw"]["Data"]) for mail in self.mails]


@contextmanager
def opened(gate: Gate) -> Iterator[Gate]:
    """The gate, until the end of the block."""
    threading.Thread(target=gate.serve_forever, args=[_WAIT], daemon=True).start()
    try:
        yield gate
    finally:
        gate.shutdown()
        gate.server_close()


class _Call(Wire):
    server: Gate

    def dispatch(self) -> None:
        body = self.body(_LARGEST)
        service, _, operation = self.headers.get("X-Amz-Target", "").partition(".")
        if self.path.startswith("/v2/email"):
            self._mail(json.loads(body))
        elif service == "AmazonSSM":
            self._parameter(json.loads(body)["Name"])
        elif service:
            asked = _of_a_table(operation, json.loads(body))
            self._pass_on(asked, self.server.dynamodb, body)
        else:
            self._pass_on(_of_an_object(self.command, self.path), self.server.s3, body)

    def _mail(self, mail: dict[str, Any]) -> None:
        sender = mail["FromEmailAddress"].rstrip(">").rpartition("@")[2]
        asked = {("ses:SendRawEmail", _arn("ses", f"identity/{sender}"))}
        if configuration := mail.get("ConfigurationSetName"):
            asked.add(("ses:SendRawEmail", _arn("ses", f"configuration-set/{configuration}")))
        if self._allowed(asked):
            self.server.mails.append(mail)
            self._send(200, b'{"MessageId": "0101"}')

    def _parameter(self, name: str) -> None:
        if self._allowed({("ssm:GetParameter", _arn("ssm", f"parameter{name}"))}):
            value = self.server.parameters.get(name)
            found = {"Parameter": {"Name": name, "Value": value}}
            missing = {"__type": "ParameterNotFound"}
            self._send(200 if value else 400, json.dumps(found if value else missing).encode())

    def _allowed(self, asked: set[Asked]) -> bool:
        """Whether it may be done; if not, that is the answer."""
        refused = {one for one in asked if not self.server.allows(*one)}
        self.server.refused |= refused
        self.server.done |= asked - refused
        if refused:
            self._send(403, b'{"__type": "AccessDeniedException"}')
        return not refused

    def _pass_on(self, asked: set[Asked], to: str, body: bytes) -> None:
        if not self._allowed(asked):
            return
        kept = {n: value for n, value in self.headers.items() if n.lower() not in _NOT_PASSED_ON}
        data = body if self.command in ("POST", "PUT") else None
        onward = urllib.request.Request(to + self.path, data, kept, method=self.command)  # noqa: S310
        try:
            with urllib.request.urlopen(onward) as answer:  # noqa: S310
                self._send(answer.status, answer.read(), answer.headers)
        except urllib.error.HTTPError as error:
            self._send(error.code, error.read(), error.headers)

    def _send(self, status: int, body: bytes, headers: Any = None) -> None:
        said = (headers or {"Content-Type": "application/x-amz-json-1.0"}).items()
        self.send(status, [one for one in said if one[0].lower() in _PASSED_BACK], body)


def _arn(service: str, name: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{name}"


def table_arn(name: str, index: str = "") -> str:
    """A table of DynamoDB, or an index of it."""
    return _arn("dynamodb", f"table/{name}" + (f"/index/{index}" if index else ""))


def _of_a_table(operation: str, asked: dict[str, Any]) -> set[Asked]:
    """The rights that a call to DynamoDB needs."""
    if operation == "TransactWriteItems":
        parts = [(part, one) for item in asked["TransactItems"] for part, one in item.items()]
        return {(f"dynamodb:{_PARTS[p]}", table_arn(one["TableName"])) for p, one in parts}
    if operation == "BatchGetItem":
        return {("dynamodb:BatchGetItem", table_arn(name)) for name in asked["RequestItems"]}
    name, index = asked.get("TableName", ""), asked.get("IndexName", "")
    return {(f"dynamodb:{operation}", table_arn(name, index))}


def _of_an_object(method: str, path: str) -> set[Asked]:
    """The right that a call to S3 needs."""
    return {(_OBJECTS[method], "arn:aws:s3:::" + unquote(path.partition("?")[0]).lstrip("/"))}
