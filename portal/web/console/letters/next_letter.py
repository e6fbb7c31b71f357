"""The letter that waits next for the person logged in, offered after a step."""

from __future__ import annotations

from flask import flash, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from portal.models import db
from portal.queries.letters.inbox import next_in_line
from portal.queries.letters.queues import cutoffs
from portal.queries.rules import work_calendar
from portal.web.core.clock import now
from portal.web.core.people import current_actor


def next_address(besides: int) -> str | None:
    """Return the page of the letter first in line, other than the one with id ``besides``."""
    session = db.session()
    at = cutoffs(work_calendar(session), now())
    number = next_in_line(session, current_actor(), at, besides)
    return url_for("console.letter", number=number) if number else None


def say_done(words: str, letter_id: int) -> None:
    """Show ``words`` on the next page, with a link to the next letter where there is one."""
    address = next_address(letter_id)
    link = Markup(' <a href="{}">{}</a>').format(address, _("下一封待处理")) if address else ""
    flash(Markup("{}{}").format(words, link), "success")
