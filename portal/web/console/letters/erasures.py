"""Requests of senders to be erased: the list for reviewers, and deciding on one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.domain.access import Permission
from portal.domain.errors import ActionNotAllowed, Conflict, LetterboxError
from portal.domain.privacy.erasure import ErasureRefusal
from portal.models import db
from portal.queries.letters.erasure import (
    WaitingRequest,
    count_waiting_requests,
    waiting_requests,
)
from portal.services.letters.erasure import grant_erasure, refuse_erasure
from portal.web.console.blueprint import console
from portal.web.console.subject_page import Problem, not_done
from portal.web.console.versioned_forms import NamedForm, reason_field
from portal.web.core import Answer
from portal.web.core.clock import now
from portal.web.core.fields import EnumListField
from portal.web.core.people import current_actor, needs

_DECIDE = Permission.ERASURE_DECIDE


class RefusalForm(NamedForm):
    """Why a request is refused."""

    ground = EnumListField(_l("依据"), ErasureRefusal, _l("请选择"), _l("请选择依据。"))
    reason = reason_field(_l("给来信人的说明"), _l("请写明理由。"), rows=2)


@dataclass(frozen=True, slots=True)
class ErasuresPage:
    """All that ``console/erasures.html`` shows, each row with the form of its refusal."""

    rows: Sequence[tuple[WaitingRequest, RefusalForm]]
    total: int
    problem: Problem | None


@console.get("/erasures")
@needs(_DECIDE)
def erasures() -> Answer:
    """List the requests that wait."""
    return _page()


def _page(
    status: int = 200, sent: RefusalForm | None = None, error: LetterboxError | None = None
) -> tuple[str, int]:
    session, actor = db.session(), current_actor()
    rows = [(row, _form(row.id, sent)) for row in waiting_requests(session, actor)]
    problem = not_done(error, sent, [form for _row, form in rows])
    page = ErasuresPage(rows, count_waiting_requests(session, actor), problem)
    return render_template("console/erasures.html", page=page), status


def _form(request_id: int, sent: RefusalForm | None) -> RefusalForm:
    slug = f"erasure-{request_id}"
    return sent if sent and sent.slug == slug else RefusalForm(slug, formdata=None)


@console.post("/erasures/<int:erasure_id>/grant")
@needs(_DECIDE)
def grant_erasure_request(erasure_id: int) -> Answer:
    """Erase the person as the sender has asked."""
    form = _form(erasure_id, None)
    try:
        grant_erasure(erasure_id, current_actor(), now())
    except (ActionNotAllowed, Conflict) as error:
        return _page(409, form, error)
    flash(_("来信人的个人信息已经删除。"), "success")
    return redirect(url_for("console.erasures"))


@console.post("/erasures/<int:erasure_id>/refuse")
@needs(_DECIDE)
def refuse_erasure_request(erasure_id: int) -> Answer:
    """Refuse a request on a ground of the law."""
    form = RefusalForm(f"erasure-{erasure_id}")
    if not form.validate():
        return _page(422, form)
    try:
        refuse_erasure(erasure_id, form.ground.value, form.reason.data, current_actor(), now())
    except Conflict as error:
        return _page(409, form, error)
    flash(_("已告知来信人没有同意的理由。"), "success")
    return redirect(url_for("console.erasures"))
