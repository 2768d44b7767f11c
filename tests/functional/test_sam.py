"""AWS' own command line takes the template as it is, and builds every function from it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from infra.aws.package import FUNCTIONS, RUNS_ON, needed
from infra.local.routes import template
from tests.for_aws import sam

FILES = {name: {f"{m.replace('.', '/')}.py" for m in needed(name)[0]} for name in FUNCTIONS}


def test_sam_finds_nothing_wrong_with_the_template(aws_tools: Path) -> None:
    assert "is a valid SAM Template" in sam(aws_tools, "validate", "--lint")


def test_sam_builds_every_function_from_its_own_modules(
    aws_tools: Path, built: dict[str, Path]
) -> None:
    if not aws_tools.with_name(RUNS_ON).exists():
        pytest.skip("no Python 3.13")
    made: dict[str, Any] = template(built["share"].parent / "template.yaml")["Resources"]
    for name, folder in built.items():
        properties = made[name.title()]["Properties"]
        assert (folder.parent / properties["CodeUri"]).resolve() == folder.resolve()
        assert (
            folder / f"{properties['Handler'].rpartition('.')[0].replace('.', '/')}.py"
        ).exists()
        ours = {
            path for part in ("functions", "passalong") for path in (folder / part).rglob("*.py")
        }
        names = {path.relative_to(folder).as_posix() for path in ours}
        assert {path.replace("/__init__.py", ".py") for path in names} == FILES[name]
