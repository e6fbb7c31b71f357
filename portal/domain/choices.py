"""What a person may do with a letter now, and which of it is the next thing to do."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from portal.domain.access import ACTION_PERMISSIONS, Actor, Permission, Placed, may
from portal.domain.letters.guards import GuardedLetter
from portal.domain.letters.states import Action, State
from portal.domain.letters.transitions import objection


class Choosable(Placed, GuardedLetter, Protocol):
    """A letter, as far as a choice of actions looks at it.

    ``awaited_ids`` are the organisations whose contribution is still awaited,
    ``extension_asker_id`` is who asked for the extension that waits.
    """

    @property
    def awaited_ids(self) -> tuple[int, ...]: ...
    @property
    def extension_asker_id(self) -> int | None: ...


NEXT: tuple[Action, ...] = (
    Action.RULE,
    Action.TAKE_OVER,
    Action.SIGN,
    Action.SIGN_FOLLOW_UP,
    Action.PUBLISH,
    Action.CORRECT,
    Action.GRANT_EXTENSION,
    Action.CONTRIBUTE,
    Action.SIGN_FOR,
    Action.REQUEST_SIGNOFF,
    Action.ACCEPT,
    Action.DISPATCH,
    Action.PROPOSE,
)
"""The order in which actions are offered as the one next thing to do."""


def allowed_actions(actor: Actor, letter: Choosable) -> list[Action]:
    """Return what ``actor`` may do with ``letter`` now, in the order of the words.

    Agrees with the services: what is offered here is not refused there, unless the letter changes
    in between.
    """
    return [
        action
        for action in ACTION_PERMISSIONS
        if may(actor, action, letter)
        and objection(letter, action, actor.user_id) is None
        and _own_part(actor, action, letter)
    ]


def consent_choice(letter: GuardedLetter) -> Action | None:
    """Return how the sender may change the mind about publication now: take back, give, or not."""
    choices = (Action.REVOKE_CONSENT, Action.GIVE_CONSENT)
    return next((action for action in choices if objection(letter, action) is None), None)


SENDER_NEXT: tuple[Action, ...] = (
    Action.SUPPLEMENT,
    Action.URGE,
    Action.APPEAL,
    Action.RATE,
)
"""The order in which the sender is offered one thing to do next."""


def sender_next(letter: GuardedLetter, on: date) -> Action | None:
    """Return the one thing that the sender is asked to do on civil date ``on``, if there is one."""
    possible = (a for a in SENDER_NEXT if objection(letter, a, on=on) is None)
    return next(possible, None)


def _own_part(actor: Actor, action: Action, letter: Choosable) -> bool:
    """Look at what neither grants nor the transition table know of."""
    if action is Action.CONTRIBUTE:
        asked = actor.reaches(Permission.CONTRIBUTION_WRITE)
        return any(grant.organisation_id in letter.awaited_ids for grant, _ in asked)
    if action in (Action.GRANT_EXTENSION, Action.REFUSE_EXTENSION):
        return letter.extension_asker_id != actor.user_id
    return True


def next_action(
    actor: Actor, letter: Choosable, allowed: list[Action], *, stranded: bool = False
) -> Action | None:
    """Return the one thing to do next among ``allowed``, if there is one.

    What has been dispatched to others is theirs to sign for, although a dispatcher above may; the
    office at the top of the tree dispatches before it accepts for itself. A letter that is
    ``stranded``, where nobody could go on with it, is recalled or taken over, and one in progress
    given to somebody who can answer it.
    """
    own = {grant.path for grant in actor.grants}
    if stranded and Action.RECALL_DISPATCH in allowed:
        return Action.RECALL_DISPATCH
    for action in NEXT:
        if action not in allowed:
            continue
        elsewhere = letter.organisation_path not in own
        if action is Action.SIGN_FOR and elsewhere and not stranded:
            continue
        if action is Action.DISPATCH and letter.state is State.IN_PROGRESS and not stranded:
            continue
        if action is Action.ACCEPT and letter.organisation_path.count("/") == 2:
            return Action.DISPATCH if Action.DISPATCH in allowed else action
        return action
    return Action.TRANSFER if stranded and Action.TRANSFER in allowed else None
