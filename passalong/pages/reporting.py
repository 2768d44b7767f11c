"""The report's page: a static one without data, and a skeleton for the answer to a form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from passalong.errors import Stop, TemplateError
from passalong.pages.skeleton import compile_skeleton
from passalong.report.render import SKELETON, key_form

if TYPE_CHECKING:
    from passalong.pages.fill import Skeleton
    from passalong.pages.site import Site

PATH = "report/index.html"


def report_context(site: Site, code: str) -> dict[str, Any]:
    """What both are made of: words, and the form that takes a key."""
    form = Markup(key_form(site.locale(code)))  # noqa: S704 - its makers escape
    return {"key_form": form, "report": ""}


def report_skeletons(site: Site) -> dict[str, Skeleton]:
    """The page around a report in each of the program's languages, with one hole: ``report.en``.

    Raises Stop where a template does what a skeleton cannot serve.
    """
    return {f"{SKELETON}.{code}": _skeleton(site, code) for code in site.program.texts}


def _skeleton(site: Site, code: str) -> Skeleton:
    frame = site.base("report", code, "", "") | report_context(site, code)
    try:
        return compile_skeleton(
            ("report",), {}, lambda values: site.theme.render("answers/report.html", frame | values)
        )
    except TemplateError as error:
        where = f"templates/{error.template or 'answers/report.html'}:{error.line}"
        raise Stop(f"{where}: the template {error}.") from error
