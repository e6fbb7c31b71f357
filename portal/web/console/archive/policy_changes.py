"""Policies that changed: recording one, deciding on the answers that cite the old one, renewing them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal.adapters.archive_index import open_index
from portal.domain.access import Permission
from portal.domain.archive.freshness import CITED_LEAST
from portal.domain.errors import ActionNotAllowed, Conflict, InvalidInput, NotFound
from portal.models import ArchiveEntry, PolicyChange, db
from portal.queries.archive.policy_changes import (
    marked_by,
    policy_change,
    policy_changes,
    to_renew,
    undecided,
)
from portal.services.archive import policy_changes as service
from portal.services.archive.policy_changes import NewPolicyChange, record_policy_change
from portal.web.console.blueprint import console
from portal.web.core import Answer, Page
from portal.web.core.clock import now
from portal.web.core.fields import DayField, IdsField, LineField, TextField, VersionField
from portal.web.core.forms import Form
from portal.web.core.language import say
from portal.web.core.people import current_actor, needs, staff_only
from portal.web.core.settings import settings

_RECORD = Permission.POLICY_CHANGES_RECORD
OUTDATED = "outdated"
"""Value of the button that marks the chosen answers; the other one keeps them."""


class PolicyChangeForm(Form):
    """A policy, and what answers about the one before it cite."""

    title = LineField(
        _l("新政策的名称"),
        _l("请填写新政策的名称。"),
        service.TITLE_MAX,
        description=_l("会显示在受影响的公示件上。"),
    )
    number = LineField(
        _l("文号"),
        most=service.NUMBER_MAX,
        description=_l("例如：渝府发〔2026〕12号。没有就不填。"),
    )
    effective_on = DayField(_l("施行日期"), _l("请填写施行日期。"))
    cited = TextField(
        _l("旧政策的文号，或答复里的说法"),
        _l("请填写怎样找到受影响的答复。"),
        service.CITED_MAX,
        description=_l(
            "每行一个，至少 %(n)s 个字。答复里写到其中任何一个的公示件都会列出来，由您逐件确认。",
            n=CITED_LEAST,
        ),
    )

    @property
    def typed(self) -> NewPolicyChange:
        """What was typed; only after the form was found valid."""
        return NewPolicyChange(
            self.title.data, self.number.data, self.effective_on.value, self.cited.data
        )


class DecisionForm(Form):
    """A decision on a change and the chosen answers, with the version that the page showed."""

    version = VersionField()
    entries = IdsField(_l("公示件"))

    def has_chosen(self, entry_id: int) -> bool:
        """Return whether an answer was ticked in what was sent."""
        return entry_id in (self.entries.data or ())


@dataclass(frozen=True, slots=True)
class PolicyChangePage:
    """All that ``console/policy_change.html`` shows."""

    change: PolicyChange
    undecided: Sequence[ArchiveEntry]
    marked: Sequence[ArchiveEntry]
    form: DecisionForm
    problem: str


@console.get("/policy-changes", endpoint="policy_changes")
@needs(_RECORD)
def list_changes() -> str:
    """List the changes that were recorded."""
    rows = policy_changes(db.session(), current_actor())
    return render_template("console/policy_changes.html", rows=rows)


@console.route("/policy-changes/new", methods=["GET", "POST"])
@needs(_RECORD)
def policy_change_new() -> Answer:
    """Record a change, then show the answers that cite the old policy."""
    form = PolicyChangeForm()
    if form.validate_on_submit():
        with form.errors_shown():
            change_id = record_policy_change(form.typed, current_actor(), now())
            flash(_("已登记。下面是写到旧政策的公示件，请逐件确认。"), "success")
            return redirect(url_for("console.policy_change", change_id=change_id))
    return render_template("console/policy_change_new.html", form=form), 422 if form.errors else 200


@console.get("/policy-changes/<int:change_id>", endpoint="policy_change")
@needs(_RECORD)
def show_change(change_id: int) -> Page:
    """Show a change with the answers to decide on and those that it marks."""
    return _page(change_id)


def _page(
    change_id: int, status: int = 200, form: DecisionForm | None = None, problem: str = ""
) -> Page:
    session, actor = db.session(), current_actor()
    change = policy_change(session, actor, change_id)
    if change is None:
        raise NotFound
    form = form or DecisionForm(formdata=None)
    form.version.carry(change.version)
    open_ones = [] if change.ended_at else undecided(session, open_index(settings()), actor, change)
    marked = marked_by(session, actor, change)
    page = PolicyChangePage(change, open_ones, marked, form, problem)
    return render_template("console/policy_change.html", page=page), status


@console.post("/policy-changes/<int:change_id>/decide")
@needs(_RECORD)
def policy_change_decide(change_id: int) -> Answer:
    """Mark the chosen answers, or keep them as valid."""
    form = DecisionForm()
    outdated = request.form.get("decision") == OUTDATED
    form.validate()
    try:
        count = service.decide(
            change_id,
            form.version.seen,
            form.entries.data,
            current_actor(),
            now(),
            outdated=outdated,
        )
    except InvalidInput as error:
        form.put(error)
        return _page(change_id, 422, form)
    except (ActionNotAllowed, Conflict) as error:
        return _page(change_id, 409, form, say(str(error)))
    if outdated:
        flash(
            ngettext("%(n)s 件已标为可能已失效。", "%(n)s 件已标为可能已失效。", count, n=count),
            "success",
        )
    else:
        flash(
            ngettext("%(n)s 件确认仍然有效。", "%(n)s 件确认仍然有效。", count, n=count), "success"
        )
    return redirect(url_for("console.policy_change", change_id=change_id))


@console.post("/policy-changes/<int:change_id>/end")
@needs(_RECORD)
def policy_change_end(change_id: int) -> Answer:
    """Take a change back that was recorded by mistake."""
    form = DecisionForm()
    form.validate()
    try:
        service.end_policy_change(change_id, form.version.seen, current_actor(), now())
    except (ActionNotAllowed, Conflict) as error:
        return _page(change_id, 409, problem=say(str(error)))
    flash(_("已撤销，公示件上的提示也去掉了。"), "success")
    return redirect(url_for("console.policy_changes"))


@console.get("/outdated")
@staff_only
def outdated_answers() -> str:
    """List the marked answers that this person may renew."""
    rows = to_renew(db.session(), current_actor())
    return render_template("console/outdated_answers.html", rows=rows)
