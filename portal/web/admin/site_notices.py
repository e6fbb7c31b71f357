"""Notices of readers about the site: those that wait, and answering one."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.domain.access import Permission
from portal.domain.errors import ActionNotAllowed, NotFound
from portal.models import db
from portal.queries.office.site_notices import ANSWER_DAYS, open_site_notice, site_notices
from portal.services.office.site_notices import TEXT_MAX, answer_site_notice
from portal.web.admin.blueprint import admin
from portal.web.core import Answer
from portal.web.core.clock import now, today
from portal.web.core.fields import TextField, page_asked
from portal.web.core.forms import Form
from portal.web.core.language import say
from portal.web.core.people import current_actor, needs
from portal.web.core.settings import settings

_ANSWER = Permission.SITE_NOTICES_ANSWER


class AnswerForm(Form):
    """The answer to a notice."""

    answer = TextField(_l("答复"), _l("请写下怎样处理的。"), TEXT_MAX, render_kw={"rows": 4})


@admin.get("/site-notices")
@needs(_ANSWER)
def list_site_notices() -> str:
    """List the notices that wait, or with ``answered`` in the address those that do not."""
    answered = bool(request.args.get("answered"))
    part, rows = site_notices(
        db.session(), answered=answered, page=page_asked(), size=settings().page_size
    )
    return render_template(
        "admin/site_notices.html",
        part=part,
        rows=rows,
        answered=answered,
        today=today(),
        days=ANSWER_DAYS,
    )


@admin.route("/site-notices/<int:notice_id>", methods=["GET", "POST"])
@needs(_ANSWER)
def site_notice(notice_id: int) -> Answer:
    """Show a notice with its answer, or the form for it."""
    form, status, problem = AnswerForm(), 200, ""
    if form.validate_on_submit():
        try:
            with form.errors_shown():
                answer_site_notice(notice_id, form.answer.data, current_actor(), now())
                flash(_("已答复。报告的人在自己的页面上能看到。"), "success")
                return redirect(url_for("admin.list_site_notices"))
        except ActionNotAllowed as error:
            status, problem = 409, say(error.message)
    found = open_site_notice(db.session(), notice_id)
    if found is None:
        raise NotFound
    status = 422 if form.errors else status
    page = render_template("admin/site_notice.html", form=form, found=found, problem=problem)
    return page, status
