"""Extensions asked for and decided, and other organisations asked to contribute."""

from __future__ import annotations

from datetime import datetime

from portal.domain.access import Actor, Permission
from portal.domain.errors import N_, InvalidInput, NotPermitted
from portal.domain.letters.states import TEXT_MAX, Action
from portal.domain.organisations import covered
from portal.domain.periods import civil_date
from portal.models import CoHandling, Extension, Organisation
from portal.queries.letters.due import letter_rule
from portal.services.core.acting import changing, take
from portal.services.core.typed_text import REASON_MAX, optional, required


def request_extension(
    letter_id: int, version: int, days: int, reason: str, actor: Actor, now: datetime
) -> None:
    """Ask for ``days`` more in the unit of the rule, at most what the rule allows, once."""
    reason = required("reason", reason, REASON_MAX)
    with changing(actor, letter_id, version) as (session, letter):
        if not 1 <= days <= letter_rule(session, letter).extension_days:
            raise InvalidInput("days", N_("延期天数超出规定，请填写规定范围内的天数。"))
        code = str(days)
        take(
            session,
            letter,
            Action.REQUEST_EXTENSION,
            actor,
            now,
            reason_code=code,
            reason=reason,
        )
        session.add(
            Extension(
                letter_id=letter.id,
                days=days,
                reason=reason,
                requester_id=actor.user_id,
                requested_at=now,
            )
        )


def decide_extension(
    letter_id: int, version: int, granted: bool, note: str, actor: Actor, now: datetime
) -> None:
    """Grant or refuse the extension that waits; nobody decides on a request of theirs."""
    note = optional("note", note, REASON_MAX) if granted else required("note", note, REASON_MAX)
    with changing(actor, letter_id, version) as (session, letter):
        pending = letter.pending_extension
        if pending is not None and pending.requester_id == actor.user_id:
            raise NotPermitted(N_("延期不能由申请人本人批复。"))
        action = Action.GRANT_EXTENSION if granted else Action.REFUSE_EXTENSION
        days = pending.days if pending is not None and granted else None
        code = str(pending.days) if pending is not None else None
        take(
            session,
            letter,
            action,
            actor,
            now,
            extension_days=days,
            reason_code=code,
            reason=note or None,
        )
        if pending is not None:
            pending.granted, pending.decision_note = granted, note or None
            pending.decider_id, pending.decided_at = actor.user_id, now


def invite(
    letter_id: int, version: int, organisation_id: int, text: str, actor: Actor, now: datetime
) -> None:
    """Ask another organisation to contribute; the lead organisation still replies."""
    text = required("text", text, TEXT_MAX)
    with changing(actor, letter_id, version) as (session, letter):
        helper = session.get(Organisation, organisation_id)
        if helper is None or not helper.open_on(civil_date(now)):
            raise InvalidInput("organisation", N_("没有这个单位，或它已停用，请重新选择。"))
        if helper.id == letter.organisation_id:
            raise InvalidInput("organisation", N_("本单位已是牵头单位，请选择其他单位。"))
        if covered(letter.accused_paths, helper.path):
            raise InvalidInput("organisation", N_("举报信件不能交给被举报的单位。"))
        if any(h.organisation_id == helper.id and h.contribution is None for h in letter.helpers):
            raise InvalidInput("organisation", N_("已经请这个单位协办，正在等待意见。"))
        take(session, letter, Action.INVITE, actor, now, to=helper)
        session.add(
            CoHandling(
                letter_id=letter.id, organisation_id=helper.id, request=text, requested_at=now
            )
        )


def contribute(letter_id: int, version: int, text: str, actor: Actor, now: datetime) -> None:
    """Submit what an organisation was asked to contribute."""
    text = required("text", text, TEXT_MAX)
    with changing(actor, letter_id, version) as (session, letter):
        own = {g.organisation_id for g, _ in actor.reaches(Permission.CONTRIBUTION_WRITE)}
        waiting = [h for h in letter.helpers if h.organisation_id in own and h.contribution is None]
        if not waiting:
            raise NotPermitted(N_("没有等待本单位提交的协办意见。"))
        take(session, letter, Action.CONTRIBUTE, actor, now)
        waiting[0].contribution, waiting[0].contributed_at = text, now
        waiting[0].contributor_id = actor.user_id
