"""The history of a letter for staff: every event with organisations and persons."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from portal.domain.disclosure.requests import DisclosureOutcome
from portal.domain.errors import N_
from portal.domain.events import Axis, RecordAction
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import (
    Action,
    DeclineReason,
    EarlierVersions,
    RefusalReason,
    UnpublishReason,
)
from portal.domain.privacy.erasure import ErasureGround, ErasureRefusal
from portal.models import Event, Letter
from portal.queries.history import HistoryEntry

_FROM_ELSEWHERE = frozenset(
    {
        Action.CONTRIBUTE,
        Action.SUPERVISE,
        Action.END_SUPERVISION,
        Action.GRANT_EXTENSION,
        Action.REFUSE_EXTENSION,
        Action.RULE_DECLINE,
        Action.TAKE_OVER,
        Action.CONFIRM_DECLINE,
    }
)
"""Actions by people of another organisation than the holder, which the event names."""
_LABELS = {str(action): action.label for action in (*Action, *RecordAction)}
_REASONS = (
    *(*DeclineReason, *RefusalReason, *UnpublishReason, *EarlierVersions),
    *(*ErasureGround, *ErasureRefusal),
)
CODE_LABELS: dict[str, str] = {
    **{str(code): code.label for code in (*_REASONS, *DisclosureOutcome)},
    "mask": N_("脱敏"),
    "keep": N_("保留"),
    "add": N_("增加标记"),
    "remove": N_("取消标记"),
}
"""The labels of coded reasons and of decisions on findings."""


def history(session: Session, letter: Letter) -> list[HistoryEntry]:
    """Return everything recorded of a letter, oldest first, views of contacts included."""
    events = session.scalars(
        sa.select(Event)
        .where(Event.letter_id == letter.id)
        .order_by(Event.occurred_at, Event.id)
        .options(
            joinedload(Event.actor),
            joinedload(Event.organisation),
            joinedload(Event.to_organisation),
            joinedload(Event.acting_organisation),
        )
    )
    return [_entry(event) for event in events]


def changes_since(session: Session, letter: Letter, version: int) -> list[HistoryEntry]:
    """Return what has changed a letter since it had ``version``, oldest first.

    Every change raises the version by one and records one event, so these are the last events.
    """
    missed = letter.version - version
    if missed <= 0:
        return []
    events = session.scalars(
        sa.select(Event)
        .where(Event.letter_id == letter.id, Event.axis.in_((Axis.HANDLING, Axis.PUBLICATION)))
        .order_by(Event.id.desc())
        .limit(missed)
    ).all()
    return [_entry(event) for event in reversed(events)]


def consent_change(session: Session, letter: Letter) -> HistoryEntry | None:
    """Return when the sender last revoked or gave consent to publication after submitting."""
    event = session.scalar(
        sa.select(Event)
        .where(
            Event.letter_id == letter.id,
            Event.action.in_((Action.REVOKE_CONSENT, Action.GIVE_CONSENT)),
        )
        .order_by(Event.id.desc())
        .limit(1)
    )
    return _entry(event) if event else None


def _entry(event: Event) -> HistoryEntry:
    held = event.organisation if event.action not in _FROM_ELSEWHERE else None
    return HistoryEntry(
        action=event.action,
        title=_LABELS.get(event.action, event.action),
        at=event.occurred_at,
        organisation=held.name if held else "",
        to_organisation=event.to_organisation.name if event.to_organisation else "",
        who=event.actor.name if event.actor else event.actor_kind.label,
        reasons=_reasons(event),
        reason=event.reason or "",
        acting=event.acting_organisation.name if event.acting_organisation else "",
    )


def _reasons(event: Event) -> tuple[str, ...]:
    """Return the coded reason as catalogue texts; a change of kind has both kinds."""
    code = event.reason_code or ""
    if event.action == Action.CHANGE_KIND:
        return tuple(Kind(part).label for part in code.split(">") if part in set(Kind))
    return (CODE_LABELS[code],) if code in set(_REASONS) else ()
