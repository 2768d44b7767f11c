"""The watch that every test stands under sees what it must see."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.conftest import Seen

STRICT = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'


def test_a_request_to_another_host_is_stopped_and_noted(page: Page, seen: Seen) -> None:
    page.set_content('<img src="https://cdn.example/pixel.gif" alt="">')
    page.wait_for_function("document.images[0].complete")
    assert seen.foreign == ["https://cdn.example/pixel.gif"]
    seen.foreign.clear()
    seen.errors.clear()


def test_an_inline_script_against_the_policy_is_noted(page: Page, seen: Seen) -> None:
    page.set_content(f"{STRICT}<p>quiet</p><script>document.body.id = 'ran'</script>")
    assert page.evaluate("document.body.id") == ""
    assert "Content Security Policy" in " ".join(seen.errors)
    seen.errors.clear()


def test_a_clean_page_leaves_no_note(page: Page, seen: Seen) -> None:
    page.set_content("<p>nothing to see</p>")
    assert seen.foreign == []
    assert seen.errors == []


def test_a_test_cannot_leave_this_machine() -> None:
    with pytest.raises(AssertionError, match="stay on this machine"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(AssertionError, match="stay on this machine"):
        socket.getaddrinfo("cdn.example", 443)
