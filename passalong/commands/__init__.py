"""What each command does. A command imports what it needs when it runs: most need little."""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING

from passalong.commands.deployed import settle

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

_MODULES = {
    "build": "passalong.commands.make",
    "check": "passalong.commands.check",
    "serve": "infra.local.serve",
    "demo": "infra.local.demo.command",
    "init": "passalong.commands.init",
    "new": "passalong.commands.new_story",
    "links": "passalong.commands.links",
    "sign-off": "passalong.commands.sign_off",
    "approval": "passalong.commands.approval",
    "revoke": "passalong.commands.revoke",
    "export": "passalong.commands.export",
    "erase": "passalong.commands.erase",
    "keys": "passalong.commands.keys",
    "report": "passalong.commands.report",
    "figures": "passalong.commands.figures",
    "relay": "passalong.commands.relay",
    "inbox": "passalong.commands.inbox",
    "credit": "passalong.commands.credit",
    "import": "passalong.commands.import_",
    "publish": "passalong.commands.publish",
    "experiments": "passalong.commands.experiments",
    "mail": "passalong.commands.mail",
}


def run(options: argparse.Namespace, root: Path) -> int:
    """Runs ``options.command``; ``root`` is the folder that holds ``site/`` and ``var/``."""
    settle(options.command, root, os.environ)
    module = importlib.import_module(_MODULES[options.command])
    status: int = module.main(options, root)
    return status
