"""Requests to be erased in the console: who sees them, granting and refusing one."""

import pytest
from sqlalchemy.orm import Session

from portal.domain.letters.states import State
from portal.domain.privacy.erasure import ErasureOutcome
from portal.models import Letter
from portal.services.letters.erasure import request_erasure
from portal.services.letters.submission import ask_redo
from tests.builders import START, World, a_letter, a_published
from tests.pages import get, post
from tests.web.console.conftest import Staff

LIST = "/console/erasures"


@pytest.fixture
def letter(session: Session, world: World) -> Letter:
    """A public letter whose sender has asked to be erased."""
    found = a_published(session, world)
    request_erasure(found.id, True, START)
    return found


def asked(letter: Letter) -> str:
    """Return the address of the request."""
    return f"{LIST}/{letter.erasure_requests[-1].id}"


def test_a_reviewer_grants(session: Session, staff: Staff, letter: Letter) -> None:
    """The list names what is asked; afterwards the person is gone and the pages of the letter open."""
    client = staff("city_reviewer")
    listed = get(client, LIST)
    assert letter.number in listed.text and "撤下公示件" in listed.text
    done = post(client, f"{asked(letter)}/grant", {}, page=LIST, follow=True)
    assert letter.number not in done.text
    session.expire_all()
    assert letter.erased and letter.sender_name is None
    for place in ("", "/publication"):
        get(client, f"/console/letters/{letter.number}{place}")
    assert "来信人的信息已经删除" in get(client, f"/console/letters/{letter.number}").text


def test_a_refusal_needs_ground_and_reason(session: Session, staff: Staff, letter: Letter) -> None:
    """Without either the form comes back with what was typed; with both the request is decided."""
    client = staff("city_reviewer")
    refuse = f"{asked(letter)}/refuse"
    wrong = post(client, refuse, {"reason": "复议未终结"}, page=LIST, status=422)
    assert "请选择依据" in wrong.text and "复议未终结" in wrong.html
    given = {"ground": "proceedings", "reason": "复议未终结"}
    form = get(client, LIST).form(refuse)
    post(client, refuse, given, page=LIST)
    session.expire_all()
    assert letter.erasure_requests[0].outcome is ErasureOutcome.REFUSED
    again = client.post(refuse, data={**form.hidden, **given})
    assert (again.status_code, "复议未终结" in again.text) == (409, True)


def test_a_letter_handled_again_stays(session: Session, world: World, staff: Staff) -> None:
    """Granting says why it is not possible at present."""
    letter = a_letter(session, world, State.CLOSED)
    request_erasure(letter.id, False, START)
    ask_redo(letter.id, "没有修好", START)
    client = staff("city_reviewer")
    answer = post(client, f"{asked(letter)}/grant", {}, page=LIST, status=409)
    assert "办结后才能删除" in answer.text
    session.expire_all()
    assert not letter.erased


def test_the_inbox_counts_requests(staff: Staff, letter: Letter) -> None:
    """The inbox links to the requests for reviewers, and nobody else."""
    assert LIST in get(staff("city_reviewer"), "/console/").links
    assert LIST not in get(staff("city_handler"), "/console/").links
