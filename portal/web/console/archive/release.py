"""Releasing a file for publication: look at it, cover faces and plates, see the copy, or keep it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from portal.domain.access import Permission
from portal.domain.errors import ActionNotAllowed, InvalidInput, NotFound
from portal.domain.events import ReadAction
from portal.domain.files.covers import COVERS_MOST, Cover, read
from portal.models import Attachment, FileRelease, Letter
from portal.services.archive.files import (
    PUBLISHABLE,
    publishable_files,
    release_file,
    withhold_file,
)
from portal.services.files.keeping import Keeper
from portal.web.console.archive.publication import redacts
from portal.web.console.blueprint import console
from portal.web.console.letters.letter import require_letter
from portal.web.core import Answer
from portal.web.core.clock import now
from portal.web.core.language import say
from portal.web.core.people import current_actor, needs
from portal.web.core.reads import shown
from portal.web.core.settings import settings
from portal.web.delivery.files import released_copy, shown_picture

SIDES = ("x", "y", "width", "height")
BLANK = 4
"""Rows for further rectangles, for who has no script."""
_PER_CENT = 10
"""Thousandths in a hundredth: forms have hundredths with one decimal."""


@dataclass(frozen=True, slots=True)
class Row:
    """A rectangle as it is typed: hundredths of width and height, and the page of a document."""

    x: str = ""
    y: str = ""
    width: str = ""
    height: str = ""
    page: str = "1"

    @property
    def is_empty(self) -> bool:
        """Whether nothing is typed."""
        return not any(getattr(self, side).strip() for side in SIDES)

    def cover(self) -> Cover | None:
        """Return the rectangle, ``None`` where it cannot be one."""
        try:
            x, y, width, height = (round(float(getattr(self, side)) * _PER_CENT) for side in SIDES)
            found = Cover(x, y, width, height, int(self.page))
        except (ValueError, OverflowError):
            return None
        return found if found.inside else None


def typed_rows(form: MultiDict[str, str]) -> list[Row]:
    """Return the rectangles that were sent, without empty rows."""
    columns = [form.getlist(side) for side in SIDES]
    pages = form.getlist("page") or ["1"] * max(map(len, columns))
    # A row that lacks a side is one that cannot be understood, not one less.
    found = [Row(*row) for row in zip_longest(*columns, pages, fillvalue="")]
    return [row for row in found if not row.is_empty][: COVERS_MOST + 1]


def row_of(cover: Cover) -> Row:
    """Return a rectangle as it is typed."""
    sides = (cover.x, cover.y, cover.width, cover.height)
    x, y, width, height = (f"{side / _PER_CENT:g}" for side in sides)
    return Row(x, y, width, height, str(cover.page))


@dataclass(frozen=True, slots=True)
class ReleasePage:
    """All that ``console/release.html`` shows."""

    letter: Letter
    file: Attachment
    release: FileRelease | None
    rows: Sequence[Row]
    error: str
    open: bool
    publishable: bool

    @property
    def sides(self) -> list[tuple[str, str]]:
        """The fields of a rectangle with their labels."""
        names = (_("左边起"), _("上边起"), _("宽"), _("高"))
        return list(zip(SIDES, names, strict=True))


def _found(number: str, file_id: int) -> tuple[Letter, Attachment, FileRelease | None]:
    letter = require_letter(number)
    file = next((each for each in publishable_files(letter) if each.id == file_id), None)
    proposal = letter.open_proposal or (letter.proposals[-1] if letter.proposals else None)
    if file is None or proposal is None:
        raise NotFound
    released = (each for each in proposal.releases if each.attachment_id == file_id)
    return letter, file, next(released, None)


def _page(
    number: str, file_id: int, status: int = 200, rows: Sequence[Row] | None = None, error: str = ""
) -> tuple[str, int]:
    letter, file, release = _found(number, file_id)
    shown(ReadAction.READ_FILE, letter.id, subject=f"file:{file.id}")
    if rows is None:
        rows = [row_of(each) for each in read(release.covers)] if release else []
    page = ReleasePage(
        letter=letter,
        file=file,
        release=release,
        rows=[*rows, *(Row() for _each in range(BLANK))],
        error=error,
        open=redacts(letter),
        publishable=file.kind in PUBLISHABLE,
    )
    return render_template("console/release.html", page=page), status


@console.get("/letters/<number>/publication/files/<int:file_id>")
@needs(Permission.LETTER_READ)
def release(number: str, file_id: int) -> Answer:
    """Show a file of the letter with its rectangles and the copy that the public would get."""
    return _page(number, file_id)


@console.post("/letters/<number>/publication/files/<int:file_id>", endpoint="send_release")
@needs(Permission.LETTER_READ)
def send_release(number: str, file_id: int) -> Answer:
    """Release the file with its rectangles, keep it back, or offer rows for more of them."""
    letter, _file, _release = _found(number, file_id)
    rows, step = typed_rows(request.form), request.form.get("step")
    if step == "more":
        return _page(number, file_id, rows=rows)
    try:
        if step == "withhold":
            withhold_file(letter.id, file_id, current_actor(), now())
            flash(_("这个文件不公开。"), "success")
            return redirect(url_for("console.redaction", number=letter.number, _anchor="files"))
        covers = [each.cover() for each in rows]
        known = [each for each in covers if each is not None]
        if len(known) < len(covers):
            said = _("遮盖的位置请填 0 至 100 之间的数字，宽和高要大于 0。")
            return _page(number, file_id, 422, rows, said)
        release_file(Keeper.of(settings()), letter.id, file_id, known, current_actor(), now())
    except InvalidInput as error:
        return _page(number, file_id, 422, rows, say(error.message))
    except ActionNotAllowed as error:
        return _page(number, file_id, 409, rows, say(error.message))
    flash(_("已放行。请看一看公众将看到的样子。"), "success")
    return redirect(
        url_for("console.release", number=letter.number, file_id=file_id, _anchor="copy")
    )


@console.get("/letters/<number>/publication/files/<int:file_id>/picture")
@needs(Permission.LETTER_READ)
def release_picture(number: str, file_id: int) -> Response:
    """Show a picture of the letter in full."""
    letter, file, _release = _found(number, file_id)
    answer = shown_picture(file)
    shown(ReadAction.READ_FILE, letter.id, subject=f"file:{file_id}")
    return answer


@console.get("/letters/<number>/publication/files/<int:file_id>/copy")
@needs(Permission.LETTER_READ)
def release_copy(number: str, file_id: int) -> Response:
    """Give the copy that the public would get."""
    return released_copy(_found(number, file_id)[2])
