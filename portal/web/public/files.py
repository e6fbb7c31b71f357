"""Files of citizens: kept for a form before it is sent, and given out to who opened what they came with."""

from __future__ import annotations

from flask import Response, render_template
from flask_babel import lazy_gettext as _l

from portal.domain.errors import NotFound
from portal.models import Attachment, db
from portal.queries.files.attached import file_of_letter, file_of_request
from portal.web.core import Answer
from portal.web.core.forms import Form
from portal.web.core.people import public
from portal.web.core.safety import takes_files
from portal.web.delivery.files import private_file, private_thumbnail
from portal.web.public.blueprint import public_pages
from portal.web.public.disclosure.request_page import DisclosureRequestPage
from portal.web.public.letters.letter import LetterPage
from portal.web.submission.files_field import FilesField


class UploadForm(Form):
    """Files of a form that is being filled in, sent by script as soon as they are chosen."""

    files = FilesField(_l("照片和文件"))


@public_pages.post("/files")
@public
@takes_files
def upload() -> Answer:
    """Keep files for a form, or remove one; the answer is what its field shows then."""
    form = UploadForm()
    form.files.act()
    return render_template("public/files.html", f=form.files)


def _of_letter(number: str, file_id: int) -> Attachment | None:
    found = LetterPage(number).find()
    if found is None:
        raise NotFound
    return file_of_letter(db.session(), found.id, file_id, drafts=False)


@public_pages.get("/letters/<number>/files/<int:file_id>")
@public
def letter_file(number: str, file_id: int) -> Response:
    """Give a file of a letter to the browser that has opened it with its code."""
    return private_file(_of_letter(number, file_id))


@public_pages.get("/letters/<number>/files/<int:file_id>/thumbnail")
@public
def letter_thumbnail(number: str, file_id: int) -> Response:
    """Show the thumbnail of a picture of a letter, likewise."""
    return private_thumbnail(_of_letter(number, file_id))


def _of_request(request_number: str, file_id: int) -> Attachment | None:
    found = DisclosureRequestPage(request_number).find()
    if found is None:
        raise NotFound
    return file_of_request(db.session(), found.id, file_id)


@public_pages.get("/disclosure/<request_number>/files/<int:file_id>")
@public
def request_file(request_number: str, file_id: int) -> Response:
    """Give a file of a request for disclosure to the browser that has opened it with its code."""
    return private_file(_of_request(request_number, file_id))


@public_pages.get("/disclosure/<request_number>/files/<int:file_id>/thumbnail")
@public
def request_thumbnail(request_number: str, file_id: int) -> Response:
    """Show the thumbnail of a picture of a request, likewise."""
    return private_thumbnail(_of_request(request_number, file_id))
