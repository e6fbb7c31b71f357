"""A sender takes a copy of what is kept, asks to be erased, and reads what the office decided."""

import io
import json
import zipfile

import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.domain.privacy.erasure import ErasureRefusal
from portal.models import Appeal, ErasureRequest, Event, Letter
from portal.services.core.unit import writing
from portal.services.letters.contacts import reveal_contacts
from portal.services.letters.erasure import grant_erasure, refuse_erasure
from tests.archive import entry_of
from tests.builders import HOUR, START, World, a_letter
from tests.fixtures.attachments import a_pdf, attach
from tests.pages import get, post
from tests.services.messages.post import a_message, choose_mail
from tests.web.public.citizens import an_opened_letter
from tests.web.public.letters.test_consent import public

LATER = START + 48 * HOUR


def of(letter: Letter) -> str:
    """Return the address of the page about the sender's data."""
    return f"/letters/{letter.number}/personal-data"


def copy(client: FlaskClient, letter: Letter) -> tuple[str, dict[str, object]]:
    """Return page and JSON of a copy."""
    form = get(client, of(letter)).form(f"{of(letter)}/copy")
    answer = client.post(f"{of(letter)}/copy", data=form.fields)
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert answer.headers["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
        page = file.read("personal-data.html").decode()
        return page, json.loads(file.read("personal-data.json"))


def test_a_copy_holds_everything_and_is_recorded(
    client: FlaskClient, session: Session, world: World
) -> None:
    """Contacts, texts, the public copy and who looked at the contacts are in it, staff by name is not."""
    letter = public(client, session, world)
    reveal_contacts(letter.id, world.actor("city_handler"), LATER)
    page, kept = copy(client, letter)
    sender = {
        "name": letter.sender_name,
        "phone": letter.sender_phone,
        "email": letter.sender_email,
        "phone_verified_at": None,
        "email_verified_at": None,
    }
    assert kept["sender"] == sender
    pieces = kept["correspondence"]
    assert isinstance(pieces, list)
    assert [each["kind"] for each in pieces] == ["letter", "reply"]
    assert pieces[0]["text"] == letter.text
    copied = kept["public_copy"]
    assert isinstance(copied, dict) and copied["text"] == entry_of(session, letter).text
    history = kept["history"]
    assert isinstance(history, list)
    assert "reveal_contacts" in [each["action"] for each in history]
    assert "export_data" in [each["action"] for each in history]
    for said in (letter.sender_name, letter.text.splitlines()[0], "查看来信人联系方式"):
        assert said is not None and said in page
    actor = world.actor("city_handler").name
    assert actor not in page and actor not in json.dumps(kept, ensure_ascii=False)
    assert session.scalars(sa.select(Event).where(Event.action == "export_data")).one()


def test_a_copy_holds_what_messages_and_steps_keep(
    client: FlaskClient, session: Session, world: World
) -> None:
    """The way of contact, each message with its state, urges and the appeal with its decision."""
    letter = public(client, session, world)
    choose_mail(letter, "en")
    a_message(letter, "once")
    with writing() as unit:
        decided = {"decided_at": LATER, "upheld": True, "decision_note": "维持的理由"}
        place = letter.organisation_id
        unit.add(Appeal(letter_id=letter.id, organisation_id=place, appealed_at=START, **decided))
        unit.execute(sa.update(Letter).where(Letter.id == letter.id).values(urge_count=2))
    session.rollback()
    page, kept = copy(client, letter)
    assert kept["contact_by"] == {
        "channel": "mail",
        "language": "en",
        "unreached": None,
        "chosen_at": START.isoformat(),
    }
    messages = kept["messages"]
    assert isinstance(messages, list)
    assert [(m["occasion"], m["state"]) for m in messages] == [("answered", "waiting")]
    assert kept["urged"] == {"times": 2, "again_from": None}
    appeal = kept["appeal"]
    assert isinstance(appeal, dict)
    assert (appeal["upheld"], appeal["reason"]) == (True, "维持的理由")
    assert "维持的理由" in page and "来信已经答复" in page


def test_copies_are_for_who_opened_the_letter(
    client: FlaskClient, session: Session, world: World
) -> None:
    """Without the query code neither the page nor a copy is to be had."""
    letter = a_letter(session, world)
    for answer in (client.get(of(letter)), client.post(f"{of(letter)}/copy")):
        assert answer.status_code in (400, 404)
    assert session.scalars(sa.select(Event).where(Event.action == "export_data")).all() == []


def test_copies_are_limited(client: FlaskClient, session: Session, world: World) -> None:
    """The eleventh copy within an hour is refused."""
    letter = public(client, session, world)
    form = get(client, of(letter)).form(f"{of(letter)}/copy")
    statuses = [client.post(f"{of(letter)}/copy", data=form.fields).status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]


def test_a_request_waits_and_is_answered(
    client: FlaskClient, session: Session, world: World
) -> None:
    """The page offers asking, then says that it waits, and why it was refused with the law's ground."""
    letter = public(client, session, world)
    answer = post(client, f"{of(letter)}/erasure", {"unpublish": "y"}, page=of(letter), follow=True)
    assert "正在等待处理" in answer.text
    assert f"{of(letter)}/erasure" not in [form.action for form in answer.forms]
    asked = session.scalars(sa.select(ErasureRequest)).one()
    assert asked.unpublish is True
    reviewer = world.actor("city_reviewer")
    refuse_erasure(asked.id, ErasureRefusal.STATUTORY_PERIOD, "档案保管期限未满", reviewer, LATER)
    shown = get(client, of(letter)).text
    assert "档案保管期限未满" in shown and "第四十七条" in shown


def test_an_erased_letter_says_so_and_opens_still(
    client: FlaskClient, session: Session, world: World
) -> None:
    """Number and code show progress and record, no text, and a copy without a person."""
    letter = public(client, session, world)
    name, phone, text = letter.sender_name, letter.sender_phone, letter.text
    post(client, f"{of(letter)}/erasure", {}, page=of(letter))
    asked = session.scalars(sa.select(ErasureRequest)).one()
    grant_erasure(asked.id, world.actor("city_reviewer"), LATER)
    shown = get(client, f"/letters/{letter.number}")
    assert "来信人的信息已经删除" in shown.text
    assert name is not None and phone is not None
    page, kept = copy(client, letter)
    assert all(said not in shown.text for said in (name, phone, text.splitlines()[0]))
    assert all(said not in page for said in (name, phone))
    assert kept["correspondence"] == []
    assert f"/letters/{letter.number}/rating" not in [form.action for form in shown.forms]


def test_a_copy_has_the_files(
    client: FlaskClient, session: Session, settings: Settings, world: World
) -> None:
    """As they are kept, named in the page and in the JSON."""
    letter = an_opened_letter(client, session, world)
    file = attach(settings, letter.id, a_pdf(), "合同.pdf")
    page = get(client, f"/letters/{letter.number}/personal-data")
    form = page.form(f"/letters/{letter.number}/personal-data/copy")
    answer = client.post(f"/letters/{letter.number}/personal-data/copy", data=form.hidden)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as copy:
        place = f"files/{file}-合同.pdf"
        assert copy.read(place) == a_pdf()
        assert place in copy.read("personal-data.html").decode()
        (piece,) = json.loads(copy.read("personal-data.json"))["correspondence"]
    assert piece["files"] == [{"name": "合同.pdf", "bytes": len(a_pdf()), "file": place}]
