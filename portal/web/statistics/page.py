"""Everything a template of the statistics shows for a wish."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from portal.domain.periods import Period, civil_date
from portal.domain.statistics.as_of import STANDING_TEXTS
from portal.domain.statistics.measures import VIEW_LABELS, VIEW_TEXTS, View
from portal.domain.statistics.quality_measures import BEYOND
from portal.domain.statistics.rates import BASIS, DEFINITIONS, Figures, definitions
from portal.models import Organisation, db
from portal.queries.statistics.by_year import yearbook
from portal.queries.statistics.detail import detail
from portal.queries.statistics.overview import Asked, Overview, overview
from portal.queries.statistics.suppression import of_many
from portal.web.core.language import day as day_text
from portal.web.core.language import say
from portal.web.statistics.addresses import Address, Behind, Letters
from portal.web.statistics.charts import axis, bar_rows, counts, percents, trend_values
from portal.web.statistics.choices import choices
from portal.web.statistics.comparison import comparison, scope_name
from portal.web.statistics.quality import quality
from portal.web.statistics.query import Wish

_MOST_LINES = 4


def nobody(asked: Asked, code: str | None) -> Behind | None:
    """Lead to no letters: what a public page does."""
    return None


def page_values(
    wish: Wish, now: datetime, address: Address, letters: Letters = nobody
) -> dict[str, Any]:
    """Return the template's values for the answer to ``wish``.

    ``address`` makes the address of the same page with some of its words changed, ``letters`` that
    of the letters behind a figure.
    """
    session = db.session()
    asked = wish.asked
    found = overview(session, asked)
    standing = asked.as_of.standing(asked.period, civil_date(now))
    behind = letters(asked, found.node.code if found.node else None)
    day = asked.as_of.day
    known, withheld = detail(session, found.question), frozenset[str]()
    if letters is nobody:
        known, withheld = of_many(known)
    return {
        "wish": wish,
        "found": found,
        "asked": asked,
        "address": address,
        "behind": behind,
        "scope": scope_name(asked, found.tree),
        "comparison": comparison(session, wish, now, letters) if wish.compares else None,
        "standing": STANDING_TEXTS[standing],
        "history": history(session, asked, found),
        "definitions": definitions(asked.basis),
        "beyond": BEYOND,
        "bases": BASIS,
        "views": VIEW_LABELS,
        "view_texts": VIEW_TEXTS,
        "trend": trend_values(found.trend, day, behind),
        "bars": bar_rows(found, address, behind),
        "quality": quality(found, known, behind, withheld),
        "closure_shown": asked.view is View.RECEIVING,
        **choices(session, wish, found),
    }


def history(session: Session, asked: Asked, found: Overview) -> list[str]:
    """Return what must be known of an organisation that did not always exist as it is."""
    node = found.node
    if node is None or asked.group is not None:
        return []
    place = session.get_one(Organisation, node.id)
    said = []
    if place.founded_on is not None and place.founded_on > asked.period.first_day:
        if place.founded_on > asked.period.last_day:
            said.append(
                _("这个单位成立于%(day)s，在这个时段之后。", day=day_text(place.founded_on))
            )
        else:
            said.append(
                _("这个单位成立于%(day)s，数字从那时算起。", day=day_text(place.founded_on))
            )
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


def years_values(wish: Wish, now: datetime, address: Address, letters: Letters) -> dict[str, Any]:
    """Return the template's values for all years side by side."""
    asked = wish.asked
    years = yearbook(db.session(), asked, now)
    figures = [year.total for year in years]
    latest = years[-_MOST_LINES:]
    months = [f for year in latest for _p, f in year.months]
    tree_asked = years[-1].asked if years else asked
    found = overview(db.session(), tree_asked)
    code = found.node.code if found.node else None
    return {
        "wish": wish,
        "years": [(year, letters(year.asked, code)) for year in reversed(years)],
        "scope": scope_name(asked, found.tree),
        "found": found,
        "asked": asked,
        "address": address,
        "closure_shown": asked.view is View.RECEIVING,
        "labels": [str(year.asked.period.year) for year in years],
        "counts": [
            counts(
                _(DEFINITIONS[name].name), [getattr(f, name) for f in figures], [True] * len(years)
            )
            for name in ("received", "closed", "published")
        ],
        "rates": [
            percents(_(DEFINITIONS[name].name), [getattr(f, name) for f in figures])
            for name in ("closure", "publication")
        ],
        "axis": axis(_most(figures)),
        "months_axis": axis(max((f.received for f in months), default=0)),
        "month_labels": trend_values(latest[-1].months, latest[-1].asked.as_of.day)["labels"]
        if latest
        else [],
        "latest": _latest([year.asked.period for year in latest]),
        "by_month": [
            counts(
                str(year.asked.period.year),
                [f.received for _p, f in year.months],
                [period.first_day <= year.asked.as_of.day for period, _f in year.months],
            )
            for year in reversed(latest)
        ],
    }


def _latest(years: list[Period]) -> str:
    if len(years) == 1:
        return say(years[0].message)
    return str(_("最近 %(n)s 年", n=len(years)))


def _most(figures: list[Figures]) -> int:
    return max((max(f.received, f.closed, f.published) for f in figures), default=0)


def measure_names() -> dict[str, str]:
    """Return the names of the counts that lists of letters can be asked for."""
    names = {name: _(DEFINITIONS[name].name) for name in Figures.__dataclass_fields__}
    refusals, undecided = BEYOND["refusals"], BEYOND["undecided"]
    return names | {
        "responded": _("有首次回应"),
        "answered": _("计算办结用时"),
        "rated": _("有评价"),
        "refused": _(refusals.name),
        "undecided": _(undecided.name),
    }
