"""A program of its own for each test, with preview images drawn once for all of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.programs import Made, files, write

Make = Callable[..., Made]


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where builds remember what they made, preview images among it."""
    return tmp_path_factory.mktemp("var")


@pytest.fixture
def make(tmp_path: Path, kept: Path) -> Make:
    """Writes the content that `files` says of the keyword arguments, and builds it."""

    def made(**program: Any) -> Made:
        new = Made(write(tmp_path / "content", files(**program)), tmp_path / "site", kept)
        new.build()
        return new

    return made


@pytest.fixture(scope="session")
def make_once(tmp_path_factory: pytest.TempPathFactory, kept: Path) -> Make:
    """The same for programs that several tests only read."""

    def made(**program: Any) -> Made:
        folder = tmp_path_factory.mktemp("program")
        new = Made(write(folder / "content", files(**program)), folder / "site", kept)
        new.build()
        return new

    return made
