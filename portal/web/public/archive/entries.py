"""The public archive: search, an entry, and whether it helped or deflected a letter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from secrets import token_urlsafe
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from portal.adapters.archive_index import MAX_CHARACTERS, SearchEngine, open_index
from portal.adapters.embedding import Embedder, open_embedder
from portal.domain.archive.freshness import is_old
from portal.domain.errors import NotFound
from portal.models import db
from portal.queries.archive.corrections import corrections
from portal.queries.archive.matters import matter_of
from portal.queries.archive.search import Found, known_organisation, search_archive
from portal.queries.archive.similar import similar_entries, similar_to_entry
from portal.queries.archive.table import NARROWING, ArchiveQuery, archive_entry
from portal.queries.files.attached import public_file
from portal.services.archive.deflection import deflect
from portal.services.archive.feedback import NOTICE_MAX, give_notice, vote
from portal.services.core.typed_text import clean
from portal.web.core import Answer, Page
from portal.web.core.clock import now, today
from portal.web.core.fields import TextField
from portal.web.core.forms import Form
from portal.web.core.language import one_language
from portal.web.core.people import public
from portal.web.core.rate_limits import address as visitor
from portal.web.core.rate_limits import give_back, minutes, retry_later, take
from portal.web.core.safety import limiter, without_token
from portal.web.core.settings import settings
from portal.web.delivery.caching import cacheable
from portal.web.delivery.files import public_answer
from portal.web.public.archive.results import (
    address,
    answer_lines,
    chips,
    facet_lists,
    feed_address,
    follow_address,
    hit,
    read_query,
)
from portal.web.public.archive.structured import description, qa_page

archive_pages = Blueprint("archive", __name__)
archive_pages.add_app_template_filter(answer_lines)

SIMILAR_TEXT_MOST, SIMILAR_TEXT_LEAST = 2_000, 10
SIMILAR_LIMIT = "120 per minute"
REPORT_LIMIT, VOTE_LIMIT = "10 per hour", "60 per hour"
_VOTED, _SOLVED, _KEPT = "archive_votes", "archive_solved", 50
WRITING = "write"
"""Value of ``from`` in the address of an entry that a citizen opens while writing a letter."""


class NoticeForm(Form):
    """A notice of a reader that something is wrong with an entry."""

    class Meta:
        """The view is marked ``without_token``."""

        csrf = False

    fallback = "text"
    text = TextField(_l("哪里有问题"), _l("请写下哪里有问题。"), NOTICE_MAX)


def archive_index() -> SearchEngine:
    """Return the full-text index of the running portal."""
    return open_index(settings())


def embedder() -> Embedder | None:
    """Return the model that compares meaning, if the portal has one."""
    return open_embedder(settings())


@archive_pages.get("/archive")
@public
@cacheable
def search() -> str:
    """Search the archive, or show what was answered last."""
    asked = read_query(request.args, db.session())
    found = search_archive(db.session(), archive_index(), asked, settings().page_size, embedder())
    organisation = known_organisation(db.session(), asked.organisation_id)
    return render_template(
        "public/archive.html",
        asked=asked,
        query=asked.text[:MAX_CHARACTERS],
        found=found,
        hits=[hit(entry, found.understood + found.synonyms) for entry in found.entries],
        chips=chips(db.session(), asked, organisation),
        facets=facet_lists(db.session(), asked, found, organisation),
        wider=_without_filters(asked, found),
        feed=feed_address(asked),
        follow=follow_address(asked),
        unfiltered=address(asked, **dict.fromkeys(NARROWING)),
        to=lambda **changes: address(asked, **changes),
    )


def _without_filters(asked: ArchiveQuery, found: Found) -> int:
    """Return how many hits there are without filters, where the filters leave none."""
    if found.total or not asked.filtered:
        return 0
    changes: dict[str, Any] = dict.fromkeys(NARROWING)
    wider = replace(asked, **changes, page=1)
    return search_archive(db.session(), archive_index(), wider, 1).total


@archive_pages.get("/archive/<int:entry_id>")
@public
@cacheable
def entry(entry_id: int) -> Page:
    """Show an entry, or 410 where it was unpublished."""
    return _page(entry_id, NoticeForm(formdata=None))


@archive_pages.get("/archive/<int:entry_id>/files/<int:file_id>")
@public
@one_language
def entry_file(entry_id: int, file_id: int) -> Response:
    """Give a file of an entry that is public."""
    return public_answer(public_file(db.session(), entry_id, file_id))


@archive_pages.post("/archive/<int:entry_id>/helpful")
@public
@without_token
def helpful(entry_id: int) -> Response:
    """Count whether the entry helped, once for each visitor."""
    said = request.form.get("helpful")
    if said in ("yes", "no"):
        _once(_VOTED, entry_id, lambda: vote(entry_id, helpful=said == "yes", now=now()))
    flash(_("谢谢，您的意见已记下。"), "success")
    return redirect(url_for("archive.entry", entry_id=entry_id), 303)


@archive_pages.post("/archive/<int:entry_id>/solved")
@public
def solved(entry_id: int) -> Answer:
    """Count a letter that need not be written, once for each visitor and entry."""
    found = archive_entry(db.session(), entry_id)
    if found is None or found.unpublished_at is not None:
        return entry(entry_id)
    token = request.form.get("form_token", "")
    _once(_SOLVED, entry_id, lambda: deflect(entry_id, token, now()))
    return redirect(url_for("archive.entry", entry_id=entry_id, _anchor="solved"), 303)


def _once(what: str, entry_id: int, act: Callable[[], object]) -> None:
    """Run ``act`` once for the entry in this browser, unless its network did so too often."""
    done, key = session.get(what, []), (what, visitor())
    if entry_id in done:
        return
    if not take(VOTE_LIMIT, key):
        act()
    session[what] = [*done, entry_id][-_KEPT:]


@archive_pages.post("/archive/<int:entry_id>/report")
@public
@without_token
def send_report(entry_id: int) -> Answer:
    """Take a reader's notice of a problem with the entry."""
    found = archive_entry(db.session(), entry_id)
    if found is None or found.unpublished_at is not None:
        raise NotFound
    form, key = NoticeForm(), ("archive-report", visitor())
    if form.validate():
        if wait := take(REPORT_LIMIT, key):
            said = _("您报告得太频繁了，请 %(n)s 分钟后再试。", n=minutes(wait))
            form.text.errors = [said]
            return retry_later(_page(entry_id, form, 429), wait)
        with form.errors_shown():
            give_notice(entry_id, form.text.data, now())
            flash(_("谢谢，工作人员会核实处理。"), "success")
            return redirect(url_for("archive.entry", entry_id=entry_id), 303)
        give_back(REPORT_LIMIT, key)
    return _page(entry_id, form, 422)


