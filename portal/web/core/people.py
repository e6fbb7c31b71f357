"""The person behind a request: staff with a session, or a citizen who has opened a letter."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from secrets import token_urlsafe
from typing import ParamSpec, TypeVar

from flask import Flask, abort, g, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from portal.domain.access import Actor, Permission
from portal.domain.errors import Unavailable
from portal.domain.events import ActorKind
from portal.models import DisclosureRequest, Letter, User, db
from portal.models.user import ADDRESS_MAX
from portal.queries.scope import grants_of
from portal.queries.sessions import is_citizen_session, session_of
from portal.services.core.sessions import (
    begin_citizen_session,
    begin_staff_session,
    end_citizen_session,
    end_staff_session,
    touch_staff_session,
)
from portal.web.core.clock import now
from portal.web.core.rate_limits import address
from portal.web.core.settings import settings

P = ParamSpec("P")
R = TypeVar("R")

login_manager = LoginManager()
_SEEN = "seen"
_BROWSER = "browser"
"""Key of the session for what is known of a citizen's browser: the digest of it is a row."""
_SEEN_EVERY = timedelta(minutes=5)
"""How exactly a session knows when it was last used."""
_OPENED: dict[type[Letter | DisclosureRequest], str] = {
    Letter: "opened_letters",
    DisclosureRequest: "opened_requests",
}
RECEIPTS = "receipts"
"""Key of the session for the receipts of what this browser has sent."""
_CITIZEN = "citizen"
"""Key of the session for the citizen who has signed in."""
_LOGIN, _TOKEN = "_user_id", "csrf_token"
"""Keys of the session for the person (Flask-Login) and the CSRF token (Flask-WTF)."""
_MOST_OPENED = 5
_WITH_ONE_TIME_PASSWORD = ("account.profile", "account.password")
"""The endpoints open to a person with a one-time password: the page to change it."""
_WITHOUT_FACTOR = (
    *_WITH_ONE_TIME_PASSWORD,
    "account.factor",
    "account.add_factor",
    "account.passkeys",
    "account.add_passkey",
)
"""The endpoints open to a person who must use a second factor and has none yet."""
_PENDING = "second"
"""Key of the session of who has shown the password, and not yet the second factor."""
PENDING_FOR = timedelta(minutes=10)
"""How long a password that was shown waits for the second factor."""


class Staff(UserMixin):  # type: ignore[misc]
    """The person logged in, as plain values that stay valid after the transaction."""

    def __init__(self, user: User, session_id: int, key: str) -> None:
        self.id = user.id
        self.session_id = session_id
        self.key = key
        self.name = user.name
        self.username = user.username
        self.must_change_password = user.must_change_password
        needed = settings().second_factor_roles.split(",")
        self.needs_factor = not user.has_factor and any(
            str(grant.role) in needed for grant in user.grants
        )
        self.actor = Actor(
            ActorKind.STAFF,
            user.id,
            user.name,
            grants_of(user),
            address=address()[:ADDRESS_MAX],
            session_id=session_id,
        )
        self.places = tuple((g.role, g.organisation.name) for g in user.grants)

    def get_id(self) -> str:
        """Return what the cookie holds: the key of a row that can be ended."""
        return self.key


def set_up_people(app: Flask) -> None:
    """Bind staff sessions to ``app``."""
    login_manager.init_app(app)
    login_manager.user_loader(load_staff)


def load_staff(key: str) -> Staff | None:
    """Return the person of a session, or ``None`` where it has ended."""
    found = session_of(db.session(), key)
    if found is None:
        return None
    if found.user.disabled:
        g.session_ended = "disabled"
    if found.user.disabled or found.ended_at is not None or _over(found.began_at):
        return None
    g.session_seen_at = found.seen_at
    return Staff(found.user, found.id, key)


def _over(began_at: datetime) -> bool:
    """Return whether the session is too old or idle for too long; else record its use."""
    moment = int(now().timestamp())
    age, idle = now() - began_at, moment - int(session.get(_SEEN, 0))
    if age > _longest() or idle > settings().session_idle_minutes * 60:
        return True
    if idle > 60:
        session[_SEEN] = moment
    return False


def _longest() -> timedelta:
    return timedelta(hours=settings().session_hours)


def sessions_since() -> datetime:
    """Return when the oldest session that is still good began."""
    return now() - _longest()


