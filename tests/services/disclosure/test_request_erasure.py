"""The applicant of a request for disclosure is erased when asked or when the period is over; figures stay."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.domain.access import Actor
from portal.domain.disclosure.requests import DisclosureState
from portal.domain.errors import ActionNotAllowed, Conflict, NotFound, NotPermitted
from portal.domain.letters.states import State
from portal.domain.periods import Period
from portal.domain.privacy.erasure import ERASED_TITLE, ErasureRefusal
from portal.models import Attachment, DiscardedFile, DisclosureRequest, Event
from portal.models.base import EncryptedText
from portal.queries.disclosure.erasure import count_overdue
from portal.queries.disclosure.requests import subject_of
from portal.queries.statistics.disclosure import disclosure_figures
from portal.services.disclosure import requests as disclosure
from portal.services.disclosure.erasure import (
    ask_erasure,
    erase_overdue,
    grant_erasure,
    refuse_erasure,
)
from portal.services.retention import Erased, Periods, due, erase_old
from tests.builders import World, a_letter
from tests.disclosure import DISCLOSED, IDENTITY, MONDAY, a_request, file_request
from tests.fixtures.attachments import attach

LATER = MONDAY + timedelta(days=40)
KEPT = {"number", "code_hash"}
"""Free text that names nobody: the number, and the hash by which number and code still open it."""


def full(session: Session, world: World) -> DisclosureRequest:
    """Return an answered request with every text filled."""
    receipt = file_request(
        world, email="zhou@example.org", address="石桥街道1号", document_number="〔2015〕3号"
    )
    actor, day = world.actor("city_handler"), timedelta(days=1)
    until = (MONDAY + 10 * day).date()
    disclosure.ask_completion(receipt.id, 1, "请写明是哪几条路。", until, actor, MONDAY + day)
    applicant = disclosure.applicant(receipt.id)
    disclosure.complete(receipt.id, "梧桐路", applicant, MONDAY + 2 * day)
    disclosure.extend(receipt.id, 3, 5, "需要查档", "李主任", actor, MONDAY + 3 * day)
    disclosure.answer(receipt.id, 4, DISCLOSED, actor, MONDAY + 4 * day)
    session.rollback()
    return session.get_one(DisclosureRequest, receipt.id)


def asked(session: Session, world: World) -> DisclosureRequest:
    """Return a request whose applicant waits for a decision."""
    request = full(session, world)
    ask_erasure(request.id, disclosure.applicant(request.id), LATER)
    session.expire_all()
    return request


def actions(session: Session, request: DisclosureRequest) -> list[str]:
    """Return what happened to the request."""
    query = sa.select(Event.action).where(Event.subject == subject_of(request.number))
    return list(session.scalars(query.order_by(Event.id)))


def test_nothing_of_the_applicant_is_left(session: Session, world: World) -> None:
    """Every text of the row is cleared, whatever columns are added, and the row holds no word of it."""
    request = asked(session, world)
    grant_erasure(request.id, request.version, world.actor("city_handler"), LATER)
    session.expire_all()
    texts = {
        column.name: getattr(request, column.name)
        for column in DisclosureRequest.__table__.columns
        if isinstance(column.type, (sa.Text, EncryptedText))
        or (isinstance(column.type, sa.String) and not isinstance(column.type, sa.Enum))
    }
    written = {name for name, text in texts.items() if isinstance(text, str) and text}
    free = {name for name in written if type(texts[name]) is str}
    assert free - KEPT == {"title"}
    assert request.title == ERASED_TITLE
    row = " ".join(map(str, session.execute(sa.text("SELECT * FROM disclosure_request")).one()))
    assert not any(word in row for word in (IDENTITY, "梧桐路", "路灯", "需要查档"))


def test_the_files_of_the_applicant_are_deleted(
    session: Session, settings: Settings, world: World
) -> None:
    """Their rows with the keys, and the files behind them."""
    request = asked(session, world)
    attach(settings, None, request_id=request.id)
    grant_erasure(request.id, request.version, world.actor("city_handler"), LATER)
    session.rollback()
    assert session.scalars(sa.select(Attachment)).all() == []
    assert len(session.scalars(sa.select(DiscardedFile)).all()) == 2


def test_figures_and_events_stay(session: Session, world: World) -> None:
    """What the annual report counts is the same before and after, and every step is still told."""
    request = asked(session, world)
    year = Period(2020)
    before = disclosure_figures(session, year, LATER)
    grant_erasure(request.id, request.version, world.actor("city_handler"), LATER)
    session.expire_all()
    assert before.answered == 1
    assert disclosure_figures(session, year, LATER) == before
    assert actions(session, request)[-2:] == ["disclosure_ask_erasure", "disclosure_erase"]
    assert len(actions(session, request)) == 7


def test_only_who_handles_the_request_decides(session: Session, world: World) -> None:
    """Another authority finds nothing, an auditor may not, and the page of a moment ago is a conflict."""
    request = asked(session, world)

    def grant(actor: Actor, version: int = request.version) -> None:
        grant_erasure(request.id, version, actor, LATER)

    with pytest.raises(NotFound):
        grant(world.actor("water_handler"))
    with pytest.raises(NotPermitted):
        grant(disclosure.applicant(request.id))
    with pytest.raises(NotPermitted):
        ask_erasure(request.id, disclosure.applicant(request.id + 1), LATER)
    with pytest.raises(Conflict):
        grant(world.actor("city_handler"), request.version - 1)
    session.expire_all()
    assert not request.erased


def test_a_refusal_has_a_ground_and_can_be_asked_again(session: Session, world: World) -> None:
    """The applicant reads why; what was asked is decided once, and asked afresh afterwards."""
    request, handler = asked(session, world), world.actor("city_handler")
    ground = ErasureRefusal.PROCEEDINGS
    refuse_erasure(request.id, request.version, ground, "正在复议", handler, LATER)
    session.expire_all()
    assert (request.erasure_refusal, request.erasure_reason) == (ground, "正在复议")
    assert not request.erasure_waits
    with pytest.raises(ActionNotAllowed):
        grant_erasure(request.id, request.version, handler, LATER)
    session.expire_all()
    ask_erasure(request.id, disclosure.applicant(request.id), LATER)
    session.expire_all()
    assert request.erasure_waits
    with pytest.raises(ActionNotAllowed):
        ask_erasure(request.id, disclosure.applicant(request.id), LATER)


def test_applicants_go_when_the_period_is_over(session: Session, world: World) -> None:
    """Five years after the end the applicant goes and not a day before; who waits or is handled stays."""
    kinds = (DisclosureState.ANSWERED, DisclosureState.WITHDRAWN, DisclosureState.LAPSED)
    ended = [a_request(session, world, state) for state in kinds]
    handled = a_request(session, world, DisclosureState.AWAITING_COMPLETION)
    waiting = asked(session, world)
    letter = a_letter(session, world, State.CLOSED)
    periods = Periods(0, 5, 184)
    early = MONDAY.replace(year=2025)
    assert due(session, periods, early).requests == 0
    later = early + timedelta(days=2)
    assert due(session, periods, later).requests == 2
    assert erase_overdue(later.replace(year=2020), later, 1) == 1
    done: list[int] = []
    later += timedelta(days=20)
    assert erase_old(periods, later, done.append) == Erased(0, 2, 0, 0)
    session.expire_all()
    assert [request.erased for request in ended] == [True] * 3
    assert not (handled.erased or waiting.erased or letter.erased)
    assert sum(done) == 2
    assert count_overdue(session, later) == 0
