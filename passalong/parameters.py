"""Settings of the environment that may lie in AWS' parameter store: ``ssm:/name`` says where.

``ssm:/name?region=eu-central-1`` names the region; without it the environment's holds.
https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-parameter-store.html
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from passalong.errors import Stop

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

STORE: Final = "ssm:"
_REGION: Final = "?region="


def setting(variable: str, environ: Mapping[str, str]) -> str | None:
    """What the variable says, or the parameter that it names; None where it is not set.

    Raises Stop where a parameter is named and not to be had.
    """
    given = environ.get(variable)
    if given is None or not given.startswith(STORE):
        return given
    with _store(variable, given) as (client, name):
        return str(client.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])


def change(variable: str, environ: Mapping[str, str], value: str) -> None:
    """Puts another value into the parameter that the variable names. Raises Stop."""
    with _store(variable, environ[variable]) as (client, name):
        client.put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True)


@contextmanager
def _store(variable: str, given: str) -> Iterator[tuple[Any, str]]:
    """A client, and the name that is given; its errors are a Stop without the value."""
    try:
        from botocore.config import Config  # noqa: PLC0415 - only where something lies in the store
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        from passalong import aws  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        raise Stop(f"{variable} is {given}: for that, pip install botocore") from missing
    patience = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 3})
    name, _, region = given.removeprefix(STORE).partition(_REGION)
    nowhere = f"{variable} is {given}, and in no region: {STORE}/name{_REGION}eu-central-1"
    try:
        yield aws.client("ssm", region, "", patience, nowhere=nowhere), name
    except (ClientError, BotoCoreError) as error:
        raise Stop(f"{variable} is {given}, and that parameter is not to be had: {error}") from None
