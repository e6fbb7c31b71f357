"""Documents: whether a PDF or an office file can be taken, and a PDF of pictures for the public.

Runs in a process of its own (:mod:`portal.adapters.files.reader`).
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Sequence
from io import BytesIO

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image

from portal.adapters.files.pictures import Refused, paint
from portal.domain.files.covers import Cover
from portal.domain.files.kinds import (
    Bounds,
    FileFault,
    FileKind,
    is_active,
    is_compound,
    office_kind,
)

_TYPES = "[Content_Types].xml"
_TYPES_MOST = 1_000_000
_CHUNK = 1 << 16
_ENCRYPTED = 1
DPI = 150
PAGE_SIDE = 2_400
"""Points of the longer side of a page that the public sees, at most."""
_QUALITY = 80
_INCH = 72


def _opened(content: bytes) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        code = pdfium_c.FPDF_GetLastError()
        locked = "assword" in str(error) or code == pdfium_c.FPDF_ERR_PASSWORD
        raise Refused(FileFault.ENCRYPTED if locked else FileFault.DAMAGED) from error


def pages(content: bytes) -> int:
    """Return the number of pages of a PDF. Raises :class:`Refused` for one that cannot be opened."""
    document = _opened(content)
    try:
        count = len(document)
    finally:
        document.close()
    if not count:
        raise Refused(FileFault.DAMAGED)
    return count


def page_pictures(content: bytes, bounds: Bounds) -> list[Image.Image]:
    """Return the pages of a PDF as pictures. Raises :class:`Refused` for one with too many."""
    document = _opened(content)
    try:
        if len(document) > bounds.pages:
            raise Refused(FileFault.UNPACKED)
        made = []
        for page in document:
            width, height = page.get_size()
            scale = min(DPI / _INCH, PAGE_SIDE / max(width, height, 1))
            made.append(page.render(scale=scale, may_draw_forms=True).to_pil().convert("RGB"))
            page.close()
        return made
    except pdfium.PdfiumError as error:
        raise Refused(FileFault.DAMAGED) from error
    finally:
        document.close()


def picture_pdf(content: bytes, covers: Sequence[Cover], bounds: Bounds) -> bytes:
    """Return a PDF whose pages are pictures with ``covers`` painted over them: no text is left."""
    made = page_pictures(content, bounds)
    if any(each.page > len(made) for each in covers):
        # Covered on no page, what is to be hidden would be public.
        raise Refused(FileFault.PAGES)
    for number, image in enumerate(made, 1):
        paint(image, [each for each in covers if each.page == number])
    file = BytesIO()
    first, *rest = made
    first.save(file, "PDF", save_all=True, append_images=rest, resolution=DPI, quality=_QUALITY)
    return file.getvalue()


def office(content: bytes, bounds: Bounds) -> FileKind:
    """Return whether an archive is a document or a workbook; everything in it is unpacked once to be counted.

    Raises :class:`Refused`.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > bounds.members:
                raise Refused(FileFault.UNPACKED)
            if sum(each.file_size for each in members) > bounds.unpacked:
                raise Refused(FileFault.UNPACKED)
            if any(each.flag_bits & _ENCRYPTED for each in members):
                raise Refused(FileFault.ENCRYPTED)
            if _TYPES not in archive.namelist():
                raise Refused(FileFault.UNKNOWN)
            with archive.open(_TYPES) as file:
                types = file.read(_TYPES_MOST).decode("utf-8", "replace")
            left = bounds.unpacked
            for member in members:
                relations = bytearray()
                with archive.open(member) as file:
                    first = True
                    while chunk := file.read(_CHUNK):
                        left -= len(chunk)
                        if left < 0:
                            raise Refused(FileFault.UNPACKED)
                        if first and is_compound(chunk):
                            raise Refused(FileFault.ACTIVE)
                        first = False
                        if member.filename.lower().endswith(".rels"):
                            relations += chunk
                if is_active(relations.decode("utf-8", "replace")):
                    raise Refused(FileFault.ACTIVE)
            found = office_kind(types, archive.namelist())
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        OSError,
        ValueError,
        EOFError,
    ) as error:
        raise Refused(FileFault.DAMAGED) from error
    if isinstance(found, FileFault):
        raise Refused(found)
    return found
