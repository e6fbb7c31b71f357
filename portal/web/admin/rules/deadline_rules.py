"""Deadline rules with scope, source and validity, and versions that have not begun."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from portal.domain.access import Permission
from portal.domain.errors import InvalidInput
from portal.models import db
from portal.queries.office.rule_table import RuleVersion, rule_table
from portal.services.office.deadline_rules import (
    add_deadline_rule,
    change_deadline_rule,
    remove_deadline_rule,
)
from portal.web.admin.blueprint import admin
from portal.web.admin.rules.forms import DeadlineRuleForm, rule_name
from portal.web.core import Answer, Page
from portal.web.core.clock import now, today
from portal.web.core.language import say
from portal.web.core.people import current_actor, needs


@admin.get("/deadline-rules")
@needs(Permission.DEADLINE_RULES_EDIT)
def deadline_rules() -> Page:
    """Show every rule with its versions."""
    return _page()


def _page(status: int = 200, problem: str = "") -> Page:
    table = rule_table(db.session(), today())
    words = render_template(
        "admin/deadline_rules.html",
        table=table,
        rule_name=rule_name,
        problem=problem,
    )
    return words, status


@admin.route("/deadline-rules/new", methods=["GET", "POST"])
@needs(Permission.DEADLINE_RULES_EDIT)
def deadline_rules_new() -> Answer:
    """Add a version of a rule; the form begins with the version that the address names."""
    code, place = request.args.get("code"), request.args.get("organisation", "")
    held = _version(
        lambda each: (
            each.in_force
            and each.rule.code == code
            and str(each.rule.organisation_id or "") == place
        )
    )
    begun = replace(held.rule, source="", valid_from=None, valid_to=None) if held else None
    form = DeadlineRuleForm(begun)
    return _save(form, lambda: add_deadline_rule(form.rule, current_actor(), now()))


@admin.route("/deadline-rules/<int:rule_id>", methods=["GET", "POST"])
@needs(Permission.DEADLINE_RULES_EDIT)
def deadline_rules_change(rule_id: int) -> Answer:
    """Change a version that has not begun."""
    version = _version(lambda each: each.to_come and each.rule.id == rule_id)
    if version is None and request.method == "GET":
        abort(404)
    form = DeadlineRuleForm(version.rule if version else None)
    return _save(form, lambda: change_deadline_rule(rule_id, form.rule, current_actor(), now()))


def _version(wanted: Callable[[RuleVersion], bool]) -> RuleVersion | None:
    table = rule_table(db.session(), today())
    return next((each for rule in table for each in rule.versions if wanted(each)), None)


def _save(form: DeadlineRuleForm, act: Callable[[], object]) -> Answer:
    if form.validate_on_submit():
        with form.errors_shown():
            act()
            flash(_("时限已保存，从生效日期起执行。"), "success")
            return redirect(url_for("admin.deadline_rules"))
    return render_template("admin/deadline_rule.html", form=form), 422 if form.errors else 200


@admin.post("/deadline-rules/<int:rule_id>/remove")
@needs(Permission.DEADLINE_RULES_EDIT)
def deadline_rules_remove(rule_id: int) -> Answer:
    """Take back a version that has not begun; let one in force end with today."""
    try:
        remove_deadline_rule(rule_id, current_actor(), now())
    except InvalidInput as error:
        return _page(409, say(error.message))
    flash(_("已保存：还没生效的已撤销，执行中的到今天为止。"), "success")
    return redirect(url_for("admin.deadline_rules"))
