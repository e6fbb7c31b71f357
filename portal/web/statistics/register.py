"""The register of refusals as a document for programs, with stable names of fields."""

from __future__ import annotations

from typing import Any

from portal.domain.errors import N_
from portal.domain.letters.states import RefusalReason
from portal.domain.statistics.quality_measures import QUALITY_MEASURES, SMALLEST_PUBLIC
from portal.domain.statistics.refusals import RefusalLine
from portal.queries.statistics.refusals import Register
from portal.web.archive.documents import Field

_COUNT = {"type": "integer", "minimum": 0}
_TEXT = {"type": "string"}
_MONTH = {"type": "string", "pattern": r"^\d{4}-\d{2}$"}
_REASONS = {
    "type": "object",
    "propertyNames": {"enum": [str(reason) for reason in RefusalReason]},
    "additionalProperties": _COUNT,
}


def _rows(**fields: dict[str, Any]) -> dict[str, Any]:
    row = {"type": "object", "properties": fields, "required": list(fields)}
    return {"type": "array", "items": row}


def _or_none(schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "type": [schema["type"], "null"]}


REGISTER: dict[str, Field] = {
    "period": Field(N_("来信的时间段，如 2016、2016Q3、2016-03"), _TEXT),
    "as_of": Field(N_("统计时点：算到这一天为止"), {**_TEXT, "format": "date"}),
    "smallest": Field(N_("满这么多件才说明原因"), _COUNT),
    "definition": Field(N_("数字是怎么算的"), _TEXT),
    "total": Field(N_("不予公示的件数"), _COUNT),
    "reasons": Field(N_("各种原因的件数；件数太少时为空"), _REASONS),
    "months": Field(N_("各月来信中的件数"), _rows(month=_MONTH, letters=_COUNT)),
    "organisations": Field(
        N_("各单位的件数：id、代码 code、名称 name"),
        _rows(id={"type": "integer"}, code=_TEXT, name=_TEXT, letters=_COUNT),
    ),
    "lines": Field(
        N_("登记的各行，互不重叠：单位代码、月份和原因；null 表示几个单位或者几个月合在一起"),
        _rows(
            organisation=_or_none(_TEXT), month=_or_none(_MONTH), letters=_COUNT, reasons=_REASONS
        ),
    ),
}
"""Every field of the register, from which its part of the OpenAPI document is made."""


def register_document(found: Register) -> dict[str, Any]:
    """Return the register with the fields of :data:`REGISTER`."""
    return {
        "period": found.period.code,
        "as_of": found.as_of.day.isoformat(),
        "smallest": SMALLEST_PUBLIC,
        "definition": QUALITY_MEASURES["refusals"].text,
        "total": found.total,
        "reasons": found.reasons,
        "months": [{"month": month_text(m), "letters": n} for m, n in sorted(found.months.items())],
        "organisations": [
            {"id": i, "code": found.nodes[i].code, "name": found.nodes[i].name, "letters": n}
            for i, n in found.organisations.items()
        ],
        "lines": [
            {
                "organisation": line_code(found, line),
                "month": month_text(line.month) or None,
                "letters": line.count,
                "reasons": line.reasons,
            }
            for line in found.lines
        ],
    }


def line_code(found: Register, line: RefusalLine) -> str | None:
    """Return the code of the organisation of a line; ``None`` for several."""
    return found.nodes[line.organisation_id].code if line.organisation_id else None


def month_text(month: int | None) -> str:
    """Return a month (``yyyymm``) as ``2016-03``; empty for several."""
    return f"{month // 100}-{month % 100:02}" if month else ""
