"""The quality measures in words: days, hops, ratings, reasons, each with its count."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.domain.letters.states import DeclineReason, RefusalReason
from portal.domain.statistics.quality_measures import (
    QUALITY_MEASURES,
    SMALLEST_PUBLIC,
    Detail,
    Durations,
    Mean,
)
from portal.domain.statistics.rates import NO_RATE, Figures, Rate
from portal.web.statistics.charts import Bar
from portal.web.statistics.query import LetterAddress

SPANS: tuple[tuple[int, int | None], ...] = (
    (0, 0),
    (1, 1),
    (2, 2),
    (3, 5),
    (6, 10),
    (11, 15),
    (16, 20),
    (21, 30),
    (31, None),
)
"""Spans of working days, from and to, of the chart of durations."""


@dataclass(frozen=True, slots=True)
class ShownMeasure:
    """A measure as a page shows it, from the ``count`` letters that ``measure`` counts.

    Without a count there are too few of them to show it.
    """

    name: str
    text: str
    count: int | None
    measure: str


@dataclass(frozen=True, slots=True)
class ShownQuality:
    """The section on quality: measures, distributions of the days, and coded reasons.

    ``withheld`` names measures of fewer than ``smallest`` letters and is therefore not shown.
    """

    measures: list[ShownMeasure]
    spreads: list[tuple[str, list[Bar]]]
    declines: list[tuple[DeclineReason, int]]
    refusals: list[tuple[RefusalReason, int]]
    declined: int
    refused: int
    undecided: int
    withheld: frozenset[str]
    smallest: int = SMALLEST_PUBLIC


def quality(
    total: Figures,
    known: Detail,
    letters: LetterAddress | None = None,
    withheld: frozenset[str] = frozenset(),
) -> ShownQuality:
    """Return the section for the letters of ``total``, without the measures ``withheld``."""
    refused = sum(known.refusals.values())
    days = [
        *_days("response", "responded", known.response),
        *_days("closing", "answered", known.closing),
    ]
    return ShownQuality(
        spreads=[
            (_("首次回应用了多少个工作日"), spread(known.response, "responded", letters)),
            (_("办结用了多少个工作日"), spread(known.closing, "answered", letters)),
        ],
        measures=[
            *days,
            _shown("hops", known.hops.text, known.hops.count, "received"),
            _rating("attitude", known.attitude, withheld),
            _rating("efficiency", known.efficiency, withheld),
        ],
        declines=[(reason, n) for reason, n in known.declines.items() if n],
        refusals=[(reason, n) for reason, n in known.refusals.items() if n],
        declined=sum(known.declines.values()),
        refused=refused,
        # Only on the cohort basis are the refused letters among the closed.
        undecided=0 if "refusals" in withheld else total.closed - total.published - refused,
        withheld=withheld,
    )


def _days(key: str, measure: str, durations: Durations) -> list[ShownMeasure]:
    return [
        _shown(f"{key}_{which}", days_text(getattr(durations, which)), durations.count, measure)
        for which in ("median", "p90")
    ]


def _rating(key: str, mean: Mean, withheld: frozenset[str]) -> ShownMeasure:
    text = NO_RATE if mean.value is None else str(_("%(mean)s 分", mean=mean.text))
    return _shown(key, text, None if key in withheld else mean.count, "rated")


def _shown(key: str, text: str, count: int | None, measure: str) -> ShownMeasure:
    return ShownMeasure(_(QUALITY_MEASURES[key].name), text, count, measure)


def days_text(days: int | None) -> str:
    """Return working days in words, or a dash."""
    if days is None:
        return NO_RATE
    return str(ngettext("%(n)s 个工作日", "%(n)s 个工作日", days, n=days))


def spread(durations: Durations, measure: str, letters: LetterAddress | None = None) -> list[Bar]:
    """Return the letters by working days as bars; none without letters."""
    bars = []
    for first, last in SPANS if durations.count else ():
        n, days = durations.between(first, last), f"{first}-{'' if last is None else last}"
        bars.append(
            Bar(
                label=span_text(first, last),
                value=n,
                text=f"{n:,}",
                note=Rate(n, durations.count).text,
                value_url=letters(measure, days=days) if letters and n else None,
            )
        )
    return bars


def span_text(first: int, last: int | None) -> str:
    """Return a span of working days in words; without an end it is open."""
    if last is None:
        return str(_("%(first)s 个工作日以上", first=first))
    if first == last == 0:
        return str(_("收到当天"))
    if first == last:
        return days_text(first)
    return str(_("%(first)s–%(last)s 个工作日", first=first, last=last))
