"""Redaction of a proposal: findings settled one by one, marks added by hand, the public copy.

The original texts stay as they are; what the public will read is computed from the marks. A
finding nobody has settled is masked in the copy and blocks publication.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.access import Actor, Permission, can
from portal.domain.errors import N_, ActionNotAllowed, InvalidInput, NotFound, NotPermitted
from portal.domain.events import Axis, RecordAction
from portal.domain.redaction import Decision, Finding, FindingKind, Mark, PublicField, apply, detect
from portal.models import Letter, Proposal, RedactionMask
from portal.queries.archive.redaction import original_of
from portal.services.core.acting import load, record
from portal.services.core.typed_text import required
from portal.services.core.unit import writing

REASON_MAX = 200
COVER = "***"


@dataclass(frozen=True, slots=True)
class PublicCopy:
    """Title, letter and reply as the public will read them."""

    title: str
    text: str
    reply: str


def public_copy(proposal: Proposal) -> PublicCopy:
    """Return the texts with every mark applied that is not to be kept."""

    def shown(field: PublicField) -> str:
        marks = [
            Mark(m.start, m.end, m.replacement)
            for m in proposal.marks
            if m.field is field and m.hides
        ]
        return apply(original_of(proposal, field), marks)

    return PublicCopy(shown(PublicField.TITLE), shown(PublicField.LETTER), shown(PublicField.REPLY))


def hidden_words(proposal: Proposal) -> dict[str, str]:
    """Return what is masked in ``proposal`` with what stands in its place, the longest first.

    Single characters are left out: they occur in other words.
    """
    hidden = {
        original_of(proposal, mark.field)[mark.start : mark.end]: mark.replacement
        for mark in proposal.marks
        if mark.hides and mark.end - mark.start > 1
    }
    return dict(sorted(hidden.items(), key=lambda pair: -len(pair[0])))


def find(
    letter: Letter,
    proposal: Proposal,
    earlier: Proposal | None = None,
    decide: Callable[[Finding], Decision] = lambda finding: Decision.OPEN,
) -> None:
    """Mark what the detectors find, decided as ``decide`` says.

    Decisions on the same words in ``earlier`` are carried over.
    """
    known = _settled(earlier) if earlier else {}
    for field in PublicField:
        text = original_of(proposal, field)
        for finding in detect(text, sender=letter.sender, field=field):
            past = known.get((field, finding.text))
            proposal.marks.append(
                RedactionMask(
                    field=field,
                    start=finding.start,
                    end=finding.end,
                    kind=str(finding.kind),
                    replacement=finding.mask,
                    decision=past.decision if past else decide(finding),
                    reason=(past.reason if past else finding.keep_reason) or None,
                )
            )


def _settled(proposal: Proposal) -> dict[tuple[PublicField, str], RedactionMask]:
    return {
        (mark.field, original_of(proposal, mark.field)[mark.start : mark.end]): mark
        for mark in proposal.marks
        if mark.decision is not Decision.OPEN
    }


def _open(session: Session, letter_id: int, actor: Actor) -> tuple[Letter, Proposal]:
    letter = load(session, actor, letter_id)
    proposes = can(actor, Permission.PUBLICATION_PROPOSE, letter)
    if not proposes and not can(actor, Permission.PUBLICATION_DECIDE, letter):
        raise NotPermitted
    if letter.open_proposal is None:
        raise ActionNotAllowed(N_("这封信没有待审核的公示件。"))
    return letter, letter.open_proposal


def _mark(proposal: Proposal, mark_id: int) -> RedactionMask:
    found = next((mark for mark in proposal.marks if mark.id == mark_id), None)
    if found is None:
        raise NotFound
    return found


def settle(
    letter_id: int, mark_id: int, decision: Decision, reason: str, actor: Actor, now: datetime
) -> None:
    """Mask a finding, or keep it with a reason."""
    if decision is Decision.KEEP:
        reason = required("reason", reason, REASON_MAX, lines=False)
    with writing() as session:
        letter, proposal = _open(session, letter_id, actor)
        mark = _mark(proposal, mark_id)
        mark.decision, mark.decider_id = decision, actor.user_id
        mark.reason = reason if decision is Decision.KEEP else None
        proposal.version += 1
        record(
            session,
            RecordAction.SETTLE_FINDING,
            Axis.RECORD,
            actor,
            now,
            letter=letter,
            reason_code=str(decision),
            reason=mark.reason,
            subject=f"{mark.field}:{mark.kind}",
        )


def mask_rest(letter_id: int, actor: Actor, now: datetime) -> int:
    """Mask every finding still open; return how many."""
    with writing() as session:
        letter, proposal = _open(session, letter_id, actor)
        rest = proposal.open_marks
        for mark in rest:
            mark.decision, mark.reason, mark.decider_id = Decision.MASK, None, actor.user_id
        proposal.version += 1
        record(
            session,
            RecordAction.SETTLE_FINDING,
            Axis.RECORD,
            actor,
            now,
            letter=letter,
            reason_code=str(Decision.MASK),
            subject=f"rest:{len(rest)}",
        )
        return len(rest)


def add_mark(letter_id: int, field: PublicField, phrase: str, actor: Actor, now: datetime) -> int:
    """Mask every place where ``phrase`` stands in ``field``; return how many are new.

    Raises :class:`InvalidInput` where it stands nowhere or only where something is masked.
    """
    phrase = required("phrase", phrase, REASON_MAX)
    with writing() as session:
        letter, proposal = _open(session, letter_id, actor)
        text = original_of(proposal, field)
        places = _places(text, phrase)
        if not places:
            raise InvalidInput("phrase", N_("原文中没有这段文字，请从原文复制。"))
        taken = [(mark.start, mark.end) for mark in proposal.marks if mark.field is field]
        free = [(a, b) for a, b in places if all(b <= start or a >= end for start, end in taken)]
        if not free:
            raise InvalidInput("phrase", N_("这段文字已经有标记，请在列表中处理。"))
        for start, end in free:
            proposal.marks.append(
                RedactionMask(
                    field=field,
                    start=start,
                    end=end,
                    kind=str(FindingKind.OTHER),
                    replacement=COVER,
                    decision=Decision.MASK,
                    decider_id=actor.user_id,
                )
            )
        proposal.version += 1
        record(
            session,
            RecordAction.SETTLE_FINDING,
            Axis.RECORD,
            actor,
            now,
            letter=letter,
            reason_code="add",
            subject=f"{field}:{len(free)}",
        )
        return len(free)


def _places(text: str, phrase: str) -> list[tuple[int, int]]:
    places, at = [], text.find(phrase)
    while at >= 0:
        places.append((at, at + len(phrase)))
        at = text.find(phrase, at + len(phrase))
    return places


def remove_mark(letter_id: int, mark_id: int, actor: Actor, now: datetime) -> None:
    """Take away a mark that a person made; findings are settled, never removed."""
    with writing() as session:
        letter, proposal = _open(session, letter_id, actor)
        mark = _mark(proposal, mark_id)
        if mark.kind != FindingKind.OTHER:
            raise ActionNotAllowed(N_("系统提示只能选择脱敏或保留，不能删除。"))
        proposal.marks.remove(mark)
        proposal.version += 1
        record(
            session,
            RecordAction.SETTLE_FINDING,
            Axis.RECORD,
            actor,
            now,
            letter=letter,
            reason_code="remove",
            subject=str(mark.field),
        )
