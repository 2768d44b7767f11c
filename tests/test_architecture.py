"""The shape of the code: which way imports point, and how much one file or function holds."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted(
    path
    for path in [
        ROOT / "build.py",
        *(ROOT / "passalong").rglob("*.py"),
        *(ROOT / "functions").glob("*.py"),
        *ROOT.glob("infra/**/*.py"),
    ]
    if path.is_file()
)

# From an area to everything else that it may import, the standard library aside. The longest
# matching name decides. An arrow that is not here points the wrong way.
BASE = {
    "passalong.errors",
    "passalong.program",
    "passalong.people",
    "passalong.editorial",
}
ROOTS = {"passalong.wiring"}  # what picks adapters is for entry points only
PLAIN = {f"passalong.{path.stem}" for path in (ROOT / "passalong").glob("[!_]*.py")} - BASE - ROOTS
MAY_IMPORT: dict[str, set[str]] = {
    "passalong": BASE | PLAIN,  # the modules right under it: functions on AWS use them too
    "passalong.access": BASE | PLAIN | {"itsdangerous"},
    "passalong.aws": BASE | {"botocore"},
    "passalong.parameters": BASE | {"passalong.aws", "botocore"},
    "passalong.bucket": BASE | PLAIN | {"botocore"},
    "passalong.visits": BASE | PLAIN | {"crawleruseragents"},
    "passalong.plan": BASE | PLAIN | {"passalong.booking.hosts"},
    "passalong.bundle": BASE | PLAIN | {"passalong.pages.fill"},
    "passalong.known": BASE | PLAIN | {"passalong.booking.accounts", "passalong.pages.fill"},
    "passalong.world": BASE | PLAIN | {"passalong.ledger.port"},
    "passalong.actions": BASE
    | PLAIN
    | {
        "passalong.attribution.accounts",
        "passalong.booking",
        "passalong.ledger.port",
        "passalong.pages.fill",
    },
    "passalong.attribution": BASE
    | PLAIN
    | {
        "passalong.booking.accounts",
        "passalong.booking.mailboxes",
        "passalong.booking.providers",
    },
    "passalong.conversions": BASE
    | PLAIN
    | {
        "passalong.attribution",
        "passalong.booking.accounts",
        "passalong.booking.mailboxes",
        "passalong.ledger.port",
        "passalong.ledger.tallies",
    },
    "passalong.figures": BASE
    | PLAIN
    | {
        "passalong.attribution",
        "passalong.ledger.port",
        "passalong.ledger.records",
        "passalong.ledger.tallies",
    },
    "passalong.relay": BASE
    | PLAIN
    | {
        "passalong.attribution.rules",
        "passalong.booking",
        "passalong.conversions",
        "passalong.figures",
        "passalong.ledger.port",
        "passalong.ledger.records",
        "passalong.mail",
    },
    "passalong.wiring": BASE | PLAIN | {"passalong.booking", "passalong.ledger", "passalong.mail"},
    "functions": BASE
    | PLAIN
    | {
        "passalong.actions",
        "passalong.conversions",
        "passalong.ledger.dynamodb_items",
        "passalong.ledger.port",
        "passalong.mail.port",
        "passalong.relay",
        "passalong.report",
        "passalong.wiring",
        "aws_lambda_powertools",
    },
    "passalong.holders": BASE | PLAIN | {"passalong.booking.accounts"},
    "passalong.merging": BASE | PLAIN | {"passalong.booking.accounts"},
    "passalong.booking": BASE
    | PLAIN
    | {"icalendar", "dateutil", "email_validator", "disposable_email_domains"},
    "passalong.ledger": BASE | PLAIN | {"passalong.ledger"},
    "passalong.ledger.dynamodb_calls": BASE | PLAIN | {"passalong.ledger", "botocore"},
    "passalong.mail": BASE
    | PLAIN
    | {
        "passalong.mail",
        "passalong.booking.days",
        "passalong.booking.invitation",
        "passalong.pages.fill",
    },
    "passalong.mail.ses": BASE | PLAIN | {"passalong.mail", "botocore"},
    "passalong.maildomain": BASE | PLAIN,
    "passalong.maildomain.resolver": BASE | PLAIN | {"passalong.maildomain", "dns"},
    "passalong.maildomain.service": BASE | PLAIN | {"passalong.maildomain", "botocore"},
    "passalong.errors": set(),
    "passalong.program": set(),
    "passalong.people": {"passalong.errors"},
    "passalong.editorial": {"passalong.errors", "passalong.program"},
    "passalong.content": BASE | PLAIN | {"passalong.booking.hours", "yaml"},
    "passalong.pages": BASE
    | PLAIN
    | {
        "passalong.booking.hosts",
        "passalong.report",
        "jinja2",
        "markupsafe",
        "markdown_it",
        "nh3",
        "PIL",
    },
    "passalong.pages.reading": BASE | PLAIN | {"passalong.content", "passalong.pages"},
    "passalong.pages.build": BASE | PLAIN | {"passalong.content", "passalong.pages"},
    "passalong.pages.deep": BASE | PLAIN | {"passalong.pages"},  # reads what a build wrote
    "passalong.publishing": BASE | PLAIN,
    "passalong.experiments": BASE
    | PLAIN
    | {"passalong.figures.rows", "passalong.ledger.port", "passalong.report.model"},
    "passalong.report": BASE
    | PLAIN
    | {
        "passalong.attribution",
        "passalong.booking.mailboxes",
        "passalong.conversions",
        "passalong.experiments",
        "passalong.figures",
        "passalong.ledger.port",
        "passalong.ledger.tallies",
        "passalong.pages.fill",
    },
    "passalong.exports": BASE
    | PLAIN
    | {
        "passalong.attribution",
        "passalong.booking",
        "passalong.conversions",
        "passalong.ledger.history",
        "passalong.ledger.port",
        "passalong.ledger.records",
    },
    "passalong.commands": BASE
    | PLAIN
    | ROOTS
    | {
        "passalong.attribution.rules",
        "passalong.booking",
        "passalong.content",
        "passalong.conversions",
        "passalong.experiments",
        "passalong.exports",
        "passalong.figures",
        "passalong.ledger",
        "passalong.mail",
        "passalong.maildomain",
        "passalong.pages",
        "passalong.publishing",
        "passalong.relay",
        "passalong.report",
        "rich",
    },
    "infra.local": BASE
    | PLAIN
    | ROOTS
    | {
        "functions._problems",
        "passalong.commands",
        "passalong.content",
        "passalong.conversions",
        "passalong.experiments",
        "passalong.ledger",
        "passalong.mail.folder",
        "passalong.pages",
        "passalong.relay",
        "icalendar",
        "yaml",
    },
    "infra.aws": BASE | PLAIN | {"passalong.commands.deployed", "passalong.ledger"},
    "build": BASE | {"passalong.commands", "infra.local", "rich"},
}

# What takes long to import: at a function's start, everybody waits for it.
HEAVY = {
    *("icalendar", "dateutil", "email_validator", "disposable_email_domains", "crawleruseragents"),
    *("boto3", "botocore.session", "sqlite3", "tomllib", "jinja2", "markdown_it", "nh3", "yaml"),
    *("PIL", "rich", "dns"),
}

LONGEST_FILE = 300
LONGEST_FUNCTION = 60


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def area_of(name: str) -> str | None:
    """The longest name in MAY_IMPORT that ``name`` is or lies in."""
    parts = name.split(".")
    areas = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((area for area in areas if area in MAY_IMPORT), None)


def nodes_that_run(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but those under ``if TYPE_CHECKING``, which only name types."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            continue
        yield node
        yield from nodes_that_run(node)


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of every module that the file imports, at its top or in a function."""
    package = module_name(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    for node in nodes_that_run(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*base, *filter(None, [node.module])])
            # `from passalong.pages import fill` imports the module passalong.pages.fill
            for alias in node.names:
                whole = f"{source}.{alias.name}"
                yield node.lineno, whole if is_ours(whole) else source


