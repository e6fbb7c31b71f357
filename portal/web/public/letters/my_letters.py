"""The letters of a citizen who signs in, on one page."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from portal.domain.accounts.identity import citizen_key
from portal.domain.errors import NotFound
from portal.identity_settings import IdentityProvider
from portal.models import Letter, db
from portal.queries.letters.my_letters import my_letter, my_letters
from portal.queries.letters.track import letter_by_number
from portal.services.letters.my_letters import keep_letter
from portal.web.core import Answer
from portal.web.core.clock import now
from portal.web.core.fields import page_asked
from portal.web.core.guards.identity import NotSignedIn, came_back, leave_for
from portal.web.core.people import (
    citizen,
    is_opened,
    public,
    remember_citizen,
    remember_opened,
)
from portal.web.core.rate_limits import retry_later
from portal.web.core.settings import code_key, settings
from portal.web.public.blueprint import public_pages

BACK = "public.my_letters_return"
public_pages.add_app_template_global(citizen, "signed_in_citizen")


@public_pages.get("/my-letters", endpoint="my_letters")
@public
def letters_kept() -> str:
    """List the letters of the citizen who has signed in, or offer to sign in."""
    provider, who = _provider(), citizen()
    found = my_letters(db.session(), who, page_asked(), settings().page_size) if who else None
    return render_template("public/my_letters.html", provider=provider, found=found, problem="")


@public_pages.get("/my-letters/sign-in")
@public
def my_letters_sign_in() -> Answer:
    """Send the browser to the provider of the citizens."""
    provider = _provider()
    try:
        return leave_for(provider, BACK)
    except NotSignedIn as error:
        return _refused(str(error), error.status, error.wait)


@public_pages.get("/my-letters/return")
@public
def my_letters_return() -> Answer:
    """Remember who has signed in."""
    provider = _provider()
    try:
        found, _wanted = came_back(provider, BACK)
    except NotSignedIn as error:
        return _refused(str(error), error.status, error.wait)
    remember_citizen(citizen_key(code_key(), found.issuer, found.subject))
    return redirect(url_for("public.my_letters"), 303)


@public_pages.get("/my-letters/<number>", endpoint="my_letter")
@public
def open_kept(number: str) -> Answer:
    """Open a letter that the citizen keeps, without its code."""
    _provider()
    who = citizen()
    letter = my_letter(db.session(), who, number) if who else None
    if letter is None:
        raise NotFound
    remember_opened(Letter, letter.id)
    return redirect(url_for("public.letter", number=number), 303)


@public_pages.post("/letters/<number>/keep")
@public
def keep(number: str) -> Answer:
    """Put a letter that was opened with its code among those of the citizen."""
    _provider()
    who, letter = citizen(), letter_by_number(db.session(), number)
    if letter is None or not is_opened(letter):
        raise NotFound
    if who is None:
        return redirect(url_for("public.my_letters"), 303)
    keep_letter(letter.id, who, now())
    flash(_("已收进“我的信件”。"), "success")
    return redirect(url_for("public.letter", number=number), 303)


def _provider() -> IdentityProvider:
    chosen = settings().citizen_identity
    return chosen if chosen is not None else abort(404)


def _refused(said: str, status: int, wait: int = 0) -> Answer:
    page = render_template("public/my_letters.html", provider=_provider(), found=None, problem=said)
    return retry_later((page, status), wait) if wait else (page, status)
