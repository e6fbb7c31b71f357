"""What is asked most: the matters of the archive, and the answers about one of them."""

from __future__ import annotations

from flask import render_template

from portal.domain.errors import NotFound
from portal.models import db
from portal.queries.archive.matters import RECENT, answers, matter_title, matters
from portal.web.core.clock import today
from portal.web.core.fields import page_asked
from portal.web.core.people import public
from portal.web.core.settings import settings
from portal.web.delivery.caching import cacheable
from portal.web.public.archive.entries import archive_pages
from portal.web.public.archive.results import hit


@archive_pages.get("/hot")
@public
@cacheable
def hot() -> str:
    """List the matters, those asked most in the last days first."""
    found = matters(db.session(), today(), page_asked(), settings().page_size)
    return render_template("public/hot.html", found=found, days=RECENT.days)


@archive_pages.get("/hot/<int:matter_id>")
@public
@cacheable
def matter(matter_id: int) -> str:
    """Show the answers about one matter, the best first."""
    session = db.session()
    title = matter_title(session, matter_id)
    if title is None:
        raise NotFound
    found = answers(session, matter_id, page_asked(), settings().page_size)
    hits = [hit(entry, ()) for entry in found.rows]
    return render_template("public/matter.html", title=title, found=found, hits=hits)
