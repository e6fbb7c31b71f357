"""Files of a letter go public one by one, covered, and go with their entry."""

import json
from io import BytesIO
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image
from sqlalchemy.orm import Session

from portal.adapters.files.store import Area
from portal.config import Settings
from portal.domain.access import SYSTEM
from portal.domain.errors import InvalidInput, NotFound, NotPermitted
from portal.domain.files.covers import Cover
from portal.domain.letters.states import Publication, State, UnpublishReason
from portal.domain.privacy.erasure import ErasureGround
from portal.models import ArchiveEntry, Attachment, FileRelease, Letter, PublicFile
from portal.queries.files.attached import public_file
from portal.queries.files.check import file_faults
from portal.services.archive import publication, redacting
from portal.services.archive.files import copy_of, publishable_files, release_file, withhold_file
from portal.services.archive.open_data import Publisher, refresh
from portal.services.core.unit import writing
from portal.services.files.clearing import remove_discarded
from portal.services.letters.erasure import erase
from tests.builders import HOUR, START, World, a_letter
from tests.fixtures.attachments import (
    a_keeper,
    a_pdf,
    a_store,
    an_office_file,
    attach,
    text_of_pdf,
)

FACE = Cover(0, 0, 300, 300)
LATER = START + 40 * HOUR


def proposed(session: Session, world: World) -> Letter:
    """Return a letter whose publication is proposed, with every finding settled."""
    letter = a_letter(session, world, State.CLOSED, Publication.PROPOSED)
    redacting.mask_rest(letter.id, world.actor("city_reviewer"), LATER)
    session.rollback()
    return session.get_one(Letter, letter.id)


def publish(session: Session, settings: Settings, world: World, letter_id: int) -> ArchiveEntry:
    """Publish what is proposed."""
    session.rollback()
    letter = session.get_one(Letter, letter_id)
    assert letter.open_proposal is not None
    versions = (letter.version, letter.open_proposal.version)
    actor = world.actor("city_reviewer")
    entry = publication.publish(letter_id, *versions, actor, LATER, a_store(settings))
    session.rollback()
    return session.get_one(ArchiveEntry, entry)


def release(settings: Settings, world: World, letter_id: int, file: int, *covers: Cover) -> None:
    """Release a file as a reviewer does."""
    actor = world.actor("city_reviewer")
    release_file(a_keeper(settings), letter_id, file, covers, actor, LATER)


def public(settings: Settings) -> set[str]:
    """Return the names of everything in the public area."""
    return {each.name for each in a_store(settings).names(Area.PUBLIC)}


def test_only_released_files_are_published(
    session: Session, settings: Settings, world: World
) -> None:
    """Under names that say nothing, with the rectangle burned in and without metadata."""
    letter = proposed(session, world)
    shown = attach(settings, letter.id, name="张三的家.jpg")
    attach(settings, letter.id, a_pdf(), "合同.pdf")
    release(settings, world, letter.id, shown, FACE)
    entry = publish(session, settings, world, letter.id)
    (file,) = entry.files
    assert (file.name, file.kind.value, file.width, file.height) == ("1.jpg", "jpeg", 400, 300)
    content = a_store(settings).get(Area.PUBLIC, file.stored)
    assert len(content) == file.size
    image = Image.open(BytesIO(content))
    assert image.getpixel((60, 40)) == (0, 0, 0)
    assert image.getpixel((190, 140)) != (0, 0, 0)
    assert not image.getexif()
    assert public(settings) == {file.stored}


def test_without_a_release_nothing_is_public(
    session: Session, settings: Settings, world: World
) -> None:
    """Also of a file that was released and kept back again."""
    letter = proposed(session, world)
    file = attach(settings, letter.id)
    release(settings, world, letter.id, file)
    withhold_file(letter.id, file, world.actor("city_reviewer"), LATER)
    assert publish(session, settings, world, letter.id).files == []
    assert public(settings) == set()


def test_the_reviewer_sees_the_copy_before(
    session: Session, settings: Settings, world: World
) -> None:
    """A change of the releases after the look is a conflict, as one of the texts is."""
    letter = proposed(session, world)
    file = attach(settings, letter.id)
    assert letter.open_proposal is not None
    before = letter.open_proposal.version
    release(settings, world, letter.id, file, FACE)
    release(settings, world, letter.id, file, FACE, Cover(500, 500, 100, 100))
    session.rollback()
    (row,) = session.scalars(sa.select(FileRelease))
    assert copy_of(a_store(settings), row).startswith(b"\xff\xd8")
    assert session.get_one(Letter, letter.id).open_proposal.version == before + 2


def test_a_document_goes_public_without_its_text(
    session: Session, settings: Settings, world: World
) -> None:
    """As pages that are pictures."""
    letter = proposed(session, world)
    release(settings, world, letter.id, attach(settings, letter.id, a_pdf(2)), FACE)
    (file,) = publish(session, settings, world, letter.id).files
    assert file.name == "1.pdf"
    assert text_of_pdf(a_store(settings).get(Area.PUBLIC, file.stored)) == ""


