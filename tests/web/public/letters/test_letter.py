"""The page of a letter: who may see it, and what it tells."""

from datetime import date

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.domain.letters.numbers import format_number
from portal.domain.letters.states import DeclineReason
from portal.models import Letter
from portal.services.letters import handling, merging, submission
from tests.builders import HOUR, Walk, World, a_walk
from tests.pages import Page, get
from tests.web.public.citizens import TEXT, an_opened_letter, open_letter, receipt

UNKNOWN = format_number(date(2016, 6, 1), 99)


def walk(session: Session, world: World, letter: Letter) -> Walk:
    """Return the walk of a letter that was written through the pages."""
    return Walk(session, world, letter.id, letter.received_at)


def shown(client: FlaskClient, letter: Letter) -> Page:
    """Fetch the letter's page."""
    return get(client, f"/letters/{letter.number}")


def test_a_letter_is_closed_to_other_browsers(client: FlaskClient, world: World) -> None:
    """A letter that this browser has not opened is answered exactly like one that is not there."""
    number, _ = receipt(client.application.test_client())
    foreign = get(client, f"/letters/{number}", 404)
    missing = get(client, f"/letters/{UNKNOWN}", 404)
    garbage = get(client, "/letters/hello", 404)
    assert foreign.text == missing.text == garbage.text


def test_a_number_may_be_typed_carelessly(
    client: FlaskClient, session: Session, world: World
) -> None:
    """The address of an opened letter works without dashes."""
    letter = an_opened_letter(client, session, world)
    assert TEXT in get(client, f"/letters/{letter.number.replace('-', '')}").text


def test_the_correspondence_stands_in_order(
    client: FlaskClient, session: Session, world: World
) -> None:
    """Letter, question, supplement and reply follow each other on the page."""
    letter = an_opened_letter(client, session, world)
    way = walk(session, world, letter)
    way.accept()
    way.step(handling.ask_citizen, "city_handler", "请问是几号楼门口的路灯？")
    way.now += HOUR
    submission.supplement(letter.id, "是三号楼门口的那一盏。", way.now)
    way.ask_signoff("路灯已经修好。")
    way.sign()
    page = shown(client, letter).html
    places = [page.index(words) for words in (TEXT, "几号楼", "三号楼门口的", "路灯已经修好")]
    assert places == sorted(places)


def test_the_timeline_names_organisations_and_no_persons(
    client: FlaskClient, session: Session, world: World
) -> None:
    """The way through the offices names every organisation and nobody of the staff."""
    letter = an_opened_letter(client, session, world, place="office")
    way = walk(session, world, letter)
    way.step(handling.dispatch, "office_dispatcher", world["city"], "内部意见：请速办")
    way.step(handling.sign_for, "city_handler")
    way.ask_signoff()
    way.sign()
    page = shown(client, letter)
    assert "山城市公开信箱办公室" in page.text
    assert "山城市城市管理局" in page.text
    assert "承办单位已签收" in page.text
    for person in ("office dispatcher", "city handler", "city reviewer", "内部意见"):
        assert person not in page.text


def test_a_draft_is_not_shown(client: FlaskClient, session: Session, world: World) -> None:
    """A reply that nobody has signed stays with the office."""
    letter = an_opened_letter(client, session, world)
    way = walk(session, world, letter)
    way.accept()
    way.ask_signoff("这是还没有审签的答复。")
    page = shown(client, letter)
    assert "还没有审签" not in page.text
    assert "正在审核" in page.text


def test_the_due_date_is_explained_day_by_day(
    client: FlaskClient, session: Session, world: World
) -> None:
    """The page gives the due date, the rule it comes from and every day that counts."""
    letter = an_opened_letter(client, session, world)
    page = shown(client, letter)
    assert letter.due_on is not None
    assert f"{letter.due_on.month}月{letter.due_on.day}日" in page.text
    assert "国办发〔2014〕57号" in page.text
    assert "第 7 天" in page.text
    assert "第 8 天" not in page.text


def test_while_the_citizen_is_asked_the_clock_stands(
    client: FlaskClient, session: Session, world: World
) -> None:
    """A letter that waits for its sender shows no due date and says until when to answer."""
    letter = an_opened_letter(client, session, world)
    way = walk(session, world, letter)
    way.accept()
    way.step(handling.ask_citizen, "city_handler", "请问是几号楼门口的路灯？")
    page = shown(client, letter)
    answer_by = way.letter.answer_by
    assert answer_by is not None
    assert "期限暂停计算" in page.text
    assert f"{answer_by.month}月{answer_by.day}日" in page.text


def test_a_declined_letter_says_why_and_where_to_turn(
    client: FlaskClient, session: Session, world: World
) -> None:
    """A citizen whose letter is not accepted reads the coded reason and advice."""
    letter = an_opened_letter(client, session, world)
    way = walk(session, world, letter)
    way.step(handling.decline, "city_dispatcher", DeclineReason.LITIGATION, "法院已经立案")
    page = shown(client, letter)
    assert "应当通过诉讼、仲裁或行政复议途径解决" in page.text
    assert "请依法向人民法院" in page.text
    assert "法院已经立案" in page.text


def test_a_merged_letter_says_so(client: FlaskClient, session: Session, world: World) -> None:
    """A letter merged into another tells its sender that the answer will come with it."""
    letter = an_opened_letter(client, session, world)
    parent = a_walk(session, world, "city")
    parent.accept()
    way = walk(session, world, letter)
    way.accept()
    way.step(merging.merge, "city_dispatcher", parent.letter.number, "反映同一问题")
    assert "合并办理" in shown(client, letter).text


def test_a_report_says_that_it_is_never_public(
    client: FlaskClient, session: Session, world: World
) -> None:
    """The page of a report says whom it accuses and that it is never published."""
    letter = an_opened_letter(client, session, world, place="township", kind="report")
    page = shown(client, letter)
    assert "绝不公示" in page.text
    assert "临江区石桥街道办事处" in page.text


def test_the_page_tells_what_was_consented(
    client: FlaskClient, session: Session, world: World
) -> None:
    """A citizen who did not consent reads that nothing will be published."""
    letter = an_opened_letter(client, session, world)
    assert "没有您的同意，不公示" in shown(client, letter).text


def test_two_letters_may_be_open_at_once(
    client: FlaskClient, session: Session, world: World
) -> None:
    """A second letter opened in the browser leaves the first one open."""
    first = an_opened_letter(client, session, world)
    number, code = receipt(client, text="另一封信")
    open_letter(client, number, code)
    assert TEXT in shown(client, first).text