@archive_pages.route("/archive/similar", methods=["GET", "POST"])
@public
@limiter.limit(SIMILAR_LIMIT)
def similar() -> str:
    """Return a fragment with the entries close to ``title`` and ``text``; nothing for too little.

    The draft comes by POST, so that it is in no address and no log.
    """
    title = clean(request.values.get("title", "")[:MAX_CHARACTERS], lines=False)
    text = clean(request.values.get("text", "")[:SIMILAR_TEXT_MOST])
    enough = len(title + text) >= SIMILAR_TEXT_LEAST
    near = (
        similar_entries(db.session(), archive_index(), text, title, embedder=embedder())
        if enough
        else []
    )
    return render_template("public/similar.html", near=near)


def _page(entry_id: int, form: NoticeForm, status: int = 200) -> Page:
    found = archive_entry(db.session(), entry_id)
    if found is None:
        raise NotFound
    if found.unpublished_at is not None:
        return render_template("public/gone.html", entry=found), 410
    near = similar_to_entry(db.session(), archive_index(), found, embedder())
    writing = request.args.get("from") == WRITING
    page = render_template(
        "public/entry.html",
        entry=found,
        description=description(found),
        structured=qa_page(found),
        corrections=corrections(found),
        near=near,
        matter=matter_of(db.session(), found.id),
        old=is_old(found.answered_on, today(), settings().answer_age_years),
        voted=found.id in session.get(_VOTED, []),
        solved=found.id in session.get(_SOLVED, []),
        writing=writing,
        form_token=token_urlsafe(24) if writing else "",
        form=form,
    )
    return page, status
