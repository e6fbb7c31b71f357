"""The audit trail to read, filter and download as CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from ipaddress import ip_address

from flask import Response, render_template, request, stream_with_context, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from portal.domain.access import Permission
from portal.domain.audit.rows import ChainKind
from portal.domain.checked_numbers import MistypedNumber
from portal.domain.disclosure.numbers import parse_any_number
from portal.domain.errors import N_
from portal.domain.events import Axis, ReadAction
from portal.domain.periods import shanghai
from portal.models import db
from portal.queries.audit.trail import (
    EVENT_ACTIONS,
    AuditQuery,
    Mark,
    Trace,
    account_names,
    audit_page,
    audit_trail,
    readable_numbers,
)
from portal.queries.office.grants import mixed_duties
from portal.reporting.cells import safe_cell
from portal.web.admin import audit_words
from portal.web.admin.blueprint import admin
from portal.web.core.addresses import here, with_words
from portal.web.core.clock import today
from portal.web.core.fields import DayField, EnumListField, LineField, ListField
from portal.web.core.forms import FilterForm
from portal.web.core.language import label, say
from portal.web.core.people import current_actor, needs
from portal.web.core.reads import shown
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
    address = LineField(_l("网络地址"))
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
            address=_address(self.address.data[:WORDS_MAX]),
            first=self.first.data,
            last=self.last.data,
        )


def _number(typed: str) -> str:
    """Return the number as it is stored; other text stays as typed and finds nothing."""
    try:
        return str(parse_any_number(typed))
    except MistypedNumber:
        return typed


def _address(typed: str) -> str:
    """Return the address as it is stored; other text stays as typed and finds nothing."""
    try:
        return str(ip_address(typed))
    except ValueError:
        return typed


@admin.get("/audit")
@needs(Permission.AUDIT_READ)
def audit() -> str:
    """Show one page of the trail."""
    form, session = AuditFilterForm(request.args), db.session()
    asked, before = form.asked(), read_mark(request.args.get("before", ""))
    page = audit_page(session, asked, before, settings().page_size)
    words, narrowed = {**request.args, "before": None}, asked != AuditQuery()
    shown(ReadAction.READ_TRAIL, detail=_filters(asked))
    return render_template(
        "admin/audit.html",
        form=form,
        rows=page.rows,
        older=here(before=write_mark(page.older)) if page.older else None,
        newest=here(before=None) if before else None,
        actions=EVENT_ACTIONS,
        who=audit_words.who,
        why=audit_words.why,
        place_of=audit_words.place,
        what=partial(audit_words.what, account_names(session, page.rows)),
        readable=readable_numbers(session, current_actor(), page.rows),
        mixed=mixed_duties(session),
        narrowed=narrowed,
        csv_address=with_words(url_for("admin.audit_csv"), words),
    )


def write_mark(mark: Mark) -> str:
    """Return the place of a row as it stands in an address."""
    microseconds = (mark.recorded_at - _EPOCH) // timedelta(microseconds=1)
    return f"{mark.kind}-{mark.id}-{microseconds}"


def read_mark(text: str) -> Mark | None:
    """Return the place in an address; ``None`` where it is none, so that the newest rows are shown."""
    found = _MARK.fullmatch(text)
    if found is None:
        return None
    at = _EPOCH + timedelta(microseconds=int(found[3]))
    return Mark(at, ChainKind(found[1]), int(found[2]))


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MARK = re.compile(r"(event|read)-([0-9]{1,18})-(-?[0-9]{1,16})", re.ASCII)


def _filters(asked: AuditQuery) -> str | None:
    """Return the filters that are set, as the trail keeps them."""
    given = ((name, getattr(asked, name)) for name in AuditQuery.__slots__)
    return "; ".join(f"{name}={value}" for name, value in given if value) or None


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
    shown(ReadAction.EXPORT_TRAIL, detail=_filters(asked))
    answer = Response(
        stream_with_context(_lines(audit_trail(db.session(), asked))),
        mimetype="text/csv; charset=utf-8",
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="audit-{today():%Y%m%d}.csv"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


_COLUMNS: tuple[tuple[str, Callable[[Trace], object]], ...] = (
    (N_("序号"), lambda row: f"{row.kind} {row.id}"),
    (N_("记录时间"), lambda row: _time(row.recorded_at)),
    (N_("发生时间"), lambda row: _time(row.occurred_at)),
    (N_("类别"), lambda row: label(row.axis)),
    (N_("操作"), lambda row: say(EVENT_ACTIONS.get(row.action, row.action))),
    (N_("操作人"), lambda row: row.name or audit_words.who(row)),
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
    (N_("网络地址"), lambda row: row.address),
    (N_("会话"), lambda row: row.session_id or ""),
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
