"""When a message is sent, and to whom: the one table.

A message names the letter's number, what happened, where to read it and the day by which something
is to be done. It never holds a word of the letter or of the reply.
"""

from __future__ import annotations

from dataclasses import dataclass

from portal.domain.errors import N_
from portal.domain.letters.guards import GuardedLetter, may_be_public, not_consented
from portal.domain.letters.states import Action
from portal.domain.translatable import Labelled


class Occasion(Labelled):
    """What a message is about."""

    RECEIPT = "receipt", N_("收到来信")
    ASKED = "asked", N_("请您补充情况")
    REMINDED = "reminded", N_("补充情况的期限快到了")
    MOVED = "transferred", N_("来信转到承办单位")
    EXTENDED = "extended", N_("办理期限延长")
    ANSWERED = "answered", N_("来信已经答复")
    CONSENT_NEEDED = "consent_needed", N_("来信已经答复，可否公示")
    DECLINED = "declined", N_("来信不予受理")
    PUBLISHED = "published", N_("来信已经公示")
    SILENT = "closed_for_silence", N_("没有收到补充，来信办结")
    CODE_RENEWED = "code_renewed", N_("查询码已更换")
    LOST_CODE = "lost_code", N_("找回查询码")
    VERIFYING = "verify_contact", N_("验证联系方式")
    NEW_WORK = "new_work", N_("有新的来信要办")
    SENT_BACK = "sent_back", N_("来信或答复被退回")
    URGED = "urged", N_("来信被催办或者督办")
    DUE_SOON = "due_soon", N_("来信即将到期")
    OVERDUE = "overdue", N_("来信已经超期")
    DAILY = "daily", N_("每日摘要")
    WEEKLY = "weekly", N_("每周摘要")
    ADDRESS = "confirm_address", N_("确认邮箱")
    SUBSCRIBING = "confirm_subscription", N_("确认订阅")
    NEW_ENTRIES = "new_entries", N_("有新的公示件")
    ENTRY_CHANGED = "entry_changed", N_("公示件有更正")
    TRIAL = "trial", N_("试发")


TO_SENDERS = (
    Occasion.RECEIPT,
    Occasion.ASKED,
    Occasion.REMINDED,
    Occasion.MOVED,
    Occasion.EXTENDED,
    Occasion.ANSWERED,
    Occasion.CONSENT_NEEDED,
    Occasion.DECLINED,
    Occasion.PUBLISHED,
    Occasion.SILENT,
)
"""Messages to the sender of a letter, who chose how to get them."""
TO_STAFF = (
    Occasion.NEW_WORK,
    Occasion.SENT_BACK,
    Occasion.URGED,
    Occasion.DUE_SOON,
    Occasion.OVERDUE,
)
"""Messages to staff, about letters that wait for them; each person chooses how often."""
TO_SUBSCRIBERS = frozenset({Occasion.NEW_ENTRIES, Occasion.ENTRY_CHANGED})
"""Messages to readers, who follow something by mail."""
ON_REQUEST = frozenset(
    {Occasion.LOST_CODE, Occasion.VERIFYING, Occasion.ADDRESS, Occasion.SUBSCRIBING}
)
"""Messages that somebody asks for at this moment; they have no way out because no other one follows."""
LIMITED = frozenset({Occasion.ASKED, Occasion.REMINDED})
"""Messages that name the day by which the sender is to answer."""
DUE = frozenset({Occasion.RECEIPT, Occasion.MOVED, Occasion.EXTENDED})
"""Messages that name the day on which the answer is due."""


@dataclass(frozen=True, slots=True)
class Announced:
    """What an action is announced as, to the sender and to the staff for whom the letter then waits."""

    sender: Occasion | None = None
    staff: Occasion | None = None


AFTER: dict[Action, Announced] = {
    Action.SUBMIT: Announced(Occasion.RECEIPT, Occasion.NEW_WORK),
    Action.ACCEPT: Announced(None, Occasion.NEW_WORK),
    Action.DECLINE: Announced(Occasion.DECLINED),
    Action.RULE_DECLINE: Announced(Occasion.DECLINED),
    Action.DISPATCH: Announced(Occasion.MOVED, Occasion.NEW_WORK),
    Action.TRANSFER: Announced(Occasion.MOVED, Occasion.NEW_WORK),
    Action.RULE: Announced(Occasion.MOVED, Occasion.NEW_WORK),
    Action.HAND_OVER: Announced(Occasion.MOVED, Occasion.NEW_WORK),
    Action.RETURN: Announced(None, Occasion.SENT_BACK),
    Action.ASSIGN: Announced(None, Occasion.NEW_WORK),
    Action.ASK_CITIZEN: Announced(Occasion.ASKED),
    Action.SUPPLEMENT: Announced(None, Occasion.NEW_WORK),
    Action.TIME_OUT: Announced(Occasion.SILENT),
    Action.CLOSE_MERGED: Announced(Occasion.ANSWERED),
    Action.REQUEST_EXTENSION: Announced(None, Occasion.NEW_WORK),
    Action.GRANT_EXTENSION: Announced(Occasion.EXTENDED),
    Action.INVITE: Announced(None, Occasion.NEW_WORK),
    Action.REQUEST_SIGNOFF: Announced(None, Occasion.NEW_WORK),
    Action.SEND_BACK: Announced(None, Occasion.SENT_BACK),
    Action.SIGN: Announced(Occasion.ANSWERED),
    Action.REDO: Announced(None, Occasion.NEW_WORK),
    Action.PROPOSE_FOLLOW_UP: Announced(None, Occasion.NEW_WORK),
    Action.SIGN_FOLLOW_UP: Announced(Occasion.ANSWERED),
    Action.REFUSE_FOLLOW_UP: Announced(None, Occasion.SENT_BACK),
    Action.ADD: Announced(None, Occasion.NEW_WORK),
    Action.APPEAL: Announced(None, Occasion.NEW_WORK),
    Action.CONFIRM_DECLINE: Announced(Occasion.DECLINED),
    Action.URGE: Announced(None, Occasion.URGED),
    Action.SUPERVISE: Announced(None, Occasion.URGED),
    Action.PROPOSE: Announced(None, Occasion.NEW_WORK),
    Action.PROPOSE_CORRECTION: Announced(None, Occasion.NEW_WORK),
    Action.PUBLISH: Announced(Occasion.PUBLISHED),
}
"""Every action that somebody learns of; the others are announced to nobody."""


def for_sender(action: Action, letter: GuardedLetter) -> Occasion | None:
    """Return what the sender of ``letter`` gets a message about after ``action``.

    A signed reply that might be published, if the sender agreed, asks for that consent.
    """
    announced = AFTER[action].sender if action in AFTER else None
    asks = action is Action.SIGN and not (
        may_be_public(letter, None) or not_consented(letter, None)
    )
    return Occasion.CONSENT_NEEDED if asks else announced


class Frequency(Labelled):
    """How often a member of staff gets messages of one occasion."""

    AT_ONCE = "at_once", N_("马上")
    DAILY = "daily", N_("并入每日摘要")
    NEVER = "never", N_("不发")
