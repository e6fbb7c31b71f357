"""The blueprint of administration: its first page, and the sections that a person may open."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.adapters.files.scanning import answers
from portal.domain.access import Permission
from portal.models import db
from portal.queries.office.administration import overview
from portal.web.core.clock import now
from portal.web.core.people import current_actor, staff_only
from portal.web.core.settings import settings

admin = Blueprint("admin", __name__, url_prefix="/admin")

SECTIONS: tuple[tuple[str, Any, Permission], ...] = (
    ("admin.organisations", _l("单位"), Permission.ORGANISATIONS_EDIT),
    ("admin.people", _l("人员"), Permission.USERS_EDIT),
    ("admin.calendar", _l("工作日历"), Permission.CALENDAR_EDIT),
    ("admin.deadline_rules", _l("办理时限"), Permission.DEADLINE_RULES_EDIT),
    ("admin.words", _l("同义词"), Permission.WORDS_EDIT),
    ("admin.messages", _l("消息与任务"), Permission.MESSAGES_EDIT),
    ("admin.tokens", _l("接口令牌"), Permission.TOKENS_EDIT),
    ("admin.reports", _l("年度报告"), Permission.REPORTS_KEEP),
    ("admin.list_site_notices", _l("网站找错"), Permission.SITE_NOTICES_ANSWER),
    ("admin.audit", _l("操作日志"), Permission.AUDIT_READ),
)
"""Endpoint, name and permission of each section."""


def sections() -> list[tuple[str, Any]]:
    """Return endpoint and name of the sections open to the person logged in."""
    actor = current_actor()
    return [(endpoint, name) for endpoint, name, wanted in SECTIONS if actor.holds(wanted)]


@admin.context_processor
def section_words() -> dict[str, Any]:
    """Offer the sections to the frame of every page of administration."""
    if not current_user.is_authenticated:
        return {}
    return {"admin_sections": sections()}


@admin.get("/")
@staff_only
def index() -> str | Response:
    """Show the sections, or redirect a person without any to the account, which names roles."""
    if not sections():
        return redirect(url_for("account.profile"))
    scanner = settings().scanner
    return render_template(
        "admin/index.html",
        overview=overview(db.session(), now()),
        scanner_away=bool(scanner) and not answers(scanner),
    )
