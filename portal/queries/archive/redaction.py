"""What the redaction page shows: both texts in pieces, and the findings between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from portal.domain.redaction import PublicField
from portal.models import Proposal, RedactionMask

CONTEXT = 12
"""Characters of the original shown on either side of a finding."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; ``mark`` is what was found there, ``replacement`` its public form."""

    text: str
    mark: RedactionMask | None = None

    @property
    def shown(self) -> str:
        """What the public will read here."""
        return self.mark.replacement if self.mark and self.mark.hides else self.text


@dataclass(frozen=True, slots=True)
class Sighting:
    """A finding with the words around it, as the list shows it."""

    mark: RedactionMask
    before: str
    found: str
    after: str


def original_of(proposal: Proposal, field: PublicField) -> str:
    """Return the untouched text of ``field``."""
    texts = {
        PublicField.TITLE: proposal.title,
        PublicField.LETTER: proposal.text,
        PublicField.REPLY: proposal.reply,
    }
    return texts[field]


def marks_of(proposal: Proposal, field: PublicField) -> list[RedactionMask]:
    """Return the marks of ``field`` in the order of the text."""
    return sorted((m for m in proposal.marks if m.field is field), key=lambda mark: mark.start)


def pieces(proposal: Proposal, field: PublicField) -> list[Piece]:
    """Return the text of ``field`` cut at its marks."""
    return list(_cut(original_of(proposal, field), marks_of(proposal, field)))


def _cut(text: str, marks: list[RedactionMask]) -> Iterator[Piece]:
    position = 0
    for mark in marks:
        if mark.start > position:
            yield Piece(text[position : mark.start])
        yield Piece(text[mark.start : mark.end], mark)
        position = mark.end
    if position < len(text):
        yield Piece(text[position:])


def sightings(proposal: Proposal) -> list[Sighting]:
    """Return all findings, title first, then letter, then reply."""
    return [
        Sighting(
            mark,
            text[max(0, mark.start - CONTEXT) : mark.start],
            text[mark.start : mark.end],
            text[mark.end : mark.end + CONTEXT],
        )
        for field in PublicField
        for text in (original_of(proposal, field),)
        for mark in marks_of(proposal, field)
    ]
