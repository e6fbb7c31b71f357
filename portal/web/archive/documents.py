"""Entries as documents of the open data, with stable names of fields and absolute addresses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from portal.domain.archive.subtopics import subtopic_of
from portal.domain.errors import N_
from portal.domain.letters.kinds import KINDS
from portal.domain.whole_numbers import whole_number
from portal.models import ArchiveEntry
from portal.queries.archive.search import Found
from portal.queries.archive.table import Listing
from portal.web.archive.parameters import NoSuchValue
from portal.web.core.language import in_source
from portal.web.core.settings import settings


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an entry: its meaning and its JSON Schema."""

    meaning: str
    schema: dict[str, Any]


def _text(meaning: str, **more: Any) -> Field:
    return Field(meaning, {"type": "string", **more})


def _part(**fields: str) -> dict[str, Any]:
    properties = {name: {"type": kind} for name, kind in fields.items()}
    return {"type": "object", "properties": properties, "required": list(fields)}


PUBLIC_KINDS: dict[str, str] = {
    kind.value: kind.label for kind, row in KINDS.items() if row.publishable
}
"""Every kind of letter that an entry may be of, with its label."""
_NUMBER = {"type": "integer", "minimum": 0}
FIELDS: dict[str, Field] = {
    "id": Field(N_("公示件编号，不会改变，撤下后也不再使用"), {"type": "integer", "minimum": 1}),
    "revision": Field(N_("第几次修改，每次更正加一"), {"type": "integer", "minimum": 1}),
    "kind": _text(N_("来信类别"), enum=list(PUBLIC_KINDS)),
    "topic": Field(N_("主题分类，没有时为 null"), {"type": ["string", "null"]}),
    "subtopic": Field(
        N_("细分主题，按标题里的词归入，没有时为 null"), {"type": ["string", "null"]}
    ),
    "place_id": Field(N_("所写区县的政府的 id，没有时为 null"), {"type": ["integer", "null"]}),
    "title": _text(N_("标题，已脱敏")),
    "letter": _text(N_("来信全文，已脱敏")),
    "question": _text(N_("请来信人补充的内容，已脱敏，没有时为空")),
    "supplement": _text(N_("来信人的补充，已脱敏，没有时为空")),
    "reply": _text(N_("答复全文，已脱敏")),
    "organisation": Field(
        N_("答复单位：id 和答复时的名称 name"), _part(id="integer", name="string")
    ),
    "asked_on": _text(N_("来信日期"), format="date"),
    "answered_on": _text(N_("答复日期"), format="date"),
    "working_days": Field(N_("从来信到答复的工作日数"), _NUMBER),
    "published_at": _text(N_("公示时间，协调世界时"), format="date-time"),
    "updated_at": _text(N_("最近修改时间，协调世界时"), format="date-time"),
    "under_revision": Field(N_("是否正在重新办理"), {"type": "boolean"}),
    "outdated": Field(N_("内容是否可能已失效：所依据的政策已有变动"), {"type": "boolean"}),
    "successor": Field(
        N_("新政策：名称 title、文号 number、施行日期 effective_on；没有时为 null"),
        {
            **_part(title="string", number="string", effective_on="string"),
            "type": ["object", "null"],
        },
    ),
    "machine_reviewed": Field(N_("是否只经系统自动脱敏、未经人工复核"), {"type": "boolean"}),
    "files": Field(
        N_("公示的照片和文件：名称 name、类型 type、字节数 bytes、地址 address"),
        {
            "type": "array",
            "items": _part(name="string", type="string", bytes="integer", address="string"),
        },
    ),
    "links": Field(
        N_("self 是本条数据的地址，page 是网页地址"), _part(self="string", page="string")
    ),
}
"""Every field of an entry, shown in the documentation and in the OpenAPI document."""


def absolute(endpoint: str, **values: Any) -> str:
    """Return the whole public address of ``endpoint``."""
    return settings().public_url + in_source(url_for(endpoint, **values))


def document(entry: ArchiveEntry) -> dict[str, Any]:
    """Return ``entry`` with the fields of :data:`FIELDS`."""
    return {
        "id": entry.id,
        "revision": entry.revision,
        "kind": str(entry.kind),
        "topic": entry.category,
        "subtopic": subtopic_of(entry.category or "", entry.title) or None,
        "place_id": entry.place_id,
        "title": entry.title,
        "letter": entry.text,
        "question": entry.question,
        "supplement": entry.supplement,
        "reply": entry.reply,
        "organisation": {"id": entry.organisation_id, "name": entry.organisation_name},
        "asked_on": entry.asked_on.isoformat(),
        "answered_on": entry.answered_on.isoformat(),
        "working_days": entry.working_days,
        "published_at": entry.published_at.isoformat(),
        "updated_at": entry.updated_at.isoformat(),
        "under_revision": entry.under_revision,
        "outdated": entry.policy_change_id is not None,
        "successor": _successor(entry),
        "machine_reviewed": entry.machine_reviewed,
        "files": [
            {
                "name": each.name,
                "type": each.kind.media_type,
                "bytes": each.size,
                "address": absolute("archive.entry_file", entry_id=entry.id, file_id=each.id),
            }
            for each in entry.files
        ],
        "links": {
            "self": absolute("api.entry", entry_id=entry.id),
            "page": absolute("archive.entry", entry_id=entry.id),
        },
    }


def _successor(entry: ArchiveEntry) -> dict[str, str] | None:
    change = entry.policy_change
    if change is None:
        return None
    day = change.effective_on.isoformat()
    return {"title": change.title, "number": change.number, "effective_on": day}


def deletion(entry: ArchiveEntry) -> dict[str, Any]:
    """Return what is said of an unpublished entry."""
    moment = entry.unpublished_at or entry.updated_at
    why = entry.unpublish_reason
    return {
        "id": entry.id,
        "deleted_at": moment.isoformat(),
        "reason": str(why) if why else None,
    }


def page_of(listing: Listing | Found, per_page: int) -> dict[str, Any]:
    """Return total, place and neighbours of a page; raises for one beyond the end.

    The error is :class:`NoSuchValue` of ``page``: a reader who counts on must come to an end.
    """
    pages = max(1, listing.pages)
    asked = whole_number(request.args.get("page", "1"))
    if asked is None or asked > pages:
        raise NoSuchValue("page", N_("没有这一页。"))
    links = {"self": here(page=asked), "first": here(page=1), "last": here(page=pages)}
    if asked > 1:
        links["prev"] = here(page=asked - 1)
    if asked < pages:
        links["next"] = here(page=asked + 1)
    return {
        "total": listing.total,
        "page": asked,
        "pages": listing.pages,
        "per_page": per_page,
        "links": links,
    }


def here(**changes: Any) -> str:
    """Return the whole address of this list with parameters changed; ``None`` removes one."""
    given = {**request.args.to_dict(), **changes}
    kept = {name: value for name, value in given.items() if value is not None}
    return absolute(str(request.endpoint), **kept)
