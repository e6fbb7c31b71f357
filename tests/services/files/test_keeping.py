"""Files are taken in whole or not at all, and are encrypted where they lie."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.adapters.files.store import Area
from portal.config import Settings
from portal.domain.access import SYSTEM
from portal.domain.errors import InvalidInput, NotFound, Unavailable
from portal.domain.files.kinds import FileFault
from portal.domain.integrity.ring import CipherName, Unreadable
from portal.domain.integrity.sealed_files import new_key, seal, unseal
from portal.domain.letters.states import State
from portal.domain.privacy.erasure import ErasureGround
from portal.models import Attachment, DiscardedFile
from portal.queries.files.attached import unsent_files
from portal.queries.files.check import file_faults
from portal.services.core.unit import writing
from portal.services.files import keeping
from portal.services.files.clearing import (
    GRACE,
    remove_discarded,
    sweep_orphans,
    sweep_unsent_files,
)
from portal.services.files.keeping import (
    Owner,
    SentFile,
    claim,
    content_of,
    keep_file,
    remove_all_unsent,
    remove_unsent,
    room_left,
    thumbnail_of,
)
from portal.services.letters.erasure import erase
from tests.builders import START, World, a_letter
from tests.fixtures.attachments import a_keeper, a_pdf, a_picture, a_store, attach

PICTURE = SentFile("IMG 1.jpeg", a_picture())
PDF = SentFile("合同.pdf", a_pdf())


def kept(session: Session) -> list[Attachment]:
    """Return every attachment."""
    session.rollback()
    return list(session.scalars(sa.select(Attachment).order_by(Attachment.id)))


def stored(settings: Settings) -> set[str]:
    """Return the names of everything private in the store."""
    return {each.name for each in a_store(settings).names(Area.PRIVATE)}


@pytest.mark.parametrize("cipher", list(CipherName))
def test_a_sealed_file_opens_with_its_key_only(cipher: CipherName) -> None:
    """And equal files are not equal where they lie."""
    key = new_key()
    sealed = seal(b"content", key, cipher)
    assert unseal(sealed, key) == b"content"
    assert b"content" not in sealed
    assert seal(b"content", key, cipher) != sealed
    with pytest.raises(Unreadable):
        unseal(sealed, new_key())


def test_a_file_is_kept_for_its_form(session: Session, settings: Settings) -> None:
    """With its name, its kind, its size, and a thumbnail."""
    found = keep_file(a_keeper(settings), PICTURE, "draft", None, START)
    (row,) = unsent_files(session, "draft")
    assert row.id == found
    assert (row.name, row.kind.value, row.width, row.height) == ("IMG 1.jpg", "jpeg", 400, 300)
    content = content_of(a_store(settings), row)
    assert row.size == len(content)
    assert content.startswith(b"\xff\xd8")
    assert thumbnail_of(a_store(settings), row).startswith(b"\xff\xd8")
    assert unsent_files(session, "another") == []


def test_nothing_is_readable_where_it_lies(session: Session, settings: Settings) -> None:
    """Neither content nor name, on the disk and in the database."""
    keep_file(a_keeper(settings), PDF, "draft", None, START)
    everything = b"".join(
        path.read_bytes() for path in settings.files_folder.rglob("*") if path.is_file()
    )
    assert b"%PDF" not in everything
    assert b"Secret" not in everything
    row = session.connection().exec_driver_sql("SELECT name, key FROM attachment").one()
    assert all(value.startswith("2.aes.") for value in row)


def test_a_document_has_no_thumbnail(session: Session, settings: Settings) -> None:
    """Asking for one is asking for what is not there."""
    keep_file(a_keeper(settings), PDF, "draft", None, START)
    (row,) = unsent_files(session, "draft")
    assert content_of(a_store(settings), row) == PDF.content
    with pytest.raises(NotFound):
        thumbnail_of(a_store(settings), row)


@pytest.mark.parametrize(
    ("sent", "fault"),
    [
        (SentFile("leer.pdf", b""), FileFault.EMPTY),
        (SentFile("gross.pdf", bytes(1_001)), FileFault.TOO_LARGE),
        (SentFile("virus.pdf", b"virus"), FileFault.INFECTED),
        (SentFile("program.jpg", b"MZ" + bytes(200)), FileFault.UNKNOWN),
    ],
)
def test_a_refused_file_leaves_nothing(
    session: Session, settings: Settings, sent: SentFile, fault: FileFault
) -> None:
    """The error stands by the field and names the file."""

    def scan(content: bytes) -> FileFault | None:
        return FileFault.INFECTED if content == b"virus" else None

    keeper = a_keeper(settings, largest=1_000, scan=scan)
    with pytest.raises(InvalidInput) as refused:
        keep_file(keeper, sent, "draft", None, START)
    assert refused.value.field == "files"
    assert str(refused.value) == fault.label % {"name": sent.name}
    assert kept(session) == []
    assert stored(settings) == set()


def test_one_file_more_than_allowed_is_refused(session: Session, settings: Settings) -> None:
    """The others stay."""
    keeper = a_keeper(settings, most=2)
    for _ in range(2):
        keep_file(keeper, PDF, "draft", None, START)
    with pytest.raises(InvalidInput, match="2"):
        keep_file(keeper, PDF, "draft", None, START)
    assert len(kept(session)) == 2
    keep_file(keeper, PDF, "another", None, START)


def test_a_full_disk_is_said_and_nothing_is_written(
    session: Session, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was typed can be sent again."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    keeper = a_keeper(settings)
    monkeypatch.setattr(keeper.store, "put", full)
    with pytest.raises(Unavailable):
        keep_file(keeper, PDF, "draft", None, START)
    assert kept(session) == []


def test_there_is_room_until_forms_hold_too_much(
    session: Session, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files of letters do not count."""
    keep_file(a_keeper(settings), PDF, "draft", None, START)
    assert room_left(session)
    monkeypatch.setattr(keeping, "UNSENT_MOST", len(PDF.content))
    assert not room_left(session)


