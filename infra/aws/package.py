"""One function as AWS runs it: its modules, the libraries they import, nothing else, compiled.

    python -m infra.aws.package Share FOLDER [--python python3.13]

What a module needs is read from its imports. The libraries are those of the environment that runs
this, which `make setup` installs as they are locked; all are plain Python, so that they run on any
processor. Bytecode is marked as unchecked, for the times of files are lost on their way to AWS.
https://docs.python.org/3/library/py_compile.html#py_compile.PycInvalidationMode
"""

from __future__ import annotations

import argparse
import ast
import re
import shutil
import subprocess
import sys
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[2]
FUNCTIONS: Final = ("share", "booking", "attribution", "relay")
OURS: Final = ("functions", "passalong")
RUNS_ON: Final = "python3.13"

_NOT_ON_AWS: Final = {"passalong.ledger.sqlite", "passalong.mail.folder", "passalong.mail.smtp"}
_MAIL: Final = {"passalong.mail.letter", "passalong.mail.ses"}
_CALENDARS: Final = {"passalong.booking.feed", "passalong.booking.fetch"}
LEFT_OUT: Final[dict[str, set[str]]] = {
    "share": _NOT_ON_AWS | _MAIL | _CALENDARS | {"crawleruseragents"},
    "booking": _NOT_ON_AWS | _MAIL | {"crawleruseragents"},
    "attribution": _NOT_ON_AWS | _MAIL | _CALENDARS,
    "relay": _NOT_ON_AWS | _CALENDARS | {"crawleruseragents"},
}
"""Modules that are only imported where something is done that this function never does."""
_BESIDES: Final = {"tzdata"}
"""Libraries that nobody imports by name: `zoneinfo` finds the zones there."""
_NEVER: Final = {"dnspython"}
"""Libraries that others require for what no function does: email-validator is not to ask DNS."""
SERVICES: Final[dict[str, set[str]]] = {
    "share": {"dynamodb", "s3", "ssm"},
    "booking": {"dynamodb", "s3", "ssm"},
    "attribution": {"dynamodb", "s3", "ssm"},
    "relay": {"dynamodb", "s3", "ssm", "sesv2"},
}
"""What of AWS each function calls: of the 20 MB in botocore that describe all of it, no more."""
_NATIVE: Final = (".so", ".pyd", ".dylib")
_UNUSED: Final = re.compile(r"(^|/)(tests?|testing|examples|__pycache__)/|\.pyc$|\.pyi$")


def package(function: str, folder: Path, python: str = RUNS_ON) -> None:
    """Makes ``folder`` the package of a function. Raises SystemExit with a sentence."""
    modules, libraries = needed(function)
    for module in sorted(modules):
        file = _file_of(module)
        target = folder / file.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    for name in sorted(_distributions(libraries | _BESIDES)):
        _copy(metadata.distribution(name), folder, SERVICES[function])
    _compile(folder, python)


def needed(function: str) -> tuple[set[str], set[str]]:
    """Our modules that a function may import, and the names of the libraries they do."""
    left_out = LEFT_OUT[function]
    modules: set[str] = set()
    libraries: set[str] = set()
    ahead = [f"functions.{function}"]
    while ahead:
        module = ahead.pop()
        if module in modules:
            continue
        modules.add(module)
        ahead.extend(_packages(module))
        for name in sorted(_imports(module)):
            if name in left_out:
                continue
            if name.partition(".")[0] in OURS:
                ahead.append(name)
            elif name not in sys.stdlib_module_names:
                libraries.add(name)
    return modules, libraries


def _packages(module: str) -> Iterator[str]:
    """The packages that a module lies in."""
    while module := module.rpartition(".")[0]:
        yield module


def _file_of(module: str) -> Path:
    path = ROOT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@cache
def _imports(module: str) -> frozenset[str]:
    """What a module imports, anywhere in it: ours by full name, libraries by their first."""
    found: set[str] = set()
    for node in _that_run(ast.parse(_file_of(module).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(_name(alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            wholes = [f"{node.module}.{alias.name}" for alias in node.names]
            found.update(whole if _is_ours(whole) else _name(node.module) for whole in wholes)
    return frozenset(found)


def _that_run(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but those that only name types."""
    for node in ast.iter_child_nodes(tree):
        if not (isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")):
            yield node
            yield from _that_run(node)


def _name(module: str) -> str:
    first = module.partition(".")[0]
    return module if first in OURS else first


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] in OURS and _file_of(module).is_file()


def _distributions(libraries: set[str]) -> set[str]:
    """The installed packages that hold these libraries, with what those require."""
    holding = metadata.packages_distributions()
    found: set[str] = set()
    ahead = []
    for library in libraries:
        if library not in holding:
            raise SystemExit(f"{library} is not installed here: make setup")
        ahead.append(holding[library][0])
    while ahead:
        name = re.sub(r"[-_.]+", "-", ahead.pop()).lower()
        if name in found | _NEVER or not (installed := _installed(name)):
            continue
        found.add(name)
        wanted = [line for line in installed.requires or () if "extra ==" not in line]
        ahead.extend(match[0] for line in wanted if (match := re.match(r"[\w.-]+", line)))
    return found


def _installed(name: str) -> metadata.Distribution | None:
    """A package, unless it is required only elsewhere, by another Python or system."""
    try:
        return metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return None


def _copy(library: metadata.Distribution, folder: Path, services: set[str]) -> None:
    """Copies the files of a library that a function can use, and its licence."""
    for file in library.files or ():
        name = file.as_posix()
        if name.startswith("..") or _UNUSED.search(name) or not _is_used(name, services):
            continue
        if name.endswith(_NATIVE):
            raise SystemExit(f"{name} runs on one kind of processor only: it cannot be packaged.")
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(Path(str(file.locate())), target)


def _is_used(name: str, services: set[str]) -> bool:
    if ".dist-info/" in name:
        return "licen" in name.lower() or name.endswith("/METADATA")
    if name.startswith("boto3/data/"):
        return False  # for resources: we use clients
    inside = name.removeprefix("botocore/data/")
    return inside == name or "/" not in inside or inside.partition("/")[0] in services


def _compile(folder: Path, python: str) -> None:
    command = [python, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    command += ["-s", str(folder), "-p", "/var/task", str(folder)]
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - our own
    except FileNotFoundError:
        done = None
    if done is None or done.returncode:
        said = done.stderr.strip() + done.stdout.strip() if done else "it is not on PATH"
        raise SystemExit(
            f"The functions run on {RUNS_ON}, and {python} cannot compile them: {said}"
        )


def main() -> None:
    """Packages the function that the command line names, as template.yaml does."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("function", type=str.lower, choices=FUNCTIONS)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--python", default=RUNS_ON)
    options = parser.parse_args()
    package(options.function, options.folder, options.python)


if __name__ == "__main__":
    main()
