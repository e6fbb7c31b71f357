"""The console's statistics: the public figures, each with the letters behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from portal.domain.access import Permission, Reach, within
from portal.domain.errors import NotFound
from portal.domain.events import ReadAction
from portal.domain.letters.states import DeclineReason, RefusalReason
from portal.models import Organisation, db
from portal.queries.letter_rows import LetterRow
from portal.queries.paging import Page
from portal.queries.statistics.cache import channels
from portal.queries.statistics.drilldown import Counted, letters_behind
from portal.queries.statistics.overview import Asked, resolve
from portal.queries.statistics.tree import Node
from portal.web.console.blueprint import console
from portal.web.core.addresses import this_path, with_words
from portal.web.core.clock import now
from portal.web.core.fields import page_asked
from portal.web.core.language import label
from portal.web.core.people import current_actor, needs
from portal.web.core.reads import shown
from portal.web.core.settings import settings
from portal.web.statistics.page import measure_names, statistics_page, years_page
from portal.web.statistics.quality import span_text
from portal.web.statistics.query import (
    Address,
    Errors,
    LetterAddress,
    StatisticsQuery,
    no_such_choice,
    scope_name,
    word,
    words_of,
)

Answer = tuple[str, int]
_REASONS = {"declined": tuple(DeclineReason), "refused": tuple(RefusalReason)}
_DAYS = re.compile(r"([0-9]{1,4})-([0-9]{0,4})")


@console.get("/statistics")
@needs(Permission.RATES_READ)
def statistics() -> Answer:
    """Show the figures of an organisation within reach, the widest of them unless one is named."""
    query = _query()
    page = statistics_page(query, now(), _address(), _letters)
    return render_template(
        "console/statistics.html",
        page=page,
        places=_places(),
        trail=_trail(page.found.path),
        channels=channels(db.session(), page.found.question),
    ), query.status


@console.get("/statistics/years")
@needs(Permission.RATES_READ)
def statistics_years() -> Answer:
    """Show all years of an organisation side by side."""
    query = _query()
    page = years_page(query, now(), _address(), _letters)
    layout = "layouts/console.html"
    return render_template("statistics/years.html", layout=layout, page=page), query.status


@dataclass(frozen=True, slots=True)
class LettersPage:
    """All that ``console/statistics_letters.html`` shows; ``total`` is the figure."""

    total: int
    found: Page[LetterRow]
    measure: str
    query: StatisticsQuery
    scope: str
    back: str

    def page_address(self, number: int) -> str:
        """Return the address of a page of the list."""
        return with_words(this_path(), {**_words(), "page": number})


@console.get("/statistics/letters")
@needs(Permission.RATES_READ)
def statistics_letters() -> Answer:
    """List the letters that a figure counts, as far as this person may read them."""
    query = _query()
    asked, wanted = query.asked, _wanted(query.errors)
    session, size = db.session(), settings().page_size
    tree, question = resolve(session, asked)
    try:
        total, found = letters_behind(
            session, current_actor(), question, wanted, page_asked(), size
        )
    except KeyError as error:
        raise NotFound from error
    page = LettersPage(
        total=total,
        found=found,
        measure=_name(wanted),
        query=query,
        scope=scope_name(asked, tree),
        back=_address()(measure=None, own=None, reason=None, days=None, page=None),
    )
    shown(ReadAction.LIST_COUNTED, detail=f"{page.measure}; {page.scope}")
    return render_template("console/statistics_letters.html", page=page), query.status


def _wanted(errors: Errors) -> Counted:
    """Read the measure; a reason or working days that are not understood become ``errors``."""
    measure, reason, days = word("measure"), word("reason"), word("days")
    known = _REASONS.get(measure, ())
    if reason and reason not in known:
        errors["reason"] = no_such_choice(reason)
    span = _DAYS.fullmatch(days)
    if days and not span:
        errors["days"] = _("工作日数“%(text)s”无法识别，请写成 3-5 或 31-", text=days[:40])
    return Counted(
        measure,
        reason if reason in known else "",
        (int(span[1]), int(span[2]) if span[2] else None) if span else None,
    )


def _name(wanted: Counted) -> str:
    """Return the name of a measure with its coded reason or working days."""
    name, known = measure_names()[wanted.measure], _REASONS.get(wanted.measure, ())
    detail = next((label(reason) for reason in known if reason == wanted.reason), "")
    if wanted.days:
        detail = span_text(*wanted.days)
    return _("%(name)s：%(detail)s", name=name, detail=detail) if detail else name


def _query() -> StatisticsQuery:
    """Read the query of the address, whose organisation must be within the person's reach."""
    organisation, own = _chosen(word("organisation"))
    query = StatisticsQuery.parse(now(), organisation.id, top=organisation.parent_id is None)
    if own or request.args.get("own"):
        return replace(query, asked=replace(query.asked, own=True, group=None))
    return query


def _chosen(code: str) -> tuple[Organisation, bool]:
    reaches = current_actor().reaches(Permission.RATES_READ)
    widest = max(reaches, key=lambda pair: (pair[1], -len(pair[0].path)))
    if not code:
        organisation = db.session.get_one(Organisation, widest[0].organisation_id)
        return organisation, widest[1] is Reach.UNIT
    found = db.session.query(Organisation).filter_by(code=code).one_or_none()
    covering = _covering(found)
    if found is None or not covering:
        raise NotFound
    return found, max(covering) is Reach.UNIT


def _covering(found: Organisation | None) -> list[Reach]:
    reaches = current_actor().reaches(Permission.RATES_READ)
    return [reach for grant, reach in reaches if found and within(grant, reach, found.path)]


def _places() -> list[tuple[str, str]]:
    """Return the organisations of this person's grants, each with its address."""
    reaches = current_actor().reaches(Permission.RATES_READ)
    ids = dict.fromkeys(grant.organisation_id for grant, _reach in reaches)
    known = [db.session.get_one(Organisation, i) for i in ids]
    address = _address()
    return [(each.name, address(organisation=each.code, group=None)) for each in known]


def _trail(path: list[Node]) -> list[tuple[str, str | None]]:
    """Return the path to the organisation, with links within the person's reach."""
    inside = [n for n in path if _covering(db.session.get_one(Organisation, n.id))]
    address = _address()
    return [(n.name, None if n is inside[-1] else address(organisation=n.code)) for n in inside]


def _words() -> dict[str, Any]:
    return {name: value for name, value in request.args.items() if value}


def _address() -> Address:
    path, words = url_for("console.statistics"), _words()

    def address(**changes: Any) -> str:
        if changes.get("period"):
            changes = {"year": None, "part": None, **changes}
        return with_words(path, {**words, **changes})

    return address


def _letters(asked: Asked, code: str | None) -> LetterAddress | None:
    """Return the function for addresses of letters, or ``None`` for places not covered."""
    found = db.session.query(Organisation).filter_by(code=code).one_or_none()
    if not _covering(found):
        return None
    path, words = url_for("console.statistics_letters"), words_of(asked, code)

    def letters(measure: str, **changes: Any) -> str:
        return with_words(path, {**words, "measure": measure, **changes})

    return letters
