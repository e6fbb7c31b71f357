"""What a file is, by what is in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.files.kinds import (
    ACCEPT,
    HEAD,
    FileFault,
    FileKind,
    Looks,
    looks,
    office_kind,
)
from tests.fixtures.attachments import MACROS, SHEET, WORD

HEADS = {
    b"\xff\xd8\xff\xe0": Looks(FileKind.JPEG),
    b"\x89PNG\r\n\x1a\n": Looks(FileKind.PNG),
    b"RIFF\x10\0\0\0WEBPVP8 ": Looks(FileKind.WEBP),
    b"\0\0\0\x18ftypheic": Looks(FileKind.HEIC),
    b"\0\0\0\x18ftypmif1": Looks(FileKind.HEIC),
    b"%PDF-1.7": Looks(FileKind.PDF),
    b"PK\x03\x04": Looks(archive=True),
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": Looks(fault=FileFault.OLD_OFFICE),
    b"": Looks(fault=FileFault.EMPTY),
    b"MZ\x90\0": Looks(fault=FileFault.UNKNOWN),
    b"GIF89a": Looks(fault=FileFault.UNKNOWN),
    b"<svg xmlns=": Looks(fault=FileFault.UNKNOWN),
    b"<!DOCTYPE html>": Looks(fault=FileFault.UNKNOWN),
    b"\0\0\0\x18ftypisom": Looks(fault=FileFault.UNKNOWN),
    b"RIFF\x10\0\0\0AVI LIST": Looks(fault=FileFault.UNKNOWN),
    b" %PDF-1.7": Looks(fault=FileFault.UNKNOWN),
}


@pytest.mark.parametrize(("head", "said"), HEADS.items())
def test_the_first_bytes_say_what_a_file_is(head: bytes, said: Looks) -> None:
    """Whatever its name is."""
    assert looks(head) == said


@given(st.binary(min_size=1, max_size=HEAD))
def test_every_beginning_is_a_kind_an_archive_or_refused(head: bytes) -> None:
    """Nothing falls between."""
    said = looks(head)
    assert (said.kind is not None) + said.archive + (said.fault is not None) == 1


def test_pictures_are_kept_as_jpeg_and_documents_are_not() -> None:
    """The four kinds of pictures, and the three of documents."""
    pictures = {kind for kind in FileKind if kind.is_picture}
    assert pictures == {FileKind.JPEG, FileKind.PNG, FileKind.WEBP, FileKind.HEIC}


def test_kinds_have_their_types_and_endings() -> None:
    """As browsers and mail programs expect them."""
    assert {kind.value: (kind.media_type, kind.ending) for kind in FileKind} == {
        "jpeg": ("image/jpeg", ".jpg"),
        "png": ("image/png", ".png"),
        "webp": ("image/webp", ".webp"),
        "heic": ("image/heic", ".heic"),
        "pdf": ("application/pdf", ".pdf"),
        "docx": (
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            ".docx",
        ),
        "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
    }
    assert ACCEPT == ".jpg,.png,.webp,.heic,.pdf,.docx,.xlsx,.jpeg,.heif,image/*"


@pytest.mark.parametrize(
    ("types", "members", "kind"),
    [
        (WORD, [], FileKind.DOCX),
        (SHEET.upper(), [], FileKind.XLSX),
        (MACROS, [], FileFault.MACROS),
        (WORD, ["word/VbaProject.bin"], FileFault.MACROS),
        (WORD + SHEET, [], FileFault.UNKNOWN),
        ("application/epub+zip", [], FileFault.UNKNOWN),
    ],
)
def test_an_archive_is_what_its_list_of_types_says(
    types: str, members: list[str], kind: FileKind | FileFault
) -> None:
    """A program in it is found by its type and by its name."""
    assert office_kind(types, members) is kind


def test_every_refusal_names_the_file() -> None:
    """So that the others are known to be there."""
    assert all("%(name)s" in fault.label for fault in FileFault)
