"""The look of the pages: templates, style sheets, scripts of each kind, and the policy that fits.

A file of ``content/theme/`` takes the place of the file of the same name in ``site/``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import jinja2
from jinja2 import FileSystemLoader, StrictUndefined
from markupsafe import Markup

from passalong.answer_fields import ANSWERS
from passalong.errors import Stop, UnknownWord
from passalong.pages.policy import policy
from passalong.pages.skeleton import PageEnvironment, place

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_AROUND = re.compile(r"\s*([{};,>])\s*")


_ANSWER: Final = ("fields", "drafts", "answer")
PARTS: Final[dict[str, tuple[str, ...]]] = {
    "advocate": ("fields", "forms", "drafts", "advocate"),
    "referee": ("fields", "forms", "referee"),
    "share": ("fields", "forms", "share"),
    "report": ("fields", "report"),
    **dict.fromkeys(ANSWERS, _ANSWER),
}
"""The style sheets and scripts of a kind of page beside ``core``; another kind has its own."""


class Theme:
    """Templates and inline assets from ``folders``, the first of which wins."""

    root_css = ""
    """Custom properties that the theme's stylesheets use: the program's own colours."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders = tuple(folders)
        self.env = PageEnvironment(
            loader=FileSystemLoader([folder / "templates" for folder in self.folders]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            optimized=False,  # takes longer than it saves on a template that is used a few times
        )
        self.env.filters["bdi"] = _bdi
        self._inline: dict[str, dict[str, Any]] = {}

    def render(self, template: str, context: dict[str, Any]) -> str:
        """The page that ``template`` makes of ``context``; raises Stop where it has a mistake."""
        try:
            return self.env.get_template(template).render(context)
        except (jinja2.TemplateError, UnknownWord) as error:
            raise Stop(_mistake(error, template)) from error

    def inline(self, kind: str) -> dict[str, Any]:
        """``css``, ``script`` and ``csp`` for a kind of page."""
        if kind not in self._inline:
            parts = ("core", *PARTS.get(kind, (kind,)))
            css = self.root_css + minify("".join(self.text(f"{part}.css") for part in parts))
            script = lean("".join(self.text(f"{part}.js") for part in parts))
            self._inline[kind] = {
                "css": Markup(css),  # noqa: S704 - the theme's own file
                "script": Markup(script),  # noqa: S704 - the theme's own file
                "csp": policy(css, script),
            }
        return self._inline[kind]

    def text(self, name: str) -> str:
        """A file of ``assets/``, empty where there is none."""
        for folder in self.folders:
            file = folder / "assets" / name
            if file.is_file():
                return file.read_text("utf-8")
        return ""


def _mistake(error: Exception, template: str) -> str:
    """What is wrong with a template, with its file and line."""
    if isinstance(error, jinja2.TemplateSyntaxError):
        name, line, said = error.name or template, error.lineno, error.message or ""
    else:
        name, line = place(error)
        name = name if line else template
        said = str(error)
        if isinstance(error, jinja2.TemplateNotFound):
            said = f"there is no template {error.name}"
    return f"templates/{name}:{line}: {said.rstrip('.')}."


def _bdi(text: str) -> Markup:
    """``text`` isolated from the direction of what stands around it."""
    return Markup("<bdi>{}</bdi>").format(text)


def minify(css: str) -> str:
    """``css`` without comments and needless white space."""
    return _AROUND.sub(r"\1", " ".join(_COMMENT.sub("", css).split())).replace(";}", "}")


def lean(script: str) -> str:
    """``script`` without indentation and without the lines that are comments."""
    lines = (line.strip() for line in script.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))
