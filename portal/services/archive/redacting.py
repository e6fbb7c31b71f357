"""Redaction of a proposal: findings settled one by one, masks added by hand, the public copy.

The original texts stay as they are; what the public will read is computed from the masks. A
finding nobody has settled is masked in the copy and blocks publication.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.domain.access import Actor, Permission, can
from portal.domain.errors import N_, ActionNotAllowed, InvalidInput, NotFound, NotPermitted
from portal.domain.events import RecordAction
from portal.domain.redaction import (
    Decision,
    Finding,
    FindingKind,
    Mask,
    PublicField,
    detect_letter,
    mask_text,
)
from portal.domain.redaction.masks import COVER
from portal.models import Letter, Proposal, RedactionMask
from portal.queries.archive.redaction import original_of
from portal.services.core.acting import changing, record
from portal.services.core.typed_text import required

REASON_MAX = 200


def public_copy(proposal: Proposal) -> dict[str, str]:
    """Return the texts by their names, with every mask applied that is not to be kept."""
    return {
        field.value: mask_text(
            original_of(proposal, field),
            [
                Mask(m.start, m.end, m.replacement)
                for m in proposal.masks
                if m.field is field and m.hides
            ],
        )
        for field in PublicField
    }


def hidden_words(proposal: Proposal) -> dict[str, str]:
    """Return what is masked in ``proposal`` with what stands in its place, the longest first.

    Single characters are left out: they occur in other words.
    """
    hidden = {
        original_of(proposal, mask.field)[mask.start : mask.end]: mask.replacement
        for mask in proposal.masks
        if mask.hides and mask.end - mask.start > 1
    }
    return dict(sorted(hidden.items(), key=lambda pair: -len(pair[0])))


def find(
    letter: Letter,
    proposal: Proposal,
    earlier: Proposal | None = None,
    decide: Callable[[Finding], Decision] = lambda finding: Decision.OPEN,
) -> Counter[FindingKind]:
    """Add a mask for each finding of the detectors, decided as ``decide`` says; return their kinds.

    Names that questions and supplements give away are looked for as well. Decisions on the same
    words in ``earlier`` are carried over. Words that ask not to be shown are counted, not masked.
    """
    known = _decided(earlier) if earlier else {}
    found = detect_letter(
        {field: original_of(proposal, field) for field in PublicField},
        sender=letter.sender,
        beside=[message.text for message in letter.messages],
        office_phones=[place.telephone for place in letter.organisation.line],
        doubts=True,
    )
    for field, findings in found.items():
        for finding in findings:
            if finding.kind is FindingKind.CONFIDENTIAL:
                continue
            past = known.get((field, finding.text))
            proposal.masks.append(
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
    return Counter(finding.kind for findings in found.values() for finding in findings)


def _decided(proposal: Proposal) -> dict[tuple[PublicField, str], RedactionMask]:
    return {
        (mask.field, original_of(proposal, mask.field)[mask.start : mask.end]): mask
        for mask in proposal.masks
        if mask.decision is not Decision.OPEN
    }


@contextmanager
def redacting(letter_id: int, actor: Actor) -> Iterator[tuple[Session, Letter, Proposal]]:
    """Open a unit of work on the proposal that waits for a decision."""
    with changing(actor, letter_id) as (session, letter):
        proposes = can(actor, Permission.PUBLICATION_PROPOSE, letter)
        if not proposes and not can(actor, Permission.PUBLICATION_DECIDE, letter):
            raise NotPermitted
        if letter.open_proposal is None:
            raise ActionNotAllowed(N_("这封信没有待审核的公示件。"))
        yield session, letter, letter.open_proposal


def _mask(proposal: Proposal, mask_id: int) -> RedactionMask:
    found = next((mask for mask in proposal.masks if mask.id == mask_id), None)
    if found is None:
        raise NotFound
    return found


def note_change(session: Session, letter: Letter, actor: Actor, now: datetime, **said: Any) -> None:
    """Count and record a change of the masks of what is proposed for ``letter``."""
    if letter.open_proposal is not None:
        letter.open_proposal.version += 1
    record(session, RecordAction.SETTLE_FINDING, actor, now, letter=letter, **said)


def settle(
    letter_id: int, mask_id: int, decision: Decision, reason: str, actor: Actor, now: datetime
) -> None:
    """Mask a finding, or keep it with a reason."""
    if decision is Decision.KEEP:
        reason = required("reason", reason, REASON_MAX, lines=False)
    with redacting(letter_id, actor) as (session, letter, proposal):
        mask = _mask(proposal, mask_id)
        mask.decision, mask.decider_id = decision, actor.user_id
        mask.reason = reason if decision is Decision.KEEP else None
        subject = f"{mask.field}:{mask.kind}"
        said = {"reason_code": str(decision), "subject": subject, "reason": mask.reason}
        note_change(session, letter, actor, now, **said)


def mask_rest(letter_id: int, actor: Actor, now: datetime) -> int:
    """Settle every open finding as the detector proposes; return how many.

    What it would keep, such as an office's telephone, is kept with its reason; the rest is masked.
    """
    with redacting(letter_id, actor) as (session, letter, proposal):
        rest = proposal.open_masks
        for mask in rest:
            mask.decision, mask.decider_id = mask.proposed, actor.user_id
        note_change(
            session, letter, actor, now, reason_code=str(Decision.MASK), subject=f"rest:{len(rest)}"
        )
        return len(rest)


def add_mask(letter_id: int, field: PublicField, phrase: str, actor: Actor, now: datetime) -> int:
    """Mask every place where ``phrase`` stands in ``field``; return how many are new.

    Raises :class:`InvalidInput` where it stands nowhere or only where something is masked.
    """
    phrase = required("phrase", phrase, REASON_MAX)
    with redacting(letter_id, actor) as (session, letter, proposal):
        text = original_of(proposal, field)
        places = [found.span() for found in re.finditer(re.escape(phrase), text)]
        if not places:
            raise InvalidInput("phrase", N_("原文中没有这段文字，请从原文复制。"))
        taken = [(mask.start, mask.end) for mask in proposal.masks if mask.field is field]
        free = [(a, b) for a, b in places if all(b <= start or a >= end for start, end in taken)]
        if not free:
            raise InvalidInput("phrase", N_("这段文字已经有标记，请在列表中处理。"))
        for start, end in free:
            proposal.masks.append(
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
        note_change(session, letter, actor, now, reason_code="add", subject=f"{field}:{len(free)}")
        return len(free)


def remove_mask(letter_id: int, mask_id: int, actor: Actor, now: datetime) -> None:
    """Take away a mask that a person made; findings are settled, never removed."""
    with redacting(letter_id, actor) as (session, letter, proposal):
        mask = _mask(proposal, mask_id)
        if mask.kind != FindingKind.OTHER:
            raise ActionNotAllowed(N_("系统提示只能选择脱敏或保留，不能删除。"))
        proposal.masks.remove(mask)
        note_change(session, letter, actor, now, reason_code="remove", subject=str(mask.field))
