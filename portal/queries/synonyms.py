"""The synonyms by which the archive is searched, and those that lead to organisations."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import chain

from portal.adapters.archive_index import NO_SYNONYMS, Group, Synonyms, normalise
from portal.domain.words.shipped import ORGANISATIONS, WordGroup, shipped_groups


@cache
def archive_synonyms() -> Synonyms:
    """Return the synonyms of the archive."""
    topics = shipped_groups().items()
    return _synonyms(
        chain.from_iterable(groups for name, groups in topics if name != ORGANISATIONS)
    )


def synonyms_for(*, exact: bool) -> Synonyms:
    """Return the synonyms of the archive, or none where the exact words are asked for."""
    return NO_SYNONYMS if exact else archive_synonyms()


@cache
def _of_organisations() -> Synonyms:
    return _synonyms(shipped_groups()[ORGANISATIONS])


def words_of_organisations(word: str) -> tuple[str, ...]:
    """Return the words that stand in names of organisations for a typed word, itself first."""
    folded = normalise(word)
    return tuple(dict.fromkeys((word, folded, *_of_organisations().only_narrower(folded))))


def _synonyms(groups: Iterable[WordGroup]) -> Synonyms:
    return Synonyms(Group(each.words, each.narrower) for each in groups)
