"""Staff who sign in with an identity provider instead of a password."""

from __future__ import annotations

from flask import abort, render_template, request

from portal.identity_settings import IdentityProvider
from portal.services.office.identities import NoAccount, enter_with_identity
from portal.web.console.account import LoginForm, account, logged_in
from portal.web.core import Answer
from portal.web.core.clock import now
from portal.web.core.guards.identity import NotSignedIn, came_back, leave_for
from portal.web.core.language import say
from portal.web.core.people import public
from portal.web.core.rate_limits import address, retry_later
from portal.web.core.safety import local_path
from portal.web.core.settings import settings

BACK = "account.identity_return"


@account.get("/identity")
@public
def identity() -> Answer:
    """Send the browser to the provider of the staff."""
    chosen = _chosen()
    try:
        return leave_for(chosen, BACK)
    except NotSignedIn as error:
        return _refused(str(error), error.status, error.wait)


@account.get("/identity/return")
@public
def identity_return() -> Answer:
    """Begin a session for whoever the provider names, with the roles that its groups give."""
    chosen = _chosen()
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
        return _refused(str(error), error.status, error.wait)
    except NoAccount as error:
        return _refused(say(error.message), 403)
    return logged_in(user_id, name, wanted)


def _chosen() -> IdentityProvider:
    chosen = settings().staff_identity
    return chosen if chosen is not None else abort(404)


def _refused(said: str, status: int, wait: int = 0) -> Answer:
    form = LoginForm(formdata=None)
    form.form_errors.append(said)
    wanted = local_path(request.values.get("next"))
    page = render_template("console/login.html", form=form, wanted=wanted), status
    return retry_later(page, wait) if wait else page
