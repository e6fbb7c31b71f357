"""Problem notices of readers on public entries: the list for reviewers, and settling one."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from portal.domain.access import Permission
from portal.domain.errors import ActionNotAllowed
from portal.models import db
from portal.queries.archive.problem_notices import count_open_notices, open_notices
from portal.services.archive import feedback
from portal.services.core.typed_text import REASON_MAX
from portal.web.console.blueprint import console
from portal.web.core.clock import now
from portal.web.core.fields import TextField
from portal.web.core.forms import Form
from portal.web.core.people import current_actor, needs

Answer = str | tuple[str, int] | Response


class NoticeForm(Form):
    """The way in which a notice was settled."""

    note = TextField(_l("怎样处理的"), most=REASON_MAX)

    def __init__(self, notice_id: int, **given: object) -> None:
        super().__init__(**given)
        self.notice_id = notice_id
        for each in self:
            each.id = f"notice-{notice_id}-{each.short_name}"
            each.label.field_id = each.id


@console.get("/reports")
@needs(Permission.PUBLICATION_DECIDE)
def problem_notices() -> Answer:
    """List the notices that wait."""
    return _page()


def _page(status: int = 200, sent: NoticeForm | None = None, problem: str = "") -> tuple[str, int]:
    session, actor = db.session(), current_actor()
    rows = open_notices(session, actor)
    forms = {row.id: NoticeForm(row.id, formdata=None) for row in rows}
    if sent is not None and sent.notice_id in forms:
        forms[sent.notice_id] = sent
    words = render_template(
        "console/problem_notices.html",
        rows=rows,
        forms=forms,
        problem=problem,
        sent=sent,
        total=count_open_notices(session, actor),
    )
    return words, status


@console.post("/reports/<int:notice_id>")
@needs(Permission.PUBLICATION_DECIDE)
def settle_notice(notice_id: int) -> Answer:
    """Settle a notice, with a note on what was done."""
    form = NoticeForm(notice_id)
    if not form.validate():
        return _page(422, form)
    try:
        feedback.resolve_notice(notice_id, form.note.data, current_actor(), now())
    except ActionNotAllowed as error:
        return _page(409, form, _(str(error)))
    flash(_("已处理。"), "success")
    return redirect(url_for("console.problem_notices"))
