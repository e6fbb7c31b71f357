"""An entry: question and answer, what became of it, and what readers say."""

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.domain.redaction import PublicField
from portal.models import ArchiveEntry, ProblemNotice
from portal.services.archive import publication, redacting
from portal.services.core.unit import writing
from portal.services.letters.submission import ask_redo
from tests.archive import bring_up_to_date, entry_of, published, withdraw
from tests.builders import World, a_walk
from tests.pages import FROM_HERE, get, post

REASON = "答复里的电话已经停用"


def test_question_and_answer_are_shown(client: FlaskClient, session: Session, world: World) -> None:
    """The page shows title, letter, reply, who answered and in how many working days."""
    entry = published(session, world)
    page = get(client, f"/archive/{entry.id}")
    assert page.title.startswith(entry.title)
    for words in ("梧桐小区门口的路灯坏了", "三日内恢复照明", "山城市城市管理局", "2016年6月1日"):
        assert words in page.text


@pytest.mark.parametrize("number", ["0", "99", "99999999999999999999"])
def test_an_unknown_entry_is_not_found(client: FlaskClient, world: World, number: str) -> None:
    """A number that no entry has answers 404."""
    get(client, f"/archive/{number}", 404)


def test_a_withdrawn_entry_is_gone(client: FlaskClient, session: Session, world: World) -> None:
    """A withdrawn entry answers 410, says so, and shows nothing of it."""
    entry = published(session, world)
    withdraw(session, world, entry)
    page = get(client, f"/archive/{entry.id}", 410)
    assert "已撤下" in page.text
    assert "梧桐" not in page.html


def test_a_redo_marks_the_entry(client: FlaskClient, session: Session, world: World) -> None:
    """While a letter is handled again its entry says so."""
    walk = a_walk(session, world)
    walk.accept()
    walk.ask_signoff()
    walk.sign()
    walk.propose()
    walk.publish()
    ask_redo(walk.letter_id, "路灯还是不亮", walk.now)
    entry = entry_of(session, walk.letter)
    assert "正在重新办理" in get(client, f"/archive/{entry.id}").text


def test_a_machine_review_is_named(client: FlaskClient, session: Session, world: World) -> None:
    """An entry that no person has looked over says so."""
    entry = published(session, world)
    assert "未经人工复核" not in get(client, f"/archive/{entry.id}").text
    with writing() as unit:
        unit.get_one(ArchiveEntry, entry.id).machine_reviewed = True
    assert "未经人工复核" in get(client, f"/archive/{entry.id}").text


def test_a_correction_shows_what_it_said(
    client: FlaskClient, session: Session, world: World
) -> None:
    """A corrected entry says what was changed, and not what the correction hides in both."""
    walk = a_walk(session, world, text="梧桐小区门口的路灯坏了，晚上回家看不清路。")
    walk.accept()
    walk.ask_signoff()
    walk.sign()
    walk.propose()
    walk.publish()
    walk.propose()
    reviewer = world.actor("city_reviewer")
    redacting.add_mask(walk.letter_id, PublicField.TEXT, "梧桐小区", reviewer, walk.now)
    walk.publish()
    page = get(client, f"/archive/{entry_of(session, walk.letter).id}")
    assert "更正过 1 次" in page.text
    assert "文字没有变化" in page.text
    assert "梧桐小区" not in page.html


def test_the_note_of_a_correction_stays_inside(
    client: FlaskClient, session: Session, world: World
) -> None:
    """What the proposer tells the reviewer is not for the public."""
    walk = a_walk(session, world)
    walk.accept()
    walk.ask_signoff()
    walk.sign()
    walk.propose()
    walk.publish()
    walk.step(publication.propose, "city_handler", "当事人张建国来电要求")
    walk.publish()
    assert "张建国" not in get(client, f"/archive/{entry_of(session, walk.letter).id}").html