def is_ours(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def allowed(importer: str, imported: str) -> bool:
    area = area_of(importer)
    assert area is not None, f"{importer} belongs to no area: say in MAY_IMPORT what it may import"
    top = imported.partition(".")[0]
    if top in sys.stdlib_module_names and not is_ours(imported):
        return True
    parts = imported.split(".")
    names = {".".join(parts[:length]) for length in range(1, len(parts) + 1)}
    return bool(names & MAY_IMPORT[area]) or imported == "passalong" or area_of(imported) == area


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_imports_point_one_way(path: Path) -> None:
    name = module_name(path)
    wrong = [
        f"{path.name}:{line} {found}" for line, found in imports(path) if not allowed(name, found)
    ]
    assert wrong == []


def test_only_the_build_knows_both_content_and_pages() -> None:
    crossing = {
        module_name(path)
        for path in (ROOT / "passalong/pages").rglob("*.py")
        for _, found in imports(path)
        if found.startswith("passalong.content")
    }
    assert crossing <= {"passalong.pages.build", "passalong.pages.reading"}


def test_nothing_imports_the_command_line() -> None:
    importers = [
        module_name(path) for path in SOURCES for _, found in imports(path) if found == "build"
    ]
    assert importers == []


def test_presentation_holds_no_python() -> None:
    assert list((ROOT / "site").rglob("*.py")) == []


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_each_module_imports_alone(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"import {module_name(path)}"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("name", ["share", "booking", "attribution", "relay"])
def test_a_function_starts_without_what_only_some_requests_need(name: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", f"import sys, functions.{name}; print(*sys.modules)"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    assert sorted(HEAVY.intersection(told.stdout.split())) == []


def test_a_file_holds_one_idea() -> None:
    lines = {
        str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in SOURCES
    }
    assert {name: count for name, count in lines.items() if count > LONGEST_FILE} == {}


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_a_function_fits_the_eye(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    lengths = {f.name: (f.end_lineno or f.lineno) - f.lineno + 1 for f in functions}
    assert {name: n for name, n in lengths.items() if n > LONGEST_FUNCTION} == {}
