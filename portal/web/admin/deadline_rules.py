"""Time limits: what holds, by which source, and versions to come."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.domain.access import Permission
from portal.domain.deadline_rules import LIMIT_LABELS
from portal.domain.errors import InvalidInput
from portal.models import db
from portal.queries.office.rule_table import limit_table
from portal.services.office import rules
from portal.web.admin.blueprint import admin
from portal.web.admin.rule_forms import LimitForm
from portal.web.core.clock import now, today
from portal.web.core.people import current_actor, needs

Answer = str | tuple[str, int] | Response


@admin.get("/limits")
@needs(Permission.LIMITS_EDIT)
def limits() -> Answer:
    """Show every rule with its versions."""
    return _page()


def _page(status: int = 200, problem: str = "") -> tuple[str, int]:
    table = limit_table(db.session(), today())
    words = render_template("admin/limits.html", limits=table, labels=LIMIT_LABELS, problem=problem)
    return words, status


@admin.route("/limits/new", methods=["GET", "POST"])
@needs(Permission.LIMITS_EDIT)
def limits_new() -> Answer:
    """Let another version of a rule begin."""
    form = LimitForm()
    if request.method == "GET":
        _fill(form)
        return render_template("admin/limit_new.html", form=form)
    if not form.carry_out(lambda: rules.add_limit(form.limit, current_actor(), now())):
        return render_template("admin/limit_new.html", form=form), 422
    flash(_("新的时限已保存，从生效日期起执行。"), "success")
    return redirect(url_for("admin.limits"))


def _fill(form: LimitForm) -> None:
    """Begin from what holds today for the rule that the address names."""
    versions = limit_table(db.session(), today()).get(request.args.get("code", ""), [])
    held = next((each.limit for each in versions if each.in_force), None)
    if held:
        form.code.data, form.days.data, form.unit.data = held.code, held.days, held.unit.value
        form.extension_days.data = held.extension_days


@admin.post("/limits/<int:limit_id>/withdraw")
@needs(Permission.LIMITS_EDIT)
def limits_withdraw(limit_id: int) -> Answer:
    """Remove a version that is not yet in force."""
    try:
        rules.withdraw_limit(limit_id, current_actor(), now())
    except InvalidInput as error:
        return _page(409, _(str(error)))
    flash(_("已撤销。"), "success")
    return redirect(url_for("admin.limits"))
