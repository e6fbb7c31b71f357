"""Sudden rises of letters, by organisation and by topic or word of the title, for supervisors."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.adapters.archive_index import dictionary_words, normalise
from portal.domain.access import Actor, Permission
from portal.domain.letters.rises import DAYS, LEAST, WEEKS, Rise
from portal.domain.letters.states import State
from portal.domain.periods import midnight
from portal.domain.words.fillers import says_something
from portal.models import Letter, Organisation
from portal.queries.scope import Condition, letters_for, subtree_ids

MOST = 10
"""Rises shown, the least likely first."""
WORDS = 12
"""Words that are compared with the weeks before, those of most titles."""


@dataclass(frozen=True, slots=True)
class RiseRow:
    """A rise at an organisation, of letters with a topic or, where that is "", with a word."""

    organisation: Organisation
    topic: str
    word: str
    rise: Rise


def first_day(today: date) -> date:
    """Return the first of the days whose letters may be a rise."""
    return today - timedelta(days=DAYS - 1)


def rises(
    session: Session, actor: Actor, today: date, top: Organisation | None = None
) -> list[RiseRow]:
    """Return the sudden rises within what ``actor`` supervises, or below ``top``, least likely first.

    Letters count where they are held now, published or not; those that their senders withdrew do
    not.
    """
    begins = midnight(first_day(today))
    within: list[Condition] = [
        letters_for(actor, Permission.HANDLING_SUPERVISE),
        Letter.state != State.WITHDRAWN,
        Letter.received_at >= begins - timedelta(weeks=WEEKS),
        Letter.received_at < midnight(today + timedelta(days=1)),
    ]
    if top:
        within.append(Letter.organisation_id.in_(subtree_ids(top.path)))
    recent = Letter.received_at >= begins
    found = {**_by_topic(session, within, recent), **_by_word(session, within, recent)}
    sudden = {key: rise for key, rise in found.items() if rise.is_sudden}
    ordered = sorted(sudden, key=lambda key: (sudden[key].chance, -sudden[key].count, key))[:MOST]
    known = {
        row.id: row
        for row in session.scalars(
            sa.select(Organisation).where(Organisation.id.in_([key[0] for key in ordered]))
        )
    }
    return [
        RiseRow(known[place], topic, word, sudden[place, topic, word])
        for place, topic, word in ordered
    ]


_Key = tuple[int, str, str]
"""Organisation, topic and word."""


def _by_topic(session: Session, within: list[Condition], recent: Condition) -> dict[_Key, Rise]:
    count = sa.func.count().filter(recent)
    rows = session.execute(
        sa.select(Letter.organisation_id, Letter.category, count, sa.func.count())
        .where(*within, Letter.category > "")
        .group_by(Letter.organisation_id, Letter.category)
        .having(count >= LEAST)
    )
    return {(place, topic or "", ""): Rise(now, every - now) for place, topic, now, every in rows}


def _by_word(session: Session, within: list[Condition], recent: Condition) -> dict[_Key, Rise]:
    titles = session.execute(
        sa.select(Letter.organisation_id, Letter.title).where(*within, recent)
    ).all()
    counts: Counter[tuple[int, str]] = Counter()
    for place, title in titles:
        counts.update((place, word) for word in set(dictionary_words(normalise(title))))
    often = [
        (place, word)
        for (place, word), count in counts.most_common()
        if count >= LEAST and says_something(word)
    ][:WORDS]
    if not often:
        return {}
    before = [
        sa.func.count().filter(
            Letter.organisation_id == place, Letter.title.icontains(word, autoescape=True)
        )
        for place, word in often
    ]
    places = Letter.organisation_id.in_({place for place, _ in often})
    row = session.execute(sa.select(*before).where(*within, sa.not_(recent), places)).one()
    return {
        (place, "", word): Rise(counts[place, word], earlier)
        for (place, word), earlier in zip(often, row, strict=True)
    }
