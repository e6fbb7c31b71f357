"""The copy of what is kept about the applicant of a request for disclosure (个人信息保护法 Art. 45)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, url_for

from portal.domain.errors import Unavailable
from portal.models import DisclosureRequest, db
from portal.queries.disclosure.requests import request_history
from portal.queries.history import HistoryEntry
from portal.services.disclosure.erasure import note_export
from portal.web.core import Answer
from portal.web.core.clock import now
from portal.web.core.language import say
from portal.web.core.people import public
from portal.web.core.safety import limiter
from portal.web.core.settings import settings
from portal.web.public.blueprint import public_pages
from portal.web.public.disclosure.request_page import DisclosureRequestPage
from portal.web.public.letters.own_data import LIMIT, place_in_copy, zipped


@public_pages.post("/disclosure/<request_number>/personal-data/copy")
@public
@limiter.limit(LIMIT)
def request_data_copy(request_number: str) -> Answer:
    """Give a ZIP of what is kept, for people and for programs; that it was taken is recorded."""
    page = DisclosureRequestPage(request_number)
    found = page.find()
    if found is None:
        return page.closed()
    at = now()
    try:
        note_export(found.id, at)
    except Unavailable as error:
        flash(say(error.message), "warning")
        return redirect(url_for("public.disclosure_request", request_number=found.number))
    events = request_history(db.session(), found)
    shown = render_template(
        "public/request_data_copy.html",
        kept=found,
        events=events,
        made_at=at,
        place_in_copy=place_in_copy,
    )
    name, kept = f"request-{found.number}.zip", _json(found, events, at)
    return zipped(name, shown, kept, found.attachments)


def _json(found: DisclosureRequest, events: Sequence[HistoryEntry], at: datetime) -> dict[str, Any]:
    return {
        "site": settings().site_name,
        "made_at": at.isoformat(),
        "number": found.number,
        "applicant": {
            "kind": found.applicant_kind,
            "name": found.applicant or None,
            "identity": found.identity,
            "phone": found.phone,
            "email": found.email,
            "address": found.address,
        },
        "request": {
            "title": found.title,
            "document_number": found.document_number,
            "description": found.description,
            "form": found.wished_form,
            "delivery": found.delivery,
            "source": found.source,
            "organisation": found.organisation.name,
            "received_at": found.received_at.isoformat(),
            "due_on": found.due_on.isoformat() if found.due_on else None,
            "status": found.state,
            "outcome": found.outcome,
            "erased_at": found.erased_at.isoformat() if found.erased_at else None,
        },
        "correspondence": {
            "completion_asked": found.completion_notice,
            "completion": found.completion,
            "extension": found.extension_reason,
            "answer": found.answer,
            "referred_to": found.referred_to,
            "erasure_refused": found.erasure_reason,
        },
        "files": [
            {"name": each.name, "bytes": each.size, "file": place_in_copy(each)}
            for each in found.attachments
        ],
        "history": [
            {"action": each.action, "label": say(each.title), "at": each.at.isoformat()}
            for each in events
        ],
        "hashes_of": ["query_code"] if found.code_hash else [],
    }
