"""All of a build that needs templates and Markdown: public pages, previews, skeletons."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from passalong.errors import ContentRefused, Problem, Stop, TemplateError
from passalong.given import frame_of, pieces_of
from passalong.pages import images, lint, public
from passalong.pages.contexts import personal_context, row_names, row_shapes_of
from passalong.pages.fill import fill
from passalong.pages.overrides import override_problems
from passalong.pages.previews import preview_images
from passalong.pages.site import Site
from passalong.pages.skeleton import compile_skeleton
from passalong.pages.state import Bound

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from passalong.given import Frame
    from passalong.pages.fill import Skeleton, Values
    from passalong.pages.state import Compiled
    from passalong.plan import Shape


def compile_site(
    compiled: Compiled, samples: Mapping[Shape, Values], content: Path, folder: Path, images: Path
) -> None:
    """Adds to ``compiled`` what it lacks: the public pages, and what each new Shape is made of.

    ``samples`` holds the values of one page for each new Shape; ``content`` and ``folder`` hold the
    program and the theme; ``images`` keeps preview images between builds. Raises Stop where a
    template does what a skeleton cannot serve, ContentRefused where a page has a fault.
    """
    site = site_of(compiled, content, folder)
    if not compiled.public:
        compiled.images |= preview_images(site, images, compiled.warnings)
        compiled.public = _public(site, content, compiled.warnings)
        compiled.warnings += override_problems(content / "theme", folder)
    frames: dict[Frame, Shape] = {}
    for shape in samples:
        pieces = pieces_of(shape, site.piece)
        frame = frame_of(site.editorial, shape, pieces)
        compiled.shapes[shape] = Bound(frame, pieces)
        if frame not in compiled.frames:
            compiled.frames[frame] = _skeleton(site, frame)
            frames[frame] = shape
    for shape in _compared(frames, every=(content / "theme/templates").is_dir()):
        _compare(site, compiled, shape, samples[shape])
    compiled.assets |= site.assets.files
    problems = set(_problems(compiled, samples, frames))
    if any(problem.severity == "error" for problem in problems):
        raise ContentRefused(sorted(problems))
    compiled.warnings += sorted(problems)


def site_of(compiled: Compiled, content: Path, folder: Path) -> Site:
    """The site that ``compiled`` belongs to."""
    site = Site(compiled.editorial, content, folder)
    site.images = compiled.images
    return site


def compile_frames(compiled: Compiled, site: Site, frames: Iterable[Frame]) -> None:
    """Adds skeletons that no page needs yet. Raises Stop and ContentRefused as `compile_site`."""
    problems: list[Problem] = []
    for frame in frames:
        skeleton = compiled.frames[frame] = _skeleton(site, frame)
        file, html = f"templates/{frame.kind}.html", lint.static_text(skeleton)
        problems += lint.page_problems(file, html, _addresses(compiled))
    if problems:
        raise ContentRefused(sorted({*problems}))


def _addresses(compiled: Compiled) -> set[str]:
    paths = {*compiled.public, *compiled.assets}
    return {f"/{path.removesuffix('index.html')}" for path in paths}


def _public(site: Site, content: Path, warnings: list[Problem]) -> dict[str, bytes]:
    pages = {path: text.encode() for path, text in public.public_pages(site, content, warnings)}
    listed = [path for path in pages if path not in public.UNLISTED]
    base_url = site.program.base_url
    return pages | {
        "sitemap.xml": public.sitemap(listed, base_url),
        "robots.txt": public.robots(base_url),
    }


def _skeleton(site: Site, frame: Frame) -> Skeleton:
    template = f"{frame.kind}.html"
    repeats = {name: (rows, row_names(name)) for name, rows in row_shapes_of(frame).items()}
    try:
        return compile_skeleton(
            frame.fields,
            repeats,
            lambda values: site.theme.render(template, personal_context(site, frame, values)),
        )
    except TemplateError as error:
        where = f"templates/{error.template or template}:{error.line}"
        raise Stop(f"{where}: the template {error}.") from error


def _compared(frames: Mapping[Frame, Shape], *, every: bool) -> Iterable[Shape]:
    """Pages to render by Jinja as well: of our own templates the fullest of a kind and a locale.

    The tests hold our templates to what skeletons can serve; of a theme's nobody knows.
    """
    if every:
        return frames.values()
    fullest: dict[tuple[str, str], Frame] = {}
    for frame in frames:
        rival = fullest.setdefault((frame.kind, frame.locale), frame)
        if len(frame.fields) > len(rival.fields):
            fullest[frame.kind, frame.locale] = frame
    return [frames[frame] for frame in fullest.values()]


def _compare(site: Site, compiled: Compiled, shape: Shape, sample: Values) -> None:
    filled = next(fill(compiled.skeleton(shape), [sample]))
    if filled != render(site, compiled.shapes[shape], shape, sample).encode():
        raise Stop(
            f"templates/{shape.kind}.html: a page filled from its skeleton differs from Jinja’s "
            "own. The template may use loop.* on rows, or change a value that it should show."
        )


def render(site: Site, bound: Bound, shape: Shape, values: Values) -> str:
    """A personal page by Jinja alone: what its skeleton must fill to."""
    personal = dict(zip(shape.present, values, strict=True))
    named: dict[str, Any] = {**bound.given, **personal}
    for name in row_shapes_of(bound.frame):
        named[name] = [dict.fromkeys(row_names(name), "") | row for row in named[name]]
    return site.theme.render(f"{shape.kind}.html", personal_context(site, bound.frame, named))


def _problems(
    compiled: Compiled, shapes: Iterable[Shape], frames: Iterable[Frame]
) -> Iterator[Problem]:
    """What the last look finds in public pages, assets, new skeletons and their heaviest pages."""
    known = _addresses(compiled)
    secret = [word for words in compiled.editorial.forbidden.values() for word in words]
    for path, data in compiled.public.items():
        if path.endswith(".html"):
            yield from lint.page_problems(path, data.decode(), known, secret)
    drawn = (a for a in compiled.assets.values() if isinstance(a, Path) and a.suffix == ".svg")
    for asset in drawn:
        if reason := images.safe_svg(asset.read_bytes()):
            yield Problem(f"{asset.parent.name}/{asset.name}", 0, f"{reason}.")
    for frame in frames:
        yield from lint.page_problems(
            f"templates/{frame.kind}.html", lint.static_text(compiled.frames[frame]), known
        )
    for shape in shapes:
        if words := lint.secrets(shape, compiled.editorial):
            text = lint.static_text(compiled.skeleton(shape))
            yield from lint.secret_problems(f"templates/{shape.kind}.html", text, words)
    for shape in _heaviest(compiled, shapes):
        text = lint.static_text(compiled.skeleton(shape))
        yield from lint.weight_problems(f"templates/{shape.kind}.html", text)


def _heaviest(compiled: Compiled, shapes: Iterable[Shape]) -> Iterable[Shape]:
    """Of each Frame the Shape with most to say."""
    sizes: dict[int, int] = {}
    found: dict[Frame, tuple[int, Shape]] = {}
    for shape in shapes:
        frame, pieces = compiled.shapes[shape]
        for piece in pieces:
            if id(piece) not in sizes:
                sizes[id(piece)] = len(repr(piece.values))
        size = sum(sizes[id(piece)] for piece in pieces)
        if size > found.get(frame, (-1, shape))[0]:
            found[frame] = size, shape
    return [shape for _, shape in found.values()]
