"""The report: ``/api/report``, for whoever has a signed link, and for programs that have its key.

A form is answered with the whole page, out of which the page's own script takes the parts; JSON is
answered with the figures. A token that is none, and one that no longer is, are answered alike.
"""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from aws_lambda_powertools.event_handler.api_gateway import Response

from functions._http import PAGE, is_same_origin, json_text
from functions._problems import Elsewhere
from passalong import zones
from passalong.access import Refused
from passalong.endpoints import REPORT
from passalong.errors import Stop
from passalong.headers import ANSWERS, TYPES
from passalong.ledger.port import Unavailable
from passalong.readers import admit
from passalong.report.answers import Wanted, data_of, wanted_by
from passalong.report.compute import SHOWN, report_of
from passalong.report.freshness import version_of
from passalong.report.period import BadPicks
from passalong.report.render import SKELETON, page, parts, refused
from passalong.report.sheets import sheets_of, written
from passalong.requests import BadFields, Fields, read_fields

if TYPE_CHECKING:
    from datetime import datetime

    from functions._http import Asking
    from passalong.known import Known
    from passalong.locales import Locale
    from passalong.report.html import Html
    from passalong.report.model import Report
    from passalong.world import World

_BEARER: Final = "bearer "


def answer(world: World, asking: Asking, told: dict[str, Any]) -> Response[Any]:
    """The report, or what of it was asked for. Raises Refused, BadFields, Unavailable."""
    if not is_same_origin(asking.headers, world.address):
        raise Elsewhere("the request comes from another site")
    known, at = world.known(), world.clock()
    told["locale"] = known.program.locale
    bearer, body = _bearer(asking), asking.body()
    fields = Fields({}, form=False)
    if body or not bearer:
        fields = read_fields(REPORT, body, asking.headers.get("content-type", ""))
    token = bearer or _pasted(fields["token"])
    try:
        _admit(world, known, token, at, is_program=bool(bearer))
    except Refused:
        if fields.form:
            return _page(known, refused(known.locale(known.program.locale)), HTTPStatus.NOT_FOUND)
        raise
    if fields.faults:
        raise BadFields(fields.faults)
    try:
        return _opened(world, known, fields, token, at)
    except BadPicks as error:
        raise BadFields({error.field: str(error)}) from error


def _opened(world: World, known: Known, fields: Fields, token: str, at: datetime) -> Response[Any]:
    """The answer to whoever may read. Raises BadPicks."""
    wanted = wanted_by(known.program, fields, at)
    version = version_of(world.ledger, known, wanted.picks, wanted.opened)
    if fields["seen"] == version:
        return Response(HTTPStatus.NO_CONTENT, None, "", ANSWERS)
    most = None if wanted.sheet else SHOWN
    report = report_of(world.ledger, known, wanted.picks, at, opened=wanted.opened, most=most)
    if wanted.sheet:
        return _sheet(report, wanted, known.locale(known.program.locale))
    report = replace(report, version=version)
    if not fields.form:
        return Response(HTTPStatus.OK, "application/json", json_text(data_of(report)), ANSWERS)
    locale, zone = known.locale(known.program.locale), zones.first(known.program.timezone)
    return _page(known, parts(report, locale, token, zone))


def _page(known: Known, inner: Html, status: int = HTTPStatus.OK) -> Response[Any]:
    skeleton = known.skeleton(SKELETON, known.program.locale)
    return Response(status, PAGE, page(skeleton, inner).decode(), ANSWERS)


def _sheet(report: Report, wanted: Wanted, locale: Locale) -> Response[Any]:
    sheets = sheets_of(report, locale)
    if wanted.sheet not in sheets:
        raise BadFields({"csv": f"must be one of {', '.join(sheets)}"})
    days = f"{report.picks.first}-{report.picks.last}"
    name = f"{wanted.sheet.replace('_', '-')}-{days}.csv"
    headers = ANSWERS | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(HTTPStatus.OK, TYPES["csv"], written(sheets[wanted.sheet]), headers)


def _bearer(asking: Asking) -> str:
    given = asking.headers.get("authorization", "")
    return given[len(_BEARER) :].strip() if given[: len(_BEARER)].lower() == _BEARER else ""


def _pasted(text: str) -> str:
    """The token in what somebody pasted: it, or the whole link."""
    return text.rpartition("#")[2].partition("?")[0].strip()


def _admit(world: World, known: Known, token: str, at: datetime, *, is_program: bool) -> None:
    """Raises Refused, always alike."""
    if is_program and _has_key(world, token):
        return
    admit(known.holders.signer, world.ledger, token, at)


def _has_key(world: World, token: str) -> bool:
    try:
        return world.report_keys().fits(token)
    except Stop as error:
        raise Unavailable("the report’s key cannot be read") from error