def test_what_cannot_be_covered_is_not_released(
    session: Session, settings: Settings, world: World
) -> None:
    """Office files, rectangles beside the picture, files of other letters."""
    letter = proposed(session, world)
    word = attach(settings, letter.id, an_office_file())
    with pytest.raises(InvalidInput):
        release(settings, world, letter.id, word)
    picture = attach(settings, letter.id)
    with pytest.raises(InvalidInput):
        release(settings, world, letter.id, picture, Cover(0, 0, 0, 5))
    with pytest.raises(InvalidInput):
        release(settings, world, letter.id, picture, *[FACE] * 31)
    with pytest.raises(NotFound):
        release(settings, world, letter.id, attach(settings, a_letter(session, world).id))
    with pytest.raises(NotPermitted):
        actor = world.actor("city_supervisor")
        release_file(a_keeper(settings), letter.id, picture, [], actor, LATER)
    assert session.scalars(sa.select(FileRelease)).all() == []


def test_files_of_unsigned_replies_are_not_offered(
    session: Session, settings: Settings, world: World
) -> None:
    """Only what the sender has."""
    letter = a_letter(session, world, State.AWAITING_SIGNOFF)
    assert letter.reply_in_review is not None
    attach(settings, letter.id, reply_id=letter.reply_in_review.id)
    mine = attach(settings, letter.id)
    session.rollback()
    assert [file.id for file in publishable_files(session.get_one(Letter, letter.id))] == [mine]


def test_a_withdrawn_entry_has_no_files(session: Session, settings: Settings, world: World) -> None:
    """They are gone with it in the same moment, and from the store with the next round."""
    letter = proposed(session, world)
    release(settings, world, letter.id, attach(settings, letter.id))
    entry = publish(session, settings, world, letter.id)
    file = entry.files[0].id
    assert public_file(session, entry.id, file) is not None
    version, actor = session.get_one(Letter, letter.id).version, world.actor("city_reviewer")
    why = UnpublishReason.PRIVACY
    publication.unpublish(letter.id, version, why, "有人脸", actor, LATER + HOUR)
    session.rollback()
    assert public_file(session, entry.id, file) is None
    assert session.scalars(sa.select(PublicFile)).all() == []
    remove_discarded(a_store(settings))
    assert public(settings) == set()


def test_a_correction_begins_with_what_is_public(
    session: Session, settings: Settings, world: World
) -> None:
    """And keeps the address of a file that does not change; one that is kept back goes."""
    letter = proposed(session, world)
    first, second = attach(settings, letter.id), attach(settings, letter.id, a_pdf())
    release(settings, world, letter.id, first, FACE)
    release(settings, world, letter.id, second)
    before = [file.id for file in publish(session, settings, world, letter.id).files]
    version = session.get_one(Letter, letter.id).version
    publication.propose(letter.id, version, "", world.actor("city_handler"), LATER)
    reviewer = world.actor("city_reviewer")
    redacting.mask_rest(letter.id, reviewer, LATER)
    withhold_file(letter.id, second, reviewer, LATER)
    remove_discarded(a_store(settings))
    entry = publish(session, settings, world, letter.id)
    assert [file.id for file in entry.files] == before[:1]
    remove_discarded(a_store(settings))
    assert public(settings) == {entry.files[0].stored}
    assert file_faults(session, a_store(settings), lambda n: None) == []


def test_erasing_the_sender_leaves_public_files(
    session: Session, settings: Settings, world: World
) -> None:
    """They have no person in them; everything private goes."""
    letter = proposed(session, world)
    release(settings, world, letter.id, attach(settings, letter.id), FACE)
    entry = publish(session, settings, world, letter.id)
    with writing() as unit:
        erase(unit, unit.get_one(Letter, letter.id), ErasureGround.PERIOD_OVER, SYSTEM, LATER)
    session.rollback()
    assert session.scalars(sa.select(Attachment)).all() == []
    assert session.scalars(sa.select(FileRelease)).all() == []
    remove_discarded(a_store(settings))
    assert list(a_store(settings).names(Area.PRIVATE)) == []
    assert public(settings) == {session.get_one(ArchiveEntry, entry.id).files[0].stored}


def test_the_check_names_public_files_that_are_gone(
    session: Session, settings: Settings, world: World
) -> None:
    """And copies of releases."""
    letter = proposed(session, world)
    release(settings, world, letter.id, attach(settings, letter.id), FACE)
    (file,) = publish(session, settings, world, letter.id).files
    a_store(settings).delete(Area.PUBLIC, file.stored)
    (row,) = session.scalars(sa.select(FileRelease))
    a_store(settings).delete(Area.PRIVATE, row.stored)
    faults = file_faults(session, a_store(settings), lambda n: None)
    assert [fault.partition(" (")[0] for fault in faults] == [
        f"release {row.id}: not in the store",
        f"public file {file.id}: not in the store",
    ]


def test_open_data_names_public_files(
    session: Session, settings: Settings, world: World, tmp_path: Path
) -> None:
    """By address, type and size, a line each."""
    letter = proposed(session, world)
    release(settings, world, letter.id, attach(settings, letter.id), FACE)
    entry = publish(session, settings, world, letter.id)
    (file,) = entry.files
    expected = f"https://l.example/archive/{entry.id}/files/{file.id} image/jpeg {file.size}"
    refresh(tmp_path, Publisher("信箱", "https://l.example", "https://licence.example"), LATER)
    (lines,) = tmp_path.rglob("entries.jsonl")
    assert json.loads(lines.read_text("utf-8"))["files"] == expected
