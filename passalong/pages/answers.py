"""The pages that answer a form, compiled for the functions to fill: they know no templates."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from passalong.answer_fields import ANSWERS
from passalong.errors import Stop, TemplateError
from passalong.pages.skeleton import compile_skeleton

if TYPE_CHECKING:
    from passalong.pages.fill import Skeleton
    from passalong.pages.site import Site


def answer_skeletons(site: Site) -> dict[str, Skeleton]:
    """A skeleton for each answer in each of the program's languages, by name: ``said.en``.

    Raises Stop where a template does what a skeleton cannot serve.
    """
    return {
        f"{name}.{code}": _skeleton(site, name, code)
        for name in ANSWERS
        for code in site.program.texts
    }


def answer_page(site: Site, name: str, code: str, said: dict[str, Any]) -> str:
    """An answer as Jinja alone renders it; ``said`` has a value for every field."""
    return site.theme.render(f"answers/{name}.html", site.base(name, code, "", "") | said)


def _skeleton(site: Site, name: str, code: str) -> Skeleton:
    answer = ANSWERS[name]
    repeats = {
        field: (shapes, {part for shape in shapes for part in shape})
        for field, shapes in answer.rows.items()
    }
    try:
        return compile_skeleton(answer.fields, repeats, partial(answer_page, site, name, code))
    except TemplateError as error:
        where = f"templates/{error.template or f'answers/{name}.html'}:{error.line}"
        raise Stop(f"{where}: the template {error}.") from error
