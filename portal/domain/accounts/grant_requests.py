"""Requests for a role: how they end, and who may decide on them."""

from __future__ import annotations

from portal.domain.errors import N_
from portal.domain.translatable import Labelled


class GrantOutcome(Labelled):
    """How a request for a role stands."""

    PENDING = "pending", N_("等待同意")
    GRANTED = "granted", N_("已同意")
    REFUSED = "refused", N_("未同意")
    WITHDRAWN = "withdrawn", N_("已撤回")


def may_decide(decider: int | None, requester: int, receiver: int) -> bool:
    """Return whether the account ``decider`` is neither who asked for the role nor who gets it."""
    return decider is not None and decider not in (requester, receiver)
