"""Files that go with a reply."""

from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.domain.errors import InvalidInput, NotPermitted
from portal.models import Attachment, Letter, Reply, ReplyStatus
from portal.queries.files.attached import file_of_letter
from portal.services.files.keeping import SentFile
from portal.services.letters import replying
from tests.builders import HOUR, START, World
from tests.fixtures.attachments import a_keeper, a_pdf, a_picture
from tests.pages import Client, Page, get, read
from tests.web.console.conftest import Staff
from tests.web.console.letters.test_letter import url
from tests.web.console.letters.test_replies import GOOD, begun

PDF = SentFile("说明.pdf", a_pdf())


def send(client: Client, letter: Letter, *files: tuple[bytes, str], **fields: Any) -> Page:
    """Open the editor and send it with files."""
    path = url(letter, "/reply")
    form = get(client, path).form(path)
    uploads = [(BytesIO(content), name) for content, name in files]
    sent = {**form.hidden, "text": GOOD, "upload": uploads, **fields}
    return read(client.post(path, data=sent, content_type="multipart/form-data"))


def kept(session: Session) -> list[Attachment]:
    """Return every attachment."""
    session.rollback()
    return list(session.scalars(sa.select(Attachment).order_by(Attachment.id)))


def test_files_are_kept_with_the_draft(staff: Staff, session: Session, world: World) -> None:
    """With its text; a refused one leaves both."""
    letter = begun(session, world).letter
    client = staff("city_handler")
    assert send(client, letter, (a_pdf(), "说明.pdf"), step="attach").status == 302
    page = send(client, letter, (b"MZ", "说明.jpg"), step="attach")
    assert page.status == 422
    assert "说明.jpg" in page.text
    assert "说明.pdf" in page.text
    (file,) = kept(session)
    draft = session.get_one(Reply, file.reply_id)
    assert (draft.text, draft.status, file.letter_id) == (GOOD, ReplyStatus.DRAFT, letter.id)
    assert file.author_id == world.people["city_handler"]


def test_a_file_is_removed_from_the_draft(staff: Staff, session: Session, world: World) -> None:
    """The text stays."""
    letter = begun(session, world).letter
    client = staff("city_handler")
    send(client, letter, (a_pdf(), "说明.pdf"), step="attach")
    (file,) = kept(session)
    assert send(client, letter, remove=str(file.id)).status == 302
    assert kept(session) == []
    assert GOOD in get(client, url(letter, "/reply")).form(url(letter, "/reply")).fields["text"]


def test_chosen_files_go_to_signoff_with_the_text(
    staff: Staff, session: Session, world: World
) -> None:
    """Also where the button that uploads was not used; a refused one holds the reply back."""
    letter = begun(session, world).letter
    client = staff("city_handler")
    assert send(client, letter, (b"MZ", "a.jpg"), step="send").status == 422
    assert send(client, letter, (a_picture(), "灯.png"), step="send").status == 302
    (file,) = kept(session)
    assert session.get_one(Reply, file.reply_id).status is ReplyStatus.IN_REVIEW
    assert "灯.jpg" in get(staff("city_reviewer"), url(letter)).text


def test_the_sender_gets_files_of_signed_replies_only(
    staff: Staff, session: Session, world: World
) -> None:
    """Before, they are like files that are not there."""
    walk = begun(session, world)
    letter, reviewer = walk.letter, world.actor("city_reviewer")
    send(staff("city_handler"), letter, (a_pdf(), "说明.pdf"), step="send")
    (file,) = kept(session)
    assert file_of_letter(session, letter.id, file.id, drafts=True) is not None
    assert file_of_letter(session, letter.id, file.id, drafts=False) is None
    version = session.get_one(Letter, letter.id).version
    replying.sign(letter.id, version, reviewer, START + 9 * HOUR)
    assert file_of_letter(session, letter.id, file.id, drafts=False) is not None


def test_who_may_not_write_the_reply_attaches_nothing(
    session: Session, settings: Settings, world: World
) -> None:
    """Nor where there is no reply yet, nor beyond the number that may come."""
    walk = begun(session, world)
    keeper, actor = a_keeper(settings, most=1), world.actor("city_handler")
    with pytest.raises(InvalidInput):
        replying.attach_to_draft(keeper, walk.letter.id, PDF, actor, START)
    replying.save_draft(walk.letter.id, GOOD, 0, actor, START)
    with pytest.raises(NotPermitted):
        replying.attach_to_draft(keeper, walk.letter.id, PDF, world.actor("city_reviewer"), START)
    found = replying.attach_to_draft(keeper, walk.letter.id, PDF, actor, START)
    with pytest.raises(InvalidInput):
        replying.attach_to_draft(keeper, walk.letter.id, PDF, actor, START)
    replying.detach_from_draft(walk.letter.id, found + 1, actor)
    assert [file.id for file in kept(session)] == [found]
