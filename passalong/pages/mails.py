"""The letters of a program as skeletons, one for each locale: what functions fill to send mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from passalong.errors import Stop, TemplateError
from passalong.letter_fields import FIELDS, ROWS, skeleton_of
from passalong.pages.skeleton import compile_skeleton

if TYPE_CHECKING:
    from passalong.pages.fill import Skeleton
    from passalong.pages.site import Site

_TEMPLATE = "mail.html"


def mail_skeletons(site: Site) -> dict[str, Skeleton]:
    """The skeleton of letters in each of the program's locales, by its name in the bundle.

    Raises Stop where the template has a mistake.
    """
    return {skeleton_of(code): _skeleton(site, code) for code in site.program.locales}


def _skeleton(site: Site, code: str) -> Skeleton:
    frame: dict[str, Any] = {
        "locale": site.locale(code),
        "brand": site.program.brand.name,
        "accent": site.palette,
    }
    repeats = {name: ([names], names) for name, names in ROWS.items()}
    try:
        return compile_skeleton(
            FIELDS, repeats, lambda values: site.theme.render(_TEMPLATE, frame | values)
        )
    except TemplateError as error:
        where = f"templates/{error.template or _TEMPLATE}:{error.line}"
        raise Stop(f"{where}: the template {error}.") from error
