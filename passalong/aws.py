"""Clients of AWS services, by botocore: boto3 makes the same ones and takes longer to start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.exceptions import BotoCoreError, NoRegionError

from passalong.errors import Stop

if TYPE_CHECKING:
    from botocore.config import Config

_HERE = ("http://127.0.0.1", "http://localhost", "http://[::1]")


def is_here(endpoint: str) -> bool:
    """Whether an endpoint is a stand-in on this machine."""
    return endpoint.startswith(_HERE)


def client(service: str, region: str, endpoint: str, config: Config, *, nowhere: str) -> Any:
    """A client; ``region`` and ``endpoint`` may be empty for what the environment says.

    A stand-in on this machine gets made-up credentials, so that none leave for it. Raises Stop,
    which says ``nowhere`` where there is no region.
    """
    made_up = "local" if is_here(endpoint) else None
    try:
        return botocore.session.Session().create_client(
            service,
            region_name=region or None,
            endpoint_url=endpoint or None,
            aws_access_key_id=made_up,
            aws_secret_access_key=made_up,
            config=config,
        )
    except NoRegionError as exc:
        raise Stop(nowhere) from exc
    except (BotoCoreError, ValueError) as exc:
        raise Stop(f"{service} cannot be reached: {exc}") from exc
