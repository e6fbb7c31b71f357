"""Everything a template of the statistics shows for an address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from portal.domain.statistics.measures import View
from portal.domain.statistics.quality_measures import QUALITY_MEASURES, suppress_small_counts
from portal.domain.statistics.rates import (
    DEFINITIONS,
    DEFINITIONS_ON,
    Definition,
    Figures,
)
from portal.models import Organisation, db
from portal.queries.statistics.by_year import Year, by_year
from portal.queries.statistics.cache import detail, tree_on
from portal.queries.statistics.overview import Asked, Overview, categories, overview
from portal.queries.statistics.tables import RANKED_FROM
from portal.queries.statistics.tree import Node
from portal.web.core.language import day as day_text
from portal.web.core.language import say
from portal.web.statistics.charts import (
    Bar,
    Chart,
    count_chart,
    count_line,
    organisation_bars,
    short,
    trend_charts,
)
from portal.web.statistics.choices import Choices, choices
from portal.web.statistics.comparison import Comparison, comparison
from portal.web.statistics.quality import ShownQuality, quality
from portal.web.statistics.query import (
    Address,
    LetterAddress,
    LetterAddresses,
    StatisticsQuery,
    scope_name,
)

_MOST_LINES = 4


@dataclass(frozen=True)
class StatisticsPage:
    """The figures of one question as a page shows them.

    ``address`` makes the address of the same page with some of its words changed, ``letters`` that
    of the letters that a measure counts (nothing on public pages). ``history`` says what must be
    known of the organisation.
    """

    query: StatisticsQuery
    found: Overview
    address: Address
    letters: LetterAddress | None
    choices: Choices
    comparison: Comparison | None
    standing: str
    history: list[str]
    counts: Chart
    rates: Chart
    bars: list[Bar]
    quality: ShownQuality
    ranked_from: int = RANKED_FROM

    @property
    def asked(self) -> Asked:
        """The question that the page answers."""
        return self.query.asked

    @property
    def closure_shown(self) -> bool:
        """Whether the closed are a part of the received, so that there is a closure rate."""
        return self.asked.view is View.RECEIVING

    @property
    def basis(self) -> Definition:
        """The basis of the figures."""
        return Definition(self.asked.basis.label, self.asked.basis.hint)

    @property
    def view(self) -> Definition:
        """To which organisation letters are counted."""
        return Definition(self.asked.view.label, self.asked.view.hint)

    @property
    def definitions(self) -> dict[str, Definition]:
        """The definitions of the counts on this basis, by their names in code."""
        return DEFINITIONS_ON[self.asked.basis]

    @property
    def quality_definitions(self) -> dict[str, Definition]:
        """The quality measures, by their names in code."""
        return QUALITY_MEASURES


@dataclass(frozen=True)
class YearsPage:
    """All years side by side, the latest first, each with the addresses of its letters.

    ``months`` has a line of letters received for each of the latest years, which ``latest`` names.
    """

    query: StatisticsQuery
    scope: str
    address: Address
    years: list[tuple[Year, LetterAddress | None]]
    counts: Chart
    rates: Chart
    latest: str
    months: Chart

    @property
    def asked(self) -> Asked:
        """The question that the page answers; its period plays no part."""
        return self.query.asked


def no_letters(asked: Asked, code: str | None) -> LetterAddress | None:
    """Return no address of letters, as public pages need."""
    return None


def statistics_page(
    query: StatisticsQuery, now: datetime, address: Address, addresses: LetterAddresses = no_letters
) -> StatisticsPage:
    """Return the values of the page of ``query``."""
    session, asked = db.session(), query.asked
    found = overview(session, asked)
    known, withheld = detail(session, found.question), frozenset[str]()
    if addresses is no_letters:
        known, withheld = suppress_small_counts(known)
    letters = addresses(asked, found.node.code if found.node else None)
    labels = [short(period) for period, _f in found.trend]
    counts, rates = trend_charts(labels, found.trend, asked.as_of.day, letters)
    return StatisticsPage(
        quality=quality(found.total, known, letters, withheld),
        query=query,
        found=found,
        address=address,
        letters=letters,
        standing=query.standing.label,
        history=_history(session, asked, found.node),
        choices=choices(query, found, categories(session, asked)),
        comparison=comparison(session, query, now, addresses) if query.compares else None,
        counts=counts,
        rates=rates,
        bars=organisation_bars(found, address, letters),
    )


def _history(session: Session, asked: Asked, node: Node | None) -> list[str]:
    """Return sentences on the founding, closing and renaming of the organisation, if any."""
    if node is None or asked.group is not None:
        return []
    place = session.get_one(Organisation, node.id)
    said = []
    founded = place.founded_on
    if founded is not None and founded > asked.period.last_day:
        said.append(_("这个单位成立于%(day)s，在这个时段之后。", day=day_text(founded)))
    elif founded is not None and founded > asked.period.first_day:
        said.append(_("这个单位成立于%(day)s，数字从那时算起。", day=day_text(founded)))
    if place.closed_on is not None:
        said.append(
            _("这个单位已于%(day)s停用，此前的数字照旧保留。", day=day_text(place.closed_on))
        )
        after = session.get(Organisation, place.successor_id) if place.successor_id else None
        if after is not None:
            said.append(_("它的工作由%(name)s承接。", name=after.name))
    if place.name != node.name:
        said.append(_("名称是统计时点的名称，现在叫%(name)s。", name=place.name))
    return said


def years_page(
    query: StatisticsQuery, now: datetime, address: Address, addresses: LetterAddresses
) -> YearsPage:
    """Return the values of the page of all years side by side."""
    session = db.session()
    years = by_year(session, query.asked, now)
    latest = years[-_MOST_LINES:]
    last = years[-1].asked if years else query.asked
    tree = tree_on(session, last.as_of.day)
    node = tree.nodes.get(last.organisation_id or tree.root_id or 0)
    code = node.code if node else None
    labels = [str(year.asked.period.year) for year in years]
    totals = [(year.asked.period, year.total) for year in years]
    counts, rates = trend_charts(labels, totals, last.as_of.day)
    by_month = [
        count_line(str(year.asked.period.year), year.months, year.asked.as_of.day)
        for year in reversed(latest)
    ]
    month_labels = [short(month) for year in latest[-1:] for month, _f in year.months]
    return YearsPage(
        query=query,
        scope=scope_name(query.asked, tree),
        address=address,
        years=[(year, addresses(year.asked, code)) for year in reversed(years)],
        counts=counts,
        rates=rates,
        latest=say(latest[0].asked.period.message)
        if len(latest) == 1
        else _("最近 %(n)s 年", n=len(latest)),
        months=count_chart(month_labels, by_month),
    )


def measure_names() -> dict[str, str]:
    """Return the names of the counts that have lists of letters."""
    names = {name: _(DEFINITIONS[name].name) for name in Figures.__dataclass_fields__}
    return names | {
        "responded": _("有首次回应"),
        "answered": _("计算办结用时"),
        "rated": _("有评价"),
        "refused": say(QUALITY_MEASURES["refusals"].name),
        "undecided": say(QUALITY_MEASURES["undecided"].name),
    }
