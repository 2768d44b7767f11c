"""What people send: forms of the pages that they have before them, to the functions."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from infra.local.gateway import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from infra.local.gateway import Answer

_TOKEN: Final = re.compile(rb'<body[^>]* data-token="([^"]+)"')
_JSON: Final = "application/json"
_FORM: Final = "application/x-www-form-urlencoded"


class Browser:
    """Sends what pages send: pages in one of the ``sites``, which are reached at ``address``."""

    def __init__(
        self, answer: Callable[[Request], Answer], sites: Sequence[Path], address: str
    ) -> None:
        self._answer, self._sites, self._address = answer, sites, address
        self._tokens: dict[str, str] = {}

    def post(
        self, endpoint: str, page: str, seen: Mapping[str, str], **fields: str | bool
    ) -> Answer:
        """What the function answers to somebody at a page; ``seen`` says by what it is seen.

        Raises FileNotFoundError where there is no such page.
        """
        said = {"token": self._token(page), **{k: v for k, v in fields.items() if v}}
        return self._send("POST", f"/api/{endpoint}", seen, _JSON, json.dumps(said))

    def press(self, path: str, seen: Mapping[str, str], **fields: str) -> Answer:
        """What is answered to the form of a page behind a link in a letter, once it was opened."""
        self._send("GET", path, seen)
        return self._send("POST", path, seen, _FORM, urlencode(fields))

    def tell(self, source: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """What is answered to another system."""
        sent = {"Content-Type": _JSON, **headers}
        return self._answer(Request("POST", f"/api/hooks/{source}", tuple(sent.items()), body))

    def _send(
        self, method: str, path: str, seen: Mapping[str, str], kind: str = "", body: str = ""
    ) -> Answer:
        headers = {"User-Agent": seen["agent"]}
        if kind:
            headers |= {
                "Content-Type": kind,
                "Origin": self._address,
                "Sec-Fetch-Site": "same-origin",
            }
        if seen.get("gpc"):
            headers["Sec-GPC"] = "1"
        client = seen["client"]
        return self._answer(Request(method, path, tuple(headers.items()), body.encode(), client))

    def _token(self, page: str) -> str:
        """The token that a page carries."""
        if page not in self._tokens:
            files = [site / page / "index.html" for site in self._sites]
            file = next((file for file in files if file.is_file()), files[-1])
            found = _TOKEN.search(file.read_bytes())
            self._tokens[page] = found[1].decode() if found else ""
        return self._tokens[page]


def data_of(answer: Answer) -> dict[str, Any]:
    """The JSON of an answer; nothing where there is none."""
    found = json.loads(answer.body) if answer.body else {}
    return found if isinstance(found, dict) else {}
