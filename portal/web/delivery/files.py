"""Files as they are served: never as a page of this site, whatever is in them."""

from __future__ import annotations

from io import BytesIO

import structlog
from flask import Response, send_file

from portal.adapters.files.store import MissingFile, open_store
from portal.domain.errors import N_, NotFound, Unavailable
from portal.domain.files.kinds import KEPT
from portal.domain.integrity.ring import Unreadable
from portal.models import Attachment
from portal.services.files.keeping import content_of, thumbnail_of
from portal.web.core.settings import settings

POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
"""What a file may do that a browser shows after all: nothing."""
_AWAY = N_("文件暂时打不开，请稍后再试。")
_log = structlog.get_logger("portal.files")


def private_file(file: Attachment | None) -> Response:
    """Return a file to be saved; raises :class:`NotFound` where there is none for who asks."""
    if file is None:
        raise NotFound
    return _answer(file, _read(file, small=False), as_attachment=True)


def private_thumbnail(file: Attachment | None) -> Response:
    """Return the thumbnail of a picture, to be shown; raises :class:`NotFound` likewise."""
    if file is None:
        raise NotFound
    return _answer(file, _read(file, small=True), as_attachment=False)


def content_for_sender(file: Attachment) -> bytes:
    """Return what is in a file, for a copy of everything; raises as :func:`private_file`."""
    return _read(file, small=False)


def _read(file: Attachment, *, small: bool) -> bytes:
    read = thumbnail_of if small else content_of
    try:
        return read(open_store(settings()), file)
    except (MissingFile, Unreadable) as error:
        _log.error("file_not_readable", file=file.id, kind=type(error).__name__)
        raise NotFound from error
    except OSError as error:
        _log.error("file_not_readable", file=file.id, kind=type(error).__name__)
        raise Unavailable(_AWAY) from error


def _answer(file: Attachment, content: bytes, *, as_attachment: bool) -> Response:
    answer = send_file(
        BytesIO(content),
        mimetype=file.kind.media_type if as_attachment else KEPT.media_type,
        as_attachment=as_attachment,
        download_name=file.name,
        conditional=False,
        etag=False,
    )
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
