"""What an address of the statistics asks for; what cannot be read is named by its field."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import request
from flask_babel import gettext as _

from portal.domain.errors import InvalidInput
from portal.domain.letters.kinds import Kind
from portal.domain.organisations import OrganisationKind
from portal.domain.periods import Granularity, Period, PeriodError, civil_date
from portal.domain.statistics.as_of import as_of, parse_day
from portal.domain.statistics.measures import View
from portal.domain.statistics.rates import Basis
from portal.models import db
from portal.queries.office.directory import Place, find_organisations
from portal.queries.statistics.overview import Asked, years
from portal.queries.statistics.tree import Tree, tree_on
from portal.services.core.typed_text import clean
from portal.web.core.language import say

RANKS = ("closure", "publication", "timeliness")
UNSORTED = "-"
"""How an address asks for the letters without a subject."""
LAST_YEAR, PREVIOUS = "last_year", "previous"
SAME, WHOLE = "same", "year"
_LONGEST, _ECHOED = 100, 40
Errors = dict[str, str]


@dataclass
class Wish:
    """The address as it was read: what is asked, and for each field at fault a sentence.

    ``alike`` are the organisations whose name has the words typed, where they fit several.
    """

    asked: Asked
    years: list[int]
    other_period: Period | None = None
    other_id: int | None = None
    alike: list[Place] = field(default_factory=list)
    errors: Errors = field(default_factory=dict)

    @property
    def status(self) -> int:
        """200, or 422 where the address could not be read as it was meant."""
        return 422 if self.errors else 200

    @property
    def compares(self) -> bool:
        """Whether something stands beside what is asked."""
        return self.other_period is not None or self.other_id is not None


def word(name: str) -> str:
    """Return a word of the address, cut where it is longer than any code, name or subject can be.

    What is cut therefore equals none of them.
    """
    return request.args.get(name, "").strip()[:_LONGEST]


def read_wish(now: datetime, organisation_id: int | None = None) -> Wish:
    """Read the address; what cannot be read falls back to the default and is named."""
    known = years(db.session())
    errors: Errors = {}
    today = civil_date(now)
    default = Period(min(known[-1], today.year) if known else today.year)
    period = _period(_period_text(default), errors, "period") or default
    seen = as_of(period, now)
    try:
        seen = as_of(period, now, parse_day(word("as_of")))
    except InvalidInput as error:
        errors["as_of"] = say(getattr(error, "message", str(error)))
    category = clean(word("category"), lines=False) or None
    tree = tree_on(db.session(), seen.day)
    group = _choice(OrganisationKind, "group", None, errors)
    asked = Asked(
        period,
        seen,
        basis=_choice(Basis, "basis", Basis.COHORT, errors),
        view=_choice(View, "view", View.RECEIVING, errors),
        organisation_id=organisation_id,
        kind=_choice(Kind, "kind", None, errors),
        rank=_choice(_rank, "rank", RANKS[0], errors),
        category="" if category == UNSORTED else category,
        group=group if organisation_id in (None, tree.root_id) else None,
        by=_choice(Granularity, "by", None, errors),
    )
    wish = Wish(asked, known, errors=errors)
    wish.other_period = _other_period(period, errors)
    _other_organisation(wish, tree, today)
    return wish


def _period_text(default: Period) -> str:
    year, part = word("year"), word("part")
    return word("period") or (f"{year or default.year}{part}" if year or part else "")


def _rank(text: str) -> str:
    return RANKS[RANKS.index(text)]


def _period(text: str, errors: Errors, name: str) -> Period | None:
    if not text:
        return None
    try:
        return Period.parse(text)
    except PeriodError as error:
        errors[name] = say(error.message)
        return None


def _choice(kind: Any, name: str, default: Any, errors: Errors) -> Any:
    text = word(name)
    if not text:
        return default
    try:
        return kind(text)
    except ValueError:
        errors[name] = _("没有“%(text)s”这个选项，请重新选择。", text=text[:_ECHOED])
        return default


def _other_period(period: Period, errors: Errors) -> Period | None:
    """Read the period to compare with: a relation, or a year with a part, or the whole in one."""
    text = word("compare")
    try:
        if text == LAST_YEAR:
            return period.same_last_year()
        if text == PREVIOUS:
            return period.previous()
    except PeriodError as error:
        errors["compare"] = say(error.message)
        return None
    part = word("compare_part")
    if text.isdecimal() and part and part != WHOLE:
        text += period.code[4:] if part == SAME else part
    return _period(text, errors, "compare")


def _other_organisation(wish: Wish, tree: Tree, today: date) -> None:
    """Read the organisation to compare with, by its code or by words of its name."""
    code, name = word("with"), clean(word("with_name"), lines=False)
    if code:
        node = tree.by_code(code)
        if node is None:
            wish.errors["with"] = _("没有这个单位，请重新选择。")
        else:
            wish.other_id = node.id
    elif name:
        found = find_organisations(db.session(), name, today)
        exact = [place for place in found if place.name == name] or found
        if len(exact) == 1:
            wish.other_id = exact[0].id
        elif found:
            wish.alike = found
            wish.errors["with"] = _("名称中有“%(name)s”的单位不止一个，请从列表中选择。", name=name)
        else:
            wish.errors["with_name"] = _("没有名称中有“%(name)s”的单位，请换个说法。", name=name)
