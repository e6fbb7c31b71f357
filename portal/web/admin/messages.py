"""Messages and jobs: what waits, what was given up, which channels are set, the words."""

from __future__ import annotations

from flask import Response, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from portal.adapters.message_words import message_words
from portal.domain.access import Permission
from portal.domain.languages import LANGUAGES
from portal.domain.messages.occasions import Occasion
from portal.domain.messages.states import Channel
from portal.domain.messages.wording import Filled, example
from portal.models import db
from portal.queries.messages.jobs import jobs, message_counts, queue_states
from portal.services.messages.announcing import Outlets
from portal.services.messages.dead_letters import drop_job, retry_job
from portal.web.admin.blueprint import admin
from portal.web.core import Answer
from portal.web.core.clock import now
from portal.web.core.fields import page_asked
from portal.web.core.people import current_actor, needs
from portal.web.core.settings import settings

_EDIT = Permission.MESSAGES_EDIT
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
"""The policy of a previewed mail, whose styles stand in its elements as mail programs need them."""


@admin.get("/messages")
@needs(_EDIT)
def messages() -> Answer:
    """Show channels, queues, jobs that were given up, and the words."""
    session = db.session()
    _words, faults = message_words(settings().instance)
    outlets = Outlets.of(settings())
    return render_template(
        "admin/messages.html",
        channels=[(each, each in outlets.channels) for each in (Channel.MAIL, Channel.SMS)],
        webhooks=outlets.webhooks,
        queues=queue_states(session),
        counts=message_counts(session),
        part=jobs(session, page_asked(), settings().page_size),
        occasions=list(Occasion),
        languages=[(row.tag, row.name) for row in LANGUAGES.values()],
        faults=faults,
    )


@admin.post("/messages/jobs/<int:job_id>/<any(retry,drop):what>")
@needs(_EDIT)
def messages_job(job_id: int, what: str) -> Answer:
    """Give a job that was given up another round, or drop it."""
    if what == "retry":
        retry_job(job_id, current_actor(), now())
        flash(_("已重新排队，马上再试。"), "success")
    else:
        drop_job(job_id, current_actor(), now())
        flash(_("已放弃，不再尝试。"), "success")
    return redirect(url_for("admin.messages"))


@admin.get("/messages/words/<tag>/<occasion>")
@needs(_EDIT)
def messages_words(tag: str, occasion: str) -> Answer:
    """Show the words of an occasion, filled with invented data."""
    chosen, filled = _preview(tag, occasion)
    return render_template("admin/message_words.html", occasion=chosen, tag=tag, filled=filled)


@admin.get("/messages/words/<tag>/<occasion>/mail")
@needs(_EDIT)
def messages_mail(tag: str, occasion: str) -> Response:
    """Show a mail as HTML, in a page where nothing can run."""
    _chosen, filled = _preview(tag, occasion)
    response = Response(filled.html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    return response


def _preview(tag: str, occasion: str) -> tuple[Occasion, Filled]:
    locale = next((name for name, row in LANGUAGES.items() if row.tag == tag), None)
    if locale is None or occasion not in list(Occasion):
        abort(404)
    words, _faults = message_words(settings().instance)
    chosen = Occasion(occasion)
    return chosen, words[locale].fill(example(chosen, settings().site_name, settings().public_url))
