"""The parameters of the open data, read strictly: a wrong one is an error that names it."""

from __future__ import annotations

from flask import request

from portal.adapters.archive_index import MAX_CHARACTERS
from portal.domain.errors import N_, InvalidInput
from portal.domain.letters.kinds import Kind
from portal.domain.periods import FIRST_YEAR, LAST_YEAR
from portal.domain.translatable import Message
from portal.domain.whole_numbers import ID_MAX, whole_number
from portal.models import db
from portal.queries.archive.search import known_organisation
from portal.queries.archive.table import ArchiveQuery
from portal.services.core.typed_text import clean

PER_PAGE, PER_PAGE_MOST = 20, 100
PAGE_MOST = 2**31 - 1

PARAMETERS: dict[str, Message | str] = {
    "q": Message(
        N_("查询的词，最多 %(n)s 字；加引号按原句查。只用于 search"), {"n": MAX_CHARACTERS}
    ),
    "sort": N_("relevance 最相关（默认）或 date 最新答复。只用于 search"),
    "organisation": N_("答复单位的 id，包括它的下属单位"),
    "kind": N_("来信类别"),
    "year": N_("答复年份"),
    "page": N_("第几页，从 1 开始"),
    "per_page": Message(
        N_("每页几条，1 到 %(most)s，默认 %(usual)s"), {"most": PER_PAGE_MOST, "usual": PER_PAGE}
    ),
}
"""Every parameter with its meaning, shown in the documentation."""


def archive_query(*, searching: bool = False) -> ArchiveQuery:
    """Return the query of the address; raises :class:`InvalidInput` with the parameter."""
    for name in request.args:
        if name not in PARAMETERS or (name in ("q", "sort") and not searching):
            raise InvalidInput(name, N_("没有这个参数。"))
    return ArchiveQuery(
        text=_query() if searching else "",
        organisation_id=_organisation(),
        kind=_kind(),
        year=_number("year", FIRST_YEAR, LAST_YEAR),
        by_date=_sort() == "date",
        page=_number("page", 1, PAGE_MOST) or 1,
    )


def per_page() -> int:
    """Return how many entries a page is to have."""
    return _number("per_page", 1, PER_PAGE_MOST) or PER_PAGE


def _query() -> str:
    text = clean(request.args.get("q"), lines=False)
    if not text:
        raise InvalidInput("q", N_("请给出查询的词。"))
    if len(text) > MAX_CHARACTERS:
        raise InvalidInput("q", Message(N_("查询的词最多 %(n)s 字。"), {"n": MAX_CHARACTERS}))
    return text


def _sort() -> str:
    given = request.args.get("sort", "relevance")
    if given not in ("relevance", "date"):
        raise InvalidInput("sort", N_("只能是 relevance 或 date。"))
    return given


def _kind() -> Kind | None:
    given = request.args.get("kind")
    if given is None:
        return None
    if given not in {str(kind) for kind in Kind}:
        raise InvalidInput("kind", N_("没有这个来信类别。"))
    return Kind(given)


def _organisation() -> int | None:
    number = _number("organisation", 1, ID_MAX)
    if number is not None and known_organisation(db.session(), number) is None:
        raise InvalidInput("organisation", N_("没有这个单位。"))
    return number


def _number(name: str, least: int, most: int) -> int | None:
    given = request.args.get(name)
    if given is None:
        return None
    number = whole_number(given, most)
    if number is None or number < least:
        raise InvalidInput(name, N_("请给出范围内的整数。"))
    return number
