"""``docs/guarantees.md`` tells the truth: each promise stands there once, and its tests exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROW = re.compile(r"^\| *([A-Z]\d+) *\|([^|]+)\|([^|]+)\|$", re.MULTILINE)
TEST = re.compile(r"`([^`]+)::([^`]+)`")

ROWS = ROW.findall((ROOT / "docs/guarantees.md").read_text("utf-8"))


def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_each_promise_stands_once() -> None:
    ids = [row[0] for row in ROWS]
    assert ids
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_promise_is_held_by_tests_that_exist(row: tuple[str, str, str]) -> None:
    named = TEST.findall(row[2])
    missing = [
        f"{file}::{name}"
        for file, name in named
        if not (ROOT / file).is_file() or name not in names_in(ROOT / file)
    ]
    assert named, "a promise without a test is a wish"
    assert missing == []
