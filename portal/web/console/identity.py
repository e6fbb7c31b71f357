"""Staff who sign in with an identity provider instead of a password."""

from __future__ import annotations

from flask import abort, render_template, request
from flask_babel import gettext as _

from portal.identity_settings import IdentityProvider
from portal.services.office.identities import NoAccount, enter_with_identity
from portal.web.console.account import LoginForm, account, logged_in
from portal.web.core import Answer
from portal.web.core.clock import now
from portal.web.core.guards.identity import NotSignedIn, came_back, leave_for
from portal.web.core.language import say
from portal.web.core.people import public
from portal.web.core.rate_limits import address, minutes, retry_later, take
from portal.web.core.safety import local_path
from portal.web.core.settings import settings

BACK = "account.identity_return"
LIMIT = "60 per 10 minutes"
"""Sign-ins from one address: an office may stand behind one."""


@account.get("/identity")
@public
def identity() -> Answer:
    """Send the browser to the provider of the staff."""
    chosen = _chosen()
    if refused := _too_often():
        return refused
    try:
        return leave_for(chosen, BACK)
    except NotSignedIn as error:
        return _refused(str(error), error.status)


@account.get("/identity/return")
@public
def identity_return() -> Answer:
    """Begin a session for whoever the provider names, with the roles that its groups give."""
    chosen = _chosen()
    if refused := _too_often():
        return refused
    try:
        found, wanted = came_back(chosen, BACK)
        user_id, name = enter_with_identity(
            found.issuer,
            found.subject,
            found.username,
            found.name,
            found.groups,
            chosen.roles,
            now(),
            address(),
        )
    except NotSignedIn as error:
        return _refused(str(error), error.status)
    except NoAccount as error:
        return _refused(say(error.message), 403)
    return logged_in(user_id, name, wanted)


def _chosen() -> IdentityProvider:
    chosen = settings().staff_identity
    return chosen if chosen is not None else abort(404)


def _too_often() -> Answer | None:
    if wait := take(LIMIT, ("identity", address())):
        said = _("登录得太频繁了，请 %(n)s 分钟后再试。", n=minutes(wait))
        return retry_later(_refused(said, 429), wait)
    return None


def _refused(said: str, status: int) -> tuple[str, int]:
    form = LoginForm(formdata=None)
    form.form_errors.append(said)
    wanted = local_path(request.values.get("next"))
    return render_template("console/login.html", form=form, wanted=wanted), status
