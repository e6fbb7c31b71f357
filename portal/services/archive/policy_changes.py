"""Recording that a policy changed, and marking the answers that may no longer hold."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Actor, Permission
from portal.domain.archive.freshness import CITED_LEAST, citations, folded
from portal.domain.errors import N_, ActionNotAllowed, Conflict, InvalidInput, NotFound
from portal.domain.events import RecordAction
from portal.domain.periods import FIRST_YEAR, LAST_YEAR
from portal.domain.translatable import Message
from portal.models import PUBLIC, ArchiveEntry, Letter, PolicyChange, PolicyCitation
from portal.queries.archive.policy_changes import policy_change, reached
from portal.services.core.acting import record
from portal.services.core.permits import allow
from portal.services.core.typed_text import limited, required
from portal.services.core.unit import writing

TITLE_MAX, NUMBER_MAX = 100, 60
CITED_MAX = 1_000
"""Characters of all citations together."""
CITED_MOST = 10
"""Citations of one change."""


@dataclass(frozen=True, slots=True)
class NewPolicyChange:
    """A policy and what answers about the one before it cite, one citation a line."""

    title: str
    number: str
    effective_on: date
    cited: str


def record_policy_change(new: NewPolicyChange, actor: Actor, now: datetime) -> int:
    """Record that a policy changed; return the id.

    It belongs to the highest organisation at which ``actor`` may do so. Raises
    :class:`InvalidInput` with the name of the field of :class:`NewPolicyChange` at fault.
    """
    allow(actor, Permission.POLICY_CHANGES_RECORD)
    grants = [grant for grant, _ in actor.reaches(Permission.POLICY_CHANGES_RECORD)]
    place = min(grants, key=lambda grant: (len(grant.path), grant.path)).organisation_id
    values = {
        "title": required("title", new.title, TITLE_MAX, lines=False),
        "number": limited("number", " ".join(new.number.split()), NUMBER_MAX),
        "cited": _cited(new.cited),
    }
    if not FIRST_YEAR <= new.effective_on.year <= LAST_YEAR:
        raise InvalidInput("effective_on", N_("年份超出日历的范围。"))
    with writing() as session:
        row = PolicyChange(
            **values,
            effective_on=new.effective_on,
            organisation_id=place,
            creator_id=actor.user_id,
            created_at=now,
            version=1,
        )
        session.add(row)
        session.flush()
        _record(session, RecordAction.RECORD_POLICY_CHANGE, row, actor, now)
        return row.id


def _cited(text: str) -> str:
    lines = citations(required("cited", text, CITED_MAX))
    if len(lines) > CITED_MOST:
        raise InvalidInput("cited", Message(N_("最多写 %(n)s 行。"), {"n": CITED_MOST}))
    for line in lines:
        if len(folded(line)) < CITED_LEAST:
            said = N_("“%(words)s”太短，很多答复里都有，请写至少 %(n)s 个字。")
            raise InvalidInput("cited", Message(said, {"words": line, "n": CITED_LEAST}))
    return "\n".join(lines)


def decide(
    change_id: int,
    version: int,
    entry_ids: Collection[int],
    actor: Actor,
    now: datetime,
    *,
    outdated: bool,
) -> int:
    """Mark answers as outdated by a change, or as still valid; return how many.

    Raises :class:`InvalidInput` (``entries``) where none was chosen that ``actor`` may mark,
    :class:`ActionNotAllowed` where the change was taken back, and as :func:`_change` does.
    """
    with writing() as session:
        change = _change(session, change_id, version, actor)
        rows = session.execute(
            sa.select(ArchiveEntry, Letter)
            .join(Letter, Letter.id == ArchiveEntry.letter_id)
            .where(ArchiveEntry.id.in_(entry_ids), PUBLIC)
            .where(reached(actor))
        ).all()
        if not rows:
            raise InvalidInput("entries", N_("请先选择答复。"))
        action = RecordAction.MARK_OUTDATED if outdated else RecordAction.KEEP_VALID
        for entry, letter in rows:
            citation = PolicyCitation(
                change_id=change_id, entry_id=entry.id, revision=entry.revision, outdated=outdated
            )
            session.merge(citation)
            if outdated:
                entry.policy_change_id = change_id
            elif entry.policy_change_id == change_id:
                entry.policy_change_id = None
            _record(session, action, change, actor, now, letter)
        change.version += 1
        return len(rows)


def end_policy_change(change_id: int, version: int, actor: Actor, now: datetime) -> None:
    """Take back a change that was recorded by mistake: its marks go.

    Raises as :func:`decide` does.
    """
    with writing() as session:
        change = _change(session, change_id, version, actor)
        change.ended_at, change.version = now, change.version + 1
        session.execute(
            sa.update(ArchiveEntry)
            .where(ArchiveEntry.policy_change_id == change_id)
            .values(policy_change_id=None)
        )
        _record(session, RecordAction.END_POLICY_CHANGE, change, actor, now)


def _change(session: Session, change_id: int, version: int, actor: Actor) -> PolicyChange:
    """Return a change to act on.

    Raises :class:`NotFound` where ``actor`` does not work on it, :class:`Conflict` where it is another
    version than the person saw, :class:`ActionNotAllowed` where it was taken back.
    """
    allow(actor, Permission.POLICY_CHANGES_RECORD)
    change = policy_change(session, actor, change_id)
    if change is None:
        raise NotFound
    if change.ended_at is not None:
        raise ActionNotAllowed(N_("这条政策变动已经撤销。"))
    if change.version != version:
        raise Conflict
    return change


def _record(
    session: Session,
    action: RecordAction,
    change: PolicyChange,
    actor: Actor,
    now: datetime,
    letter: Letter | None = None,
) -> None:
    record(
        session,
        action,
        actor,
        now,
        letter=letter,
        organisation_id=letter.organisation_id if letter else change.organisation_id,
        subject=f"policy_change:{change.id}",
        reason=f"{change.title} {change.number}".strip(),
    )
