"""A stand-in for the endpoints, for pages in tests: what was sent, and answers as given."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from playwright.sync_api import Page, Route

from tests.answers import Answers

Fields = dict[str, str]


@dataclass
class Endpoints:
    """Answers ``/api/…`` for one context. ``replies`` has status, answer and what it says."""

    answers: Answers
    code: str = "en"
    replies: dict[str, tuple[int, str, dict[str, Any]]] = field(default_factory=dict)
    forms: list[tuple[str, Fields]] = field(default_factory=list)
    beacons: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    down: bool = False

    def take(self, route: Route) -> None:
        request = route.request
        path = request.url.partition("/api/")[2]
        if request.headers["content-type"] == "application/json":
            self.beacons.append((path, json.loads(request.post_data or "")))
            route.fulfill(status=204)
            return
        self.forms.append((path, dict(parse_qsl(request.post_data or "", keep_blank_values=True))))
        if self.down:
            route.abort()
            return
        if path not in self.replies:
            route.fulfill(status=204)
            return
        status, name, said = self.replies[path]
        html = self.answers.page(name, self.code, **said)
        route.fulfill(status=status, content_type="text/html", body=html)

    def serve(self, page: Page) -> Page:
        page.context.route("**/api/**", self.take)
        return page

    def reply(self, path: str, name: str, status: int = 200, /, **said: Any) -> None:
        self.replies[path] = (status, name, said)

    def sent(self, path: str) -> list[Fields]:
        """The forms that were sent to an endpoint."""
        return [fields for to, fields in self.forms if to == path]

    def told(self, path: str) -> list[dict[str, Any]]:
        """The beacons that were sent to an endpoint."""
        return [said for to, said in self.beacons if to == path]
