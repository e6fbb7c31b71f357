"""How a message travels: its channel, its state, and what an attempt to hand it over came to."""

from __future__ import annotations

from enum import StrEnum

from portal.domain.errors import N_
from portal.domain.translatable import Labelled


class Channel(Labelled):
    """A way on which messages travel."""

    MAIL = "mail", N_("电子邮件")
    SMS = "sms", N_("短信")
    WEBHOOK = "webhook", N_("系统接口")


class MessageState(Labelled):
    """Where a message stands; the states are those of GOV.UK Notify."""

    WAITING = "waiting", N_("等待发送")
    HANDED_OVER = "handed_over", N_("已交出")
    DELIVERED = "delivered", N_("已送达")
    NO_SUCH_ADDRESS = "no_such_address", N_("地址不存在")
    NOT_ACCEPTING = "not_accepting", N_("对方暂时不收")
    FAILED = "technical_failure", N_("技术故障")
    DROPPED = "dropped", N_("不再发送")


UNREACHED = frozenset({MessageState.NO_SUCH_ADDRESS, MessageState.NOT_ACCEPTING})
"""States in which the person could not be reached."""
ENDED = frozenset(MessageState) - {MessageState.WAITING, MessageState.NOT_ACCEPTING}
"""States from which the letterbox tries no more by itself."""


class Outcome(StrEnum):
    """What an attempt came to.

    ``PASSING`` is a fault of the channel that may pass, ``REFUSED`` one that will not, ``DOWN`` a
    fault that every message of the channel would meet now.
    """

    ACCEPTED = "accepted"
    NO_SUCH_ADDRESS = "no_such_address"
    NOT_ACCEPTING = "not_accepting"
    PASSING = "passing"
    REFUSED = "refused"
    DOWN = "down"


RECEIPTS: dict[str, MessageState] = {
    "delivered": MessageState.DELIVERED,
    "no_such_address": MessageState.NO_SUCH_ADDRESS,
    "not_accepting": MessageState.NOT_ACCEPTING,
    "technical_failure": MessageState.FAILED,
}
"""What a delivery receipt may say, and the state that a message has then."""


def after_receipt(state: MessageState, said: MessageState) -> MessageState:
    """Return the state of a message in ``state`` for which a receipt says ``said``.

    A receipt counts once the message was handed over; a bounce may still follow a delivery,
    a delivery takes back no bounce. Receipts come more than once and in any order.
    """
    if state is MessageState.HANDED_OVER:
        return said
    if state is MessageState.DELIVERED and said in UNREACHED:
        return said
    return state
