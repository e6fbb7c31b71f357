"""What the citizen does: write, supplement, add, urge, withdraw, rate, ask for a redo."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import SYSTEM, Actor, Permission, can_at
from portal.domain.errors import N_, InvalidInput, NotFound, NotPermitted
from portal.domain.events import ActorKind
from portal.domain.integrity.figures import scores_text
from portal.domain.languages import SOURCE
from portal.domain.letters.kinds import KINDS, Kind
from portal.domain.letters.states import (
    PERSON_NAME_MAX,
    REGISTERED_SOURCES,
    SCORES,
    TEXT_MAX,
    TITLE_MAX,
    Action,
    ConsentBasis,
    Publication,
    Source,
)
from portal.domain.messages.states import Channel as MessageChannel
from portal.domain.periods import civil_date
from portal.models import (
    ArchiveEntry,
    Letter,
    Message,
    MessageKind,
    Organisation,
    ProposalStatus,
    Rating,
    ReplyStatus,
)
from portal.queries.rules import work_calendar
from portal.services.core.acting import begin, changing, take
from portal.services.core.handing_in import Receipt, hand_in
from portal.services.core.numbering import next_number
from portal.services.core.outbox import enqueue
from portal.services.core.typed_text import clean, limited, optional, required
from portal.services.files.keeping import Owner, claim
from portal.services.letters.merging import release_children
from portal.services.letters.message_choice import keep_choice

COMMENT_MAX = 500
WORDS_MAX = 60
"""Characters of an organisation in the sender's words."""


@dataclass(frozen=True, slots=True)
class NewLetter:
    """What a citizen hands in; ``organisation_id`` is empty for "I don't know".

    ``organisation_words`` then names an organisation that was not found.
    """

    kind: Kind
    title: str
    text: str
    name: str
    phone: str
    email: str
    consent: bool
    organisation_id: int | None = None
    organisation_words: str = ""
    messages: MessageChannel | None = None
    """How the sender gets messages about the letter, in ``language``; ``None`` for not at all."""
    language: str = SOURCE


@dataclass(frozen=True, slots=True)
class Channel:
    """How a letter is handed in; ``token_id`` is the token of a program."""

    source: Source = Source.WEB
    token_id: int | None = None


ON_THE_WEB = Channel()


def submit(
    new: NewLetter,
    form_token: str,
    code_key: bytes,
    now: datetime,
    channel: Channel = ON_THE_WEB,
    files: str | None = None,
) -> Receipt:
    """Take a letter in; the same ``form_token`` again gives the same receipt.

    ``files`` is the key under which its files wait.
    A report of wrongdoing goes past the organisation it accuses, to the one above.
    Raises :class:`InvalidInput` with the field at fault.
    """
    return hand_in(
        Letter,
        form_token,
        code_key,
        lambda session: _letter(session, new, channel, now),
        lambda session, letter: _enter(session, letter, new, Actor(ActorKind.CITIZEN), now, files),
    )


def register(
    new: NewLetter,
    source: Source,
    form_token: str,
    code_key: bytes,
    actor: Actor,
    now: datetime,
) -> Receipt:
    """Register a letter that came by telephone, on paper, at a counter or from another hotline.

    The event is the sender's, with the member of staff who wrote it down. Raises :class:`NotPermitted`
    where ``actor`` does not accept letters for the organisation, and :class:`InvalidInput` for a
    report of wrongdoing: who works for the organisation would read it.
    """
    if KINDS[new.kind].accuses:
        raise InvalidInput("kind", N_("举报请来信人自己在网上写，免得经手的人看到。"))

    def make(session: Session) -> Letter:
        letter = _letter(session, new, Channel(source), now)
        if not can_at(actor, Permission.HANDLING_ACCEPT, letter.organisation.path):
            raise NotPermitted
        return letter

    sender = replace(actor, kind=ActorKind.CITIZEN, grants=())
    return hand_in(
        Letter,
        form_token,
        code_key,
        make,
        lambda session, letter: _enter(session, letter, new, sender, now),
    )


def _enter(
    session: Session,
    letter: Letter,
    new: NewLetter,
    sender: Actor,
    now: datetime,
    files: str | None = None,
) -> None:
    begin(session, letter, sender, now)
    claim(session, files, Owner(letter.id))
    if new.messages is not None:
        keep_choice(session, letter, new.messages, new.language, now)


def _letter(session: Session, new: NewLetter, channel: Channel, now: datetime) -> Letter:
    chosen = chosen_organisation(session, new.organisation_id, civil_date(now))
    accused = chosen if KINDS[new.kind].accuses and chosen.parent_id is not None else None
    holder = accused.parent if accused is not None and accused.parent else chosen
    reachable = new.phone or new.email or channel.source in REGISTERED_SOURCES
    if not reachable:
        raise InvalidInput("phone", N_("请留下手机号码或电子邮箱中的一项，方便我们联系您。"))
    return Letter(
        kind=new.kind,
        title=required("title", new.title, TITLE_MAX, lines=False),
        text=required("text", new.text, TEXT_MAX),
        sender_name=required("name", new.name, PERSON_NAME_MAX, lines=False),
        sender_phone=new.phone or None,
        sender_email=new.email or None,
        consent_basis=ConsentBasis.SENDER if new.consent else ConsentBasis.NONE,
        source=channel.source,
        token_id=channel.token_id,
        organisation_id=holder.id,
        organisation=holder,
        accused_id=accused.id if accused else None,
        accused=accused,
        organisation_words=_not_found(new),
        number=next_number(session, now),
    )


