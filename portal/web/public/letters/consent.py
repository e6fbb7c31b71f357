"""The page on which a sender gives or revokes consent to publication."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import flash, redirect, render_template
from flask_babel import lazy_gettext as _l

from portal.domain.choices import consent_choice
from portal.domain.errors import ActionNotAllowed, Unavailable
from portal.services.letters.consent import give_consent, revoke_consent
from portal.web.core import Answer
from portal.web.core.clock import now
from portal.web.core.language import say
from portal.web.core.people import public
from portal.web.public.blueprint import public_pages
from portal.web.public.letters.letter import LetterPage

_CHANGES: dict[str, tuple[Callable[[int, datetime], None], object]] = {
    "revoke": (
        revoke_consent,
        _l("已收回公示同意。这封信不会公示；已经公示的，公示件已经撤下。"),
    ),
    "give": (give_consent, _l("已记下您的同意；是否公示由审核决定。")),
}


@public_pages.get("/letters/<number>/consent")
@public
def consent(number: str) -> Answer:
    """Explain the effect of revoking or giving consent, and ask for confirmation."""
    page = LetterPage(number)
    found = page.find()
    if found is None:
        return page.closed()
    choice = consent_choice(found)
    if choice is None:
        return redirect(page.address(found))
    return render_template("public/consent.html", letter=found, choice=str(choice))


@public_pages.post("/letters/<number>/consent/<any(revoke,give):change>")
@public
def change_consent(number: str, change: str) -> Answer:
    """Revoke consent to publication, or give it after all."""
    page = LetterPage(number)
    found = page.find()
    if found is None:
        return page.closed()
    act, done = _CHANGES[change]
    try:
        act(found.id, now())
    except (ActionNotAllowed, Unavailable) as error:
        flash(say(error.message), "warning")
    else:
        flash(str(done), "success")
    return redirect(page.address(found))
