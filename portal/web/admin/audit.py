"""The audit trail to read, filter and download as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from flask import Response, render_template, request, stream_with_context, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from portal.domain.access import Permission
from portal.domain.checked_numbers import MistypedNumber
from portal.domain.disclosure.numbers import parse_any_number
from portal.domain.errors import N_
from portal.domain.events import Axis
from portal.domain.periods import shanghai
from portal.models import db
from portal.queries.letters.timeline import CODE_LABELS
from portal.queries.office.audit import (
    EVENT_ACTIONS,
    AuditQuery,
    Trace,
    audit_page,
    audit_trail,
)
from portal.queries.office.grants import mixed_duties
from portal.reporting.cells import safe_cell
from portal.web.admin.blueprint import admin
from portal.web.core.addresses import with_words
from portal.web.core.clock import today
from portal.web.core.fields import DayField, EnumListField, LineField, ListField, page_asked
from portal.web.core.forms import FilterForm
from portal.web.core.language import label, say
from portal.web.core.people import needs
from portal.web.core.settings import settings
from portal.web.core.typed import WORDS_MAX


class AuditFilterForm(FilterForm):
    """The filters of the trail."""

    number = LineField(_l("信件编号或申请编号"))
    person = LineField(_l("操作人"), description=_l("用户名，或姓名的一部分"))
    action = ListField(
        _l("操作"),
        validators=[Optional()],
        choices=lambda: (
            [SelectChoice("", _("全部操作"))]
            + [SelectChoice(action, _(words)) for action, words in EVENT_ACTIONS.items()]
        ),
        invalid_choice_message=_l("没有这个选项，请重新选择。"),
    )
    axis = EnumListField(_l("类别"), Axis, N_("全部类别"))
    first = DayField(_l("从"))
    last = DayField(_l("到"))

    def asked(self) -> AuditQuery:
        """Return the values that were understood; ``errors`` has the others."""
        self.validate()
        return AuditQuery(
            number=_number(self.number.data[:WORDS_MAX]),
            person=self.person.data[:WORDS_MAX],
            action=(self.action.data or "") if not self.action.errors else "",
            axis=self.axis.data,
            first=self.first.data,
            last=self.last.data,
        )


def _number(typed: str) -> str:
    """Return the number as it is stored; other text stays as typed and finds nothing."""
    try:
        return str(parse_any_number(typed))
    except MistypedNumber:
        return typed


@admin.get("/audit")
@needs(Permission.AUDIT_READ)
def audit() -> str:
    """Show one page of the trail."""
    form = AuditFilterForm(request.args)
    asked = form.asked()
    part, rows = audit_page(db.session(), asked, page_asked(), settings().page_size)
    return render_template(
        "admin/audit.html",
        form=form,
        part=part,
        rows=rows,
        actions=EVENT_ACTIONS,
        codes=CODE_LABELS,
        who=_who,
        mixed=mixed_duties(db.session()),
        narrowed=asked != AuditQuery(),
        csv_address=with_words(url_for("admin.audit_csv"), {**request.args, "page": None}),
    )


def _who(row: Trace) -> str:
    """Return who acted, in words."""
    if row.username:
        return str(_("%(name)s（%(username)s）", name=row.name, username=row.username))
    return label(row.actor_kind) if row.actor_kind.label else "—"


@admin.get("/audit.csv")
@needs(Permission.AUDIT_READ)
def audit_csv() -> Response:
    """Return the whole trail that fits the filters, as CSV in UTF-8 with a byte order mark.

    A file must not hold more than its filters allow: one that is not understood is an error.
    """
    form = AuditFilterForm(request.args)
    asked = form.asked()
    if form.errors:
        said = [f"{name}: {words[0]}" for name, words in form.errors.items()]
        return Response("\n".join(said) + "\n", 400, mimetype="text/plain")
    answer = Response(
        stream_with_context(_lines(audit_trail(db.session(), asked))),
        mimetype="text/csv; charset=utf-8",
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="audit-{today():%Y%m%d}.csv"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


_COLUMNS: tuple[tuple[str, Callable[[Trace], object]], ...] = (
    (N_("序号"), lambda row: row.id),
    (N_("记录时间"), lambda row: _time(row.recorded_at)),
    (N_("发生时间"), lambda row: _time(row.occurred_at)),
    (N_("类别"), lambda row: label(row.axis)),
    (N_("操作"), lambda row: say(EVENT_ACTIONS.get(row.action, row.action))),
    (N_("操作人"), lambda row: row.name or _who(row)),
    (N_("用户名"), lambda row: row.username),
    (N_("信件编号"), lambda row: row.number),
    (N_("原状态"), lambda row: row.from_state),
    (N_("新状态"), lambda row: row.to_state),
    (N_("单位"), lambda row: row.organisation),
    (N_("去往单位"), lambda row: row.to_organisation),
    (N_("代为办理的上级"), lambda row: row.acting_organisation),
    (N_("理由代码"), lambda row: row.reason_code),
    (N_("说明"), lambda row: row.reason),
    (N_("对象"), lambda row: row.subject),
)
"""Name and value of each column of the file."""


def _time(value: datetime) -> str:
    return f"{shanghai(value):%Y-%m-%d %H:%M:%S}"


def _lines(rows: Iterable[Trace]) -> Iterator[str]:
    yield "\ufeff" + _line(say(name) for name, _value in _COLUMNS)
    for row in rows:
        yield _line(value(row) for _name, value in _COLUMNS)


def _line(values: Iterable[object]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([safe_cell(value) for value in values])
    return out.getvalue()
