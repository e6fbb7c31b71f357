"""The page on which a sender takes a copy of what is kept, and asks to be erased."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, datetime
from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.domain.errors import ActionNotAllowed, Unavailable
from portal.domain.letters.states import Publication
from portal.domain.privacy.erasure import ErasureOutcome, erasure_objection
from portal.models import Letter, db
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
from portal.web.public.blueprint import public_pages
from portal.web.public.letters.letter import LetterPage

LIMIT = "10 per hour"
"""Copies for one address."""


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
    headers = {
        "Content-Disposition": f"attachment; filename=letter-{found.number}.zip",
        "Cache-Control": "no-store",
    }
    kept = own_data(db.session(), found)
    shown = render_template("public/own_data_copy.html", kept=kept, made_at=at)
    return Response(zipped(shown, _json(kept, at)), 200, headers, "application/zip")


def zipped(page: str, kept: dict[str, Any]) -> bytes:
    """Return a ZIP of a page and of JSON with what is kept."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("personal-data.html", page)
        file.writestr("personal-data.json", json.dumps(kept, ensure_ascii=False, indent=1))
    return made.getvalue()


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