def test_files_of_a_form_go_to_what_was_sent(
    session: Session, settings: Settings, world: World
) -> None:
    """All of them, and once."""
    letter = a_letter(session, world)
    for _ in range(2):
        keep_file(a_keeper(settings), PDF, "draft", None, START)
    with writing() as unit:
        assert claim(unit, "draft", Owner(letter.id)) == 2
        assert claim(unit, "draft", Owner(letter.id)) == 0
        assert claim(unit, None, Owner(letter.id)) == 0
    assert [(each.letter_id, each.draft_key) for each in kept(session)] == [(letter.id, None)] * 2


def test_a_removed_file_leaves_the_store(session: Session, settings: Settings) -> None:
    """Its row and its key at once, the file with the next round of the worker."""
    first = keep_file(a_keeper(settings), PICTURE, "draft", None, START)
    second = keep_file(a_keeper(settings), PDF, "draft", None, START)
    with pytest.raises(NotFound):
        remove_unsent("another", first)
    remove_unsent("draft", first)
    assert [each.id for each in kept(session)] == [second]
    assert len(stored(settings)) == 3
    assert remove_discarded(a_store(settings)) == 2
    assert remove_discarded(a_store(settings)) == 0
    assert stored(settings) == {kept(session)[0].stored}


def test_files_of_a_discarded_form_go(session: Session, settings: Settings) -> None:
    """All of them."""
    keep_file(a_keeper(settings), PICTURE, "draft", None, START)
    keep_file(a_keeper(settings), PDF, "draft", None, START)
    remove_all_unsent("draft")
    assert kept(session) == []
    assert remove_discarded(a_store(settings)) == 3


def test_files_of_forgotten_forms_are_swept_after_a_day(
    session: Session, settings: Settings, world: World
) -> None:
    """Those of letters stay."""
    letter = a_letter(session, world)
    of_letter = attach(settings, letter.id)
    keep_file(a_keeper(settings), PDF, "draft", None, START)
    assert sweep_unsent_files(START + timedelta(hours=23)) == 0
    assert sweep_unsent_files(START + timedelta(days=1)) == 1
    assert [each.id for each in kept(session)] == [of_letter]


def test_what_a_kill_leaves_between_file_and_row_is_swept(
    session: Session, settings: Settings, world: World
) -> None:
    """After an hour: until then its row may be about to be written."""
    attach(settings, a_letter(session, world).id)
    store, before = a_store(settings), stored(settings)
    store.put(Area.PRIVATE, "a" * 64, b"no row")
    store.put(Area.PUBLIC, "b" * 64, b"no row")
    draft = settings.files_folder / "private" / "aa" / f".{'a' * 64}.77"
    draft.write_bytes(b"half")
    (put,) = (each.at for each in store.names(Area.PUBLIC))
    assert sweep_orphans(store, put + GRACE - timedelta(seconds=30)) == 0
    assert sweep_orphans(store, put + GRACE + timedelta(seconds=30)) == 3
    assert stored(settings) == before
    assert list(store.names(Area.PUBLIC)) == []


def test_with_the_person_the_files_are_erased(
    session: Session, settings: Settings, world: World
) -> None:
    """Rows with keys in the same transaction, the files behind it."""
    letter = a_letter(session, world, State.CLOSED)
    attach(settings, letter.id)
    with writing() as unit:
        erase(unit, unit.merge(letter), ErasureGround.PERIOD_OVER, SYSTEM, START)
    assert kept(session) == []
    assert len(session.scalars(sa.select(DiscardedFile)).all()) == 2
    assert remove_discarded(a_store(settings)) == 2
    assert stored(settings) == set()


def test_the_check_names_files_that_are_gone_or_damaged(
    session: Session, settings: Settings, world: World
) -> None:
    """Each by the id of its row; those that are well are not named."""
    letter = a_letter(session, world)
    ids = [attach(settings, letter.id, a_pdf()) for _ in range(4)]
    rows = kept(session)

    def place(row: Attachment) -> str:
        return str(settings.files_folder / "private" / row.stored[:2] / row.stored)

    store = a_store(settings)
    store.delete(Area.PRIVATE, rows[0].stored)
    with open(place(rows[1]), "ab") as file:  # noqa: PTH123
        file.write(b"x")
    with writing() as unit:
        unit.execute(sa.update(Attachment).where(Attachment.id == ids[2]).values(key=new_key()))
    counted: list[int] = []
    faults = file_faults(session, store, counted.append)
    assert [fault.partition(" (")[0] for fault in faults] == [
        f"file {ids[0]}: not in the store",
        f"file {ids[1]}: damaged",
        f"file {ids[2]}: not readable with its key",
    ]
    assert counted == [1, 1, 1, 1]
