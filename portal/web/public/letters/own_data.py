"""The page on which a sender takes a copy of what is kept, and asks to be erased."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime
from tempfile import SpooledTemporaryFile
from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wsgi import FileWrapper

from portal.domain.errors import ActionNotAllowed, NotFound, Unavailable
from portal.domain.letters.states import Publication
from portal.domain.privacy.erasure import ErasureOutcome, erasure_objection
from portal.models import Attachment, Letter, db
from portal.queries.letters.own_data import OwnData, own_data
from portal.services.letters.erasure import note_export, request_erasure
from portal.web.core import Answer
from portal.web.core.clock import now
from portal.web.core.fields import TickField
from portal.web.core.forms import Form
from portal.web.core.language import label, say
from portal.web.core.people import public
from portal.web.core.safety import limiter
from portal.web.core.settings import settings
from portal.web.delivery.files import content_for_sender
from portal.web.public.blueprint import public_pages
from portal.web.public.letters.letter import LetterPage

LIMIT = "10 per hour"
"""Copies for one address."""
IN_MEMORY = 4_000_000
"""Bytes of a copy beyond which it is made on the disk."""


class ErasureForm(Form):
    """A request to be erased."""

    unpublish = TickField(_l("同时收回公示同意，撤下已经公示的内容"))


@public_pages.get("/letters/<number>/personal-data")
@public
def own_data_page(number: str) -> Answer:
    """Show what is kept about the sender, with a copy and erasure."""
    found = LetterPage(number).find()
    return LetterPage(number).closed() if found is None else _page(found)


def _page(found: Letter) -> str:
    asked = found.erasure_request
    waits = asked is not None and asked.outcome is ErasureOutcome.PENDING
    return render_template(
        "public/own_data.html",
        letter=found,
        form=ErasureForm(formdata=None),
        asked=asked,
        waits=waits,
        objection=erasure_objection(found),
        public=found.publication is Publication.PUBLISHED,
        years=settings().retention_years,
    )


@public_pages.post("/letters/<number>/personal-data/copy")
@public
@limiter.limit(LIMIT)
def own_data_copy(number: str) -> Answer:
    """Give a ZIP of what is kept, for people and for programs; that it was taken is recorded."""
    page = LetterPage(number)
    found = page.find()
    if found is None:
        return page.closed()
    at = now()
    try:
        note_export(found.id, at)
    except Unavailable as error:
        flash(say(error.message), "warning")
        return redirect(url_for("public.own_data_page", number=found.number))
    kept = own_data(db.session(), found)
    files = [each for piece in kept.pieces for each in piece.files]
    shown = render_template(
        "public/own_data_copy.html", kept=kept, made_at=at, place_in_copy=place_in_copy
    )
    return zipped(f"letter-{found.number}.zip", shown, _json(kept, at), files)


def zipped(name: str, page: str, kept: dict[str, Any], files: Iterable[Attachment]) -> Response:
    """Return a ZIP of a page, of JSON with what is kept, and of the files; a large one is on the disk."""
    made = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed with the answer
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("personal-data.html", page)
        file.writestr("personal-data.json", json.dumps(kept, ensure_ascii=False, indent=1))
        for each in files:
            with suppress(NotFound):
                file.writestr(place_in_copy(each), content_for_sender(each), zipfile.ZIP_STORED)
    made.seek(0)
    headers = {
        "Content-Disposition": f"attachment; filename={name}",
        "Cache-Control": "no-store",
    }
    return Response(FileWrapper(made), 200, headers, "application/zip", direct_passthrough=True)


def place_in_copy(file: Attachment) -> str:
    """Return where a file is in the copy."""
    return f"files/{file.id}-{file.name}"


def _json(kept: OwnData, at: datetime) -> dict[str, Any]:
    letter, entry, rating = kept.letter, kept.public, kept.letter.rating
    appeal, choice = kept.appeal, kept.choice
    return {
        "site": settings().site_name,
        "made_at": at.isoformat(),
        "number": letter.number,
        "sender": {
            "name": letter.sender_name,
            "phone": letter.sender_phone,
            "email": letter.sender_email,
            "phone_verified_at": _moment(letter.phone_verified_at),
            "email_verified_at": _moment(letter.email_verified_at),
        },
        "letter": {
            "kind": letter.kind,
            "title": letter.title,
            "received_at": letter.received_at.isoformat(),
            "status": letter.state,
            "organisation": letter.organisation.name,
            "organisation_words": letter.organisation_words,
            "accused": letter.accused.name if letter.accused else None,
            "source": letter.source,
            "consent_to_publication": letter.consent_basis,
            "published": letter.publication,
            "ended_at": _moment(letter.closed_at),
            "erased_at": _moment(letter.erased_at),
        },
        "correspondence": [
            {
                "kind": each.kind,
                "text": each.text,
                "at": each.at.isoformat(),
                "organisation": each.organisation or None,
                "files": [
                    {"name": file.name, "bytes": file.size, "file": place_in_copy(file)}
                    for file in each.files
                ],
            }
            for each in kept.pieces
        ],
        "urged": {"times": letter.urge_count, "again_from": _day(letter.urge_from)},
        "appeal": appeal
        and {
            "appealed_at": appeal.appealed_at.isoformat(),
            "organisation": appeal.organisation.name,
            "upheld": appeal.upheld,
            "decided_at": _moment(appeal.decided_at),
            "reason": appeal.decision_note,
        },
        "contact_by": choice
        and {
            "channel": choice.channel,
            "language": choice.language,
            "unreached": choice.unreached,
            "chosen_at": choice.chosen_at.isoformat(),
        },
        "messages": [
            {
                "occasion": each.occasion,
                "channel": each.channel,
                "language": each.language,
                "state": each.state,
                "created_at": each.created_at.isoformat(),
                "handed_over_at": _moment(each.handed_over_at),
                "gateway_reference": each.reference,
            }
            for each in kept.messages
        ],
        "rating": rating
        and {
            "attitude": rating.attitude,
            "efficiency": rating.efficiency,
            "comment": rating.comment,
        },
        "public_copy": entry
        and {
            "address": url_for("archive.entry", entry_id=entry.id, _external=True),
            **{name: getattr(entry, name) for name in ("title", "text", "question", "supplement")},
            "reply": entry.reply,
        },
        "history": [
            {
                "action": each.action,
                "label": say(each.title),
                "at": each.at.isoformat(),
                "organisation": each.organisation or None,
            }
            for each in kept.happenings
        ],
        "hashes_of": ["query_code", *kept.look_ups] if letter.code_hash else list(kept.look_ups),
        "erasure_requests": [
            {
                "at": each.requested_at.isoformat(),
                "unpublish": each.unpublish,
                "outcome": each.outcome,
                "refusal": label(each.refusal) if each.refusal else None,
                "reason": each.reason,
                "decided_at": _moment(each.decided_at),
            }
            for each in kept.erasure_requests
        ],
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


@public_pages.post("/letters/<number>/personal-data/erasure")
@public
def own_data_erasure(number: str) -> Answer:
    """Ask to be erased; a person of the office decides."""
    page = LetterPage(number)
    found = page.find()
    if found is None:
        return page.closed()
    try:
        request_erasure(found.id, ErasureForm().unpublish.data, now())
    except (ActionNotAllowed, Unavailable) as error:
        flash(say(error.message), "warning")
    else:
        flash(_("申请已经收到，处理结果会写在这个页面上。"), "success")
    return redirect(url_for("public.own_data_page", number=found.number))
