"""The console's statistics: the public figures and more, each with the letters behind it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import current_app, render_template, request, url_for
from flask_babel import gettext as _

from portal.config import Settings
from portal.domain.access import Permission, Reach, within
from portal.domain.errors import NotFound
from portal.models import Organisation, db
from portal.queries.rates.behind import Counted, behind
from portal.queries.rates.detail import detail
from portal.queries.rates.tree import tree_on
from portal.queries.rates.yearly import measures
from portal.web.console.blueprint import console
from portal.web.shared.clock import now
from portal.web.shared.fields import page_asked
from portal.web.shared.people import current_actor, needs
from portal.web.shared.statistics import Wish, measure_names, page_values, read_wish

Answer = tuple[str, int]


@console.get("/statistics")
@needs(Permission.RATES_READ)
def statistics() -> Answer:
    """Show the figures of an organisation within reach, the own one unless another is asked for."""
    wish = _wish()
    values = page_values(wish, now(), _address)
    values |= {
        "places": _places(), "trail": _trail(values["found"].way),
        "behind": lambda measure, **place: url_for(
            "console.statistics_letters", **{**_words(), **place, "measure": measure}
        ),
        **_beyond(values),
    }  # fmt: skip
    return render_template("console/statistics.html", page=values), wish.status


@console.get("/statistics/letters")
@needs(Permission.RATES_READ)
def statistics_letters() -> str:
    """List the letters that a figure counts, as far as this person may read them."""
    wish, measure = _wish(), request.args.get("measure", "")
    names = measure_names()
    tree = tree_on(db.session(), wish.asked.as_of.day)
    settings: Settings = current_app.extensions["letterbox"]
    question = wish.asked.question(tree)
    try:
        found = behind(
            db.session(),
            current_actor(),
            question,
            Counted(measure),
            page_asked(),
            settings.page_size,
        )
    except KeyError as error:
        raise NotFound from error
    return render_template(
        "console/statistics_letters.html", found=found, measure=names[measure], asked=wish.asked,
        node=tree.nodes[wish.asked.organisation_id or tree.root_id or 0],
        back=url_for("console.statistics", **{**_words(), "measure": None, "own": None}),
        page_address=lambda number: url_for(
            "console.statistics_letters", **{**_words(), "page": number}
        ),
    )  # fmt: skip


def _wish() -> Wish:
    """Read the address for the organisation it names, which must lie within reach."""
    organisation, unit = _chosen(request.args.get("organisation", "")[:64])
    wish = read_wish(now(), organisation.id)
    wish.asked = replace(wish.asked, unit=unit or bool(request.args.get("own")))
    return wish


def _chosen(code: str) -> tuple[Organisation, bool]:
    reaches = current_actor().reaches(Permission.RATES_READ)
    widest = max(reaches, key=lambda pair: (pair[1], -len(pair[0].path)))
    if not code:
        organisation = db.session.get_one(Organisation, widest[0].organisation_id)
        return organisation, widest[1] is Reach.UNIT
    found = db.session.query(Organisation).filter_by(code=code).one_or_none()
    covering = [reach for grant, reach in reaches if found and within(grant, reach, found.path)]
    if found is None or not covering:
        raise NotFound
    return found, max(covering) is Reach.UNIT


def _places() -> list[tuple[str, str]]:
    """Return the organisations of this person's grants, each with its address."""
    reaches = current_actor().reaches(Permission.RATES_READ)
    ids = dict.fromkeys(grant.organisation_id for grant, _reach in reaches)
    known = [db.session.get_one(Organisation, i) for i in ids]
    return [(each.name, _address(organisation=each.code)) for each in known]


def _trail(way: list[Any]) -> list[tuple[str, str | None]]:
    """Return the way down to here, links only where this person's reach goes."""
    reaches = current_actor().reaches(Permission.RATES_READ)
    paths = {node.id: db.session.get_one(Organisation, node.id).path for node in way}
    inside = [n for n in way if any(within(g, r, paths[n.id]) for g, r in reaches)]
    return [(n.name, _address(organisation=n.code)) for n in inside[:-1]] + [
        (n.name, None) for n in inside[-1:]
    ]


def _words() -> dict[str, Any]:
    return {name: value for name, value in request.args.items() if value}


def _address(**changes: Any) -> str:
    words = {**_words(), **changes}
    return url_for("console.statistics", **{n: v for n, v in words.items() if v is not None})


def _beyond(values: dict[str, Any]) -> dict[str, Any]:
    """Return the measures beyond the rates and the coded reasons."""
    found = values["found"]
    known = detail(db.session(), found.question)
    return {
        "quality": [(_(m.name), m.text, m.count) for m in measures(found.total, known)],
        "reasons": [
            (_("不予受理的原因"), list(known.declines.items())),
            (_("不予公示的原因"), list(known.refusals.items())),
        ],
    }
