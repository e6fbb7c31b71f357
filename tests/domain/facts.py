"""A letter as guards and access rules see it, made of plain values."""

from dataclasses import dataclass
from datetime import date, datetime

from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import CloseReason, ConsentBasis, Publication, State


@dataclass(frozen=True)
class Facts:
    """What the guards look at; the defaults let every guard agree that can."""

    kind: Kind = Kind.CONSULTATION
    state: State = State.SUBMITTED
    publication: Publication = Publication.NOT_PROPOSED
    state_before: State | None = None
    never_public: bool = False
    consent_basis: ConsentBasis = ConsentBasis.SENDER
    close_reason: CloseReason | None = CloseReason.ANSWERED
    return_count: int = 0
    placed: bool = False
    sent_from_id: int | None = 1
    reopened: bool = False
    rated: bool = False
    supervised: bool = False
    author_id: int | None = 7
    proposer_id: int | None = 7
    extension_pending: bool = False
    extension_granted: bool = False
    follow_up_pending: bool = False
    correction_pending: bool = False
    erased: bool = False
    accepted: bool = False
    has_children: bool = False
    answerable: bool = True
    additions: int = 0
    due_on: date | None = None
    urge_from: date | None = None
    closed_at: datetime | None = None
    appealed: bool = False
    appeal_pending: bool = False
    decliner_id: int | None = 7


@dataclass(frozen=True)
class Place:
    """Where a letter is."""

    organisation_path: str
    accused_paths: tuple[str, ...] = ()
    ruling_path: str | None = None
    appeal_path: str | None = None
    sent_from_path: str | None = None
    helper_paths: tuple[str, ...] = ()
    id: int = 1
