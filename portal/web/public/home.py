"""The home page, and the files that robots and browsers read at the root of the site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.domain.languages import LANGUAGES
from portal.domain.organisations import OrganisationKind
from portal.domain.periods import Period
from portal.domain.statistics.rates import DEFINITIONS, Figures
from portal.models import ArchiveEntry, Organisation, db
from portal.queries.archive.matters import RECENT, MatterRow, asked_most
from portal.queries.archive.topics import LATELY, AskedLately, asked_lately, topics
from portal.queries.office.directory import helpful_entries, home_figures, latest_entries, members
from portal.web.core.clock import now, today
from portal.web.core.language import in_language, one_language
from portal.web.core.people import public
from portal.web.core.settings import settings
from portal.web.delivery.caching import cacheable
from portal.web.delivery.static_files import static_url
from portal.web.public.blueprint import public_pages

LATEST, HELPFUL, ASKED_MOST = 5, 5, 5
EXAMPLES = ("公积金提取", "公交线路", "物业收费", "落户", "医保报销")
NOT_FOR_ROBOTS = (
    *("/write", "/track", "/receipt", "/letters/", "/disclosure/", "/statistics?"),
    *("/statistics/*?", "/console/", "/admin/", "/account/"),
)
"""Beginnings of addresses of forms, of letters and of figures that are counted for each question."""


@dataclass(frozen=True, slots=True)
class HomePage:
    """Values of the home page: the latest year's figures, answers, topics, members by kind.

    ``asked`` are the topics of which most letters came in lately, ``asked_most`` the matters.
    """

    year: Period
    figures: Figures
    as_of: datetime
    latest: list[ArchiveEntry]
    helpful: list[ArchiveEntry]
    topics: list[tuple[str, int]]
    asked: list[AskedLately]
    asked_most: list[MatterRow]
    members: Mapping[OrganisationKind, list[Organisation]]

    @property
    def past(self) -> bool:
        """Whether the year is over, because nothing came in this year yet."""
        return self.year.ends_at <= self.as_of


@public_pages.get("/")
@public
@cacheable
def home() -> str:
    """Show search, topics, what is asked most, the ways to write and to track, answers, figures, organisations."""
    moment = now()
    year, figures = home_figures(db.session(), moment)
    latest = latest_entries(db.session(), LATEST)
    helpful = helpful_entries(db.session(), HELPFUL + LATEST)
    page = HomePage(
        year=year,
        figures=figures,
        as_of=moment,
        latest=latest,
        helpful=[entry for entry in helpful if entry not in latest][:HELPFUL],
        topics=topics(db.session()),
        asked=asked_lately(db.session(), moment),
        asked_most=asked_most(db.session(), today(), ASKED_MOST),
        members=members(db.session(), today()),
    )
    return render_template(
        "public/home.html",
        page=page,
        examples=EXAMPLES,
        definitions=DEFINITIONS,
        lately=LATELY.days,
        recent_days=RECENT.days,
    )


@public_pages.get("/robots.txt")
@public
@one_language
def robots() -> Response:
    """Serve rules that keep crawlers out of forms and letters in every language, and the map."""
    place = settings().public_url + url_for("archive.sitemap")
    closed = [in_language(each, path) for each in LANGUAGES for path in NOT_FOR_ROBOTS]
    rules = [f"Disallow: {path}" for path in closed]
    lines = ["User-agent: *", *rules, "", f"Sitemap: {place}", ""]
    return Response("\n".join(lines), mimetype="text/plain")


@public_pages.get("/favicon.ico")
@public
@one_language
def favicon() -> AnyResponse:
    """Redirect browsers that ask for the customary address of the icon."""
    return redirect(static_url("img/favicon.svg"), 302)
