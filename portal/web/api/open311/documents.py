"""Services and service requests of Open311, made of the kinds of letters and of entries."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from portal.domain.letters.kinds import KINDS, Kind
from portal.domain.periods import SHANGHAI, midnight
from portal.models import ArchiveEntry, db
from portal.queries.office.directory import members
from portal.web.archive.documents import absolute
from portal.web.core.clock import today
from portal.web.core.language import label
from portal.web.core.settings import settings

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CHANGED = "2026-11-30T00:00:00Z"
"""When the interface last changed its form."""


def discovery() -> dict[str, Any]:
    """Return where the interface is and which formats it has."""
    address = absolute("open311.discovery", form="xml").removesuffix("/discovery.xml")
    endpoint = {
        "specification": SPECIFICATION,
        "url": address,
        "changeset": CHANGED,
        "type": "production",
        "formats": ["text/xml", "application/json"],
    }
    return {
        "changeset": CHANGED,
        "contact": settings().site_name,
        "key_service": absolute("api.index"),
        "endpoints": [endpoint],
    }


def service(kind: Kind) -> dict[str, Any]:
    """Return a kind of letter as a service."""
    return {
        "service_code": kind.value,
        "service_name": label(kind),
        "description": str(_(kind.hint)),
        "metadata": True,
        "type": "realtime",
        "keywords": ",".join(KINDS[kind].also_called),
        "group": settings().site_name,
    }


def definition(kind: Kind) -> dict[str, Any]:
    """Return what may be said of a letter beyond the fields that every service has."""
    places = [row for rows in members(db.session(), today()).values() for row in rows]
    yes_no = [{"key": "yes", "name": str(_("同意"))}, {"key": "no", "name": str(_("不同意"))}]
    attributes = [
        _attribute("title", "string", _("标题；没有时取正文的开头")),
        _attribute(
            "organisation",
            "singlevaluelist",
            _("写给哪个单位；没有时由信箱办分办"),
            [{"key": str(row.id), "name": row.name} for row in places],
        ),
        _attribute("consent", "singlevaluelist", _("是否同意公示，默认不同意"), yes_no),
    ]
    for order, attribute in enumerate(attributes, 1):
        attribute["order"] = order
    return {"service_code": kind.value, "attributes": attributes}


def _attribute(
    code: str, kind: str, said: str, values: list[dict[str, str]] | None = None
) -> dict[str, Any]:
    return {
        "variable": True,
        "code": code,
        "datatype": kind,
        "required": False,
        "datatype_description": str(said),
        "order": 0,
        "description": str(said),
        "values": values or [],
    }


def _description(entry: ArchiveEntry) -> str:
    """Return the letter with what the office asked and what the sender added to it."""
    parts = [entry.title, entry.text]
    if entry.question:
        parts.append(f"请来信人补充：\n{entry.question}")
    if entry.supplement:
        parts.append(f"来信人补充：\n{entry.supplement}")
    return "\n\n".join(parts)


def service_request(entry: ArchiveEntry) -> dict[str, Any]:
    """Return a published letter; places are never published, so that those fields are empty."""
    asked_at = midnight(entry.asked_on).astimezone(SHANGHAI)
    nowhere = dict.fromkeys(("address", "address_id", "zipcode", "lat", "long", "media_url"))
    return {
        "service_request_id": str(entry.id),
        "status": "open" if entry.under_revision else "closed",
        "status_notes": entry.reply,
        "service_name": label(entry.kind),
        "service_code": entry.kind.value,
        "description": _description(entry),
        "agency_responsible": entry.organisation_name,
        "service_notice": None,
        "requested_datetime": asked_at.isoformat(),
        "updated_datetime": entry.updated_at.isoformat(),
        "expected_datetime": None,
        **nowhere,
    }
