"""Entries as documents of the open data, with stable names of fields and absolute addresses."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from portal.domain.errors import N_
from portal.domain.letters.kinds import KINDS
from portal.models import ArchiveEntry
from portal.queries.archive.search import Found
from portal.queries.archive.table import Listing
from portal.web.core.language import in_source
from portal.web.core.settings import settings

FIELDS: dict[str, str] = {
    "id": N_("公示件编号，不会改变，撤下后也不再使用"),
    "revision": N_("第几次修改，每次更正加一"),
    "kind": N_("来信类别"),
    "title": N_("标题，已脱敏"),
    "letter": N_("来信全文，已脱敏"),
    "reply": N_("答复全文，已脱敏"),
    "organisation": N_("答复单位：id 和答复时的名称 name"),
    "asked_on": N_("来信日期"),
    "answered_on": N_("答复日期"),
    "working_days": N_("从来信到答复的工作日数"),
    "published_at": N_("公示时间，协调世界时"),
    "updated_at": N_("最近修改时间，协调世界时"),
    "under_revision": N_("是否正在重新办理"),
    "machine_reviewed": N_("是否只经系统自动脱敏、未经人工复核"),
    "links": N_("self 是本条数据的地址，page 是网页地址"),
}
"""Every field of an entry with its meaning, shown in the documentation."""
PUBLIC_KINDS: dict[str, str] = {
    kind.value: kind.label for kind, row in KINDS.items() if row.publishable
}
"""Every kind of letter that an entry may be of, with its label."""


def absolute(endpoint: str, **values: Any) -> str:
    """Return the whole public address of ``endpoint``."""
    return settings().public_url + in_source(url_for(endpoint, **values))


def document(entry: ArchiveEntry) -> dict[str, Any]:
    """Return ``entry`` with the fields of :data:`FIELDS`."""
    return {
        "id": entry.id,
        "revision": entry.revision,
        "kind": str(entry.kind),
        "title": entry.title,
        "letter": entry.text,
        "reply": entry.reply,
        "organisation": {"id": entry.organisation_id, "name": entry.organisation_name},
        "asked_on": entry.asked_on.isoformat(),
        "answered_on": entry.answered_on.isoformat(),
        "working_days": entry.working_days,
        "published_at": entry.published_at.isoformat(),
        "updated_at": entry.updated_at.isoformat(),
        "under_revision": entry.under_revision,
        "machine_reviewed": entry.machine_reviewed,
        "links": {
            "self": absolute("api.entry", entry_id=entry.id),
            "page": absolute("archive.entry", entry_id=entry.id),
        },
    }


def page_of(listing: Listing | Found, per_page: int) -> dict[str, Any]:
    """Return total, place and neighbours of a page, as every list has them."""
    endpoint, given = str(request.endpoint), request.args.to_dict()

    def to(page: int) -> str:
        return absolute(endpoint, **{**given, "page": page})

    links = {"self": to(listing.page), "first": to(1), "last": to(max(1, listing.pages))}
    if listing.page > 1:
        links["prev"] = to(listing.page - 1)
    if listing.page < listing.pages:
        links["next"] = to(listing.page + 1)
    return {
        "total": listing.total,
        "page": listing.page,
        "pages": listing.pages,
        "per_page": per_page,
        "links": links,
    }
