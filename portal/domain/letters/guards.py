"""Guards of the transition table: each looks at the state of a letter and may object.

A guard returns a zh-CN sentence that says why not, or ``None``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Protocol

from portal.domain.errors import N_
from portal.domain.letters.kinds import KINDS, Kind
from portal.domain.letters.states import (
    ADDITIONS_MAX,
    APPEAL_DAYS,
    FINAL_STATES,
    RETURN_LIMIT,
    CloseReason,
    ConsentBasis,
    Publication,
    State,
)
from portal.domain.periods import civil_date


class HandledLetter(Protocol):
    """The columns of a letter that say where its handling and its publication stand."""

    @property
    def kind(self) -> Kind: ...
    @property
    def never_public(self) -> bool: ...
    @property
    def state(self) -> State: ...
    @property
    def publication(self) -> Publication: ...
    @property
    def state_before(self) -> State | None: ...
    @property
    def accepted(self) -> bool: ...
    @property
    def return_count(self) -> int: ...


class GuardedLetter(HandledLetter, Protocol):
    """What guards look at besides; the letter row offers it, and so may any plain object.

    ``author_id`` is the person who wrote the reply under review, ``proposer_id`` who proposed
    publication or a correction, ``decliner_id`` who declined a letter whose sender has appealed,
    ``actor_id`` comes with the call. A letter is ``answerable`` where somebody in service at its
    organisation may write the reply; its sender may urge again on ``urge_from``.
    """

    @property
    def consent_basis(self) -> ConsentBasis: ...
    @property
    def close_reason(self) -> CloseReason | None: ...
    @property
    def placed(self) -> bool: ...
    @property
    def sent_from_id(self) -> int | None: ...
    @property
    def reopened(self) -> bool: ...
    @property
    def rated(self) -> bool: ...
    @property
    def supervised(self) -> bool: ...
    @property
    def author_id(self) -> int | None: ...
    @property
    def proposer_id(self) -> int | None: ...
    @property
    def extension_pending(self) -> bool: ...
    @property
    def extension_granted(self) -> bool: ...
    @property
    def follow_up_pending(self) -> bool: ...
    @property
    def correction_pending(self) -> bool: ...
    @property
    def has_children(self) -> bool: ...
    @property
    def answerable(self) -> bool: ...
    @property
    def erased(self) -> bool: ...
    @property
    def additions(self) -> int: ...
    @property
    def due_on(self) -> date | None: ...
    @property
    def urge_from(self) -> date | None: ...
    @property
    def closed_at(self) -> datetime | None: ...
    @property
    def appealed(self) -> bool: ...
    @property
    def appeal_pending(self) -> bool: ...
    @property
    def decliner_id(self) -> int | None: ...


Guard = Callable[[GuardedLetter, int | None], str | None]
DatedGuard = Callable[[GuardedLetter, date], str | None]
"""A guard that looks at the civil day besides."""


def not_author(letter: GuardedLetter, actor_id: int | None) -> str | None:
    """Refuse the author of the reply under review."""
    same = actor_id is not None and actor_id == letter.author_id
    return N_("答复不能由起草人本人审签。") if same else None


def only_author(letter: GuardedLetter, actor_id: int | None) -> str | None:
    """Refuse everybody but the author of the reply under review."""
    return None if actor_id == letter.author_id else N_("只有送审人可以撤回送审。")


def not_proposer(letter: GuardedLetter, actor_id: int | None) -> str | None:
    """Refuse the person who proposed publication."""
    same = actor_id is not None and actor_id == letter.proposer_id
    return N_("公示不能由提请人本人审核。") if same else None


def only_proposer(letter: GuardedLetter, actor_id: int | None) -> str | None:
    """Refuse everybody but the proposer; the system may recall a proposal on redo."""
    own = actor_id is None or actor_id == letter.proposer_id
    return None if own else N_("只有提请人可以撤回提请。")


_NEVER_PUBLIC = N_("这封信属于或曾属于绝不公示的类别，不能公示。")


def never_public(letter: HandledLetter) -> bool:
    """Return whether the letter is or ever was of a kind that is never published."""
    return letter.never_public or not KINDS[letter.kind].publishable


def publishable(letter: GuardedLetter, actor_id: int | None) -> str | None:
    """Refuse reports of wrongdoing, letters without consent and letters that are not closed."""
    if never_public(letter):
        return _NEVER_PUBLIC
    if letter.consent_basis is ConsentBasis.NONE:
        return N_("来信人没有同意公示。")
    if letter.state is not State.CLOSED:
        return N_("信件办结后才能公示。")
    if letter.close_reason is CloseReason.NO_SUPPLEMENT:
        return N_("没有答复的信件不能公示。")
    return None


def may_be_public(letter: GuardedLetter, actor_id: int | None) -> str | None:
    """Refuse letters that can never be public: those on wrongdoing, declined or withdrawn."""
    if letter.publication is Publication.PUBLISHED:
        return None
    if never_public(letter):
        return _NEVER_PUBLIC
    return N_("没有受理或已撤回的信件不会公示。") if letter.state in FINAL_STATES else None


def consented(letter: GuardedLetter, actor_id: int | None) -> str | None:
    """Refuse to take back consent that was not given."""
    none = letter.consent_basis is ConsentBasis.NONE
    return N_("这封信没有公示同意可以收回。") if none else None


def not_consented(letter: GuardedLetter, actor_id: int | None) -> str | None:
    """Refuse consent to a letter that has it."""
    return None if letter.consent_basis is ConsentBasis.NONE else N_("这封信已经同意公示。")


def below_return_limit(letter: GuardedLetter, actor_id: int | None) -> str | None:
    """Refuse after too many returns: only a ruling places the letter."""
    if letter.state is State.RETURNED and letter.return_count >= RETURN_LIMIT:
        return N_("退回次数已达上限，须由共同上级裁定。")
    return None


def at_return_limit(letter: GuardedLetter, actor_id: int | None) -> str | None:
    """Refuse a ruling where nothing is disputed."""
    return None if letter.return_count >= RETURN_LIMIT else N_("退回次数未达上限，无须裁定。")


def not_placed(letter: GuardedLetter, actor_id: int | None) -> str | None:
    """Refuse to move a letter placed by ruling, as long as somebody there can answer it."""
    stays = letter.placed and letter.answerable
    return N_("这封信已经裁定，不能再退回或转办。") if stays else None


def has_sender(letter: GuardedLetter, actor_id: int | None) -> str | None:
    """Refuse to return what nobody sent."""
    return None if letter.sent_from_id is not None else N_("没有交办单位，无法退回。")


def recallable(letter: GuardedLetter, actor_id: int | None) -> str | None:
    """Refuse to recall what was placed by ruling, and what nobody sent."""
    if letter.placed:
        return N_("这封信由裁定交办，不能收回。")
    sent = letter.sent_from_id is not None and letter.state_before is not None
    return None if sent else N_("没有交办单位，无法收回。")


def before_acceptance(letter: GuardedLetter, actor_id: int | None) -> str | None:
    """Refuse the citizen's withdrawal after acceptance."""
    waiting = letter.state is State.AWAITING_CITIZEN and letter.state_before is not State.SUBMITTED
    return N_("信件已经受理，不能撤回。") if letter.accepted or waiting else None


