"""The texts of a redaction page in segments, and the findings in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from portal.domain.redaction import PublicField, confidentiality_requests
from portal.models import Letter, Proposal, RedactionMask

CONTEXT = 12
"""Characters of the original shown on either side of a finding."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment of a text, with the mask that covers it if there is one."""

    text: str
    mask: RedactionMask | None = None

    @property
    def shown(self) -> str:
        """The text that the public reads."""
        return self.mask.replacement if self.mask and self.mask.hides else self.text


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding with the text around it, as the list shows it."""

    mask: RedactionMask
    before: str
    found: str
    after: str


def original_of(proposal: Proposal, field: PublicField) -> str:
    """Return the untouched text of ``field``."""
    original: str = getattr(proposal, field.value)
    return original


def masks_of(proposal: Proposal, field: PublicField) -> list[RedactionMask]:
    """Return the masks of ``field`` in the order of the text."""
    return sorted((m for m in proposal.masks if m.field is field), key=lambda mask: mask.start)


def segments(proposal: Proposal, field: PublicField) -> list[Segment]:
    """Return the text of ``field`` cut at its masks."""
    return list(_cut(original_of(proposal, field), masks_of(proposal, field)))


def _cut(text: str, masks: list[RedactionMask]) -> Iterator[Segment]:
    position = 0
    for mask in masks:
        if mask.start > position:
            yield Segment(text[position : mask.start])
        yield Segment(text[mask.start : mask.end], mask)
        position = mask.end
    if position < len(text):
        yield Segment(text[position:])


def findings(proposal: Proposal) -> list[Finding]:
    """Return all findings, title first, then letter, then reply."""
    return [
        Finding(
            mask,
            text[max(0, mask.start - CONTEXT) : mask.start],
            text[mask.start : mask.end],
            text[mask.end : mask.end + CONTEXT],
        )
        for field in PublicField
        for text in (original_of(proposal, field),)
        for mask in masks_of(proposal, field)
    ]


def requests_not_to_be_shown(letter: Letter) -> list[str]:
    """Return the words in which the writer of ``letter`` asks not to be shown, each once."""
    texts = (letter.title, letter.text, *(message.text for message in letter.messages))
    found = (each.text for text in texts for each in confidentiality_requests(text))
    return list(dict.fromkeys(found))
