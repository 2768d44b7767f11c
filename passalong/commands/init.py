"""``init DIR``: ask the few things that matter, and make a content folder that builds."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from passalong.commands.starter import Answers, NewHost, slug_of, starter_files
from passalong.content.forms import base_url_fault, is_colour, is_email, is_locale, is_timezone
from passalong.errors import Stop

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator, Mapping

    Check = Callable[[str], str]
    """What is wrong with an answer, as the end of a sentence; empty if nothing is."""

    Ask = Callable[[str, str, Check], str]
    """Puts a question with its default, and returns an answer that passes the check."""

COLOUR = "#2f5d8a"
PICTURES = {".svg", ".png", ".jpg", ".jpeg", ".webp"}
_ANY_NAME = {"content", "program", "referrals", ""}


def main(options: argparse.Namespace, root: Path) -> int:
    """Asks on the terminal, or takes the answers line by line from a pipe."""
    folder: Path = options.folder
    refuse_to_overwrite(folder)
    ask = on_terminal if sys.stdin.isatty() else from_lines(sys.stdin)
    name = folder.resolve().name
    answers = interview(ask, "" if name in _ANY_NAME else name, _language(os.environ), _timezone())
    write(folder, starter_files(root / "site" / "starter", answers))
    print(_farewell(folder))
    return 0


def refuse_to_overwrite(folder: Path) -> None:
    """Raises Stop where ``folder`` holds anything."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Stop(f"{folder} is not an empty folder, and init overwrites nothing: name a new one.")


def interview(ask: Ask, name: str, language: str, timezone: str) -> Answers:
    """Puts every question; each has a default that Enter takes."""
    firm = ask("Your firm, as people say it", name.replace("-", " ").title() or "Your Firm", _any)
    legal_name = ask("Its full name, for the imprint", firm, _any)
    default = f"hello@{slug_of(firm, 'firm')}.example"
    email = ask("Its mail address, for questions and the like", default, _email)
    domain = email.partition("@")[2]
    base_url = ask("Where the pages will stand", f"https://friends.{domain}", _base_url)
    colour = ask("Its colour", COLOUR, _colour)
    logo = ask("Its logo, a file (Enter for none)", "", _logo)
    does = f"{firm} solves a problem that firms like yours have every day."
    overview = ask("What it does, in one sentence for a stranger", does, _any)
    whom = f"somebody with the trouble that {firm} solves"
    wanted = ask("Whom you look for, to end “Do you know …”", whom, _any).rstrip("?")
    hosts = tuple(_hosts(ask, domain))
    locale = ask("The language of your words, such as en or de", language, _locale)
    return Answers(
        firm=firm,
        legal_name=legal_name,
        email=email,
        base_url=base_url.rstrip("/"),
        colour=colour,
        logo=Path(logo).expanduser() if logo else None,
        overview=overview,
        ask=wanted,
        hosts=hosts,
        locale=locale,
        timezone=timezone,
    )


def _hosts(ask: Ask, domain: str) -> Iterator[NewHost]:
    name = ask("Who takes the meetings", "Kim Example", _any)
    while name:
        role = ask(f"What {name} does", "Your first contact", _any)
        first = slug_of(name.split()[0], "host")
        email = ask(f"The mail address of {name}", f"{first}@{domain}", _email)
        yield NewHost(name, role, email, ask(f"The telephone number of {name}", "", _any))
        name = ask("Who else takes meetings (Enter for nobody)", "", _any)


def on_terminal(question: str, default: str, check: Check) -> str:
    """Asks until the answer will do. Raises Stop at the end of the input."""
    while True:
        try:
            line = input(f"{question} [{default}]: " if default else f"{question}: ")
        except EOFError:
            raise Stop("Stopped; nothing was written.") from None
        answer = _tidy(line) or default
        fault = check(answer)
        if not fault:
            return answer
        print(f"  {answer} {fault}.")


def from_lines(lines: Iterable[str]) -> Ask:
    """Takes one line for each question; empty and missing lines are the default."""
    source = iter(lines)

    def ask(question: str, default: str, check: Check) -> str:
        answer = _tidy(next(source, "")) or default
        fault = check(answer)
        if fault:
            raise Stop(f"{question}: {answer} {fault}.")
        return answer

    return ask


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes the files into a folder that is new or empty."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(data)


def _tidy(answer: str) -> str:
    """An answer on one line, without anything that cannot be printed."""
    words = ("".join(filter(str.isprintable, word)) for word in answer.split())
    return " ".join(filter(None, words))


def _any(_: str) -> str:
    return ""


def _email(answer: str) -> str:
    return "" if is_email(answer) else "is not a mail address such as hello@example.com"


def _base_url(answer: str) -> str:
    return base_url_fault(answer.rstrip("/"))


def _colour(answer: str) -> str:
    return "" if is_colour(answer) else "is not a colour such as #0b5d6b"


def _locale(answer: str) -> str:
    return "" if is_locale(answer) else "is not a language such as en or pt-BR"


def _logo(answer: str) -> str:
    path = Path(answer).expanduser()
    if not answer:
        return ""
    if not path.is_file():
        return "is not a file"
    return "" if path.suffix.lower() in PICTURES else "is not an SVG, PNG, JPEG or WebP picture"


def _language(environ: Mapping[str, str]) -> str:
    language = (environ.get("LC_ALL") or environ.get("LANG") or "")[:2].lower()
    return language if language in ("ar", "de", "en", "zh") else "en"


def _timezone() -> str:
    """The zone of this machine; UTC where it does not say."""
    _, found, zone = str(Path("/etc/localtime").resolve()).partition("zoneinfo/")
    return zone if found and is_timezone(zone) else "UTC"


def _farewell(folder: Path) -> str:
    content = "" if folder == Path("content") else f" --content {folder}"
    return f"""
{folder} is ready, with an example of everything that you can delete.
  python build.py serve{content}            look at it
  python build.py new story SLUG{content}   begin your first story
  {folder / "program.toml"}   say more about your program"""
