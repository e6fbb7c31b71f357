"""Builders of requests for disclosure, by the real services."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from portal.domain.disclosure.application import ApplicantKind, Application, Delivery, WishedForm
from portal.domain.disclosure.requests import DisclosureOutcome, DisclosureState
from portal.models import DisclosureRequest
from portal.services.core.handing_in import Receipt
from portal.services.disclosure import requests as disclosure
from portal.services.disclosure.filing import submit
from portal.services.disclosure.requests import Answer
from tests.world import World

CODE_KEY = b"key of the query codes in tests!"
MONDAY = datetime(2020, 3, 2, 2, 0, tzinfo=UTC)
"""The morning of 2 March 2020 in Shanghai, under the law of 2019."""
IDENTITY = "11010519491231002X"
DISCLOSED = Answer(DisclosureOutcome.DISCLOSED, "您申请的信息随本答复提供。")
_tokens = count(1)


def an_application(organisation_id: int | None, **choices: Any) -> Application:
    """Return what an applicant hands in."""
    usual: dict[str, object] = {
        "organisation_id": organisation_id,
        "applicant_kind": ApplicantKind.CITIZEN,
        "applicant": "周晓兰",
        "identity": IDENTITY,
        "phone": "13900000001",
        "email": "",
        "address": "",
        "title": "2015年路灯维修经费支出情况",
        "document_number": "",
        "description": "石桥街道2015年路灯维修的项目、金额和验收材料。",
        "wished_form": WishedForm.ELECTRONIC,
        "delivery": Delivery.ONLINE,
    }
    return Application(**{**usual, **choices})


def file_request(
    world: World,
    place: str = "city",
    now: datetime = MONDAY,
    key: bytes = CODE_KEY,
    **choices: Any,
) -> Receipt:
    """File a request at ``place`` from a form of its own."""
    return submit(an_application(world[place], **choices), f"request {next(_tokens)}", key, now)


def a_request(
    session: Session,
    world: World,
    state: DisclosureState = DisclosureState.OPEN,
    place: str = "city",
    now: datetime = MONDAY,
    **choices: Any,
) -> DisclosureRequest:
    """Return a request at ``place`` in ``state``, brought there by services, a day a step."""
    return brought(session, world, file_request(world, place, now, **choices), state, place, now)


def brought(
    session: Session,
    world: World,
    receipt: Receipt,
    state: DisclosureState,
    place: str,
    now: datetime,
) -> DisclosureRequest:
    """Bring a filed request to ``state``."""
    number, actor = receipt.id, world.actor(f"{place}_handler")
    day = timedelta(days=1)
    if state in (DisclosureState.AWAITING_COMPLETION, DisclosureState.LAPSED):
        until = (now + 10 * day).date()
        disclosure.ask_completion(number, 1, "请写明是哪几条路。", until, actor, now + day)
    if state is DisclosureState.LAPSED:
        disclosure.lapse(number, 2, actor, now + 12 * day)
    if state is DisclosureState.ANSWERED:
        disclosure.answer(number, 1, DISCLOSED, actor, now + day)
    if state is DisclosureState.WITHDRAWN:
        disclosure.withdraw(number, disclosure.applicant(number), now + day)
    session.rollback()
    return session.get_one(DisclosureRequest, number)
