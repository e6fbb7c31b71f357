"""The letter page: correspondence and history, the next thing to do, everything else below it."""

from __future__ import annotations

from flask import abort, render_template, url_for
from werkzeug.wrappers import Response

from portal.domain.access import Permission, can
from portal.domain.choices import allowed_actions, next_action
from portal.domain.errors import LetterboxError
from portal.domain.letters.due import Remaining, remaining
from portal.domain.letters.numbers import NumberError, parse_number
from portal.domain.letters.reply_checks import Remark, check_reply
from portal.domain.letters.states import OPEN_STATES, Action
from portal.models import Letter, db
from portal.queries.letters.queues import is_stranded
from portal.queries.letters.timeline import changes_since, consent_change, happenings
from portal.queries.letters.track import correspondence, declined, due_note
from portal.queries.rules import work_calendar
from portal.queries.scope import readable_letter
from portal.services.letters.contacts import Contacts, reveal_contacts
from portal.services.letters.replying import DRAFT_STATES
from portal.web.console.blueprint import console
from portal.web.console.letters.action_forms import StepForm
from portal.web.console.letters.action_table import REPLY_ACTIONS, STEP_OF, offers
from portal.web.console.letters.next_letter import next_address
from portal.web.core.clock import now, today
from portal.web.core.failures import carried
from portal.web.core.people import current_actor, needs

Answer = str | tuple[str, int] | Response


def find_letter(number: str) -> Letter | None:
    """Return the letter of ``number`` if the person at work may read it."""
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
    """Answer a form for a letter out of sight; what was typed is shown to be copied."""
    return render_template("console/gone.html", carried=carried()), 404


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
    """Render the page; ``sent`` is a form with errors, ``problem`` why it could not be done."""
    session, actor = db.session(), current_actor()
    allowed = allowed_actions(actor, found)
    stranded = is_stranded(session, actor, found)
    first = next_action(actor, found, allowed, stranded=stranded)
    missed = changes_since(session, found, sent.seen) if sent and problem else []
    if sent and problem:
        sent.freshen()
    steps = offers(found, allowed, sent)
    first_step = STEP_OF.get(first) if first else None
    words = render_template(
        "console/letter.html",
        letter=found,
        pieces=correspondence(found),
        history=happenings(session, found),
        declined=declined(session, found),
        consent_change=consent_change(session, found),
        due=_due(found),
        due_note=due_note(session, found, today()),
        allowed=allowed,
        first=first,
        stranded=stranded,
        onward=None if first else next_address(found.id),
        primary=next((each for each in steps if each.step is first_step), None),
        others=[each for each in steps if each.step is not first_step],
        writes=bool(REPLY_ACTIONS & set(allowed)),
        drafts=found.state in DRAFT_STATES and can(actor, Permission.REPLY_WRITE, found),
        reveals=can(actor, Permission.CONTACTS_REVEAL, found),
        contacts=contacts,
        remarks=_remarks(found) if Action.SIGN in allowed else [],
        sent=sent,
        problem=problem,
        missed=missed,
    )
    return words, status


def _remarks(found: Letter) -> list[Remark]:
    """Return what the reply that waits for its signature could be sent back for."""
    waiting = found.reply_in_review
    return check_reply(waiting.text, found.text, found.sender) if waiting else []


def _due(found: Letter) -> Remaining | None:
    """Return how much time is left; a letter that has ended has no due date any more."""
    if found.due_on is None or found.state not in OPEN_STATES:
        return None
    return remaining(work_calendar(db.session()), today(), found.due_on)


def letter_address(found: Letter) -> str:
    """Return where to go after a step: the letter, or the inbox where it is out of sight now."""
    reachable = find_letter(found.number)
    return url_for("console.letter", number=found.number) if reachable else url_for("console.inbox")
