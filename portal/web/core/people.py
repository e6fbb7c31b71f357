"""The person behind a request: staff with a session, or a citizen who has opened a letter."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, abort, g, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from portal.domain.access import Actor, Permission
from portal.domain.events import ActorKind
from portal.domain.whole_numbers import whole_number
from portal.models import DisclosureRequest, Letter, User, db
from portal.queries.scope import grants_of
from portal.web.core.clock import now
from portal.web.core.settings import settings

P = ParamSpec("P")
R = TypeVar("R")

login_manager = LoginManager()
_SEEN, _BEGAN = "seen", "began"
_OPENED: dict[type[Letter | DisclosureRequest], str] = {
    Letter: "opened_letters",
    DisclosureRequest: "opened_requests",
}
_LOGIN, _TOKEN = "_user_id", "csrf_token"
"""Keys of the session for the person (Flask-Login) and the CSRF token (Flask-WTF)."""
_MOST_OPENED = 5
_WITH_ONE_TIME_PASSWORD = ("account.profile", "account.password")
"""The endpoints open to a person with a one-time password: the page to change it."""


class Staff(UserMixin):  # type: ignore[misc]
    """The person logged in, as plain values that stay valid after the transaction."""

    def __init__(self, user: User) -> None:
        self.id = user.id
        self.name = user.name
        self.username = user.username
        self.epoch = user.session_epoch
        self.must_change_password = user.must_change_password
        self.actor = Actor(ActorKind.STAFF, user.id, user.name, grants_of(user))
        self.places = tuple((g.role, g.organisation.name) for g in user.grants)

    def get_id(self) -> str:
        """Return the id stored in the session; a new epoch ends all sessions."""
        return f"{self.id}:{self.epoch}"


def set_up_people(app: Flask) -> None:
    """Bind staff sessions to ``app``."""
    login_manager.init_app(app)
    login_manager.user_loader(load_staff)


def load_staff(session_id: str) -> Staff | None:
    """Return the person of a session, or ``None`` where it has ended."""
    user_id, epoch = map(whole_number, session_id.partition(":")[::2])
    if user_id is None or epoch is None:
        return None
    user = db.session.get(User, user_id)
    if user is not None and user.disabled:
        g.session_ended = "disabled"
    if user is None or user.disabled or user.session_epoch != epoch or _over():
        return None
    return Staff(user)


def _over() -> bool:
    """Return whether the session is too old or idle for too long; else record its use."""
    moment = int(now().timestamp())
    age, idle = (moment - int(session.get(name, 0)) for name in (_BEGAN, _SEEN))
    # Flask signs the cookie again with every change, so its own age never reaches the limit.
    if age > settings().session_hours * 3600 or idle > settings().session_idle_minutes * 60:
        return True
    if idle > 60:
        session[_SEEN] = moment
    return False


def begin_session(user_id: int) -> None:
    """Begin a fresh staff session.

    Pages that the same person has open in this browser keep the CSRF token of their forms, so that
    what was typed when a session ended can be sent after the login. Another person gets a new one.
    """
    same = str(session.get(_LOGIN, "")).partition(":")[0] == str(user_id)
    token = session.get(_TOKEN) if same else None
    session.clear()
    session.permanent = True
    if token:
        session[_TOKEN] = token
    session[_BEGAN] = session[_SEEN] = int(now().timestamp())
    login_user(Staff(db.session.get_one(User, user_id)))


def end_session() -> None:
    """End the session and forget what it held."""
    logout_user()
    session.clear()


def current_actor() -> Actor:
    """Return the actor of the request; only for routes that need a login."""
    actor: Actor = current_user.actor
    return actor


def needs(permission: Permission | None) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Require staff who hold ``permission`` at any organisation; queries check the object.

    Without one any member of staff will do.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if not current_user.is_authenticated:
                return login_manager.unauthorized()  # type: ignore[no-any-return]
            if (
                current_user.must_change_password
                and request.endpoint not in _WITH_ONE_TIME_PASSWORD
            ):
                return redirect(url_for("account.profile"), 303)  # type: ignore[return-value]
            if permission and not current_actor().holds(permission):
                abort(403)
            return view(*args, **kwargs)

        guarded.permission = permission or "staff"  # type: ignore[attr-defined]
        return guarded

    return decorate


staff_only = needs(None)


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a route as open to anyone."""
    view.permission = "public"  # type: ignore[attr-defined]
    return view


def remember_opened(model: type[Letter | DisclosureRequest], opened_id: int) -> None:
    """Remember that this browser has shown the code of a letter or request for disclosure."""
    opened = [i for i in session.get(_OPENED[model], []) if i != opened_id]
    session[_OPENED[model]] = [*opened, opened_id][-_MOST_OPENED:]


def is_opened(found: Letter | DisclosureRequest) -> bool:
    """Return whether this browser has shown the code of ``found``."""
    return found.id in session.get(_OPENED[type(found)], [])


def close_opened() -> None:
    """Forget every letter and request this browser has opened (a shared computer)."""
    for name in _OPENED.values():
        session.pop(name, None)
