"""The DynamoDB ledger's table, as template.yaml has it too; made here for stand-ins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

EXPIRES: Final = "expires"
"""The attribute of the table's TimeToLiveSpecification, in seconds since 1970."""


def _key(partition: str, order: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": order, "KeyType": "RANGE"},
    ]


def _index(name: str) -> dict[str, Any]:
    return {
        "IndexName": name,
        "KeySchema": _key(name, "arrived"),
        "Projection": {"ProjectionType": "ALL"},
    }


DEFINITION: Final[dict[str, Any]] = {
    "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": _key("pk", "sk"),
    "AttributeDefinitions": [
        {"AttributeName": name, "AttributeType": "S"}
        for name in ("pk", "sk", "log", "advocate", "arrived")
    ],
    "GlobalSecondaryIndexes": [_index("log"), _index("advocate")],
}


def create_table(client: DynamoDBClient, name: str) -> None:
    """Makes the table and waits until it can be used."""
    client.create_table(TableName=name, **DEFINITION)
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
    client.update_time_to_live(
        TableName=name,
        TimeToLiveSpecification={"Enabled": True, "AttributeName": EXPIRES},
    )
