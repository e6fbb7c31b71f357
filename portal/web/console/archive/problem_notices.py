"""Problem notices of readers on public entries: the list for reviewers, and settling one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.domain.access import Permission
from portal.domain.errors import ActionNotAllowed, LetterboxError
from portal.models import db
from portal.queries.archive.problem_notices import NoticeRow, count_open_notices, open_notices
from portal.services.archive import feedback
from portal.web.console.blueprint import console
from portal.web.console.subject_page import Problem, not_done
from portal.web.console.versioned_forms import NamedForm, reason_field
from portal.web.core import Answer
from portal.web.core.clock import now
from portal.web.core.people import current_actor, needs


class NoticeForm(NamedForm):
    """The way in which a notice was settled."""

    note = reason_field(_l("怎样处理的"), rows=2)


@dataclass(frozen=True, slots=True)
class NoticesPage:
    """All that ``console/problem_notices.html`` shows, each row with its form."""

    rows: Sequence[tuple[NoticeRow, NoticeForm]]
    total: int
    problem: Problem | None


@console.get("/reports")
@needs(Permission.PUBLICATION_DECIDE)
def problem_notices() -> Answer:
    """List the notices that wait."""
    return _page()


def _page(
    status: int = 200, sent: NoticeForm | None = None, error: LetterboxError | None = None
) -> tuple[str, int]:
    session, actor = db.session(), current_actor()
    rows = [(row, _form(row.id, sent)) for row in open_notices(session, actor)]
    problem = not_done(error, sent, [form for _row, form in rows])
    page = NoticesPage(rows, count_open_notices(session, actor), problem)
    return render_template("console/problem_notices.html", page=page), status


def _form(notice_id: int, sent: NoticeForm | None) -> NoticeForm:
    slug = f"notice-{notice_id}"
    return sent if sent and sent.slug == slug else NoticeForm(slug, formdata=None)


@console.post("/reports/<int:notice_id>")
@needs(Permission.PUBLICATION_DECIDE)
def settle_notice(notice_id: int) -> Answer:
    """Settle a notice, with a note on what was done."""
    form = NoticeForm(f"notice-{notice_id}")
    if not form.validate():
        return _page(422, form)
    try:
        feedback.resolve_notice(notice_id, form.note.data, current_actor(), now())
    except ActionNotAllowed as error:
        return _page(409, form, error)
    flash(_("已处理。"), "success")
    return redirect(url_for("console.problem_notices"))
