"""Redaction (脱敏): what identifies a person in a text, and the public text without it.

``detect`` reads an untouched original and proposes; people (or, for machine review,
``default_decision``) decide; ``mask_text`` makes the public text from the masks that were decided.
``default_copy`` is what nobody but the machine has decided on: a citizen's preview, an import.
Plain functions over text: storage and pages are elsewhere.
"""

from portal.domain.redaction.detection import (
    TEXT_LIMIT,
    confidentiality_requests,
    default_copies,
    default_copy,
    default_masks,
    detect,
    detect_letter,
    sensitive_numbers,
)
from portal.domain.redaction.kinds import (
    DOUBTFUL,
    FINDING_LABELS,
    KEEP_OFFICE_MAIL,
    KEEP_OFFICE_PHONE,
    KEEP_OFFICE_PLACE,
    KEEP_OFFICIAL,
    KEEP_OWN_PHONE,
    KEEP_PUBLIC_NUMBER,
    SENSITIVE,
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
    "DOUBTFUL",
    "FINDING_LABELS",
    "KEEP_OFFICE_MAIL",
    "KEEP_OFFICE_PHONE",
    "KEEP_OFFICE_PLACE",
    "KEEP_OFFICIAL",
    "KEEP_OWN_PHONE",
    "KEEP_PUBLIC_NUMBER",
    "SENSITIVE",
    "TEXT_LIMIT",
    "Decision",
    "Finding",
    "FindingKind",
    "Mask",
    "PublicField",
    "Sender",
    "mask_text",
    "confidentiality_requests",
    "default_copies",
    "default_copy",
    "default_decision",
    "default_masks",
    "detect",
    "detect_letter",
    "sensitive_numbers",
]
