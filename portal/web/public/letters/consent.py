"""The page on which a sender gives or revokes consent to publication."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import flash, redirect, render_template
from flask_babel import gettext as _

from portal.domain.choices import consent_choice
from portal.domain.errors import ActionNotAllowed, Unavailable
from portal.services.letters.consent import give_consent, revoke_consent
from portal.web.core.clock import now
from portal.web.core.language import say
from portal.web.core.people import public
from portal.web.public.blueprint import public_pages
from portal.web.public.letters.letter import LetterPage
from portal.web.public.letters.opened_page import Answer


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


@public_pages.post("/letters/<number>/consent/revoke")
@public
def take_back_consent(number: str) -> Answer:
    """Revoke consent to publication."""
    return _act(
        number, revoke_consent, _("已收回公示同意。这封信不会公示；已经公示的，公示件已经撤下。")
    )


@public_pages.post("/letters/<number>/consent/give")
@public
def allow_publication(number: str) -> Answer:
    """Give consent to publication after all."""
    return _act(number, give_consent, _("已记下您的同意；是否公示由审核决定。"))


def _act(number: str, change: Callable[[int, datetime], None], said: str) -> Answer:
    page = LetterPage(number)
    found = page.find()
    if found is None:
        return page.closed()
    try:
        change(found.id, now())
    except (ActionNotAllowed, Unavailable) as error:
        flash(say(error.message), "warning")
    else:
        flash(said, "success")
    return redirect(page.address(found))
