"""The parameters by which programs ask the archive, read strictly: a wrong one is named.

The table is the one source: it checks what was sent, and documentation and the OpenAPI document
are made of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from flask import request

from portal.adapters.archive_index import MAX_CHARACTERS
from portal.domain.archive.reader_rating import FEWEST_VOTES, ReaderRating
from portal.domain.errors import N_, InvalidInput, NotFound
from portal.domain.letters.kinds import Kind
from portal.domain.periods import FIRST_YEAR, LAST_YEAR, Period, PeriodError
from portal.domain.translatable import Message
from portal.domain.whole_numbers import ID_MAX, whole_number
from portal.models import db
from portal.queries.archive.newest import known_topic
from portal.queries.archive.places import districts
from portal.queries.archive.search import known_organisation
from portal.queries.archive.table import ArchiveQuery
from portal.services.core.typed_text import clean

PER_PAGE, PER_PAGE_MOST = 20, 100
PAGE_MOST = 2**31 - 1
CURSOR_MOST = 500
PERIOD = "[0-9]{4}(Q[1-4]|-(0[1-9]|1[0-2]))?"
DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
ANYTHING = r"[^\x00 \t\n\r\f\v]"
"""Pattern of a text that is not blank, read alike in every dialect of patterns."""


class NoSuchValue(NotFound):
    """The value of parameter ``field`` has the right form, and there is no such thing."""

    def __init__(self, field: str, message: Message | str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: its meaning, its JSON Schema, and how its text becomes a value.

    ``read`` raises :class:`InvalidInput` or :class:`NoSuchValue` with the name it is given.
    """

    meaning: Message | str
    schema: dict[str, Any]
    read: Callable[[str, str], Any]


def _integer(
    meaning: Message | str,
    least: int,
    most: int,
    usual: int | None = None,
    check: Callable[[str, int], None] = lambda name, number: None,
) -> Parameter:
    schema: dict[str, Any] = {"type": "integer", "minimum": least, "maximum": most}

    def read(name: str, given: str) -> int:
        number = whole_number(given, most)
        if number is None or number < least:
            raise InvalidInput(name, N_("请给出范围内的整数。"))
        check(name, number)
        return number

    return Parameter(meaning, schema | ({} if usual is None else {"default": usual}), read)


def _word(
    meaning: Message | str, words: Iterable[str], wrong: str, usual: str | None = None
) -> Parameter:
    known = list(words)

    def read(name: str, given: str) -> str:
        if given not in known:
            raise InvalidInput(name, wrong)
        return given

    schema = {"type": "string", "enum": known} | ({} if usual is None else {"default": usual})
    return Parameter(meaning, schema, read)


def _query(name: str, given: str) -> str:
    if not re.search(ANYTHING, given):
        raise InvalidInput(name, N_("请给出查询的词。"))
    if len(given) > MAX_CHARACTERS:
        raise InvalidInput(name, Message(N_("查询的词最多 %(n)s 字。"), {"n": MAX_CHARACTERS}))
    # Characters that show nothing are no words, as marks are none, and find nothing.
    return clean(given, lines=False) or "?"


def _known_organisation(name: str, number: int) -> None:
    if known_organisation(db.session(), number) is None:
        raise NoSuchValue(name, N_("没有这个单位。"))


def _known_place(name: str, number: int) -> None:
    if number not in districts(db.session()):
        raise NoSuchValue(name, N_("没有这个区县。"))


def _topic(name: str, given: str) -> str:
    if not known_topic(db.session(), given[:64]):
        raise NoSuchValue(name, N_("没有这个主题。"))
    return given


def read_moment(name: str, given: str) -> datetime:
    """Return a moment given as RFC 3339, such as 2026-01-31T08:00:00Z, or as a date, in UTC."""
    try:
        moment = datetime.fromisoformat(given[:40].upper().replace(" ", "+"))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        wrong = N_("请给出时间，例如 2026-01-31T08:00:00Z 或 2026-01-31。")
        raise InvalidInput(name, wrong) from None


def _period(name: str, given: str) -> Period:
    if not re.fullmatch(PERIOD, given):
        raise InvalidInput(name, N_("请给出年、季度或月，例如 2016、2016Q3 或 2016-03。"))
    try:
        return Period.parse(given)
    except PeriodError as error:
        raise NoSuchValue(name, error.message) from None


def _day(name: str, given: str) -> date:
    try:
        if re.fullmatch(DAY, given):
            return date.fromisoformat(given)
    except ValueError:
        pass
    raise InvalidInput(name, N_("请给出日期，例如 2016-12-31。"))


