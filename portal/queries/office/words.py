"""The groups of words for the administration: a page of them, and one by its key."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.adapters.archive_index import normalise
from portal.queries.paging import Slice, slice_of
from portal.queries.synonyms import GroupInForce, all_groups


@dataclass(frozen=True, slots=True)
class WordsQuery:
    """Which groups to list: with the characters ``words``, of a topic, only what staff changed."""

    words: str = ""
    topic: str | None = None
    changed: bool = False


def words_table(
    session: Session, asked: WordsQuery, page: int, size: int
) -> tuple[Slice, list[GroupInForce]]:
    """Return one page of the groups: those of staff first, then the shipped ones in their order."""
    wanted = normalise(asked.words).split()
    found = [
        each
        for each in all_groups(session)
        if (asked.topic is None or each.topic == asked.topic)
        and (each.row is not None or not asked.changed)
        and all(word in normalise(each.group.text) for word in wanted)
    ]
    part = slice_of(len(found), page, size)
    return part, found[part.offset : part.offset + size]


def word_group(session: Session, key: str) -> GroupInForce | None:
    """Return the group with a key, or ``None``."""
    return next((each for each in all_groups(session) if each.key == key), None)
