"""The Content-Security-Policy of a page: its own inline style and scripts, and no others."""

from __future__ import annotations

import base64
import hashlib


def digest(text: str) -> str:
    """A CSP source for an inline element: ``'sha256-…'`` (CSP Level 3, 2.3.1)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def policy(css: str, *scripts: str) -> str:
    """The policy of a page whose only style is ``css`` and whose only scripts are these."""
    admitted = [digest(script) for script in scripts if script]
    rules = [
        "default-src 'none'",
        f"style-src {digest(css)}",
        f"script-src {' '.join(admitted)}" if admitted else "",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
    ]
    return "; ".join(rule for rule in rules if rule)