PARAMETERS: dict[str, Parameter] = {
    "q": Parameter(
        Message(
            N_("查询的词，最多 %(n)s 字；加引号按原句查。只用于 search"), {"n": MAX_CHARACTERS}
        ),
        {"type": "string", "minLength": 1, "maxLength": MAX_CHARACTERS, "pattern": ANYTHING},
        _query,
    ),
    "sort": _word(
        N_("relevance 最相关（默认）或 date 最新答复。只用于 search"),
        ("relevance", "date"),
        N_("只能是 relevance 或 date。"),
        "relevance",
    ),
    "organisation": _integer(
        N_("答复单位的 id，包括它的下属单位"), 1, ID_MAX, check=_known_organisation
    ),
    "kind": _word(N_("来信类别"), (str(kind) for kind in Kind), N_("没有这个来信类别。")),
    "topic": Parameter(
        N_("主题分类的名称，如 交通运输；加细分主题只要其中一部分，如 交通运输/公交"),
        {"type": "string", "minLength": 1, "maxLength": 32},
        _topic,
    ),
    "place": _integer(
        N_("区县政府的 id：由区县答复或者只写到这个区县的信"), 1, ID_MAX, check=_known_place
    ),
    "rating": _word(
        Message(N_("读者评价，满 %(n)s 票才有"), {"n": FEWEST_VOTES}),
        (str(rating) for rating in ReaderRating),
        N_("没有这种读者评价。"),
    ),
    "year": _integer(N_("答复年份"), FIRST_YEAR, LAST_YEAR),
    "updated_since": Parameter(
        N_("只要这个时间以后有变化的，按变化先后排列，并列出撤下的。只用于 entries"),
        {"type": "string", "anyOf": [{"format": "date-time"}, {"format": "date"}]},
        read_moment,
    ),
    "cursor": Parameter(
        N_("下一页的标记，取自 links.next，不能自己编写。只用于 entries"),
        {"type": "string", "minLength": 1, "maxLength": CURSOR_MOST},
        lambda name, given: given,
    ),
    "page": _integer(N_("第几页，从 1 开始；没有这一页时返回 404"), 1, PAGE_MOST, 1),
    "per_page": _integer(
        Message(
            N_("每页几条，1 到 %(most)s，默认 %(usual)s"),
            {"most": PER_PAGE_MOST, "usual": PER_PAGE},
        ),
        1,
        PER_PAGE_MOST,
        PER_PAGE,
    ),
    "period": Parameter(
        N_("来信的时间段：年、季度或月，如 2016、2016Q3、2016-03；默认最近一年。只用于 refusals"),
        {"type": "string", "pattern": f"^{PERIOD}$"},
        _period,
    ),
    "as_of": Parameter(
        N_("统计时点，如 2016-12-31，不能晚于今天；默认时间段的最后一天。只用于 refusals"),
        {"type": "string", "format": "date"},
        _day,
    ),
}
"""Every parameter, in the order of the documentation."""
FILTERS = ("organisation", "kind", "topic", "place", "rating", "year")
LISTING = (*FILTERS, "updated_since", "cursor", "page", "per_page")
DOCUMENTED = tuple(name for name in LISTING if name != "cursor")
"""Parameters of a list that a reader may choose; a cursor stands in ``links.next`` alone."""
REGISTERED = ("period", "as_of")
SEARCHING = ("q", "sort", *FILTERS, "page", "per_page")


def given_values(allowed: Iterable[str]) -> dict[str, Any]:
    """Return the parameters of the address by their names.

    Raises :class:`InvalidInput` for one that is not ``allowed``, that stands there twice or has a
    wrong value, and :class:`NoSuchValue` for one that names nothing.
    """
    known = set(allowed)
    values = {}
    for name, given in request.args.lists():
        if name not in known:
            raise InvalidInput(name, N_("没有这个参数。"))
        if len(given) > 1:
            raise InvalidInput(name, N_("这个参数只能给一次。"))
        values[name] = PARAMETERS[name].read(name, given[0])
    return values


def archive_query(values: dict[str, Any]) -> ArchiveQuery:
    """Return the query of what :func:`given_values` has read."""
    kind, rating = values.get("kind"), values.get("rating")
    return ArchiveQuery(
        text=values.get("q", ""),
        organisation_id=values.get("organisation"),
        kind=Kind(kind) if kind else None,
        topic=values.get("topic"),
        place_id=values.get("place"),
        rating=ReaderRating(rating) if rating else None,
        year=values.get("year"),
        by_date=values.get("sort") == "date",
        page=values.get("page", 1),
    )
