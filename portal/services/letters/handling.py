"""What the office does with a letter before the reply: accept, move, ask, extend, ask for help."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from portal.domain.access import SYSTEM, Actor, Role
from portal.domain.errors import N_, InvalidInput
from portal.domain.events import Axis
from portal.domain.letters.kinds import KINDS, Kind
from portal.domain.letters.recalls import without_recalled
from portal.domain.letters.states import (
    RETURN_LIMIT,
    TEXT_MAX,
    Action,
    DeclineReason,
    Publication,
    State,
)
from portal.domain.organisations import common_superior, covered, covers
from portal.domain.periods import civil_date
from portal.models import Event, Letter, Message, MessageKind, Organisation, RoleGrant, User
from portal.services.core.acting import changing, take
from portal.services.core.typed_text import REASON_MAX, optional, required
from portal.services.core.unit import writing
from portal.services.letters.merging import release_children


def accept(letter_id: int, version: int, actor: Actor, now: datetime) -> None:
    """Accept a letter for handling by the organisation that holds it."""
    with changing(actor, letter_id, version) as (session, letter):
        take(session, letter, Action.ACCEPT, actor, now)


def decline(
    letter_id: int, version: int, code: DeclineReason, reason: str, actor: Actor, now: datetime
) -> None:
    """Decline with a coded reason; a disputed letter only by ruling."""
    reason = optional("reason", reason, REASON_MAX)
    with changing(actor, letter_id, version) as (session, letter):
        disputed = letter.state is State.RETURNED
        action = Action.RULE_DECLINE if disputed else Action.DECLINE
        take(session, letter, action, actor, now, reason_code=code, reason=reason)
        release_children(session, letter, now)


def dispatch(
    letter_id: int, version: int, to_id: int, reason: str, actor: Actor, now: datetime
) -> None:
    """Send a letter down the tree, or from the top anywhere."""
    reason = optional("reason", reason, REASON_MAX)
    _move(letter_id, version, to_id, reason, actor, now, Action.DISPATCH)


def transfer(
    letter_id: int, version: int, to_id: int, reason: str, actor: Actor, now: datetime
) -> None:
    """Send a letter to another organisation, with a reason."""
    reason = required("reason", reason, REASON_MAX)
    _move(letter_id, version, to_id, reason, actor, now, Action.TRANSFER)


def rule(
    letter_id: int, version: int, to_id: int, reason: str, actor: Actor, now: datetime
) -> None:
    """Place a disputed letter for good; it cannot be returned again."""
    reason = required("reason", reason, REASON_MAX)
    _move(letter_id, version, to_id, reason, actor, now, Action.RULE)


def _move(
    letter_id: int,
    version: int,
    to_id: int,
    reason: str,
    actor: Actor,
    now: datetime,
    action: Action,
) -> None:
    with changing(actor, letter_id, version) as (session, letter):
        target = _target(session, letter, to_id, action, civil_date(now))
        if action is Action.DISPATCH and not covers(letter.organisation_path, target.path):
            raise InvalidInput("organisation", N_("只能交办给本单位的下级；转给其他单位请用转办。"))
        if action is Action.RULE:
            superior = letter.ruling_path or letter.organisation_path
            if not covers(superior, target.path):
                raise InvalidInput("organisation", N_("请选择裁定单位管辖范围内的单位。"))
        take(session, letter, action, actor, now, to=target, reason=reason or None)


def _target(
    session: Session, letter: Letter, to_id: int, action: Action, today: date
) -> Organisation:
    target = session.get(Organisation, to_id)
    if target is None or not target.open_on(today):
        raise InvalidInput("organisation", N_("没有这个单位，或它已停用，请重新选择。"))
    # A ruling may well say that the letter belongs where it lies.
    if target.id == letter.organisation_id and action is not Action.RULE:
        raise InvalidInput("organisation", N_("信件已经在这个单位，请选择其他单位。"))
    if covered(letter.accused_paths, target.path):
        raise InvalidInput("organisation", N_("举报信件不能交给被举报的单位。"))
    return target


def sign_for(letter_id: int, version: int, actor: Actor, now: datetime) -> None:
    """Sign for a letter that was dispatched here."""
    with changing(actor, letter_id, version) as (session, letter):
        take(session, letter, Action.SIGN_FOR, actor, now)


def recall_dispatch(letter_id: int, version: int, reason: str, actor: Actor, now: datetime) -> None:
    """Take a letter back from where nobody has signed for it; it is then as before it was sent."""
    reason = optional("reason", reason, REASON_MAX)
    with changing(actor, letter_id, version) as (session, letter):
        back = session.get(Organisation, letter.sent_from_id) if letter.sent_from_id else None
        take(session, letter, Action.RECALL_DISPATCH, actor, now, to=back, reason=reason or None)


def return_letter(letter_id: int, version: int, reason: str, actor: Actor, now: datetime) -> None:
    """Return a letter to where it came from, with a reason; too many returns call for a ruling."""
    reason = required("reason", reason, REASON_MAX)
    with changing(actor, letter_id, version) as (session, letter):
        back = session.get(Organisation, letter.sent_from_id) if letter.sent_from_id else None
        take(session, letter, Action.RETURN, actor, now, to=back, reason=reason)
        if letter.return_count >= RETURN_LIMIT:
            letter.ruling_id = _superior(session, letter)


def _superior(session: Session, letter: Letter) -> int:
    """Return the common superior of every organisation that has held the letter.

    An organisation from which it was recalled has not held it.
    """
    events = session.scalars(
        sa.select(Event)
        .where(Event.letter_id == letter.id, Event.axis == Axis.HANDLING)
        .order_by(Event.id)
        .options(joinedload(Event.to_organisation))
    )
    paths = [
        event.to_organisation.path
        for event in without_recalled(events)
        if event.to_organisation is not None and event.action != Action.INVITE
    ]
    return common_superior([*paths, letter.organisation_path])


def ask_citizen(letter_id: int, version: int, text: str, actor: Actor, now: datetime) -> None:
    """Ask the citizen for more; the clock stands still until the answer."""
    text = required("text", text, TEXT_MAX)
    with changing(actor, letter_id, version) as (session, letter):
        take(session, letter, Action.ASK_CITIZEN, actor, now)
        session.add(
            Message(
                letter_id=letter.id,
                kind=MessageKind.QUESTION,
                text=text,
                organisation_id=letter.organisation_id,
                author_id=actor.user_id,
                created_at=now,
            )
        )


def close_unanswered(now: datetime) -> int:
    """Close letters whose citizen did not supplement in time; return how many."""
    closed = 0
    with writing() as session:
        late = session.scalars(
            sa.select(Letter)
            .where(Letter.state == State.AWAITING_CITIZEN, Letter.answer_by < civil_date(now))
            .with_for_update(of=Letter)
        )
        for letter in late:
            take(session, letter, Action.TIME_OUT, SYSTEM, now, reason_code="no_supplement")
            release_children(session, letter, now)
            closed += 1
    return closed


def assign(letter_id: int, version: int, user_id: int | None, actor: Actor, now: datetime) -> None:
    """Name the handler who works on a letter; ``None`` frees it."""
    with changing(actor, letter_id, version) as (session, letter):
        assignee = None
        if user_id is not None:
            assignee = session.get(User, user_id)
            grant = sa.select(RoleGrant).where(
                RoleGrant.user_id == user_id,
                RoleGrant.role == Role.HANDLER,
                RoleGrant.organisation_id == letter.organisation_id,
            )
            if assignee is None or assignee.disabled or session.scalar(grant) is None:
                raise InvalidInput("assignee", N_("请选择本单位在岗的经办人。"))
        take(session, letter, Action.ASSIGN, actor, now, reason=assignee.name if assignee else None)
        letter.assignee = assignee


def change_kind(
    letter_id: int,
    version: int,
    kind: Kind,
    reason: str,
    actor: Actor,
    now: datetime,
    accused_id: int | None = None,
) -> None:
    """Change the kind; what was once of a kind that is never published stays so.

    Wrongdoing is reported of ``accused_id``, where none is given the organisation that holds the letter,
    and leaves the subtree of whom it accuses for the organisation above. The letterbox office
    has nobody above it and is never accused.
    """
    reason = required("reason", reason, REASON_MAX)
    with changing(actor, letter_id, version) as (session, letter):
        if letter.kind is kind:
            raise InvalidInput("kind", N_("类别没有变化。"))
        if not KINDS[kind].publishable and letter.publication is Publication.PUBLISHED:
            raise InvalidInput("kind", N_("这封信已经公示，请先撤下公示件，再改为绝不公示的类别。"))
        accused, refuge = letter.accused, None
        if KINDS[kind].accuses:
            accused = accused or _accused(session, letter, accused_id)
            refuge = _refuge(letter, accused)
        take(
            session,
            letter,
            Action.CHANGE_KIND,
            actor,
            now,
            to=refuge,
            kind=kind,
            reason_code=f"{letter.kind}>{kind}",
            reason=reason,
        )
        if KINDS[kind].accuses:
            _shield(session, letter, accused, now)


def _accused(session: Session, letter: Letter, accused_id: int | None) -> Organisation | None:
    """Return whom a letter that becomes one of wrongdoing accuses, or nobody for the office on top."""
    named = letter.organisation if accused_id is None else session.get(Organisation, accused_id)
    if named is None:
        raise InvalidInput("accused", N_("没有这个单位，或它已停用，请重新选择。"))
    return named if named.parent_id is not None else None


def _refuge(letter: Letter, accused: Organisation | None) -> Organisation | None:
    """Return where a letter of wrongdoing must go, or ``None`` where whom it accuses does not hold it."""
    refuge = accused.refuge(letter.organisation) if accused else letter.organisation
    return None if refuge is letter.organisation else refuge


def _shield(session: Session, letter: Letter, accused: Organisation | None, now: datetime) -> None:
    """Leave no way by which a letter that became one of wrongdoing gets back to whom it accuses."""
    release_children(session, letter, now)
    if accused is None:
        return
    letter.accused, letter.accused_id = accused, accused.id
    back = session.get(Organisation, letter.sent_from_id) if letter.sent_from_id else None
    if back and (covered(accused.report_paths, back.path) or back is letter.organisation):
        letter.sent_from_id = None
    before = letter.sent_from_before_id and session.get(Organisation, letter.sent_from_before_id)
    if before and covered(accused.report_paths, before.path):
        letter.sent_from_before_id = None
    letter.ruling = accused.refuge(letter.ruling) if letter.ruling else None
    letter.placed = False


def supervise(letter_id: int, version: int, reason: str, actor: Actor, now: datetime) -> None:
    """Put a letter under supervision, with a word why."""
    reason = required("reason", reason, REASON_MAX)
    with changing(actor, letter_id, version) as (session, letter):
        take(session, letter, Action.SUPERVISE, actor, now, reason=reason)
        letter.supervised = True


def end_supervision(letter_id: int, version: int, actor: Actor, now: datetime) -> None:
    """End supervision of a letter."""
    with changing(actor, letter_id, version) as (session, letter):
        take(session, letter, Action.END_SUPERVISION, actor, now)
        letter.supervised = False
