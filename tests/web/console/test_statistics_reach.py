"""How far the console's statistics reach for a person, and whose letters stand in a list."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from portal.domain.access import Role
from portal.domain.letters.states import Publication, State
from portal.services.letters import handling
from tests.builders import START, World, a_letter, a_person, a_walk
from tests.pages import get
from tests.web.console.conftest import Staff

STATISTICS = "/console/statistics?period=2016"
LETTERS = "/console/statistics/letters?period=2016"


@pytest.fixture
def branch(session: Session, world: World) -> None:
    """One letter closed by the district itself, two in progress at the township below it."""
    a_letter(session, world, State.CLOSED, place="district")
    for _ in range(2):
        a_letter(session, world, State.IN_PROGRESS, place="township")


@pytest.mark.parametrize("words", ["", "&organisation=district"])
def test_the_reach_of_a_unit_ends_with_it(staff: Staff, branch: None, words: str) -> None:
    """A handler is shown the handler's organisation without what is below it, named or not."""
    client = staff("district_handler")
    page = get(client, f"{STATISTICS}{words}")
    assert "临江区人民政府（本级）" in page.text and "办结 1 ÷ 除以 收到 1" in page.text
    assert "共 1 件" in get(client, f"{LETTERS}&measure=received{words}").text
    assert "2016年 1 1 100.00%" in get(client, f"/console/statistics/years?{words[1:]}").text


@pytest.mark.parametrize("words", ["", "&organisation=district"])
def test_the_reach_of_a_branch_holds_all_below(staff: Staff, branch: None, words: str) -> None:
    """A supervisor is shown the organisation with everything below it, named or not."""
    client = staff("district_supervisor")
    page = get(client, f"{STATISTICS}{words}")
    assert "办结 1 ÷ 除以 收到 3" in page.text
    assert "共 3 件" in get(client, f"{LETTERS}&measure=received{words}").text


def test_what_is_below_a_unit_is_out_of_its_reach(staff: Staff, branch: None) -> None:
    """A handler of the district finds the figures of its township no more than a stranger."""
    get(staff("district_handler"), f"{STATISTICS}&organisation=township", 404)
    get(staff("district_supervisor"), f"{STATISTICS}&organisation=township")


def test_the_widest_of_several_reaches_counts(
    staff: Staff, session: Session, world: World, branch: None, password_hash: str
) -> None:
    """Who handles at the district and supervises it too is shown the whole branch."""
    grants = [(Role.HANDLER, "district"), (Role.SUPERVISOR, "district")]
    a_person(world, "both", password_hash, *grants)
    for words in ("", "&organisation=district"):
        assert "办结 1 ÷ 除以 收到 3" in get(staff("both"), f"{STATISTICS}{words}").text


@pytest.mark.parametrize("words", ["", "&basis=period", "&view=answering"])
def test_what_nobody_decided_on_is_of_the_letters_received(
    staff: Staff, session: Session, world: World, words: str
) -> None:
    """On whatever basis and view, closed letters without a decision are those received here.

    One is refused, one was received the year before, one came in elsewhere.
    """
    own = a_letter(session, world, State.CLOSED, place="police").number
    a_letter(session, world, publication=Publication.REFUSED, place="police")
    before = a_walk(session, world, "police", datetime(2015, 12, 30, 2, tzinfo=UTC))
    before.accept()
    other = a_walk(session, world, None)
    other.step(handling.dispatch, "office_dispatcher", world["police"], "请办理")
    other.step(handling.sign_for, "police_handler")
    for walk in (before, other):
        walk.now = START
        walk.ask_signoff()
        walk.sign()
    address = f"{LETTERS}&organisation=police&measure=undecided{words}"
    page = get(staff("office_supervisor"), address)
    found = {link for link in page.links if link.startswith("/console/letters/")}
    assert found == {f"/console/letters/{own}"} and "共 1 件" in page.text


def test_the_undecided_lead_to_their_letters(staff: Staff, session: Session, world: World) -> None:
    """The sentence on closed letters that are not on the web counts declined ones and leads there."""
    a_letter(session, world, State.CLOSED, place="police")
    a_letter(session, world, State.DECLINED, place="police")
    client = staff("office_supervisor")
    page = get(client, "/console/statistics?period=2016&organisation=police")
    assert "已办结、没有公示（不予受理、" in page.text
    (link,) = (link for link in page.links if "measure=undecided" in link)
    assert "共 2 件" in get(client, link).text
