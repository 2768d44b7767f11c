#!/usr/bin/env python3
"""The command line of Passalong. It reads the arguments; everything it does is in passalong/."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent
STAGES = (
    *("met", "no_show", "qualified", "disqualified", "won", "lost"),
    *("renewed", "expanded", "churned", "reversed"),
)
"""As `passalong.events.CONVERSIONS`, which "--help" does not wait for."""


def folder_option(flag: str, default: str, text: str) -> argparse.ArgumentParser:
    """An option that several commands have: a folder."""
    made = argparse.ArgumentParser(add_help=False)
    text = f"{text} (default: %(default)s)"
    made.add_argument(flag, type=Path, default=Path(default), metavar="DIR", help=text)
    return made


def parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    top = argparse.ArgumentParser(prog="build.py", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    content = folder_option("--content", "content", "the content folder")
    out = folder_option("--out", "dist", "where the site goes")

    def command(name: str, text: str, *parents: argparse.ArgumentParser) -> argparse.ArgumentParser:
        about = text[0].upper() + text[1:] + "."
        return commands.add_parser(name, help=text, description=about, parents=parents)

    build = command("build", "check the content and make the site", content, out)
    build.add_argument("--json", action="store_true", help="say what was done as JSON, last line")
    build.add_argument("--changes", action="store_true", help="list every address that changed")
    build.add_argument("--remove", nargs="*", metavar="ID", default=None,
                       help="take away people who left the export: these, or all")  # fmt: skip

    check = command(
        "check", "name every problem of the content, as file:line: sentence", content, out
    )
    check.add_argument("--deep", action="store_true", help="build as well, and read every page")

    serve = command(
        "serve", "build, show the site on this machine, and build again on change", content, out
    )
    serve.add_argument("--port", type=int, default=None, metavar="N",
                       help="the port on 127.0.0.1 (default: first free from 8000)")  # fmt: skip

    demo = command("demo", "play a year of the sample program, up to today, and serve it", out)
    demo.add_argument("--port", type=int, default=None, metavar="N", help="as for “serve”")

    init = command("init", "ask what matters and make a content folder that builds")
    init.add_argument("folder", type=Path, metavar="DIR")

    new = command("new", "begin something with the questions already in it")
    kinds = new.add_subparsers(dest="what", required=True, metavar="WHAT")
    about = "a case study, as the interview that leads to it"
    story = kinds.add_parser("story", help=about, parents=[content])
    story.add_argument("slug", metavar="SLUG", help="its address: letters, digits and hyphens")

    links = command("links", "list everybody with their links and the drafted ask", content)
    links.add_argument("--csv", action="store_true", help="as CSV, for a mail merge")

    sign_off = command(
        "sign-off", "record that a customer agreed to a case study as it is now", content
    )
    sign_off.add_argument("slugs", nargs="+", metavar="SLUG")
    sign_off.add_argument("--by", required=True, metavar="NAME", help="who agreed")
    sign_off.add_argument("--authority", default="", metavar="WORDS", help="by what authority")
    sign_off.add_argument("--scope", choices=("named", "anonymised"), default="named")
    sign_off.add_argument("--until", default="", metavar="DATE", help="when it ends: 2027-05-02")

    lawyers = "make the printable pack that a customer’s lawyers sign"
    approval = command("approval", lawyers, content)
    approval.add_argument("slug", metavar="SLUG")
    approval.add_argument("--out", type=Path, default=None, metavar="FILE",
                          help="the HTML file (default: approval-SLUG.html)")  # fmt: skip

    once_published(command, content, out)
    return top


def once_published(
    command: Callable[..., argparse.ArgumentParser],
    content: argparse.ArgumentParser,
    out: argparse.ArgumentParser,
) -> None:
    """The commands for a program that people use: it goes live, mail is due, keys go."""
    publish = command("publish", "build, and bring what changed to where it is read", content, out)
    publish.add_argument("--to", default="", metavar="URL",
                         help="s3://… or folder:///… (default: PASSALONG_PUBLISH_TO)")  # fmt: skip
    for flag, text in (
        ("--dry-run", "list what would be done, and do none of it"),
        ("--any-domain", "take a base_url below a host’s own domain"),
        ("--new-links", "take another path secret or program: every link that is out ends"),
        ("--new-ledger", "take another ledger than the site was published with"),
        ("--no-wait", "do not wait until functions know the new theme, and look again"),
        ("--json", "say what was done as JSON, last line"),
    ):
        publish.add_argument(flag, action="store_true", help=text)

    relay = command("relay", "send what is due and forget whose time is over, once", out)
    relay.add_argument("--dead", action="store_true", help="list what could not be delivered")
    relay.add_argument("--replay", nargs="*", metavar="ID", default=None,
                       help="try these dead deliveries again, or all")  # fmt: skip

    mail = command("mail", "look whether letters from your domain are known to be yours", content)
    mail.add_argument("--verify", action="store_true", required=True,
                      help="ask DNS for SPF, DKIM, DMARC and MX, and say what to set")  # fmt: skip
    mail.add_argument("--selector", action="append", default=[], metavar="NAME",
                      help="a DKIM key of the domain, where SES cannot be asked")  # fmt: skip
    mail.add_argument("--dns", default="", metavar="HOST[:PORT]", help="ask this DNS server")
    mail.add_argument("--json", action="store_true", help="say what was found as JSON, last line")
    what_came_of_it(command, content)

    revoke = command(
        "revoke", "take away somebody’s page, share link and whatever they allow", content, out
    )
    revoke.add_argument("id", metavar="ID",
                        help="the id of an advocate or a referee, or report:NAME")  # fmt: skip
    revoke.add_argument("--renew", action="store_true", help="give them new ones instead")

    export = command("export", "write files for a CRM, or all that is held on one person", content)
    kinds = export.add_mutually_exclusive_group(required=True)
    kinds.add_argument("--hubspot", action="store_true", help="contacts, companies and deals")
    kinds.add_argument("--salesforce", action="store_true", help="leads")
    kinds.add_argument("--person", metavar="WHO", default="",
                       help="a mail address or an id: print it as JSON")  # fmt: skip
    export.add_argument("--out", type=Path, default=None, metavar="DIR",
                        help="where files go (default: export-hubspot or -salesforce)")  # fmt: skip

    erase = command("erase", "keep nothing of a person, for good", content, out)
    erase.add_argument("person", metavar="WHO", help="a mail address or an id")

    keys = command("keys", "list or change the keys that sign what pages may do")
    changes = keys.add_subparsers(dest="what", required=True, metavar="WHAT")
    for name, about in (
        ("list", "every key, the one that signs last"),
        ("rotate", "bring in a new key, which signs from the next build on"),
        ("retire", "drop the oldest key, once no page is signed with it"),
    ):
        changes.add_parser(name, help=about, description=about[0].upper() + about[1:] + ".")


def what_came_of_it(
    command: Callable[..., argparse.ArgumentParser], content: argparse.ArgumentParser
) -> None:
    """The commands about what people and other systems tell of referrals."""
    experiments = command("experiments", "say what came of each experiment so far", content)
    experiments.add_argument("--json", action="store_true", help="as one line of JSON")

    inbox = command("inbox", "list what was told of referrals and nobody could file by rule")
    inbox.add_argument("--json", action="store_true", help="as one line of JSON")
    inbox.add_argument("--resolve", metavar="ID", help="say whose one is, or what it means")
    whose = inbox.add_mutually_exclusive_group()
    whose.add_argument("--referral", metavar="ID", help="with --resolve: a referral or a referee")
    whose.add_argument("--advocate", metavar="ID", help="with --resolve: whose doing it is")
    inbox.add_argument("--stage", choices=STAGES, help="with --resolve: what happened")
    inbox.add_argument("--dismiss", metavar="ID", help="want nothing of this one")
    inbox.add_argument("--retry", action="store_true", help="try all of them again, now")

    table = command("import", "take in what came of referrals, and asks, from a CSV file")
    table.add_argument("file", type=Path, metavar="FILE")

    credit = command("credit", "list contested credit and what waits for a look, and decide it")
    credit.add_argument("id", nargs="?", default="", metavar="ID", help="what it is about")
    decision = credit.add_mutually_exclusive_group()
    decision.add_argument("--to", default="", metavar="ADVOCATE", help="this one is credited")
    decision.add_argument("--nobody", action="store_true", help="nobody is credited")
    decision.add_argument("--release", action="store_true", help="nothing is wrong with it")
    credit.add_argument("--note", default="", metavar="WHY", help="with a decision: why")
    credit.add_argument("--by", default="", metavar="NAME", help="with a decision: whose it is")
    credit.add_argument("--days", type=int, default=365, metavar="N",
                        help="how far to look back (default: 365)")  # fmt: skip
    credit.add_argument("--json", action="store_true", help="as one line of JSON")

    what_it_brought(command)


def what_it_brought(command: Callable[..., argparse.ArgumentParser]) -> None:
    """The commands about figures."""
    report = command("report", "say what the program brought, and through whom")
    report.add_argument("--period", default="", metavar="WHICH",
                        help="30, 90, 365 days, month, quarter, year (default: 90)")  # fmt: skip
    report.add_argument("--from", dest="first", default="", metavar="DAY", help="the first day")
    report.add_argument("--to", dest="last", default="", metavar="DAY", help="the last day")
    report.add_argument("--by", default="", metavar="WHAT",
                        help="broken down by story, medium, message, advocate, kind, owner, "
                        "region, industry or variant")  # fmt: skip
    report.add_argument("--only", default="", metavar="VALUE", help="with --by: only this one")
    report.add_argument("--json", action="store_true", help="all of it, as one line of JSON")
    report.add_argument("--csv", type=Path, default=None, metavar="DIR",
                        help="a file for each table, with every line of it")  # fmt: skip
    report.add_argument("--link", metavar="NAME", default=None,
                        help="a link that opens the report’s page, for this marketer")  # fmt: skip
    report.add_argument("--days", type=int, default=None, metavar="N",
                        help="with --link: how long it does (default: 365)")  # fmt: skip

    figures = command("figures", "say how far the figures of the report are")
    figures.add_argument("--rebuild", action="store_true",
                         help="count everything anew, by today’s rules and lists")  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """Runs a command; its exit status: 0 done, 1 refused with a sentence, 2 misspelt."""
    from passalong import commands  # noqa: PLC0415 - "--help" needs none of it
    from passalong.errors import PassalongError  # noqa: PLC0415

    given = sys.argv[1:] if arguments is None else arguments
    options = parser().parse_args(given or ["--help"])
    try:
        return commands.run(options, ROOT)
    except PassalongError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        if error.filename is None:
            raise
        print(f"{error.filename}: {error.strerror}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)  # to free everybody's record one by one takes longer than a small build
