"""The kinds of files that are taken, by what is in them and never by their names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from portal.domain.errors import N_
from portal.domain.translatable import Labelled


class FileKind(Labelled):
    """A kind of file."""

    JPEG = "jpeg", N_("JPEG 图片")
    PNG = "png", N_("PNG 图片")
    WEBP = "webp", N_("WebP 图片")
    HEIC = "heic", N_("HEIC 图片")
    PDF = "pdf", N_("PDF 文件")
    DOCX = "docx", N_("Word 文档")
    XLSX = "xlsx", N_("Excel 表格")

    @property
    def is_picture(self) -> bool:
        """Whether it is a picture, which is kept as a JPEG made here."""
        return self in _PICTURES

    @property
    def media_type(self) -> str:
        """The type under which it is served."""
        return _MEDIA[self]

    @property
    def ending(self) -> str:
        """How the name of such a file ends, with the dot."""
        return ".jpg" if self is FileKind.JPEG else f".{self.value}"


_PICTURES = frozenset({FileKind.JPEG, FileKind.PNG, FileKind.WEBP, FileKind.HEIC})
_OFFICE = "application/vnd.openxmlformats-officedocument."
_MEDIA = {
    FileKind.JPEG: "image/jpeg",
    FileKind.PNG: "image/png",
    FileKind.WEBP: "image/webp",
    FileKind.HEIC: "image/heic",
    FileKind.PDF: "application/pdf",
    FileKind.DOCX: f"{_OFFICE}wordprocessingml.document",
    FileKind.XLSX: f"{_OFFICE}spreadsheetml.sheet",
}
KEPT = FileKind.JPEG
"""What every picture becomes: without metadata, and without anything that hides behind the picture."""
ACCEPT = ",".join([*dict.fromkeys(kind.ending for kind in FileKind), ".jpeg", ".heif", "image/*"])
"""What a browser offers to choose; what is sent is judged by its content."""


class FileFault(Labelled):
    """Why a file is refused, in words that name it and say what to do."""

    EMPTY = "empty", N_("“%(name)s”是空的，没有上传，请重新选择。")
    TOO_LARGE = (
        "too_large",
        N_("“%(name)s”太大，没有上传。请压缩或者截取需要的部分后再上传。"),
    )
    UNKNOWN = (
        "unknown",
        N_(
            "“%(name)s”不是可以上传的文件。可以上传照片（JPEG、PNG、WebP、HEIC）、PDF、docx、xlsx。"
        ),
    )
    DAMAGED = "damaged", N_("“%(name)s”打不开，没有上传。文件可能已损坏，请检查后再上传。")
    PIXELS = "pixels", N_("“%(name)s”的尺寸太大，没有上传。请缩小图片后再上传。")
    MACROS = "macros", N_("“%(name)s”里有宏（程序），没有上传。请另存为不带宏的 docx 或 xlsx。")
    ACTIVE = (
        "active",
        N_("“%(name)s”里嵌有程序，或者连着外面的模板，没有上传。请另存为 PDF 后再上传。"),
    )
    UNPACKED = "unpacked", N_("“%(name)s”的内容太多，没有上传。请只保留需要的部分后再上传。")
    ENCRYPTED = "encrypted", N_("“%(name)s”设了密码，打不开，没有上传。请去掉密码后再上传。")
    OLD_OFFICE = (
        "old_office",
        N_("“%(name)s”是旧格式或者加了密码，没有上传。请另存为不带密码的 docx 或 xlsx。"),
    )
    PAGES = "pages", N_("“%(name)s”没有这么多页，请核对遮盖位置所在的页。")
    BUSY = "busy", N_("“%(name)s”没有上传：正在处理的文件太多，请过一会儿再上传。")
    INFECTED = "infected", N_("“%(name)s”里发现病毒，没有上传。")
    NOT_SCANNED = (
        "not_scanned",
        N_("“%(name)s”没有上传：病毒检查暂时不能进行，请稍后再上传。"),
    )


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a file may cost: pixels of a picture, bytes of an archive once unpacked, its members, pages shown."""

    pixels: int = 60_000_000
    scans: int = 64
    side: int = 4_096
    small_side: int = 320
    unpacked: int = 200_000_000
    members: int = 4_000
    pages: int = 50


BOUNDS = Bounds()
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_RELATION = re.compile(r"<relationship\b[^>]*", re.IGNORECASE)
_RUNS = re.compile(r"/(?:attachedtemplate|oleobject|frame|subdocument|package)\"", re.IGNORECASE)
HEAD = 16
"""Bytes by which the kind of a file is known."""


@dataclass(frozen=True, slots=True)
class Looks:
    """What the first bytes of a file say: its kind, that it is an archive to look into, or why it is refused."""

    kind: FileKind | None = None
    archive: bool = False
    fault: FileFault | None = None


def looks(head: bytes) -> Looks:
    """Return what the first :data:`HEAD` bytes say; a reader of that kind has the last word."""
    if not head:
        return Looks(fault=FileFault.EMPTY)
    if head.startswith(b"\xff\xd8\xff"):
        return Looks(FileKind.JPEG)
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Looks(FileKind.PNG)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Looks(FileKind.WEBP)
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return Looks(FileKind.HEIC)
    if head.startswith(b"%PDF-"):
        return Looks(FileKind.PDF)
    if head.startswith(_ZIP):
        return Looks(archive=True)
    if head.startswith(_COMPOUND):
        return Looks(fault=FileFault.OLD_OFFICE)
    return Looks(fault=FileFault.UNKNOWN)


_MAIN = {
    "wordprocessingml.document.main+xml": FileKind.DOCX,
    "spreadsheetml.sheet.main+xml": FileKind.XLSX,
}


def is_active(relations: str) -> bool:
    """Return whether the relations of a document lead to a program, or to a template elsewhere that brings one."""
    for found in _RELATION.findall(relations):
        said = found.lower()
        outside = 'targetmode="external"' in said and _RUNS.search(found)
        if outside or '/vbaproject"' in said or '/oleobject"' in said:
            return True
    return False


def is_compound(head: bytes) -> bool:
    """Return whether a member of a document begins as an embedded program or an old document does."""
    return head.startswith(_COMPOUND)


def office_kind(content_types: str, members: list[str]) -> FileKind | FileFault:
    """Return what an archive is by its ``[Content_Types].xml`` and the names of its members.

    A document with a program in it is refused, whatever it is called.
    """
    lowered = content_types.lower()
    if "macroenabled" in lowered or any(
        each.lower().endswith("vbaproject.bin") for each in members
    ):
        return FileFault.MACROS
    found = {kind for word, kind in _MAIN.items() if f"{_OFFICE}{word}" in lowered}
    return found.pop() if len(found) == 1 else FileFault.UNKNOWN
