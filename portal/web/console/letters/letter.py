"""The letter page: correspondence and history, the next thing to do, everything else below it."""

from __future__ import annotations

from functools import partial

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from portal.domain.access import ACTION_PERMISSIONS, Permission
from portal.domain.errors import LetterboxError
from portal.domain.events import ReadAction
from portal.domain.letters.numbers import NumberError, parse_number
from portal.domain.letters.states import Action
from portal.models import Letter, db
from portal.queries.scope import readable_letter
from portal.services.letters.contacts import Contacts, reveal_contacts
from portal.web.console.blueprint import console
from portal.web.console.letters.forms import StepForm
from portal.web.console.letters.letter_page import build_letter_page, next_address
from portal.web.console.letters.steps import STEPS
from portal.web.console.steps import Step, StepPage, add_step
from portal.web.core import Answer
from portal.web.core.clock import now
from portal.web.core.failures import typed_texts
from portal.web.core.people import current_actor, needs
from portal.web.core.reads import shown


def find_letter(number: str) -> Letter | None:
    """Return the letter of ``number`` if the person logged in may read it."""
    try:
        plain = str(parse_number(number))
    except NumberError:
        return None
    return readable_letter(db.session(), current_actor(), plain)


def require_letter(number: str) -> Letter:
    """Return the letter, or answer like for one that does not exist."""
    letter = find_letter(number)
    if letter is None:
        abort(404)
    return letter


def gone_page() -> tuple[str, int]:
    """Answer a form for a letter that is no longer readable; its input is shown for copying."""
    return render_template("console/gone.html", typed=typed_texts()), 404


@console.get("/letters/<number>")
@needs(Permission.LETTER_READ)
def letter(number: str) -> Answer:
    """Show a letter."""
    return letter_page(require_letter(number))


@console.post("/letters/<number>/contacts")
@needs(Permission.CONTACTS_REVEAL)
def contacts(number: str) -> Answer:
    """Show the sender's contacts once; that they were looked at is recorded."""
    found = require_letter(number)
    return letter_page(found, contacts=reveal_contacts(found.id, current_actor(), now()))


def letter_page(
    found: Letter,
    status: int = 200,
    *,
    sent: StepForm | None = None,
    problem: LetterboxError | None = None,
    contacts: Contacts | None = None,
) -> tuple[str, int]:
    """Render the page; ``sent`` is a form with errors, ``problem`` the reason of a refusal."""
    shown(ReadAction.READ_LETTER, found.id)
    page = build_letter_page(found, sent, problem, contacts)
    return render_template("console/letter.html", page=page), status


def letter_address(found: Letter) -> str:
    """Return the address after a step: the letter, or the inbox where it is not readable now."""
    reachable = find_letter(found.number)
    return url_for("console.letter", number=found.number) if reachable else url_for("console.inbox")


def say_done(words: str, letter_id: int) -> None:
    """Show ``words`` on the next page, with a link to the next letter where there is one."""
    address = next_address(letter_id)
    link = Markup(' <a href="{}">{}</a>').format(address, _("下一封待处理")) if address else ""
    flash(Markup("{}{}").format(words, link), "success")


def _leave(letter: Letter, step: Step[Letter, Action]) -> Response:
    say_done(str(step.done), letter.id)
    return redirect(letter_address(letter))


_page = StepPage(find_letter, letter_page, gone_page, _leave)

for each in STEPS:
    add_step(
        console,
        f"/letters/<number>/{each.slug}",
        each.slug.replace("-", "_"),
        ACTION_PERMISSIONS[each.actions[0]],
        partial(_page.take, step=each),
    )
