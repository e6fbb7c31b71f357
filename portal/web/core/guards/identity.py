"""Signing in with an identity provider: what the browser keeps while it is away, and who came back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TypeVar

import structlog
from flask import redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.adapters.identity.provider import (
    Asked,
    Identity,
    ProviderAway,
    ProviderRefused,
    provider,
)
from portal.identity_settings import IdentityProvider
from portal.web.core.rate_limits import address, minutes, take
from portal.web.core.safety import local_path
from portal.web.core.settings import settings

LIMIT = "60 per 10 minutes"
"""Ways to a provider and back from one address: an office may stand behind one."""
_PLACE = "identity"
"""Key of the session for what the browser has to bring back, by who signs in."""
T = TypeVar("T")
_log = structlog.get_logger("portal.identity")


class NotSignedIn(Exception):
    """Signing in did not succeed; the text says so to the person, ``status`` to the browser.

    ``wait`` are the seconds after which it may be tried again, where there was too much of it.
    """

    def __init__(self, said: str, status: int, wait: int = 0) -> None:
        super().__init__(said)
        self.status = status
        self.wait = wait


def leave_for(chosen: IdentityProvider, endpoint: str) -> Response:
    """Send the browser to the provider, which sends it back to ``endpoint``.

    Raises :class:`NotSignedIn` where the provider is away, or the address has signed in too often.
    """
    _take(endpoint)
    back = _address(endpoint)
    asked = _known(lambda: provider(chosen).ask(back))
    wanted = local_path(request.values.get("next"))
    session[_PLACE] = {endpoint: {**asdict(asked), "address": "", "wanted": wanted}}
    return redirect(asked.address, 303)


def came_back(chosen: IdentityProvider, endpoint: str) -> tuple[Identity, str | None]:
    """Return who has signed in, and the page that was wanted.

    What was kept is used once. Raises :class:`NotSignedIn`.
    """
    _take(endpoint)
    kept = session.pop(_PLACE, {}).get(endpoint)
    if not kept:
        raise NotSignedIn(_("登录没有完成：请从头再登录一次。"), 400)
    wanted = kept.pop("wanted")
    answer = request.args.to_dict()
    back = _address(endpoint)
    return _known(lambda: provider(chosen).identity(Asked(**kept), back, answer)), wanted


def _take(endpoint: str) -> None:
    if wait := take(LIMIT, ("identity", endpoint, address())):
        said = _("登录得太频繁了，请 %(n)s 分钟后再试。", n=minutes(wait))
        raise NotSignedIn(said, 429, wait)


def _known(step: Callable[[], T]) -> T:
    try:
        return step()
    except ProviderAway as error:
        _log.error("identity_provider_away", kind=str(error))
        raise NotSignedIn(_("统一身份认证暂时连接不上，请过一会儿再试。"), 503) from error
    except ProviderRefused as error:
        _log.warning("identity_refused", kind=str(error)[:80])
        raise NotSignedIn(_("统一身份认证没有确认您的身份，请再试一次。"), 401) from error


def _address(endpoint: str) -> str:
    return settings().public_url + url_for(endpoint)
