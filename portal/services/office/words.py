"""Editing the groups of words by which searches go, the shipped ones included."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.adapters.archive_index import MOST_ALTERNATIVES, is_one_word, normalise
from portal.domain.access import Actor, Permission
from portal.domain.errors import N_, Conflict, InvalidInput, NotFound
from portal.domain.events import RecordAction
from portal.domain.translatable import Message
from portal.domain.words.shipped import ORGANISATIONS, WordGroup, shipped_groups
from portal.models import WordGroupRow
from portal.queries.office.words import word_group
from portal.queries.synonyms import GroupInForce, all_groups
from portal.services.core.acting import record
from portal.services.core.permits import allow
from portal.services.core.typed_text import clean
from portal.services.core.unit import writing

WORD_MAX = 20
"""Characters of a word."""
WORDS_MOST = MOST_ALTERNATIVES + 1
"""Words of a group of the archive: each has at most ``MOST_ALTERNATIVES`` others."""
ORGANISATION_WORDS_MOST = 40
"""Words of a group that leads to organisations."""
TEXT_MAX = 400
"""Characters typed into a field of words."""

_BETWEEN = re.compile(r"[\s、，,；;|]+")
CONFLICT = N_("这组词刚被别人改过。下面是您填写的，请对照现在的内容，再保存一次。")


@dataclass(frozen=True, slots=True)
class TypedGroup:
    """A group as it was typed, words separated by spaces; ``topic`` counts for new groups only."""

    topic: str
    words: str
    narrower: str
    active: bool


def add_word_group(typed: TypedGroup, actor: Actor, now: datetime) -> int:
    """Add a group; return the id of its row.

    Raises :class:`InvalidInput` with the field of :class:`TypedGroup` at fault.
    """
    allow(actor, Permission.WORDS_EDIT)
    if typed.topic not in shipped_groups():
        raise InvalidInput("topic", N_("请选择主题。"))
    with writing() as session:
        row = WordGroupRow(topic=typed.topic, version=0)
        _fill(session, row, typed, "", now)
        session.add(row)
        session.flush()
        _record(session, row, actor, now)
        return row.id


def change_word_group(
    key: str, version: int, typed: TypedGroup, actor: Actor, now: datetime
) -> None:
    """Change a group that was at ``version``, or switch it off or on; a shipped one gets a row.

    Raises :class:`NotFound` for none, :class:`Conflict` where it was changed meanwhile, and
    :class:`InvalidInput` as :func:`add_word_group` does.
    """
    allow(actor, Permission.WORDS_EDIT)
    with writing() as session:
        found = word_group(session, key)
        if found is None:
            raise NotFound
        row = _row(session, found)
        if row.version != version:
            raise Conflict(CONFLICT)
        _fill(session, row, typed, key, now)
        session.add(row)
        try:
            session.flush()
        except IntegrityError:
            # Another has changed the same shipped group for the first time, at the same moment.
            raise Conflict(CONFLICT) from None
        _record(session, row, actor, now)


def _row(session: Session, found: GroupInForce) -> WordGroupRow:
    """Return the row of a group, held for this unit of work; a new one for a shipped group."""
    if found.row is None:
        return WordGroupRow(topic=found.topic, shipped_key=found.key, version=0)
    return session.get_one(WordGroupRow, found.row.id, with_for_update=True, populate_existing=True)


def _fill(session: Session, row: WordGroupRow, typed: TypedGroup, key: str, now: datetime) -> None:
    group = _read(typed, row.topic)
    if typed.active:
        _refuse_repetition(session, row.topic, group, key)
    row.text, row.active, row.changed_at = group.text, typed.active, now
    row.version += 1


def _read(typed: TypedGroup, topic: str) -> WordGroup:
    """Return the group that was typed; raise :class:`InvalidInput` where it is none."""
    group = WordGroup(_words("words", typed.words), _words("narrower", typed.narrower))
    if not group.words:
        raise InvalidInput("words", N_("请写上词，用空格隔开。"))
    if topic == ORGANISATIONS and not group.narrower:
        raise InvalidInput("narrower", N_("请写上单位名称里的字，例如：医疗保障。"))
    if len(group.words + group.narrower) == 1:
        raise InvalidInput("words", N_("只有一个词，没有可以互查的；至少写两个。"))
    seen: set[str] = set()
    for field, words in (("words", group.words), ("narrower", group.narrower)):
        if topic == ORGANISATIONS:
            # 医保 may lead to names with 医保.
            seen.clear()
        for word in words:
            folded = normalise(word)
            if folded in seen:
                raise InvalidInput(field, Message(N_("“%(word)s”写了两次。"), {"word": word}))
            seen.add(folded)
    most = ORGANISATION_WORDS_MOST if topic == ORGANISATIONS else WORDS_MOST
    if len(group.words + group.narrower) > most:
        said = Message(N_("一组最多 %(n)s 个词，请分成几组。"), {"n": most})
        raise InvalidInput("words", said)
    return group


def _words(field: str, text: str) -> tuple[str, ...]:
    if len(text) > TEXT_MAX:
        said = Message(N_("最多 %(n)s 字，请分成几组。"), {"n": TEXT_MAX})
        raise InvalidInput(field, said)
    words = tuple(filter(None, _BETWEEN.split(clean(text))))
    for word in words:
        if len(word) > WORD_MAX:
            said = Message(
                N_("“%(word)s”太长，一个词最多 %(n)s 字。"),
                {"word": word[:WORD_MAX], "n": WORD_MAX},
            )
            raise InvalidInput(field, said)
        if not is_one_word(word):
            said = Message(N_("“%(word)s”里有不能查的符号，请只用字和数字。"), {"word": word})
            raise InvalidInput(field, said)
    return words


def _refuse_repetition(session: Session, topic: str, group: WordGroup, key: str) -> None:
    def folded(each: WordGroup) -> tuple[frozenset[str], frozenset[str]]:
        return frozenset(map(normalise, each.words)), frozenset(map(normalise, each.narrower))

    wanted = folded(group)
    for each in all_groups(session):
        alike = (each.topic == ORGANISATIONS) == (topic == ORGANISATIONS)
        if alike and each.active and each.key != key and folded(each.group) == wanted:
            raise InvalidInput("words", N_("已经有一组同样的词了。"))


def _record(session: Session, row: WordGroupRow, actor: Actor, now: datetime) -> None:
    subject = f"words:{row.shipped_key or row.id}"
    said = row.text if row.active else f"- {row.text}"
    record(session, RecordAction.EDIT_WORDS, actor, now, subject=subject, reason=said)
