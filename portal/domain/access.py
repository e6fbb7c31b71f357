"""Who may do what, where: roles, permissions and the one grants table.

Permissions are named ``scope:resource:action``, sorted by that name. The table gives each role
the permissions it carries and the reach of each: ``UNIT`` is the organisation of the grant,
``SUBTREE`` that organisation and everything below, ``ALL`` the whole letterbox. The SQL twin is
:mod:`portal.queries.scope`; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Protocol

from portal.domain.errors import N_
from portal.domain.events import ActorKind
from portal.domain.letters.states import Action
from portal.domain.organisations import covered, covers, path_ids
from portal.domain.translatable import Labelled


class Role(Labelled):
    """The six duties; a person may hold several, each at an organisation."""

    ADMINISTRATOR = "administrator", N_("管理员")
    AUDITOR = "auditor", N_("审计员")
    DISPATCHER = "dispatcher", N_("分办员")
    HANDLER = "handler", N_("经办人")
    REVIEWER = "reviewer", N_("审核人")
    SUPERVISOR = "supervisor", N_("督办员")


class Permission(StrEnum):
    """A permission as ``scope:resource:action``, in alphabetical order."""

    POLICY_CHANGES_RECORD = "archive:policy_changes:record"
    DISCLOSURE_HANDLE = "disclosure:request:handle"
    DISCLOSURE_READ = "disclosure:request:read"
    AUDIT_READ = "instance:audit:read"
    CALENDAR_EDIT = "instance:calendar:edit"
    DEADLINE_RULES_EDIT = "instance:deadline_rules:edit"
    MESSAGES_EDIT = "instance:messages:edit"
    ORGANISATIONS_EDIT = "instance:organisations:edit"
    REPORTS_KEEP = "instance:reports:keep"
    SITE_NOTICES_ANSWER = "instance:site_notices:answer"
    TOKENS_EDIT = "instance:tokens:edit"
    USERS_EDIT = "instance:users:edit"
    WORDS_EDIT = "instance:words:edit"
    APPEAL_DECIDE = "letter:appeal:decide"
    CONTACTS_REVEAL = "letter:contacts:reveal"
    CONTRIBUTION_WRITE = "letter:contribution:write"
    ERASURE_DECIDE = "letter:erasure:decide"
    EXTENSION_DECIDE = "letter:extension:decide"
    EXTENSION_REQUEST = "letter:extension:request"
    HANDLING_ACCEPT = "letter:handling:accept"
    HANDLING_ASK = "letter:handling:ask"
    HANDLING_ASSIGN = "letter:handling:assign"
    HANDLING_DISPATCH = "letter:handling:dispatch"
    HANDLING_INVITE = "letter:handling:invite"
    HANDLING_MERGE = "letter:handling:merge"
    HANDLING_RECALL = "letter:handling:recall"
    HANDLING_RETURN = "letter:handling:return"
    HANDLING_RULE = "letter:handling:rule"
    HANDLING_SIGN_FOR = "letter:handling:sign_for"
    HANDLING_SUPERVISE = "letter:handling:supervise"
    HANDLING_TRANSFER = "letter:handling:transfer"
    LETTER_READ = "letter:letter:read"
    PUBLICATION_DECIDE = "letter:publication:decide"
    PUBLICATION_PROPOSE = "letter:publication:propose"
    PUBLICATION_UNPUBLISH = "letter:publication:withdraw"
    REPLY_SIGN = "letter:reply:sign"
    REPLY_WRITE = "letter:reply:write"
    RATES_READ = "organisation:rates:read"


class Reach(IntEnum):
    """How far a permission of a grant goes."""

    UNIT = 1
    SUBTREE = 2
    ALL = 3


_P, _R = Permission, Role

_READING = (_P.LETTER_READ, _P.CONTACTS_REVEAL, _P.RATES_READ, _P.DISCLOSURE_READ)
"""What everybody may do who works on letters."""

GRANTS: dict[Role, dict[Permission, Reach]] = {
    _R.DISPATCHER: {
        **dict.fromkeys(
            (
                *_READING,
                _P.APPEAL_DECIDE,
                _P.HANDLING_ACCEPT,
                _P.HANDLING_ASK,
                _P.HANDLING_ASSIGN,
                _P.HANDLING_DISPATCH,
                _P.HANDLING_MERGE,
                _P.HANDLING_RECALL,
                _P.HANDLING_RETURN,
                _P.HANDLING_SIGN_FOR,
                _P.HANDLING_TRANSFER,
                _P.EXTENSION_DECIDE,
            ),
            Reach.SUBTREE,
        ),
        # Each authority answers for itself, in its own name (条例 Art. 4 and 27).
        _P.DISCLOSURE_HANDLE: Reach.UNIT,
    },
    _R.HANDLER: dict.fromkeys(
        (
            *_READING,
            _P.HANDLING_ASK,
            _P.HANDLING_INVITE,
            _P.HANDLING_MERGE,
            _P.HANDLING_RECALL,
            _P.HANDLING_RETURN,
            _P.HANDLING_SIGN_FOR,
            _P.HANDLING_TRANSFER,
            _P.CONTRIBUTION_WRITE,
            _P.EXTENSION_REQUEST,
            _P.REPLY_WRITE,
            _P.PUBLICATION_PROPOSE,
            _P.DISCLOSURE_HANDLE,
        ),
        Reach.UNIT,
    ),
    _R.REVIEWER: dict.fromkeys(
        (
            *_READING,
            _P.POLICY_CHANGES_RECORD,
            _P.REPLY_SIGN,
            _P.PUBLICATION_DECIDE,
            _P.PUBLICATION_UNPUBLISH,
            _P.ERASURE_DECIDE,
        ),
        Reach.SUBTREE,
    ),
    _R.SUPERVISOR: dict.fromkeys(
        (
            *_READING,
            _P.APPEAL_DECIDE,
            _P.HANDLING_RULE,
            _P.HANDLING_SUPERVISE,
            _P.EXTENSION_DECIDE,
        ),
        Reach.SUBTREE,
    ),
    _R.ADMINISTRATOR: dict.fromkeys(
        (
            _P.ORGANISATIONS_EDIT,
            _P.USERS_EDIT,
            _P.CALENDAR_EDIT,
            _P.DEADLINE_RULES_EDIT,
            _P.MESSAGES_EDIT,
            _P.TOKENS_EDIT,
            _P.REPORTS_KEEP,
            _P.SITE_NOTICES_ANSWER,
            _P.WORDS_EDIT,
        ),
        Reach.ALL,
    ),
    _R.AUDITOR: {_P.AUDIT_READ: Reach.ALL},
}

ANSWERING = frozenset(role for role, held in GRANTS.items() if _P.REPLY_WRITE in held)
"""The roles of those who write replies, each at their own organisation."""

ACTION_PERMISSIONS: dict[Action, Permission] = {
    Action.ACCEPT: _P.HANDLING_ACCEPT,
    Action.DECLINE: _P.HANDLING_ACCEPT,
    Action.DISPATCH: _P.HANDLING_DISPATCH,
    Action.TRANSFER: _P.HANDLING_TRANSFER,
    Action.SIGN_FOR: _P.HANDLING_SIGN_FOR,
    Action.RECALL_DISPATCH: _P.HANDLING_RECALL,
    Action.RETURN: _P.HANDLING_RETURN,
    Action.RULE: _P.HANDLING_RULE,
    Action.RULE_DECLINE: _P.HANDLING_RULE,
    Action.TAKE_OVER: _P.APPEAL_DECIDE,
    Action.CONFIRM_DECLINE: _P.APPEAL_DECIDE,
    Action.ASK_CITIZEN: _P.HANDLING_ASK,
    Action.MERGE: _P.HANDLING_MERGE,
    Action.SEPARATE: _P.HANDLING_MERGE,
    Action.ASSIGN: _P.HANDLING_ASSIGN,
    Action.CHANGE_KIND: _P.HANDLING_ACCEPT,
    Action.REQUEST_EXTENSION: _P.EXTENSION_REQUEST,
    Action.GRANT_EXTENSION: _P.EXTENSION_DECIDE,
    Action.REFUSE_EXTENSION: _P.EXTENSION_DECIDE,
    Action.INVITE: _P.HANDLING_INVITE,
    Action.CONTRIBUTE: _P.CONTRIBUTION_WRITE,
    Action.REQUEST_SIGNOFF: _P.REPLY_WRITE,
    Action.RECALL_SIGNOFF: _P.REPLY_WRITE,
    Action.SEND_BACK: _P.REPLY_SIGN,
    Action.SIGN: _P.REPLY_SIGN,
    Action.PROPOSE_FOLLOW_UP: _P.REPLY_WRITE,
    Action.SIGN_FOLLOW_UP: _P.REPLY_SIGN,
    Action.REFUSE_FOLLOW_UP: _P.REPLY_SIGN,
    Action.SUPERVISE: _P.HANDLING_SUPERVISE,
    Action.END_SUPERVISION: _P.HANDLING_SUPERVISE,
    Action.PROPOSE: _P.PUBLICATION_PROPOSE,
    Action.RECALL_PROPOSAL: _P.PUBLICATION_PROPOSE,
    Action.PUBLISH: _P.PUBLICATION_DECIDE,
    Action.REFUSE: _P.PUBLICATION_DECIDE,
    Action.UNPUBLISH: _P.PUBLICATION_UNPUBLISH,
    Action.PROPOSE_CORRECTION: _P.PUBLICATION_PROPOSE,
    Action.CORRECT: _P.PUBLICATION_DECIDE,
    Action.REFUSE_CORRECTION: _P.PUBLICATION_DECIDE,
}
"""What a member of staff needs for each action."""

CITIZEN_ACTIONS = frozenset(
    {
        Action.SUPPLEMENT,
        Action.ADD,
        Action.CORRECT_CONTACTS,
        Action.URGE,
        Action.APPEAL,
        Action.WITHDRAW,
        Action.RATE,
        Action.REDO,
        Action.REVOKE_CONSENT,
        Action.GIVE_CONSENT,
    }
)
SYSTEM_ACTIONS = frozenset(
    {
        Action.TIME_OUT,
        Action.HAND_OVER,
        Action.CLOSE_MERGED,
        Action.RELEASE_MERGED,
        Action.RECALL_PROPOSAL,
    }
)
MACHINE_ACTIONS = frozenset({Action.PROPOSE, Action.PUBLISH})
"""What an import may do by itself, for letters published at their source."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held at an organisation, given by its id and path."""

    role: Role
    organisation_id: int
    path: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: staff with grants, from where; a citizen with one letter or request; system, machine."""

    kind: ActorKind
    user_id: int | None = None
    name: str = ""
    grants: tuple[Grant, ...] = ()
    letter_id: int | None = None
    request_id: int | None = None
    address: str = ""
    session_id: int | None = None

    def reaches(self, permission: Permission) -> list[tuple[Grant, Reach]]:
        """Return the grants that carry ``permission``, each with its reach."""
        return [
            (g, GRANTS[g.role][permission]) for g in self.grants if permission in GRANTS[g.role]
        ]

    def holds(self, permission: Permission) -> bool:
        """Return whether any grant carries ``permission`` anywhere."""
        return bool(self.reaches(permission))


SYSTEM = Actor(ActorKind.SYSTEM, name="system")
MACHINE = Actor(ActorKind.MACHINE, name="machine")


class Placed(Protocol):
    """Where a letter is, for a decision on access.

    ``appeal_path`` is the superior that must decide on an appeal, while one waits.
    ``accused_paths`` are the organisation that a report accuses and who took over from it;
    ``sent_from_path`` is the organisation that sent it, until somebody has signed for it.
    """

    @property
    def id(self) -> int: ...
    @property
    def organisation_path(self) -> str: ...
    @property
    def accused_paths(self) -> tuple[str, ...]: ...
    @property
    def ruling_path(self) -> str | None: ...
    @property
    def appeal_path(self) -> str | None: ...
    @property
    def sent_from_path(self) -> str | None: ...
    @property
    def helper_paths(self) -> tuple[str, ...]: ...


def within(grant: Grant, reach: Reach, path: str) -> bool:
    """Return whether ``path`` is in ``reach`` of ``grant``."""
    if reach is Reach.ALL:
        return True
    return covers(grant.path, path) if reach is Reach.SUBTREE else grant.path == path


def can_at(actor: Actor, permission: Permission, path: str) -> bool:
    """Return whether a grant of ``actor`` carries ``permission`` for the organisation ``path``."""
    return any(within(grant, reach, path) for grant, reach in actor.reaches(permission))


def can(actor: Actor, permission: Permission, letter: Placed) -> bool:
    """Return whether a grant of ``actor`` carries ``permission`` for ``letter``.

    A report of wrongdoing is hidden from whoever holds any role in the organisation it accuses, in one
    that took over from it, or below them: not that role alone is shut, but the person.
    Reading follows an invitation to co-handle, and stays with who sent the letter until it is signed
    for; a ruling belongs to the common superior, an appeal to the superior of who declined, a recall
    to who sent the letter.
    """
    if any(covered(letter.accused_paths, grant.path) for grant in actor.grants):
        return False
    sender = (letter.sent_from_path,) if letter.sent_from_path else ()
    for grant, reach in actor.reaches(permission):
        if permission is Permission.HANDLING_RULE:
            paths: Iterable[str] = (letter.ruling_path or letter.organisation_path,)
        elif permission is Permission.APPEAL_DECIDE:
            paths = (letter.appeal_path,) if letter.appeal_path else ()
        elif permission is Permission.HANDLING_RECALL:
            paths = sender
        elif permission is Permission.CONTRIBUTION_WRITE:
            paths = letter.helper_paths
        elif permission is Permission.LETTER_READ:
            paths = (letter.organisation_path, *letter.helper_paths, *sender)
        else:
            paths = (letter.organisation_path,)
        if any(within(grant, reach, path) for path in paths):
            return True
    return False


_OWN_NAME = (
    _P.APPEAL_DECIDE,
    _P.CONTRIBUTION_WRITE,
    _P.EXTENSION_DECIDE,
    _P.HANDLING_RULE,
    _P.HANDLING_SUPERVISE,
)
"""What helpers and superiors do in their own name."""


def acts_from(actor: Actor, action: Action, letter: Placed) -> int | None:
    """Return the organisation of the role with which ``actor`` acts in the name of another one below.

    ``None`` where the actor has the role in that organisation, or acts in the superior's own name.
    """
    permission = ACTION_PERMISSIONS.get(action)
    if permission is None or permission in _OWN_NAME:
        return None
    recalls = permission is Permission.HANDLING_RECALL
    path = (letter.sent_from_path if recalls else None) or letter.organisation_path
    held = [grant for grant, reach in actor.reaches(permission) if within(grant, reach, path)]
    nearest = max(held, key=lambda grant: len(path_ids(grant.path)), default=None)
    return None if nearest is None or nearest.path == path else nearest.organisation_id


def may(actor: Actor, action: Action, letter: Placed) -> bool:
    """Return whether ``actor`` is the kind of person who may take ``action`` on ``letter``."""
    match actor.kind:
        case ActorKind.CITIZEN:
            return action in CITIZEN_ACTIONS and actor.letter_id == letter.id
        case ActorKind.SYSTEM:
            return action in SYSTEM_ACTIONS
        case ActorKind.MACHINE:
            return action in MACHINE_ACTIONS
        case ActorKind.STAFF:
            permission = ACTION_PERMISSIONS.get(action)
            return permission is not None and can(actor, permission, letter)
