"""What tests of AWS need and may lack: a stand-in for DynamoDB, AWS' tools, Node.js.

Without them a test is left out, and that is said; where PASSALONG_REQUIRE_… is set it fails.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.aws.package import FUNCTIONS, RUNS_ON, package
from tests.programs import ROOT

AWS_TOOLS = ROOT / ".venv-aws/bin/python"
STAND_IN = Path(__file__).parent / "contract/node_modules/@dynoxide/linux-x64/dynoxide"


@pytest.fixture(scope="session")
def dynamodb() -> Iterator[str]:
    """The address of a stand-in for DynamoDB; without one the test is left out, and that is said.

    dynoxide tells the truth where many write at once, which not every stand-in does.
    """
    installed = str(STAND_IN) if STAND_IN.is_file() else None
    path = os.environ.get("DYNOXIDE") or shutil.which("dynoxide") or installed
    if path is None:
        if os.environ.get("PASSALONG_REQUIRE_DYNAMODB"):
            pytest.fail("PASSALONG_REQUIRE_DYNAMODB is set and there is no stand-in")
        pytest.skip("no DynamoDB")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with subprocess.Popen(
        [path, "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        wait_for(port, server)
        yield f"http://127.0.0.1:{port}"
        server.kill()


@pytest.fixture(scope="session")
def aws_tools() -> Path:
    """The Python that has cfn-lint, the SAM translator and Lambda's runtime loop."""
    if not AWS_TOOLS.is_file():
        if os.environ.get("PASSALONG_REQUIRE_AWS_TOOLS"):
            pytest.fail("PASSALONG_REQUIRE_AWS_TOOLS is set, and make tools was not run")
        pytest.skip("no tools for AWS")
    return AWS_TOOLS


@pytest.fixture(scope="session")
def node() -> str:
    """Node.js, which runs the edge's JavaScript."""
    path = shutil.which("node")
    if path is None:
        if os.environ.get("PASSALONG_REQUIRE_AWS_TOOLS"):
            pytest.fail("PASSALONG_REQUIRE_AWS_TOOLS is set, and node is not on PATH")
        pytest.skip("no Node.js")
    return path


@pytest.fixture(scope="session")
def built(aws_tools: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folder of each function, as ``sam build`` makes it.

    Without the Python that they run on, it is what SAM would call that makes them, for another one.
    """
    folder = tmp_path_factory.mktemp("built")
    if aws_tools.with_name(RUNS_ON).exists():
        sam(aws_tools, "build", "--build-dir", str(folder / "all"))
        return {name: folder / "all" / name.title() for name in FUNCTIONS}
    for name in FUNCTIONS:
        package(name, folder / name, str(aws_tools))
    return {name: folder / name for name in FUNCTIONS}


def sam(aws_tools: Path, *arguments: str) -> str:
    """What SAM's command line says, which stays on this machine and has a home of its own."""
    with tempfile.TemporaryDirectory() as home:
        environ = os.environ | {
            "PATH": f"{aws_tools.parent}:{os.environ['PATH']}",
            "HOME": home,
            "AWS_DEFAULT_REGION": "eu-central-1",
            "SAM_CLI_TELEMETRY": "0",
            "https_proxy": "http://127.0.0.1:9",
        }
        done = subprocess.run(
            [aws_tools.with_name("sam"), *arguments],
            cwd=ROOT,
            env=environ,
            check=False,
            capture_output=True,
            text=True,
        )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    """Returns once the server takes connections."""
    for _ in range(500):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            assert server.poll() is None, f"the server ended with {server.returncode}"
            time.sleep(0.02)
        else:
            return
    raise AssertionError("the server does not come up")