def not_reopened(letter: GuardedLetter, actor_id: int | None) -> str | None:
    """Refuse a second redo."""
    return N_("每封信只能申请一次重办。") if letter.reopened else None


def not_rated(letter: GuardedLetter, actor_id: int | None) -> str | None:
    """Refuse a second rating."""
    return N_("您已经评价过这封信。") if letter.rated else None


def extendable(letter: GuardedLetter, actor_id: int | None) -> str | None:
    """Refuse a second extension."""
    if letter.extension_granted:
        return N_("这封信已经延期过一次。")
    return N_("延期申请正在等待批复。") if letter.extension_pending else None


def extension_asked(letter: GuardedLetter, actor_id: int | None) -> str | None:
    """Refuse a decision where no extension was asked for."""
    return None if letter.extension_pending else N_("没有待批复的延期申请。")


def follow_up_free(letter: GuardedLetter, actor_id: int | None) -> str | None:
    """Refuse a second follow-up reply at a time."""
    return N_("已有一份补充答复待审签。") if letter.follow_up_pending else None


def follow_up_waiting(letter: GuardedLetter, actor_id: int | None) -> str | None:
    """Refuse where no follow-up reply waits."""
    return None if letter.follow_up_pending else N_("没有待审签的补充答复。")


def correction_free(letter: GuardedLetter, actor_id: int | None) -> str | None:
    """Refuse a second correction at a time."""
    return N_("已有一份更正待审核。") if letter.correction_pending else None


def correction_waiting(letter: GuardedLetter, actor_id: int | None) -> str | None:
    """Refuse where no correction waits."""
    return None if letter.correction_pending else N_("没有待审核的更正。")


def childless(letter: GuardedLetter, actor_id: int | None) -> str | None:
    """Refuse to merge a letter that leads others."""
    return N_("已有其他信件并入这封信，不能再并案。") if letter.has_children else None


def supervised(letter: GuardedLetter, actor_id: int | None) -> str | None:
    """Refuse to end supervision that has not begun."""
    return None if letter.supervised else N_("这封信没有被督办。")


def unsupervised(letter: GuardedLetter, actor_id: int | None) -> str | None:
    """Refuse supervision that has begun already."""
    return N_("这封信已在督办。") if letter.supervised else None


def room_to_add(letter: GuardedLetter, actor_id: int | None) -> str | None:
    """Refuse to add more than anybody could read."""
    full = letter.additions >= ADDITIONS_MAX
    return N_("主动补充的次数已经用完，请等待答复。") if full else None


def overdue(letter: GuardedLetter, on: date) -> str | None:
    """Refuse to urge before the due date has passed."""
    late = letter.due_on is not None and letter.due_on < on
    return None if late else N_("还没有过答复期限，过了期限可以催办。")


def not_urged(letter: GuardedLetter, on: date) -> str | None:
    """Refuse to urge twice on a working day."""
    again = letter.urge_from is None or letter.urge_from <= on
    return None if again else N_("已经催办过，下一个工作日可以再催。")


def not_appealed(letter: GuardedLetter, actor_id: int | None) -> str | None:
    """Refuse a second appeal."""
    return N_("每封信只能提出一次异议。") if letter.appealed else None


def not_ruled(letter: GuardedLetter, actor_id: int | None) -> str | None:
    """Refuse an appeal against a ruling: the superior has decided already."""
    ruled = letter.return_count >= RETURN_LIMIT
    return N_("这封信由上级裁定不予受理，不再复核。") if ruled else None


def appeal_in_time(letter: GuardedLetter, on: date) -> str | None:
    """Refuse an appeal long after declining."""
    over = letter.closed_at is None or on > civil_date(letter.closed_at) + timedelta(APPEAL_DAYS)
    return N_("提出异议的期限已经过了。") if over else None


def appeal_waiting(letter: GuardedLetter, actor_id: int | None) -> str | None:
    """Refuse to decide where no appeal waits."""
    return None if letter.appeal_pending else N_("没有待复核的异议。")


def not_decliner(letter: GuardedLetter, actor_id: int | None) -> str | None:
    """Refuse the person who declined the letter."""
    same = actor_id is not None and actor_id == letter.decliner_id
    return N_("异议不能由作出不予受理决定的人复核。") if same else None
