"""Values of a page of results: hits with marked words, filters as links, other searches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from portal.adapters.archive_index import MAX_CHARACTERS, fragments, mark, passage
from portal.domain.archive.reader_rating import ReaderRating
from portal.domain.archive.subtopics import joined, parted
from portal.domain.letters.kinds import Kind
from portal.domain.letters.salutation import answer_start
from portal.domain.periods import FIRST_YEAR, LAST_YEAR
from portal.domain.whole_numbers import whole_number
from portal.models import ArchiveEntry, Organisation
from portal.queries.archive.newest import known_topic
from portal.queries.archive.places import districts
from portal.queries.archive.search import Found, known_organisation, organisations_to_choose
from portal.queries.archive.similar import Similar
from portal.queries.archive.table import ArchiveQuery
from portal.services.core.typed_text import clean
from portal.web.core.fields import LAST_PAGE
from portal.web.core.language import label, subject

TOPIC_MAX = 32
"""Characters of the longest subject, as in the table."""
TOP_TOPICS = 15
"""Topics offered as filters, those with the most hits."""
TOP_PLACES = 12
"""Districts offered as filters, those with the most hits."""
LINE = 96
"""Characters shown of a letter and of its answer."""
_OPENS = "<mark>"

FacetItem = tuple[str, int, str, bool]


@dataclass(frozen=True, slots=True)
class ShownHit:
    """An entry as a hit; the three texts are HTML with the searched words marked."""

    entry: ArchiveEntry
    title: Markup
    letter: Markup
    reply: Markup


def read_query(given: MultiDict[str, str], session: Session) -> ArchiveQuery:
    """Return the query of an address; values that are not understood are left out."""
    organisation = known_organisation(session, _number(given.get("organisation")))
    year = _number(given.get("year"))
    kind, rating = given.get("kind"), given.get("rating")
    place = _number(given.get("place"))
    topic = clean(given.get("topic", "")[:TOPIC_MAX], lines=False)
    return ArchiveQuery(
        # One character more than is searched, so that the page can state that it was cut.
        text=clean(given.get("q", "")[: 2 * MAX_CHARACTERS], lines=False)[: MAX_CHARACTERS + 1],
        organisation_id=organisation.id if organisation else None,
        kind=Kind(kind) if kind in {str(k) for k in Kind} else None,
        topic=topic if topic and known_topic(session, topic) else None,
        place_id=place if place in districts(session) else None,
        rating=ReaderRating(rating) if rating in set(ReaderRating) else None,
        year=year if year is not None and FIRST_YEAR <= year <= LAST_YEAR else None,
        by_date=given.get("sort") == "date",
        exact=given.get("exact") == "1",
        page=min(max(_number(given.get("page")) or 1, 1), LAST_PAGE),
    )


def _number(text: str | None) -> int | None:
    return whole_number((text or "").strip())


def address(asked: ArchiveQuery, **changes: Any) -> str:
    """Return the address of ``asked`` with ``changes``; page 1 unless one is given."""
    changed = replace(asked, **{"page": 1, **changes})
    given: dict[str, Any] = {
        "q": changed.text,
        "organisation": changed.organisation_id,
        "kind": changed.kind and str(changed.kind),
        "topic": changed.topic,
        "place": changed.place_id,
        "rating": changed.rating and str(changed.rating),
        "year": changed.year,
        "sort": "date" if changed.by_date else None,
        "exact": "1" if changed.exact else None,
        "page": changed.page if changed.page > 1 else None,
    }
    return url_for("archive.search", **{name: value for name, value in given.items() if value})


def feed_address(asked: ArchiveQuery, page: int = 1) -> str:
    """Return the address of a page of the feed of ``asked``."""
    return url_for("archive.feed", **_narrowing(asked), page=page if page > 1 else None)


def follow_address(asked: ArchiveQuery) -> str:
    """Return the address of the form with which ``asked`` is followed by mail."""
    return url_for("public.subscribing", **_narrowing(asked))


def _narrowing(asked: ArchiveQuery) -> dict[str, Any]:
    return {
        "q": asked.text[:MAX_CHARACTERS] or None,
        "organisation": asked.organisation_id,
        "kind": asked.kind and str(asked.kind),
        "topic": asked.topic,
        "place": asked.place_id,
        "rating": asked.rating and str(asked.rating),
        "year": asked.year,
    }


def hit(entry: ArchiveEntry, words: Sequence[str]) -> ShownHit:
    """Return an entry as it is shown, with ``words`` marked."""
    title, letter = mark(entry.title, words), fragments(entry.text, words, LINE)
    start = " ".join(answer_start(entry.reply).split())
    reply = mark(start[:LINE], words) + ("…" if len(start) > LINE else "")
    if _OPENS not in title + letter + reply:
        # The words occur further down in the answer: show the passage that matched.
        deeper = fragments(entry.reply, words, LINE)
        reply = deeper if _OPENS in deeper else reply
    # The three functions escape what they are given.
    return ShownHit(entry, Markup(title), Markup(letter), Markup(reply))  # noqa: S704


def answer_lines(near: Similar) -> Markup:
    """Return the first lines of the answer of a similar entry, the sentence that answers marked."""
    start = answer_start(near.entry.reply)
    skipped = len(near.entry.reply) - len(start)
    first, last = near.answer or (skipped, skipped)
    span = max(0, first - skipped), max(0, last - skipped)
    # The function escapes what it is given.
    return Markup(passage(start, span, LINE))  # noqa: S704


def chips(
    session: Session, asked: ArchiveQuery, organisation: Organisation | None
) -> list[tuple[str, str, str]]:
    """Return the filters in force as (name, value, address without it)."""
    chosen = []
    if organisation is not None:
        chosen.append((_("单位"), organisation.name, address(asked, organisation_id=None)))
    if asked.kind is not None:
        chosen.append((_("类别"), label(asked.kind), address(asked, kind=None)))
    if asked.topic is not None:
        chosen.append((_("主题"), subject(asked.topic), address(asked, topic=None)))
    if asked.place_id is not None:
        name = districts(session).get(asked.place_id, "")
        chosen.append((_("地区"), name, address(asked, place_id=None)))
    if asked.rating is not None:
        chosen.append((_("读者评价"), label(asked.rating), address(asked, rating=None)))
    if asked.year is not None:
        chosen.append((_("答复年份"), str(asked.year), address(asked, year=None)))
    return chosen


def _by_topic(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return the topics with all their sub-topics, most hits first."""
    sums: Counter[str] = Counter()
    for topic, count in counts.items():
        sums[parted(topic)[0]] += count
    return sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))


