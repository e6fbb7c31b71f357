"""Redaction (脱敏): what identifies a person in a text, and the public text without it.

``detect`` reads an untouched original and proposes; people (or, for machine review,
``default_decision``) decide; ``mask_text`` makes the public text from the masks that were decided.
``default_copy`` is what nobody but the machine has decided on: a citizen's preview, an import.
Plain functions over text: storage and pages are elsewhere.
"""

from portal.domain.redaction.detection import TEXT_LIMIT, default_copy, default_masks, detect
from portal.domain.redaction.kinds import (
    FINDING_LABELS,
    KEEP_OFFICE_PHONE,
    KEEP_OFFICE_PLACE,
    KEEP_PUBLIC_NUMBER,
    Decision,
    Finding,
    FindingKind,
    Mask,
    PublicField,
    Sender,
    default_decision,
    mask_text,
)

__all__ = [
    "FINDING_LABELS",
    "KEEP_OFFICE_PHONE",
    "KEEP_OFFICE_PLACE",
    "KEEP_PUBLIC_NUMBER",
    "TEXT_LIMIT",
    "Decision",
    "Finding",
    "FindingKind",
    "Mask",
    "PublicField",
    "Sender",
    "mask_text",
    "default_copy",
    "default_decision",
    "default_masks",
    "detect",
]
