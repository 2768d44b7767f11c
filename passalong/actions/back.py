"""Where the page of whoever acts lies, and the link back to it that every answer has."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from passalong.actions.acting import Acting
    from passalong.known import Known


def path_of(known: Known, who: Acting) -> str:
    """The root-relative address of the page that acts."""
    if who.referee:
        return f"/p/{known.holders.key('referee', who.referee.id)}/"
    if who.kind == "share":
        return f"/r/{known.holders.code(who.advocate)}/"
    return f"/a/{known.holders.key('advocate', who.advocate.id)}/"


def back(known: Known, who: Acting) -> dict[str, str]:
    """``back`` and ``back_label`` of an answer."""
    label = known.locale(who.locale).text(f"answer.back.{who.kind}")
    return {"back": path_of(known, who), "back_label": label}


def home(known: Known, who: Acting) -> dict[str, str]:
    """The same to the program's first page: for whoever has no page any more."""
    brand = known.program.brand.name
    label = known.locale(who.locale).text("answer.back.home", brand=brand)
    locale = known.program.locale_for(who.locale)
    return {"back": "/" if locale == known.program.locale else f"/{locale}/", "back_label": label}