def test_similar_letters_name_shared_words(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """Beside an entry stand letters like it, with the words they share, never itself."""
    one, other = published(session, world), published(session, world)
    bring_up_to_date(settings)
    page = get(client, f"/archive/{one.id}")
    assert f"/archive/{other.id}" in page.links
    assert f"/archive/{one.id}" not in page.links
    assert "共同的词：" in page.text


def test_a_vote_counts_once(client: FlaskClient, session: Session, world: World) -> None:
    """A visitor says once whether an entry helped; saying it again changes nothing."""
    entry = published(session, world)
    url = f"/archive/{entry.id}"
    said = {"data": {"helpful": "yes"}, "headers": FROM_HERE}
    for _ in range(2):
        assert client.post(f"{url}/helpful", **said).status_code == 303
    session.rollback()
    assert (session.get_one(ArchiveEntry, entry.id).helpful, entry.unhelpful) == (1, 0)
    assert "您已经说过了" in get(client, url).text


def test_a_no_counts_too(client: FlaskClient, session: Session, world: World) -> None:
    """An answer that did not help is counted as such."""
    entry = published(session, world)
    url = f"/archive/{entry.id}"
    post(client, f"{url}/helpful", {"helpful": "no"}, page=url, status=303)
    session.rollback()
    assert session.get_one(ArchiveEntry, entry.id).unhelpful == 1


def test_a_vote_without_token_is_refused(
    client: FlaskClient, session: Session, world: World
) -> None:
    """Another site cannot vote for its visitors."""
    entry = published(session, world)
    assert client.post(f"/archive/{entry.id}/helpful", data={"helpful": "yes"}).status_code == 400
    session.rollback()
    assert session.get_one(ArchiveEntry, entry.id).helpful == 0


def test_a_withdrawn_entry_takes_no_votes_and_reports(
    client: FlaskClient, session: Session, world: World
) -> None:
    """Forms of an entry that was withdrawn meanwhile change nothing."""
    entry = published(session, world)
    url = f"/archive/{entry.id}"
    withdraw(session, world, entry)
    for form, sent in (("helpful", {"helpful": "yes"}), ("report", {"text": REASON})):
        assert client.post(f"{url}/{form}", data=sent, headers=FROM_HERE).status_code == 404
    session.rollback()
    assert session.scalars(sa.select(ProblemNotice)).all() == []


def test_a_report_reaches_the_office(client: FlaskClient, session: Session, world: World) -> None:
    """A reader's report is kept, and the page says that somebody will look."""
    entry = published(session, world)
    url = f"/archive/{entry.id}"
    post(client, f"{url}/report", {"text": REASON}, page=url, status=303)
    assert "工作人员会核实" in get(client, url).text
    session.rollback()
    row = session.scalars(sa.select(ProblemNotice)).one()
    assert (row.entry_id, row.text, row.resolved_at) == (entry.id, REASON, None)


@pytest.mark.parametrize("text", ["", "   ", "太长" * 251])
def test_a_report_that_cannot_be_kept_is_an_error_at_the_field(
    client: FlaskClient, session: Session, world: World, text: str
) -> None:
    """An empty or too long report comes back with its text and a word by the field."""
    entry = published(session, world)
    url = f"/archive/{entry.id}"
    page = post(client, f"{url}/report", {"text": text}, page=url, status=422)
    assert 'id="text-error"' in page.html
    assert text.strip() in page.html


def test_reports_are_limited(client: FlaskClient, session: Session, world: World) -> None:
    """After ten reports in an hour an address must wait; the text is kept on the page."""
    entry = published(session, world)
    url = f"/archive/{entry.id}"
    for _ in range(10):
        post(client, f"{url}/report", {"text": REASON}, page=url, status=303)
    page = post(client, f"{url}/report", {"text": REASON}, page=url, status=429)
    assert REASON in page.html


def test_the_page_is_kept_for_seconds(client: FlaskClient, session: Session, world: World) -> None:
    """Caches keep an entry for five seconds, so that a withdrawn one is gone by then."""
    entry = published(session, world)
    kept = get(client, f"/archive/{entry.id}").response.cache_control
    assert (kept.public, kept.max_age) == (True, 5)


@pytest.mark.parametrize("method", ["get", "post"])
def test_suggestions_while_writing(
    client: FlaskClient, session: Session, world: World, settings: Settings, method: str
) -> None:
    """A text that is being written gets a fragment with earlier answers."""
    entry = published(session, world)
    bring_up_to_date(settings)
    given = {"title": "路灯坏了", "text": "小区门口的路灯坏了，晚上看不清路。"}
    if method == "get":
        answer = client.get("/archive/similar", query_string=given)
    else:
        token = get(client, "/write", follow_redirects=True).form("/write").hidden["csrf_token"]
        answer = client.post("/archive/similar", data={**given, "csrf_token": token})
    text = answer.get_data(as_text=True)
    assert f"/archive/{entry.id}" in text
    assert "共同的词：" in text
    assert "<html" not in text


@pytest.mark.parametrize("text", ["", "路灯坏了", " " * 50])
def test_too_little_text_gets_no_suggestion(
    client: FlaskClient, session: Session, world: World, settings: Settings, text: str
) -> None:
    """A few characters are no letter yet: the fragment is empty."""
    published(session, world)
    bring_up_to_date(settings)
    answer = client.get("/archive/similar", query_string={"text": text})
    assert (answer.status_code, answer.get_data(as_text=True).strip()) == (200, "")


def test_a_huge_text_gets_suggestions_too(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """Of 50 kB of text only the beginning is looked at."""
    entry = published(session, world)
    bring_up_to_date(settings)
    token = get(client, "/write", follow_redirects=True).form("/write").hidden["csrf_token"]
    text = "小区门口的路灯坏了，晚上看不清路。" * 1000
    answer = client.post("/archive/similar", data={"text": text, "csrf_token": token})
    assert answer.status_code == 200
    assert f"/archive/{entry.id}" in answer.get_data(as_text=True)
