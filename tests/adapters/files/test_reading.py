"""What strangers send is read by a process of its own, within bounds."""

from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from portal.adapters.files.reading import Examined, cover, examine
from portal.domain.files.covers import Cover
from portal.domain.files.kinds import BOUNDS, FileFault, FileKind
from tests.fixtures.attachments import (
    GREEN,
    MACROS,
    RED,
    SHEET,
    a_huge_png,
    a_locked_pdf,
    a_pdf,
    a_picture,
    an_office_file,
    text_of_pdf,
)


def opened(content: bytes) -> Image.Image:
    """Return a picture."""
    return Image.open(BytesIO(content))


def near(found: object, wanted: tuple[int, int, int]) -> bool:
    """Return whether a point has a colour, as near as JPEG keeps it."""
    assert isinstance(found, tuple)
    return all(abs(a - b) < 12 for a, b in zip(found, wanted, strict=True))


def taken(content: bytes) -> Examined:
    """Return a file that was taken."""
    found = examine(content)
    assert isinstance(found, Examined), found
    return found


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_every_picture_becomes_a_jpeg_without_metadata(form: str) -> None:
    """No place, no comment, no profile; the points stay, and a thumbnail is made."""
    found = taken(a_picture(form))
    assert found.kind is FileKind.JPEG
    kept = opened(found.content)
    assert (kept.format, kept.size) == ("JPEG", (400, 300))
    assert (found.width, found.height) == (400, 300)
    assert set(kept.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert not kept.getexif()
    assert b"Shot at home" not in found.content
    assert near(kept.getpixel((50, 50)), RED)
    assert near(kept.getpixel((350, 250)), GREEN)
    assert found.thumbnail is not None
    assert opened(found.thumbnail).size == (320, 240)


def test_a_picture_that_lies_on_its_side_is_turned_upright() -> None:
    """As its metadata says, which are gone afterwards."""
    found = taken(a_picture(turned=True))
    kept = opened(found.content)
    assert kept.size == (300, 400)
    assert near(kept.getpixel((250, 50)), RED)
    assert near(kept.getpixel((50, 50)), GREEN)


def test_what_hides_behind_a_picture_is_gone() -> None:
    """A page with a program appended to a picture is no part of the picture that is kept."""
    found = taken(a_picture("PNG") + b"<script>alert(1)</script>")
    assert b"<script>" not in found.content


def test_a_large_picture_is_made_smaller() -> None:
    """To the longest side that is kept."""
    found = examine(a_picture(size=(800, 200)), replace(BOUNDS, side=400))
    assert isinstance(found, Examined)
    assert (found.width, found.height) == (400, 100)


_TYPE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TEMPLATE = (
    b'<Relationships><Relationship Id="a" Type="%s/attachedTemplate" '
    b'Target="https://elsewhere.example/a.dotm" TargetMode="External"/></Relationships>' % _TYPE
)
LINK = (
    b'<Relationships><Relationship Id="a" Type="%s/hyperlink" '
    b'Target="https://elsewhere.example/" TargetMode="External"/></Relationships>' % _TYPE
)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", FileFault.EMPTY),
        (b"MZ" + bytes(2_000), FileFault.UNKNOWN),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", FileFault.UNKNOWN),
        (a_huge_png(50_000, 50_000), FileFault.PIXELS),
        (a_huge_png(500, 500), FileFault.DAMAGED),
        (a_picture()[:3_000], FileFault.DAMAGED),
        (a_picture() + b"\xff\xda" * 70, FileFault.PIXELS),
        (b"%PDF-1.7 nothing more", FileFault.DAMAGED),
        (an_office_file(MACROS), FileFault.MACROS),
        (an_office_file(members={"word/vbaProject.bin": b"x"}), FileFault.MACROS),
        (
            an_office_file(members={"word/x.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"}),
            FileFault.ACTIVE,
        ),
        (an_office_file(members={"word/_rels/s.rels": TEMPLATE}), FileFault.ACTIVE),
        (an_office_file("application/epub+zip"), FileFault.UNKNOWN),
        (an_office_file()[:-40], FileFault.DAMAGED),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), FileFault.OLD_OFFICE),
    ],
)
def test_what_cannot_be_taken_is_refused_with_the_reason(content: bytes, fault: FileFault) -> None:
    """Each in its own words."""
    assert examine(content) is fault


def test_an_archive_that_grows_is_refused() -> None:
    """A gigabyte of zeros in a megabyte, and too many members."""
    bomb = an_office_file(members={"word/media.bin": bytes(300_000_000)})
    assert len(bomb) < 1_000_000
    assert examine(bomb) is FileFault.UNPACKED
    assert examine(an_office_file(), replace(BOUNDS, members=1)) is FileFault.UNPACKED
    assert examine(an_office_file(), replace(BOUNDS, unpacked=100)) is FileFault.UNPACKED


def test_an_archive_that_lies_about_its_size_is_refused() -> None:
    """What it says it has is not believed."""
    liar = an_office_file(members={"word/media.bin": bytes(300_000_000)})
    small = (300_000_000).to_bytes(4, "little")
    found = examine(liar.replace(small, (10).to_bytes(4, "little")))
    assert found in (FileFault.UNPACKED, FileFault.DAMAGED)


def test_documents_stay_as_they_are() -> None:
    """A PDF, with the number of its pages, a document and a workbook."""
    pdf, word, sheet = a_pdf(3), an_office_file(), an_office_file(SHEET)
    assert taken(pdf) == Examined(FileKind.PDF, pdf, pages=3)
    assert taken(word) == Examined(FileKind.DOCX, word)
    assert taken(sheet) == Examined(FileKind.XLSX, sheet)


def test_a_pdf_with_a_password_is_refused() -> None:
    """In words that say so, not as one that is damaged."""
    assert examine(a_locked_pdf()) is FileFault.ENCRYPTED


def test_rectangles_are_burned_into_a_picture() -> None:
    """What was below is gone, the rest stays."""
    kept = taken(a_picture()).content
    made = cover(kept, [Cover(0, 0, 250, 250)])
    assert isinstance(made, bytes)
    seen = opened(made)
    assert near(seen.getpixel((50, 40)), (0, 0, 0))
    assert near(seen.getpixel((150, 120)), RED)
    assert near(seen.getpixel((350, 250)), GREEN)


def test_a_public_pdf_has_no_text() -> None:
    """Its pages are pictures, with the rectangles of each in them."""
    original = a_pdf(2)
    assert "Secret Person" in text_of_pdf(original)
    made = cover(original, [Cover(0, 0, 1_000, 500, page=2)])
    assert isinstance(made, bytes)
    assert text_of_pdf(made) == ""
    assert b"Secret" not in made


def test_a_rectangle_on_a_page_that_is_not_there_is_refused() -> None:
    """It would cover nothing, and what it was to hide would be public."""
    assert cover(a_pdf(1), [Cover(0, 0, 1_000, 1_000, page=2)]) is FileFault.PAGES


def test_links_in_a_document_are_no_program() -> None:
    """An address in the text leads elsewhere and runs nothing."""
    word = an_office_file(members={"word/_rels/document.xml.rels": LINK})
    assert taken(word).kind is FileKind.DOCX


def test_a_pdf_with_too_many_pages_is_not_published() -> None:
    """It would take too long."""
    assert cover(a_pdf(3), [], replace(BOUNDS, pages=2)) is FileFault.UNPACKED


def test_office_files_are_not_published() -> None:
    """There is no copy of them that hides anything for sure."""
    assert cover(an_office_file(), []) is FileFault.UNKNOWN