def _touch() -> None:
    """Note every few minutes that the session is in use, unless somebody is writing for long."""
    if now() - g.session_seen_at >= _SEEN_EVERY:
        with suppress(Unavailable):
            touch_staff_session(current_user.session_id, now())


def begin_session(user_id: int, *, login: bool = False) -> bool:
    """Begin a fresh staff session; return whether its network is new to the person.

    ``login`` says that the person has just logged in, which is recorded.

    Pages that the same person has open in this browser keep the CSRF token of their forms, so that
    what was typed when a session ended can be sent after the login. Another person gets a new one.
    """
    before = session_of(db.session(), str(session.get(_LOGIN, "")))
    token = session.get(_TOKEN) if before is not None and before.user_id == user_id else None
    session.clear()
    session.permanent = True
    if token:
        session[_TOKEN] = token
    session[_SEEN] = int(now().timestamp())
    key = token_urlsafe(32)
    device = request.user_agent.string
    new = begin_staff_session(user_id, key, address(), device, now(), login=login)
    found = session_of(db.session(), key)
    assert found is not None  # noqa: S101
    g.session_seen_at = found.seen_at
    login_user(Staff(found.user, found.id, key))
    return new


@dataclass(frozen=True, slots=True)
class PendingLogin:
    """A login that waits for its second factor, and where it leads."""

    user_id: int
    username: str
    wanted: str | None


def await_second(user_id: int, username: str, wanted: str | None) -> None:
    """Remember for ten minutes that this browser has shown the password of a user."""
    session[_PENDING] = [user_id, username, wanted, int(now().timestamp())]


def pending_login() -> PendingLogin | None:
    """Return the login that waits in this browser for its second factor, if any."""
    user_id, username, wanted, at = session.get(_PENDING) or (0, "", None, 0)
    if int(now().timestamp()) - at > PENDING_FOR.total_seconds():
        return None
    return PendingLogin(user_id, username, wanted)


def end_session() -> None:
    """End the session, for every copy of its cookie too, and forget what it held."""
    if current_user.is_authenticated:
        end_staff_session(current_user.session_id, current_actor(), now())
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
            if current_user.needs_factor and request.endpoint not in _WITHOUT_FACTOR:
                return redirect(url_for("account.factor"), 303)  # type: ignore[return-value]
            _touch()
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


def known_browser() -> bool:
    """Return whether this browser has opened or sent something and has not left since."""
    if "known_browser" not in g:
        key = str(session.get(_BROWSER, ""))
        g.known_browser = bool(key) and is_citizen_session(db.session(), key, sessions_since())
    return bool(g.known_browser)


def know_browser() -> None:
    """Have the cookie of this browser hold a key, which ends for all its copies when it leaves.

    Raises :class:`Unavailable` where nothing can be written.
    """
    if not known_browser():
        key = token_urlsafe(24)
        begin_citizen_session(key, now())
        for name in (*_OPENED.values(), RECEIPTS, _CITIZEN):
            session.pop(name, None)
        session[_BROWSER], g.known_browser = key, True


def remember_opened(model: type[Letter | DisclosureRequest], opened_id: int) -> None:
    """Remember that this browser has shown the code of a letter or request for disclosure."""
    know_browser()
    opened = [i for i in session.get(_OPENED[model], []) if i != opened_id]
    session[_OPENED[model]] = [*opened, opened_id][-_MOST_OPENED:]


def is_opened(found: Letter | DisclosureRequest) -> bool:
    """Return whether this browser has shown the code of ``found``."""
    return found.id in session.get(_OPENED[type(found)], []) and known_browser()


def opened_ids(model: type[Letter | DisclosureRequest]) -> list[int]:
    """Return the ids of what this browser has opened or sent, the newest last."""
    return list(session.get(_OPENED[model], [])) if known_browser() else []


def remember_citizen(key: str) -> None:
    """Remember who has signed in as a citizen in this browser, until it leaves."""
    know_browser()
    session[_CITIZEN] = key


def citizen() -> str | None:
    """Return the key of the citizen who has signed in here, if there is one."""
    key = session.get(_CITIZEN)
    return str(key) if key and known_browser() else None


def leave_opened() -> None:
    """Forget what this browser has opened and sent, in every copy of its cookie (a shared computer)."""
    key = session.pop(_BROWSER, None)
    for name in (*_OPENED.values(), RECEIPTS, _CITIZEN):
        session.pop(name, None)
    g.known_browser = False
    if key:
        end_citizen_session(key)
