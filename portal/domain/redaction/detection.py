"""Run every detector, settle overlaps, and make sure that the public text holds nothing more."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import itemgetter

from portal.domain.redaction.chains import Chain, chains
from portal.domain.redaction.confidential import find_requests
from portal.domain.redaction.doubts import find_doubts
from portal.domain.redaction.folding import Folded, fold
from portal.domain.redaction.hits import Hit
from portal.domain.redaction.identifiers.contacts import find_contacts
from portal.domain.redaction.identifiers.fragments import find_fragments
from portal.domain.redaction.identifiers.numbers import find_numbers, find_partly_hidden
from portal.domain.redaction.identifiers.persons import find_persons
from portal.domain.redaction.identifiers.phones import (
    find_local_phones,
    find_phones,
    judge_phones,
    keep_own,
    own_numbers,
)
from portal.domain.redaction.identifiers.places import find_places
from portal.domain.redaction.identifiers.plates import find_plates
from portal.domain.redaction.identifiers.registers import find_registered
from portal.domain.redaction.kinds import (
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
from portal.domain.redaction.masks import COVER
from portal.domain.redaction.names.cues import find_names
from portal.domain.redaction.names.repeated import find_repeated, known_names
from portal.domain.redaction.senders import find_sender

TEXT_LIMIT = 200_000
"""Longest text in characters; far above any letter, so that no input takes long."""

_ROUNDS = 8
_range = itemgetter(Hit._fields.index("start"), Hit._fields.index("end"))
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
            FindingKind.DOCUMENT,
            FindingKind.CASE_NUMBER,
            FindingKind.REGISTER_NUMBER,
            FindingKind.SOCIAL_ACCOUNT,
            FindingKind.NAME,
            FindingKind.BIRTH_DATE,
            FindingKind.SCHOOL_CLASS,
            FindingKind.ADDRESS,
            FindingKind.POSITION,
            FindingKind.FRAGMENT,
        )
    )
}


@dataclass(slots=True)
class _Part:
    """A text with the hits found in it so far, by offsets of the text."""

    text: str
    place: PublicField
    sender: Sender | None
    own: frozenset[str] = frozenset()
    hits: list[Hit] = field(default_factory=list)
    doubts: list[Hit] = field(default_factory=list)


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
    return detect_letter({field: text}, sender=sender)[field]


def detect_letter(
    texts: Mapping[PublicField, str],
    *,
    sender: Sender | None = None,
    beside: Iterable[str] = (),
    office_phones: Iterable[str] = (),
    doubts: bool = False,
) -> dict[PublicField, list[Finding]]:
    """Return what identifies a person in the texts of one letter; see :func:`detect`.

    A name found in one text is found in all. ``beside`` are texts of the letter that are not
    published and may name people, ``office_phones`` the telephones of who answers, which a reply keeps. With ``doubts`` also what only a person can judge, by kinds in ``DOUBTFUL``.
    """
    own = own_numbers(fold(text).digits for text in office_phones)
    parts = [_Part(text, field, sender, own) for field, text in texts.items()]
    others = [_Part(text, PublicField.TEXT, None) for text in beside]
    for part in (*parts, *others):
        if len(part.text) > TEXT_LIMIT:
            raise ValueError(f"text of {len(part.text)} characters exceeds {TEXT_LIMIT}")
    names: set[str] = set()
    for part in (*others, *parts):
        names |= _look(part, part.text, doubts=doubts)
    for part in parts:
        part.hits = _merge([*part.hits, *_repeated(part.text, names)])
    for _ in range(_ROUNDS):
        exposed = [_exposed(part, names) for part in parts]
        if not any(exposed):
            break
        for part, more in zip(parts, exposed, strict=True):
            part.hits = _widened(part.hits, more)
    return {part.place: _findings(part) for part in parts}


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
    return default_copies({field: text}, sender=sender)[field]


def default_copies(
    texts: Mapping[PublicField, str], *, sender: Sender | None = None
) -> dict[PublicField, str]:
    """Return the texts of a letter as the public reads them unless a person decides otherwise."""
    return {
        field: mask_text(
            texts[field], (f.as_mask() for f in found if default_decision(f) is Decision.MASK)
        )
        for field, found in detect_letter(texts, sender=sender).items()
    }


def sensitive_numbers(text: str) -> list[Finding]:
    """Return the numbers of identity documents and cards that nobody should send unasked."""
    return [finding for finding in detect(text) if finding.kind in SENSITIVE]


def confidentiality_requests(text: str) -> list[Finding]:
    """Return the words of ``text`` in which the writer asks not to be shown."""
    folded = fold(text)
    found = (_in_text(folded, hit) for hit in find_requests(folded.plain))
    return [_finding(text, hit) for hit in sorted(found, key=lambda hit: hit.start)]


def _look(part: _Part, text: str, *, doubts: bool) -> set[str]:
    """Add what the detectors find in the text of ``part``; return the names among it."""
    folded = fold(text)
    chain_list = _chains(folded)
    found = _find(folded, chain_list, part)
    part.hits = [_in_text(folded, hit) for hit in found]
    if doubts:
        part.doubts = [_in_text(folded, hit) for hit in find_doubts(folded, chain_list)]
    return set(known_names(folded, found))


def _chains(folded: Folded) -> list[Chain]:
    found = list(chains(folded.plain))
    if folded.digits != folded.plain:
        for chain in chains(folded.digits):
            start, end = chain.places[0], chain.places[-1] + 1
            if folded.plain[start:end] != folded.digits[start:end]:
                found.append(chain)
    return found


def _find(folded: Folded, chain_list: list[Chain], part: _Part) -> list[Hit]:
    """Return hits of all detectors by folded offsets."""
    phones: list[Hit] = []
    found: list[Hit] = []
    for chain in chain_list:
        found += find_numbers(folded, chain)
        phones += find_phones(chain)
    for view in folded.views:
        found += find_partly_hidden(view)
        phones += find_local_phones(view)
    found += judge_phones(folded.plain, phones, part.place)
    if part.own and part.place.by_office:
        found = list(keep_own(folded.digits, found, part.own))
    found += find_registered(folded)
    found += find_fragments(folded)
    found += find_contacts(folded, part.place)
    found += find_plates(folded)
    found += find_places(folded, part.place)
    found += find_persons(folded)
    found += find_names(folded)
    if part.sender:
        found += find_sender(folded, part.sender)
    return found


def _repeated(text: str, names: set[str]) -> list[Hit]:
    if not names:
        return []
    folded = fold(text)
    return [_in_text(folded, hit) for hit in find_repeated(folded, frozenset(names))]


def _in_text(folded: Folded, hit: Hit) -> Hit:
    if folded.starts is None:
        return hit
    start, end = folded.original_range(hit.start, hit.end)
    return Hit(hit.kind, start, end, hit.mask, hit.keep_reason)


def _findings(part: _Part) -> list[Finding]:
    hits = part.hits
    if part.doubts:
        hits = _merge_doubts(hits, part.doubts)
    return [_finding(part.text, hit) for hit in hits]


def _finding(text: str, hit: Hit) -> Finding:
    found = text[hit.start : hit.end]
    return Finding(hit.kind, hit.start, hit.end, found, hit.mask, hit.keep_reason)


def _merge_doubts(hits: list[Hit], doubts: list[Hit]) -> list[Hit]:
    """Return ``hits`` with the doubts that overlap none of them and no other doubt."""
    merged: list[Hit] = []
    starts = [hit.start for hit in hits]
    end = 0
    for doubt in sorted(doubts, key=lambda hit: (hit.start, -hit.end)):
        at = bisect_right(starts, doubt.start)
        free = (at == 0 or hits[at - 1].end <= doubt.start) and (
            at == len(hits) or hits[at].start >= doubt.end
        )
        if free and doubt.start >= end:
            merged.append(doubt)
            end = doubt.end
    return sorted([*hits, *merged], key=lambda hit: hit.start)


def _merge(hits: list[Hit]) -> list[Hit]:
    """Return one hit for every cluster of overlapping ones, covering all of it."""
    merged: list[Hit] = []
    cluster: list[Hit] = []
    end = -1
    # Several detectors find the same; in their order, so that ties are settled as ever.
    for hit in sorted(dict.fromkeys(hits), key=_range):
        if cluster and hit.start >= end:
            merged.append(_combine(cluster))
            cluster = []
        cluster.append(hit)
        end = max(end, hit.end)
    if cluster:
        merged.append(_combine(cluster))
    return merged


def _combine(cluster: list[Hit]) -> Hit:
    if len(cluster) == 1:
        return cluster[0]
    best = min(
        cluster, key=lambda hit: (bool(hit.keep_reason), hit.start - hit.end, _SPECIFIC[hit.kind])
    )
    start, end = min(hit.start for hit in cluster), max(hit.end for hit in cluster)
    return Hit(best.kind, start, end, best.mask, best.keep_reason)


def _exposed(part: _Part, names: set[str]) -> list[Hit]:
    """Return what masking the hits would leave or create, such as digits beside a mask's own."""
    masked = [hit for hit in part.hits if not hit.keep_reason]
    if not masked:
        return []
    public = mask_text(part.text, (Mask(hit.start, hit.end, hit.mask) for hit in masked))
    places: list[int] = []
    shift = 0
    for hit in masked:
        places.append(hit.start + shift)
        shift += len(hit.mask) - (hit.end - hit.start)
    copy = _Part(public, part.place, part.sender, part.own)
    names |= _look(copy, public, doubts=False)
    return [
        Hit(
            hit.kind,
            _origin(hit.start, masked, places, last=False),
            _origin(hit.end - 1, masked, places, last=True),
            COVER,
        )
        for hit in (*copy.hits, *_repeated(public, names))
        if not hit.keep_reason and public[hit.start : hit.end] != hit.mask
    ]


def _widened(hits: list[Hit], exposed: list[Hit]) -> list[Hit]:
    """Return ``hits`` with what was exposed; a mask that gave it away shows nothing any more."""
    starts = sorted(hit.start for hit in exposed)
    return [
        hit._replace(mask=COVER)
        if bisect_left(starts, hit.start) < bisect_left(starts, hit.end)
        else hit
        for hit in _merge([*hits, *exposed])
    ]


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
