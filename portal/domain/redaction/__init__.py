"""Redaction (脱敏): what identifies a person in a text, and the public text without it.

`detect` reads an untouched original and proposes; people (or, for machine review,
`default_decision`) decide; `apply` makes the public text from the marks that were decided.
Plain functions over text: storage and pages are elsewhere.
"""

from portal.domain.redaction.detection import TEXT_LIMIT, detect
from portal.domain.redaction.kinds import (
    FINDING_LABELS,
    KEEP_OFFICE_PHONE,
    KEEP_OFFICE_PLACE,
    KEEP_PUBLIC_NUMBER,
    Decision,
    Field,
    Finding,
    FindingKind,
    Mark,
    Sender,
    apply,
    default_decision,
)

__all__ = [
    "FINDING_LABELS",
    "KEEP_OFFICE_PHONE",
    "KEEP_OFFICE_PLACE",
    "KEEP_PUBLIC_NUMBER",
    "TEXT_LIMIT",
    "Decision",
    "Field",
    "Finding",
    "FindingKind",
    "Mark",
    "Sender",
    "apply",
    "default_decision",
    "detect",
]
