"""Query of an address of the statistics, and the addresses of other queries.

Errors are named by the field of the address.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Self, TypeVar

from flask import request
from flask_babel import gettext as _

from portal.domain.errors import InvalidInput
from portal.domain.letters.kinds import Kind
from portal.domain.organisations import OrganisationKind
from portal.domain.periods import Granularity, Period, PeriodError, civil_date
from portal.domain.statistics.as_of import AsOf, Standing, as_of, parse_day
from portal.domain.statistics.measures import View
from portal.domain.statistics.rates import Basis
from portal.models import db
from portal.queries.office.directory import Place, find_organisations, named_organisations
from portal.queries.statistics.cache import tree_on
from portal.queries.statistics.count import years_with_letters
from portal.queries.statistics.overview import Asked
from portal.queries.statistics.tree import Tree
from portal.services.core.typed_text import clean
from portal.web.core.language import label, say

RANKS = ("closure", "publication", "timeliness")
UNSORTED = "-"
"""Value in an address for the letters without a subject."""
LAST_YEAR, PREVIOUS = "last_year", "previous"
SAME, WHOLE = "same", "year"
_LONGEST, _ECHOED = 100, 40
Choice = TypeVar("Choice")
Default = TypeVar("Default")
Errors = dict[str, str]
Address = Callable[..., str]
"""Returns the address of the same page with some parameters changed; ``None`` removes one."""
LetterAddress = Callable[..., str]
"""Returns the address of the letters that a measure counts; changes narrow them further."""
LetterAddresses = Callable[[Asked, str | None], LetterAddress | None]
"""Returns that for a question and the code of an organisation; ``None`` without permission."""


@dataclass(frozen=True, slots=True)
class StatisticsQuery:
    """The query of an address, and a message for each field with an error.

    ``standing`` relates the as-of moment to the period, ``years`` have letters;
    ``other_period`` and ``other_id`` (an organisation) are what it is compared with;
    ``candidates`` the organisations that the words typed fit or may mean, to choose from.
    """

    asked: Asked
    standing: Standing
    years: list[int]
    other_period: Period | None = None
    other_id: int | None = None
    candidates: list[Place] = field(default_factory=list)
    errors: Errors = field(default_factory=dict)

    @classmethod
    def parse(cls, now: datetime, organisation_id: int | None = None, *, top: bool = True) -> Self:
        """Read the address; what cannot be read falls back to the default and is named.

        ``organisation_id`` is empty for the whole tree; a kind of members can be chosen at its
        ``top`` alone.
        """
        errors: Errors = {}
        years, today = years_with_letters(db.session()), civil_date(now)
        latest = usual_period(years, today)
        period = _period(_period_text(latest), errors, "period") or latest
        seen = _as_of(period, now, errors)
        category = clean(word("category"), lines=False) or None
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
            group=group if top else None,
            by=_choice(Granularity, "by", None, errors),
        )
        other_period = _other_period(period, errors)
        found = _other_organisations(seen.day, today, errors)
        one = found[0].id if len(found) == 1 and "with" not in errors else None
        candidates = found if one is None else []
        standing = seen.standing(period, today)
        return cls(asked, standing, years, other_period, one, candidates, errors)

    @property
    def status(self) -> int:
        """200, or 422 where the address has errors."""
        return 422 if self.errors else 200

    @property
    def compares(self) -> bool:
        """Whether the query has a comparison."""
        return self.other_period is not None or self.other_id is not None


def usual_period(years: list[int], today: date) -> Period:
    """Return the period of a query that names none: the last year with letters, or this one."""
    return Period(min(years[-1], today.year) if years else today.year)


def word(name: str) -> str:
    """Return a word of the address, cut where it is longer than any code, name or subject can be.

    A word that was cut therefore equals none of them.
    """
    return request.args.get(name, "").strip()[:_LONGEST]


def no_such_choice(text: str) -> str:
    """Return the message that ``text`` is none of the choices."""
    return str(_("没有“%(text)s”这个选项，请重新选择。", text=text[:_ECHOED]))


def _period_text(latest: Period) -> str:
    year, part = word("year"), word("part")
    if word("period") or not (year or part):
        return word("period")
    return f"{year or latest.year}{part}"


def _as_of(period: Period, now: datetime, errors: Errors) -> AsOf:
    try:
        return as_of(period, now, parse_day(word("as_of")))
    except InvalidInput as error:
        errors["as_of"] = say(error.message)
        return as_of(period, now)


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


def _choice(
    read: Callable[[str], Choice], name: str, default: Default, errors: Errors
) -> Choice | Default:
    text = word(name)
    if not text:
        return default
    try:
        return read(text)
    except ValueError:
        errors[name] = no_such_choice(text)
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


def _other_organisations(day: date, today: date, errors: Errors) -> list[Place]:
    """Read the organisation to compare with, by its code or by words of its name.

    More than one where the words fit several; with an error also those that they may mean.
    """
    code, name = word("with"), clean(word("with_name"), lines=False)
    if code:
        node = tree_on(db.session(), day).by_code(code)
        if node is not None:
            return [Place(node.id, node.name, node.name)]
        errors["with"] = _("没有这个单位，请重新选择。")
    elif name:
        found = named_organisations(db.session(), name, today)
        if len(found) == 1:
            return found
        if found:
            errors["with"] = _("名称中有“%(name)s”的单位不止一个，请从列表中选择。", name=name)
            return found
        meant = find_organisations(db.session(), name, today)
        if meant:
            errors["with"] = _("没有叫“%(name)s”的单位，请从列表中选择。", name=name)
        else:
            errors["with_name"] = _("没有名称中有“%(name)s”的单位，请换个说法。", name=name)
        return meant
    return []


def scope_name(asked: Asked, tree: Tree) -> str:
    """Return the name of the scope of figures, in the language of the page."""
    node = tree.nodes.get(asked.organisation_id or 0)
    if node is not None and (node.parent_id is not None or asked.own):
        return str(_("%(name)s（本级）", name=node.name)) if asked.own else node.name
    return label(asked.group) if asked.group else str(_("全部单位"))


def category_word(category: str | None) -> str | None:
    """Return the value of a subject in an address."""
    return UNSORTED if category == "" else category


def words_of(asked: Asked, code: str | None) -> dict[str, Any]:
    """Return the parameters that name exactly the same letters; ``code`` is an organisation's."""
    return {
        "organisation": code,
        "period": asked.period.code,
        "as_of": asked.as_of.day.isoformat() if asked.as_of.asked else None,
        "basis": None if asked.basis is Basis.COHORT else asked.basis.value,
        "view": None if asked.view is View.RECEIVING else asked.view.value,
        "kind": asked.kind.value if asked.kind else None,
        "category": category_word(asked.category),
        "group": asked.group.value if asked.group else None,
        "own": 1 if asked.own else None,
    }
