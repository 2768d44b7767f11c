"""All of a build that needs templates and Markdown: public pages, previews, skeletons."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from passalong.errors import ContentRefused, Stop, TemplateError
from passalong.pages import lint, public
from passalong.pages.contexts import ROWS, personal_context
from passalong.pages.fill import fill
from passalong.pages.previews import preview_images
from passalong.pages.site import Site
from passalong.pages.skeleton import compile_skeleton

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path
    from typing import Any

    from passalong.model import Problem
    from passalong.pages.fill import Skeleton, Values
    from passalong.pages.plan import Shape
    from passalong.pages.state import Compiled


def compile_site(
    compiled: Compiled, samples: Mapping[Shape, Values], content: Path, folder: Path, images: Path
) -> None:
    """Adds to ``compiled`` what it lacks: the public pages, and a skeleton for each of ``samples``.

    ``content`` and ``folder`` hold the program and the theme; ``images`` keeps preview images
    between builds. Raises Stop where a template does what a skeleton cannot serve.
    """
    site = Site(compiled.editorial, content, folder)
    site.images = compiled.images
    if not compiled.public:
        compiled.images |= preview_images(site, images, compiled.warnings)
        compiled.public = _public(site, content, compiled.warnings)
    for shape, sample in samples.items():
        compiled.skeletons[shape] = skeleton = _skeleton(site, shape, sample)
        compiled.digests[shape] = hashlib.blake2b(repr(skeleton).encode(), digest_size=16).digest()
    compiled.assets |= site.assets.files
    problems = set(_problems(compiled, samples))
    if any(problem.severity == "error" for problem in problems):
        raise ContentRefused(sorted(problems))
    compiled.warnings += sorted(problems)


def _problems(compiled: Compiled, new: Iterable[Shape]) -> Iterator[Problem]:
    """What the last look finds in the public pages and in new skeletons."""
    paths = {*compiled.public, *compiled.assets}
    known = {f"/{path.removesuffix('index.html')}" for path in paths}
    secret = [word for words in compiled.editorial.forbidden.values() for word in words]
    for path, data in compiled.public.items():
        if path.endswith(".html"):
            yield from lint.page_problems(path, data.decode(), known, secret)
    for shape in new:
        skeleton = compiled.skeletons[shape]
        yield from lint.skeleton_problems(shape, skeleton, known, compiled.editorial)


def _public(site: Site, content: Path, warnings: list[Problem]) -> dict[str, bytes]:
    pages = {path: text.encode() for path, text in public.public_pages(site, content, warnings)}
    listed = [path for path in pages if path != public.MISSING]
    base_url = site.program.base_url
    return pages | {
        "sitemap.xml": public.sitemap(listed, base_url),
        "robots.txt": public.robots(base_url),
    }


def render(site: Site, shape: Shape, values: Values) -> str:
    """A personal page by Jinja alone: what its skeleton must fill to."""
    named: dict[str, Any] = dict(zip(shape.present, values, strict=True))
    for name in ROWS.keys() & named.keys():
        every: set[str] = set().union(*ROWS[name])
        named[name] = [dict.fromkeys(every, "") | row for row in named[name]]
    return site.theme.render(f"{shape.kind}.html", personal_context(site, shape, named))


def _skeleton(site: Site, shape: Shape, sample: Values) -> Skeleton:
    """The skeleton of a shape, held against Jinja's own page of the sample."""
    template = f"{shape.kind}.html"
    repeats = {name: ROWS[name] for name in shape.present if name in ROWS}
    try:
        skeleton = compile_skeleton(
            shape.present,
            repeats,
            lambda values: site.theme.render(template, personal_context(site, shape, values)),
        )
    except TemplateError as error:
        where = f"templates/{error.template or template}:{error.line}"
        raise Stop(f"{where}: the template {error}.") from error
    if next(fill(skeleton, [sample])) != render(site, shape, sample).encode():
        raise Stop(
            f"templates/{template}: a page filled from its skeleton differs from Jinja’s own. "
            "The template may use loop.* on personal rows, or change a personal value."
        )
    return skeleton
