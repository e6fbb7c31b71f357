"""What pickers of organisations are given."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _

from portal.models import Organisation, db
from portal.queries.office.directory import Place, places

Items = dict[str, list[dict[str, object]]]


def staff_choices(found: Iterable[Organisation]) -> Items:
    """Return organisations as choices of a picker, in their order."""
    chosen = places(db.session(), found)
    return {"items": [{"id": p.id, "name": p.name, "path": marked_path(p)} for p in chosen]}


def marked_path(place: Place) -> str:
    """Return the path of a choice, which says if nobody works there."""
    return place.path if place.staffed else str(_("%(path)s · 暂无人员", path=place.path))
