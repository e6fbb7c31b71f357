"""How a request for disclosure comes in: from its applicant on the web, or registered from paper.

Source: 条例 Art. 29 (what an application holds) and 31 (which day is the day of receipt).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from portal.domain.access import Actor, Permission, can_at
from portal.domain.disclosure.application import (
    ADDRESS_MAX,
    DESCRIPTION_MAX,
    DOCUMENT_MAX,
    IDENTITY_MAX,
    NAME_MAX,
    PAPER_SOURCES,
    TITLE_MAX,
    Application,
    Delivery,
    RequestSource,
    takes_requests,
)
from portal.domain.disclosure.requests import DisclosureAction, DisclosureState
from portal.domain.errors import N_, InvalidInput, NotPermitted
from portal.domain.events import ActorKind
from portal.domain.periods import civil_date, midnight
from portal.models import DisclosureRequest, Organisation
from portal.services.core.handing_in import Receipt, hand_in
from portal.services.core.numbering import next_request_number
from portal.services.core.typed_text import limited, required
from portal.services.disclosure.requests import note, set_due
from portal.services.files.keeping import Owner, claim

NOON = timedelta(hours=12)
REGISTERED_WITHIN = timedelta(days=366)
"""How long ago a request registered today may have been received."""


def submit(
    new: Application, form_token: str, code_key: bytes, now: datetime, files: str | None = None
) -> Receipt:
    """Take in a request from the web; the same ``form_token`` again gives the same receipt.

    ``files`` is the key under which its files wait.
    The receipt is the confirmation of both sides that Art. 31 (3) asks for, so that the day of
    submission is the day of receipt. Raises :class:`InvalidInput` with the field at fault.
    """
    sender = Actor(ActorKind.CITIZEN)
    return _file(new, RequestSource.WEB, now, form_token, code_key, sender, now, files)


def register(
    new: Application,
    source: RequestSource,
    received_on: date,
    form_token: str,
    code_key: bytes,
    actor: Actor,
    now: datetime,
) -> Receipt:
    """Register a request that came on paper; ``received_on`` is its civil day of receipt.

    Raises :class:`NotPermitted` where ``actor`` does not handle requests of the organisation,
    :class:`InvalidInput` with the field at fault.
    """
    today = civil_date(now)
    if source not in PAPER_SOURCES:
        raise InvalidInput("source", N_("请选择申请是怎样收到的。"))
    if received_on > today:
        raise InvalidInput("received_on", N_("收到日期不能晚于今天。"))
    if today - received_on > REGISTERED_WITHIN:
        raise InvalidInput("received_on", N_("收到日期太早，请核对年份。"))
    received = now if received_on == today else midnight(received_on) + NOON
    return _file(new, source, received, form_token, code_key, actor, now)


def _file(
    new: Application,
    source: RequestSource,
    received_at: datetime,
    form_token: str,
    code_key: bytes,
    actor: Actor,
    now: datetime,
    files: str | None = None,
) -> Receipt:
    def make(session: Session) -> DisclosureRequest:
        request = _request(session, new, source, received_at, civil_date(now))
        if source in PAPER_SOURCES and not can_at(
            actor, Permission.DISCLOSURE_HANDLE, request.organisation.path
        ):
            raise NotPermitted
        request.number = next_request_number(session, civil_date(received_at))
        set_due(session, request)
        return request

    def enter(session: Session, request: DisclosureRequest) -> None:
        session.add(request)
        session.flush()
        claim(session, files, Owner(request_id=request.id))
        note(
            session,
            request,
            DisclosureAction.FILE,
            actor,
            received_at,
            to_state=request.state,
            recorded_at=now,
        )

    return hand_in(DisclosureRequest, form_token, code_key, make, enter)


def _request(
    session: Session, new: Application, source: RequestSource, received_at: datetime, today: date
) -> DisclosureRequest:
    organisation = addressee(session, new.organisation_id, today)
    _check_reach(new)
    return DisclosureRequest(
        source=source,
        version=1,
        organisation_id=organisation.id,
        organisation=organisation,
        applicant_kind=new.applicant_kind,
        applicant=required("applicant", new.applicant, NAME_MAX, lines=False),
        identity=required("identity", new.identity, IDENTITY_MAX, lines=False),
        phone=new.phone or None,
        email=new.email or None,
        address=limited("address", new.address, ADDRESS_MAX) or None,
        title=required("title", new.title, TITLE_MAX, lines=False),
        document_number=limited("document_number", new.document_number, DOCUMENT_MAX) or None,
        description=required("description", new.description, DESCRIPTION_MAX),
        wished_form=new.wished_form,
        delivery=new.delivery,
        state=DisclosureState.OPEN,
        received_at=received_at,
        extension_days=0,
    )


def addressee(session: Session, organisation_id: int | None, today: date) -> Organisation:
    """Return the organisation that is asked; raises :class:`InvalidInput` (``organisation``).

    Refused are those that do not exist, are closed or not founded by
    ``today``, or follow rules of their own (Art. 55).
    """
    chosen = None if organisation_id is None else session.get(Organisation, organisation_id)
    if chosen is None:
        raise InvalidInput("organisation", N_("请选择向哪个行政机关申请。"))
    if not chosen.active:
        raise InvalidInput("organisation", N_("这个单位已停止接收申请，请另选单位。"))
    if not chosen.open_on(today):
        raise InvalidInput("organisation", N_("这个单位还没有成立，请另选单位。"))
    if not takes_requests(chosen.kind):
        raise InvalidInput(
            "organisation",
            N_("公共企业的信息公开按行业主管部门的规定办理，请向其主管部门申请，或者写信询问。"),
        )
    return chosen


def _check_reach(new: Application) -> None:
    """Check that the contact details allow the chosen form of delivery."""
    if not (new.phone or new.email or new.address):
        raise InvalidInput("phone", N_("请留下电话、电子邮箱、通信地址中的一项。"))
    if new.delivery is Delivery.EMAIL and not new.email:
        raise InvalidInput("email", N_("要用电子邮件获取，请填写电子邮箱。"))
    if new.delivery is Delivery.POST and not new.address:
        raise InvalidInput("address", N_("要邮寄获取，请填写通信地址。"))
