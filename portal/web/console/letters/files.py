"""Files of letters and requests for disclosure, for the staff who may read them; each is recorded."""

from __future__ import annotations

from flask import Response

from portal.domain.access import Permission
from portal.domain.events import ReadAction
from portal.models import Attachment, db
from portal.queries.disclosure.requests import subject_of
from portal.queries.files.attached import file_of_letter, file_of_request
from portal.web.console.blueprint import console
from portal.web.console.disclosure.request_page import require_request
from portal.web.console.letters.letter import require_letter
from portal.web.core.people import needs
from portal.web.core.reads import shown
from portal.web.delivery.files import private_file, private_thumbnail


def _of_letter(number: str, file_id: int) -> Attachment | None:
    return file_of_letter(db.session(), require_letter(number).id, file_id, drafts=True)


@console.get("/letters/<number>/files/<int:file_id>")
@needs(Permission.LETTER_READ)
def letter_file(number: str, file_id: int) -> Response:
    """Give a file of a letter."""
    found = _of_letter(number, file_id)
    answer = private_file(found)
    if found is not None:
        shown(ReadAction.READ_FILE, found.letter_id, subject=f"file:{file_id}")
    return answer


@console.get("/letters/<number>/files/<int:file_id>/thumbnail")
@needs(Permission.LETTER_READ)
def letter_thumbnail(number: str, file_id: int) -> Response:
    """Show the thumbnail of a picture, as a part of the page of its letter."""
    return private_thumbnail(_of_letter(number, file_id))


def _of_request(request_number: str, file_id: int) -> Attachment | None:
    return file_of_request(db.session(), require_request(request_number).id, file_id)


@console.get("/disclosure/<request_number>/files/<int:file_id>")
@needs(Permission.DISCLOSURE_READ)
def request_file(request_number: str, file_id: int) -> Response:
    """Give a file of a request for disclosure."""
    found = _of_request(request_number, file_id)
    answer = private_file(found)
    shown(ReadAction.READ_FILE, subject=subject_of(request_number), detail=f"file:{file_id}")
    return answer


@console.get("/disclosure/<request_number>/files/<int:file_id>/thumbnail")
@needs(Permission.DISCLOSURE_READ)
def request_thumbnail(request_number: str, file_id: int) -> Response:
    """Show the thumbnail of a picture, as a part of the page of its request."""
    return private_thumbnail(_of_request(request_number, file_id))
