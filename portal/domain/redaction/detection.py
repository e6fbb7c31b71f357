"""Run every detector, settle overlaps, and make sure that the public text holds nothing more."""

from bisect import bisect_right
from collections.abc import Iterator

from portal.domain.redaction.contacts import find_contacts
from portal.domain.redaction.folding import fold
from portal.domain.redaction.hits import Hit
from portal.domain.redaction.kinds import (
    Decision,
    Finding,
    FindingKind,
    Mask,
    PublicField,
    Sender,
    default_decision,
    mask_text,
)
from portal.domain.redaction.masks import COVER
from portal.domain.redaction.names import find_names
from portal.domain.redaction.numbers import find_numbers
from portal.domain.redaction.phones import find_phones
from portal.domain.redaction.places import find_places
from portal.domain.redaction.senders import find_sender

TEXT_LIMIT = 200_000
"""Longest text in characters; far above any letter, so that no input takes long."""

_ROUNDS = 8
# Of findings with equal length the more specific one names the place.
_SPECIFIC = {
    kind: rank
    for rank, kind in enumerate(
        (
            FindingKind.SENDER_NAME,
            FindingKind.SENDER_CONTACT,
            FindingKind.ID_CARD,
            FindingKind.EMAIL,
            FindingKind.MOBILE,
            FindingKind.BANK_CARD,
            FindingKind.PLATE,
            FindingKind.LANDLINE,
            FindingKind.SOCIAL_ACCOUNT,
            FindingKind.NAME,
            FindingKind.ADDRESS,
        )
    )
}


def detect(
    text: str, *, sender: Sender | None = None, field: PublicField = PublicField.TEXT
) -> list[Finding]:
    """Return what identifies a person in ``text``, sorted by place, without overlaps.

    Offsets count characters of ``text`` as given. ``field`` says where it stands: in a ``reply``,
    announced office phones and places carry a keep reason. Where findings overlap, one finding
    covers them all, and the longest, then most specific one names it. Masking everything without
    a keep reason leaves nothing that would be found again. Raises ValueError for more than
    ``TEXT_LIMIT`` characters.
    """
    if len(text) > TEXT_LIMIT:
        raise ValueError(f"text of {len(text)} characters exceeds {TEXT_LIMIT}")
    hits = _merge(list(_find(text, sender, field)))
    for _ in range(_ROUNDS):
        exposed = list(_exposed(text, hits, sender, field))
        if not exposed:
            break
        hits = _merge([*hits, *exposed])
    return [
        Finding(hit.kind, hit.start, hit.end, text[hit.start : hit.end], hit.mask, hit.keep_reason)
        for hit in hits
    ]


def default_masks(
    text: str, *, sender: Sender | None = None, field: PublicField = PublicField.TEXT
) -> list[Finding]:
    """Return what is masked in ``text`` unless a person decides otherwise; see :func:`detect`."""
    return [
        finding
        for finding in detect(text, sender=sender, field=field)
        if default_decision(finding) is Decision.MASK
    ]


def default_copy(
    text: str, *, sender: Sender | None = None, field: PublicField = PublicField.TEXT
) -> str:
    """Return ``text`` as the public reads it unless a person decides otherwise."""
    masks = default_masks(text, sender=sender, field=field)
    return mask_text(text, (finding.as_mask() for finding in masks))


def _find(text: str, sender: Sender | None, field: PublicField) -> Iterator[Hit]:
    """Yield hits of all detectors by offsets of ``text``."""
    folded = fold(text)
    found = [
        *find_numbers(folded),
        *find_phones(folded, field),
        *find_contacts(folded),
        *find_places(folded, field),
        *find_names(folded),
        *(find_sender(folded, sender) if sender else ()),
    ]
    for hit in found:
        start, end = folded.original_range(hit.start, hit.end)
        yield Hit(hit.kind, start, end, hit.mask, hit.keep_reason)


def _merge(hits: list[Hit]) -> list[Hit]:
    """Return one hit for every cluster of overlapping ones, covering all of it."""
    merged: list[Hit] = []
    cluster: list[Hit] = []
    end = -1
    for hit in sorted(hits, key=lambda hit: (hit.start, hit.end)):
        if cluster and hit.start >= end:
            merged.append(_combine(cluster))
            cluster = []
        cluster.append(hit)
        end = max(end, hit.end) if len(cluster) > 1 else hit.end
    if cluster:
        merged.append(_combine(cluster))
    return merged


def _combine(cluster: list[Hit]) -> Hit:
    best = min(
        cluster, key=lambda hit: (bool(hit.keep_reason), hit.start - hit.end, _SPECIFIC[hit.kind])
    )
    start, end = min(hit.start for hit in cluster), max(hit.end for hit in cluster)
    return Hit(best.kind, start, end, best.mask, best.keep_reason)


def _exposed(
    text: str, hits: list[Hit], sender: Sender | None, field: PublicField
) -> Iterator[Hit]:
    """Yield what masking ``hits`` would leave or create, such as digits beside a mask's own."""
    masked = [hit for hit in hits if not hit.keep_reason]
    if not masked:
        return
    public = mask_text(text, (Mask(hit.start, hit.end, hit.mask) for hit in masked))
    places: list[int] = []
    shift = 0
    for hit in masked:
        places.append(hit.start + shift)
        shift += len(hit.mask) - (hit.end - hit.start)
    for hit in _find(public, sender, field):
        if hit.keep_reason:
            continue
        start = _origin(hit.start, masked, places, last=False)
        end = _origin(hit.end - 1, masked, places, last=True)
        yield Hit(hit.kind, start, end, COVER)


def _origin(offset: int, masked: list[Hit], places: list[int], *, last: bool) -> int:
    """Return the original offset (for the ``last`` one the end) of a character of the public text."""
    index = bisect_right(places, offset) - 1
    if index < 0:
        return offset + last
    inside = offset - places[index]
    hit = masked[index]
    if inside < len(hit.mask):
        return hit.end if last else hit.start
    return hit.end + inside - len(hit.mask) + last
