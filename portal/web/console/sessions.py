"""One's own sessions: where one is logged in, and how to end it elsewhere."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.models import db
from portal.queries.sessions import earlier_sessions, open_sessions
from portal.services.core.sessions import end_other_sessions, end_staff_session
from portal.web.console.account import account
from portal.web.core.clock import now
from portal.web.core.people import current_actor, sessions_since, staff_only


@account.get("/sessions")
@staff_only
def sessions() -> str:
    """List where the person is logged in now, and every earlier login, also one by somebody else."""
    session, since = db.session(), sessions_since()
    rows = open_sessions(session, current_user.id, since)
    earlier = earlier_sessions(session, current_user.id, since)
    others = [each.id for each in rows if each.id != current_user.session_id]
    return render_template("console/sessions.html", rows=rows, earlier=earlier, others=others)


@account.post("/sessions/<int:session_id>/end")
@staff_only
def end_one(session_id: int) -> Response:
    """End one session of the person; that of somebody else stays."""
    end_staff_session(session_id, current_actor(), now())
    flash(_("那里的登录已经退出。"), "success")
    return redirect(url_for("account.sessions"))


@account.post("/sessions/end")
@staff_only
def end_others() -> Response:
    """End every session of the person but this one."""
    end_other_sessions(current_actor(), now())
    flash(_("其他地方的登录都已退出。"), "success")
    return redirect(url_for("account.sessions"))