def _not_found(new: NewLetter) -> str | None:
    if new.organisation_id is not None:
        return None
    words = clean(new.organisation_words, lines=False)
    return limited("organisation_words", words, WORDS_MAX) or None


def chosen_organisation(session: Session, organisation_id: int | None, today: date) -> Organisation:
    """Return the organisation chosen, or the letterbox office for "I don't know".

    Raises :class:`InvalidInput` for one that does not exist or takes no letters ``today``.
    """
    if organisation_id is None:
        office = session.scalar(sa.select(Organisation).where(Organisation.parent_id.is_(None)))
        if office is None:
            raise NotFound
        return office
    chosen = session.get(Organisation, organisation_id)
    if chosen is None:
        raise InvalidInput("organisation", N_("没有这个单位，请重新选择。"))
    if not chosen.active:
        raise InvalidInput("organisation", N_("这个单位已停止接收来信，请另选单位。"))
    if not chosen.open_on(today):
        raise InvalidInput("organisation", N_("这个单位还没有成立，请另选单位。"))
    return chosen


def citizen(letter_id: int) -> Actor:
    """Return the actor for a citizen who has opened one letter with its code."""
    return Actor(ActorKind.CITIZEN, letter_id=letter_id)


def supplement(letter_id: int, text: str, now: datetime, files: str | None = None) -> None:
    """Answer the office's question; the letter goes back to where it was and the clock goes on.

    ``files`` is the key under which files wait for it.
    """
    text = required("text", text, TEXT_MAX)
    actor = citizen(letter_id)
    with changing(actor, letter_id) as (session, letter):
        take(session, letter, Action.SUPPLEMENT, actor, now)
        _write(session, letter, MessageKind.SUPPLEMENT, text, now, files)


def _write(
    session: Session,
    letter: Letter,
    kind: MessageKind,
    text: str,
    now: datetime,
    files: str | None,
) -> None:
    message = Message(letter_id=letter.id, kind=kind, text=text, created_at=now)
    session.add(message)
    session.flush()
    claim(session, files, Owner(letter.id, message.id))


def add(letter_id: int, text: str, now: datetime, files: str | None = None) -> None:
    """Add something unasked before the answer; the clock goes on, and the office sees a mark.

    ``files`` is the key under which files wait for it.
    """
    text = required("text", text, TEXT_MAX)
    actor = citizen(letter_id)
    with changing(actor, letter_id) as (session, letter):
        take(session, letter, Action.ADD, actor, now)
        _write(session, letter, MessageKind.ADDITION, text, now, files)


def urge(letter_id: int, now: datetime) -> None:
    """Urge the office once the due date has passed, and then once a working day."""
    actor = citizen(letter_id)
    with changing(actor, letter_id) as (session, letter):
        again = work_calendar(session).add_working_days(civil_date(now), 1)
        take(session, letter, Action.URGE, actor, now, urge_from=again)


def withdraw(letter_id: int, now: datetime) -> None:
    """Withdraw a letter that nobody has accepted yet."""
    actor = citizen(letter_id)
    with changing(actor, letter_id) as (session, letter):
        take(session, letter, Action.WITHDRAW, actor, now)
        release_children(session, letter, now)


def rate(letter_id: int, attitude: int, efficiency: int, comment: str, now: datetime) -> None:
    """Rate attitude and efficiency, 1 to 5 each, once after closing."""
    for field, value in (("attitude", attitude), ("efficiency", efficiency)):
        if value not in SCORES:
            raise InvalidInput(field, N_("请在 1 至 5 分之间选择。"))
    comment = optional("comment", comment, COMMENT_MAX)
    actor = citizen(letter_id)
    with changing(actor, letter_id) as (session, letter):
        code = scores_text(attitude, efficiency)
        take(session, letter, Action.RATE, actor, now, reason_code=code)
        session.add(
            Rating(
                letter_id=letter.id,
                attitude=attitude,
                efficiency=efficiency,
                comment=comment,
                created_at=now,
            )
        )


def ask_redo(letter_id: int, text: str, now: datetime) -> None:
    """Ask once for a redo: the letter is open again and its public copy marked under revision."""
    text = required("text", text, TEXT_MAX)
    actor = citizen(letter_id)
    with changing(actor, letter_id) as (session, letter):
        take(session, letter, Action.REDO, actor, now)
        if letter.reply_in_review is not None:
            letter.reply_in_review.status = ReplyStatus.DRAFT
        letter.parent_id = None
        session.add(Message(letter_id=letter.id, kind=MessageKind.REDO, text=text, created_at=now))
        _suspend_publication(session, letter, now)


def _suspend_publication(session: Session, letter: Letter, now: datetime) -> None:
    proposal = letter.open_proposal
    if proposal is not None:
        proposal.status, proposal.decided_at = ProposalStatus.RECALLED, now
        if letter.publication is Publication.PROPOSED:
            take(session, letter, Action.RECALL_PROPOSAL, SYSTEM, now)
    if letter.publication is Publication.PUBLISHED:
        entry = session.scalar(sa.select(ArchiveEntry).where(ArchiveEntry.letter_id == letter.id))
        if entry is not None:
            entry.under_revision = True
            enqueue(session, entry, now)
