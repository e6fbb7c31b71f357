"""The demo's disclosure requests, filed through the services that serve the pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Actor, Role
from portal.domain.disclosure.application import Application, RequestSource
from portal.domain.periods import SHANGHAI, civil_date
from portal.models import DisclosureRequest, Organisation
from portal.models.base import fingerprint
from portal.services.disclosure import requests as disclosure
from portal.services.disclosure.filing import register, submit
from portal.tools.demo.staff import Staff
from portal.tools.samples.disclosure import SampleRequest
from portal.tools.samples.organisations import ROOT_CODE

_MORNING = time(10, 0)
_CONSENT = "政务公开科负责人"


def write_requests(
    session: Session,
    samples: Sequence[SampleRequest],
    staff: Staff,
    organisations: dict[str, Organisation],
    code_key: bytes,
    now: datetime,
) -> None:
    """File every disclosure request and bring it to its state, nothing of it in the future."""
    for index, sample in enumerate(samples):
        place = organisations[sample.organisation]
        role = Role.DISPATCHER if sample.organisation == ROOT_CODE else Role.HANDLER
        actor = staff.actor(role, sample.organisation)
        request_id = _file(sample, place.id, _form_token(index), code_key, actor, now)
        _handle(sample, session.get_one(DisclosureRequest, request_id), actor, now)


def requests_written(session: Session) -> bool:
    """Return whether the disclosure requests are stored; they are written together."""
    key = fingerprint(_form_token(0))
    query = sa.select(DisclosureRequest.id).where(DisclosureRequest.form_key == key)
    return session.scalar(query) is not None


def _form_token(index: int) -> str:
    return f"demo request {index}"


def _at(sample: SampleRequest, after: int, now: datetime) -> datetime:
    day = civil_date(now) - timedelta(days=sample.days_ago - after)
    return min(datetime.combine(day, _MORNING, SHANGHAI).astimezone(UTC), now)


def _file(
    sample: SampleRequest, place: int, token: str, code_key: bytes, actor: Actor, now: datetime
) -> int:
    given = {each.name: getattr(sample, each.name) for each in fields(Application)[1:]}
    new = Application(place, **given)
    received = _at(sample, 0, now)
    if sample.source is RequestSource.WEB:
        return submit(new, token, code_key, received).id
    day = civil_date(received)
    return register(new, sample.source, day, token, code_key, actor, received).id


def _handle(sample: SampleRequest, request: DisclosureRequest, actor: Actor, now: datetime) -> None:
    applicant = disclosure.applicant(request.id)
    if sample.asked_after is not None:
        at = _at(sample, sample.asked_after, now)
        until = civil_date(at) + timedelta(days=sample.give_days)
        disclosure.ask_completion(request.id, request.version, sample.notice, until, actor, at)
    if sample.completed_after is not None:
        at = _at(sample, sample.completed_after, now)
        disclosure.complete(request.id, sample.completion, applicant, at)
    if sample.extended_after is not None:
        at, days = _at(sample, sample.extended_after, now), sample.extension_days
        reason = sample.extension_reason
        disclosure.extend(request.id, request.version, days, reason, _CONSENT, actor, at)
    if sample.answered_after is not None:
        given = disclosure.Answer(sample.outcome, sample.answer, sample.referred_to)
        at = _at(sample, sample.answered_after, now)
        disclosure.answer(request.id, request.version, given, actor, at)
    if sample.lapsed_after is not None:
        at = _at(sample, sample.lapsed_after, now)
        disclosure.lapse(request.id, request.version, actor, at)
    if sample.withdrawn_after is not None:
        disclosure.withdraw(request.id, applicant, _at(sample, sample.withdrawn_after, now))
