"""Measures beyond the two rates in words: days, moves, ratings, reasons, each with its count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.domain.statistics.quality_measures import BEYOND, SMALLEST_TOLD
from portal.domain.statistics.rates import NO_RATE, Rate, round_half_up
from portal.queries.statistics.detail import Detail, Durations, Mean
from portal.queries.statistics.overview import Overview
from portal.web.statistics.addresses import Behind

Span = tuple[int, int | None]
SPANS: tuple[Span, ...] = (
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
"""Working days, from and to, by which a chart tells how long it took."""


@dataclass(frozen=True, slots=True)
class Told:
    """A measure as a page shows it: ``count`` letters of ``measure`` it rests on.

    Without a count there are too few of them to tell it.
    """

    key: str
    name: str
    text: str
    count: int | None
    measure: str
    definition: str


def quality(
    found: Overview,
    known: Detail,
    behind: Behind | None = None,
    withheld: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    """Return the measures, the distributions behind the days, and the coded reasons.

    ``withheld`` names the measures that rest on too few letters to be told.
    """
    total, refusals = found.total, sum(known.refusals.values())
    return {
        "told": [
            *_days("response", known.response),
            *_days("closing", known.closing),
            *_means(known, withheld),
        ],
        "spreads": [
            (_("首次回应用了多少个工作日"), spread(known.response, "responded", behind)),
            (_("办结用了多少个工作日"), spread(known.closing, "answered", behind)),
        ],
        "declines": [(reason, n) for reason, n in known.declines.items() if n],
        "refusals": [(reason, n) for reason, n in known.refusals.items() if n],
        "declined": sum(known.declines.values()),
        "refused": refusals,
        # Only on the cohort basis are the refused letters among the closed.
        "undecided": 0 if "refusals" in withheld else total.closed - total.published - refusals,
        "withheld": withheld,
        "smallest": SMALLEST_TOLD,
    }


def _days(key: str, durations: Durations) -> list[Told]:
    measure = {"response": "responded", "closing": "answered"}[key]
    return [
        _told(f"{key}_{which}", days_text(value), durations.count, measure)
        for which, value in (("median", durations.median), ("p90", durations.p90))
    ]


def _means(known: Detail, withheld: frozenset[str]) -> list[Told]:
    return [
        _told("hops", mean_text(known.hops), known.hops.count, "received"),
        *(
            _told(name, _marks(mean), None if name in withheld else mean.count, "rated")
            for name, mean in (("attitude", known.attitude), ("efficiency", known.efficiency))
        ),
    ]


def _told(key: str, text: str, count: int | None, measure: str) -> Told:
    definition = BEYOND[key]
    return Told(key, _(definition.name), text, count, measure, _(definition.text))


def days_text(days: int | None) -> str:
    """Return working days in words, or a dash."""
    if days is None:
        return NO_RATE
    return str(ngettext("%(n)s 个工作日", "%(n)s 个工作日", days, n=days))


def mean_text(mean: Mean) -> str:
    """Return a mean with two decimals, half up, or a dash."""
    return NO_RATE if mean.value is None else str(round_half_up(mean.value, 2))


def _marks(mean: Mean) -> str:
    return NO_RATE if mean.value is None else str(_("%(mean)s 分", mean=mean_text(mean)))


def spread(
    durations: Durations, measure: str, behind: Behind | None = None
) -> list[dict[str, Any]]:
    """Return how many letters took how long, as the rows of a bar chart; none without letters."""
    rows = []
    for first, last in SPANS if durations.count else ():
        n = sum(
            c
            for days, c in durations.days.items()
            if first <= days and (last is None or days <= last)
        )
        days = f"{first}-{'' if last is None else last}"
        rows.append(
            {
                "label": span_text(first, last),
                "value": n,
                "text": f"{n:,}",
                "note": Rate(n, durations.count).text,
                "value_url": behind(measure, days=days) if behind and n else None,
            }
        )
    return rows


def span_text(first: int, last: int | None) -> str:
    """Return a span of working days in words; without an end it is open."""
    if last is None:
        return str(_("%(first)s 个工作日以上", first=first))
    if first == last == 0:
        return str(_("收到当天"))
    if first == last:
        return days_text(first)
    return str(_("%(first)s–%(last)s 个工作日", first=first, last=last))