def _by_subtopic(counts: Mapping[str, int], topic: str) -> list[tuple[str, int]]:
    """Return the sub-topics of ``topic`` that have hits, most first."""
    named = [(parted(each)[1], n) for each, n in counts.items() if parted(each)[0] == topic]
    return sorted((pair for pair in named if pair[0]), key=lambda pair: (-pair[1], pair[0]))


def facet_lists(
    session: Session, asked: ArchiveQuery, found: Found, organisation: Organisation | None
) -> list[tuple[str, list[FacetItem]]]:
    """Return title and items of each facet; one that cannot narrow any further is left out."""
    counts = found.facets
    places = organisations_to_choose(session, counts.organisations, organisation)
    kinds = [(k, counts.kinds[str(k)]) for k in Kind if counts.kinds.get(str(k))]
    years = sorted(counts.years.items(), reverse=True)
    topics = _by_topic(counts.topics)
    chosen_topic, chosen_name = parted(asked.topic or "")
    known = districts(session)
    near = sorted(
        ((i, n) for i, n in counts.places.items() if i in known), key=lambda p: (-p[1], p[0])
    )
    ratings = [(r, counts.ratings[r]) for r in ReaderRating if counts.ratings.get(r)]
    lists: dict[str, list[FacetItem]] = {
        _("细分主题"): [
            (_(name), n, address(asked, topic=joined(chosen_topic, name)), name == chosen_name)
            for name, n in _by_subtopic(counts.topics, chosen_topic)
        ],
        _("主题"): [
            (subject(t), n, address(asked, topic=t), t == chosen_topic)
            for t, n in topics[:TOP_TOPICS]
        ],
        _("下属单位") if organisation else _("答复单位"): [
            (o.name, n, address(asked, organisation_id=o.id), False) for o, n in places
        ],
        _("地区"): [
            (known[i], n, address(asked, place_id=i), i == asked.place_id)
            for i, n in near[:TOP_PLACES]
        ],
        _("来信类别"): [(label(k), n, address(asked, kind=k), k is asked.kind) for k, n in kinds],
        _("读者评价"): [
            (label(r), n, address(asked, rating=r), r is asked.rating) for r, n in ratings
        ],
        _("答复年份"): [(str(y), n, address(asked, year=y), y == asked.year) for y, n in years],
    }
    return [(title, items) for title, items in lists.items() if items]
