"""Files as they are served: never as a page of this site, whatever is in them."""

from __future__ import annotations

from io import BytesIO

import structlog
from flask import Response, send_file

from portal.adapters.files.store import Area, MissingFile, open_store
from portal.domain.errors import N_, NotFound, Unavailable
from portal.domain.files.kinds import KEPT
from portal.domain.integrity.ring import Unreadable
from portal.models import Attachment, FileRelease, PublicFile
from portal.services.archive.files import copy_of
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


def shown_picture(file: Attachment | None) -> Response:
    """Return a picture of ours to be shown on a page of the staff."""
    if file is None or not file.kind.is_picture:
        raise NotFound
    return _answer(file, _read(file, small=False), as_attachment=False)


def released_copy(release: FileRelease | None) -> Response:
    """Return the copy of a released file, as the public would get it: a picture is shown."""
    if release is None:
        raise NotFound
    try:
        content = copy_of(open_store(settings()), release)
    except (MissingFile, Unreadable) as error:
        raise NotFound from error
    file = release.attachment
    return _answer(file, content, as_attachment=not file.kind.is_picture)


def public_answer(file: PublicFile | None) -> Response:
    """Return a file of a public entry: a picture is shown, a document saved.

    Caches ask again each time, so that what is withdrawn is gone everywhere at once.
    """
    if file is None:
        raise NotFound
    try:
        content = open_store(settings()).get(Area.PUBLIC, file.stored)
    except MissingFile as error:
        _log.error("public_file_missing", file=file.id)
        raise NotFound from error
    except OSError as error:
        raise Unavailable(_AWAY) from error
    answer = send_file(
        BytesIO(content),
        mimetype=file.kind.media_type,
        as_attachment=not file.kind.is_picture,
        download_name=f"{file.entry_id}-{file.name}",
        etag=file.stored,
    )
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Cache-Control"] = "no-cache"
    return answer


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
