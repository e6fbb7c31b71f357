"""Pictures: read within bounds, turned upright, and written once more without metadata.

Runs in a process of its own (:mod:`portal.adapters.files.reader`).
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFile, ImageOps, UnidentifiedImageError
from pillow_heif import register_heif_opener

from portal.domain.files.covers import Cover
from portal.domain.files.kinds import Bounds, FileFault, FileKind

QUALITY, SMALL_QUALITY = 88, 75
_FORMATS = {
    FileKind.JPEG: "JPEG",
    FileKind.PNG: "PNG",
    FileKind.WEBP: "WEBP",
    FileKind.HEIC: "HEIF",
}
_PAPER = (255, 255, 255)
_INK = (0, 0, 0)
_SCAN = b"\xff\xda"


class Refused(Exception):
    """A file is refused for ``fault``."""

    def __init__(self, fault: FileFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class Picture(NamedTuple):
    """A picture as it is kept, its thumbnail, and its size in pixels."""

    content: bytes
    small: bytes
    width: int
    height: int


def remade(content: bytes, kind: FileKind, bounds: Bounds) -> Picture:
    """Return ``content`` as a JPEG without metadata, upright, at most ``bounds.side`` on a side.

    The size is read from the header before anything is unpacked. Raises :class:`Refused`.
    """
    register_heif_opener(thumbnails=False)
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.MAX_IMAGE_PIXELS = None
    if kind is FileKind.JPEG and content.count(_SCAN) > bounds.scans:
        # Each scan of a progressive picture goes over all of it, however few bytes it has.
        raise Refused(FileFault.PIXELS)
    try:
        with Image.open(BytesIO(content), formats=[_FORMATS[kind]]) as image:
            if image.width * image.height > bounds.pixels:
                raise Refused(FileFault.PIXELS)
            image.draft("RGB", (bounds.side, bounds.side))
            upright = _flat(image, bounds.side)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise Refused(FileFault.DAMAGED) from error
    small = upright.copy()
    small.thumbnail((bounds.small_side, bounds.small_side))
    return Picture(
        _jpeg(upright, QUALITY), _jpeg(small, SMALL_QUALITY), upright.width, upright.height
    )


def _flat(image: Image.Image, side: int) -> Image.Image:
    """Return the first frame upright, in RGB on white, no larger than ``side`` on a side."""
    image.load()
    image.thumbnail((side, side))
    turned = ImageOps.exif_transpose(image)
    if turned.mode == "RGB":
        flat = turned
    else:
        clear = turned.convert("RGBA")
        flat = Image.new("RGB", clear.size, _PAPER)
        flat.paste(clear, mask=clear.getchannel("A"))
    # A new picture of the same points has nothing else with it: no EXIF, no profile, no comment.
    bare = Image.new("RGB", flat.size)
    bare.paste(flat)
    return bare


def _jpeg(image: Image.Image, quality: int) -> bytes:
    made = BytesIO()
    image.save(made, "JPEG", quality=quality, subsampling=0, optimize=True)
    return made.getvalue()


def covered(content: bytes, covers: Sequence[Cover], bounds: Bounds) -> Picture:
    """Return a picture of ours with ``covers`` painted over it; what was below is gone.

    Raises :class:`Refused`.
    """
    try:
        with Image.open(BytesIO(content), formats=["JPEG"]) as image:
            bare = _flat(image, bounds.side)
    except (UnidentifiedImageError, OSError, ValueError) as error:
        raise Refused(FileFault.DAMAGED) from error
    paint(bare, covers)
    small = bare.copy()
    small.thumbnail((bounds.small_side, bounds.small_side))
    return Picture(_jpeg(bare, QUALITY), _jpeg(small, SMALL_QUALITY), bare.width, bare.height)


def paint(image: Image.Image, covers: Sequence[Cover]) -> None:
    """Draw rectangles over ``image``."""
    draw = ImageDraw.Draw(image)
    for each in covers:
        draw.rectangle(each.box(image.width, image.height), fill=_INK)
