"""The groups of words in force: by which the archive is searched, and which lead to organisations.

They are the shipped ones with what staff changed. The whole is made once for each state of the
table, which every request asks for by one short query, so that a change holds in every process
from the next request on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import chain

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.adapters.archive_index import NO_SYNONYMS, Group, Synonyms, normalise, words_of
from portal.domain.organisations import OrganisationKind
from portal.domain.words.shipped import ORGANISATIONS, WordGroup, parse_group, shipped_by_key
from portal.models import Organisation, WordGroupRow


@dataclass(frozen=True, slots=True)
class GroupInForce:
    """A group of words with its topic; ``key`` is that of a shipped group, else the id of the row.

    ``row`` is what staff made of it, ``None`` for a shipped group as it came.
    """

    key: str
    topic: str
    group: WordGroup
    row: WordGroupRow | None = None

    @property
    def active(self) -> bool:
        """Whether searches go by it."""
        return self.row is None or self.row.active

    @property
    def version(self) -> int:
        """The version of the row, 0 without one."""
        return self.row.version if self.row else 0

    @property
    def shipped(self) -> bool:
        """Whether it came with the product, changed or not."""
        return self.row is None or self.row.shipped_key is not None


def all_groups(session: Session) -> list[GroupInForce]:
    """Return every group: those of staff, the newest first, then the shipped ones in their order.

    A row whose shipped group is no longer there stands for itself.
    """
    shipped = shipped_by_key()
    rows = session.scalars(sa.select(WordGroupRow).order_by(WordGroupRow.id.desc())).all()
    replaced = {row.shipped_key: row for row in rows if row.shipped_key in shipped}
    own = [row for row in rows if row.shipped_key not in shipped]
    found = [GroupInForce(str(row.id), row.topic, parse_group(row.text), row) for row in own]
    for key, (topic, group) in shipped.items():
        row = replaced.get(key)
        found.append(GroupInForce(key, topic, parse_group(row.text) if row else group, row))
    return found


@dataclass(frozen=True, slots=True)
class WordsInForce:
    """The synonyms of the archive, and the words that lead to organisations."""

    archive: Synonyms
    organisations: Synonyms


_OF_PLACES = (
    OrganisationKind.CITY_OFFICE,
    OrganisationKind.DISTRICT_GOVERNMENT,
    OrganisationKind.TOWNSHIP,
)
"""Kinds of organisations whose names begin with the place that they serve."""
_LEVELS = frozenset("省市区县")
"""What may stand for a place before a short name: 市人社局."""
_State = tuple[int, int]
_kept: dict[_State, WordsInForce] = {}


def words_in_force(session: Session) -> WordsInForce:
    """Return the words by which searches go now."""
    total = sa.func.coalesce(sa.func.sum(WordGroupRow.version), 0)
    # Rows are never deleted and versions rise, so that no state comes twice.
    count, versions = session.execute(sa.select(sa.func.count(WordGroupRow.id), total)).one()
    state = int(count), int(versions)
    found = _kept.get(state)
    if found is None:
        active = [(each.topic, each.group) for each in all_groups(session) if each.active]
        found = _words(active)
        _kept.clear()
        _kept[state] = found
    return found


@cache
def shipped_words() -> WordsInForce:
    """Return the words that come with the product."""
    return _words(shipped_by_key().values())


def synonyms_for(session: Session, *, exact: bool) -> Synonyms:
    """Return the synonyms of the archive, or none where the exact words are asked for."""
    return NO_SYNONYMS if exact else words_in_force(session).archive


@dataclass(frozen=True, slots=True)
class Meant:
    """A typed word in the search for organisations.

    ``names`` are the words that stand in their names, itself first; ``duties`` itself and its
    synonyms, which may stand in what they do.
    """

    word: str
    names: tuple[str, ...]
    duties: tuple[str, ...]


def as_typed(words: Iterable[str]) -> list[Meant]:
    """Return typed words that stand for nothing but themselves, in any width and characters."""
    return [Meant(word, tuple(dict.fromkeys((word, normalise(word)))), ()) for word in words]


def meant_by(session: Session, words: Iterable[str]) -> list[Meant]:
    """Return for each typed word what may stand in names and duties of organisations.

    A word without a group of its own leads where its synonyms do, else where the words that it
    consists of do: 医保报销 as 医保, else where the longest that it holds does: 垃圾清运 as 垃圾. A short name behind a place is two words: 临江区 教委.

    This is for suggestions: what is typed and sent goes by :func:`as_typed`.
    """
    known = words_in_force(session)
    found = []
    for typed in words:
        place, word = _behind_a_place(session, known, typed)
        found += as_typed([place] if place else [])
        folded = normalise(word)
        others = known.archive.of(folded)
        names = known.organisations.only_narrower(folded)
        names = names or _leading(known, others) or _leading(known, words_of(folded))
        names = names or _inside(known, folded)
        found.append(
            Meant(
                word,
                tuple(dict.fromkeys((word, folded, *names))),
                tuple(dict.fromkeys((word, folded, *others))) if len(folded) > 1 else (),
            )
        )
    return found


def _behind_a_place(session: Session, known: WordsInForce, word: str) -> tuple[str, str]:
    """Return (place, rest) of a word that is a place and an everyday word, else ("", word)."""
    leads = known.organisations.only_narrower
    if leads(normalise(word)):
        return "", word
    for cut in range(1, len(word) - 1):
        place, rest = word[:cut], word[cut:]
        if leads(normalise(rest)) and (place in _LEVELS or _is_place(session, normalise(place))):
            return place, rest
    return "", word


def _is_place(session: Session, word: str) -> bool:
    names = (Organisation.name, Organisation.short_name)
    begins = sa.or_(*(name.startswith(word, autoescape=True) for name in names))
    found = sa.select(Organisation.id).where(Organisation.kind.in_(_OF_PLACES), begins)
    return session.scalar(found.limit(1)) is not None


def _leading(known: WordsInForce, words: Iterable[str]) -> tuple[str, ...]:
    return tuple(chain.from_iterable(map(known.organisations.only_narrower, words)))


def _inside(known: WordsInForce, word: str) -> tuple[str, ...]:
    for size in range(len(word) - 1, 1, -1):
        for first in range(len(word) - size + 1):
            names = known.organisations.only_narrower(word[first : first + size])
            if names:
                return names
    return ()


def _words(groups: Iterable[tuple[str, WordGroup]]) -> WordsInForce:
    parts: dict[bool, list[WordGroup]] = {False: [], True: []}
    for topic, group in groups:
        parts[topic == ORGANISATIONS].append(group)
    return WordsInForce(_synonyms(parts[False]), _synonyms(parts[True]))


def _synonyms(groups: Iterable[WordGroup]) -> Synonyms:
    return Synonyms(Group(each.words, each.narrower) for each in groups)
