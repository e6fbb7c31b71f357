"""What is offered to whom, held against what the services would accept."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest

from portal.domain.access import ACTION_PERMISSIONS, Actor, Grant, Role
from portal.domain.choices import NEXT, allowed_actions, consent_choice, next_action, sender_next
from portal.domain.events import ActorKind
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import Action, ConsentBasis, Publication, State

OFFICE, CITY = "/1/", "/1/2/"


@dataclass
class Facts:
    """A letter as plain facts."""

    id: int = 1
    kind: Kind = Kind.CONSULTATION
    state: State = State.SUBMITTED
    publication: Publication = Publication.NOT_PROPOSED
    state_before: State | None = None
    never_public: bool = False
    consent_basis: ConsentBasis = ConsentBasis.SENDER
    close_reason: None = None
    return_count: int = 0
    placed: bool = False
    sent_from_id: int | None = None
    reopened: bool = False
    rated: bool = False
    supervised: bool = False
    author_id: int | None = None
    proposer_id: int | None = None
    extension_pending: bool = False
    extension_granted: bool = False
    follow_up_pending: bool = False
    correction_pending: bool = False
    erased: bool = False
    accepted: bool = False
    has_children: bool = False
    answerable: bool = True
    organisation_path: str = CITY
    accused_paths: tuple[str, ...] = ()
    ruling_path: str | None = None
    appeal_path: str | None = None
    additions: int = 0
    due_on: date | None = None
    urge_from: date | None = None
    closed_at: datetime | None = None
    appealed: bool = False
    appeal_pending: bool = False
    decliner_id: int | None = None
    sent_from_path: str | None = None
    helper_paths: tuple[str, ...] = field(default_factory=tuple)
    awaited_ids: tuple[int, ...] = field(default_factory=tuple)
    extension_asker_id: int | None = None


def person(role: Role, path: str = CITY, user_id: int = 7) -> Actor:
    """Return somebody with one role at one place."""
    place = int(path.strip("/").split("/")[-1])
    return Actor(ActorKind.STAFF, user_id, "x", (Grant(role, place, path),))


@pytest.mark.parametrize(
    ("actor", "letter", "wanted"),
    [
        (person(Role.DISPATCHER, OFFICE), Facts(organisation_path=OFFICE), Action.DISPATCH),
        (person(Role.DISPATCHER), Facts(), Action.ACCEPT),
        (person(Role.HANDLER), Facts(state=State.DISPATCHED, sent_from_id=1), Action.SIGN_FOR),
        (person(Role.DISPATCHER, OFFICE), Facts(state=State.DISPATCHED, sent_from_id=1), None),
        (person(Role.HANDLER), Facts(state=State.IN_PROGRESS), Action.REQUEST_SIGNOFF),
        (person(Role.DISPATCHER), Facts(state=State.IN_PROGRESS), None),
        (person(Role.REVIEWER), Facts(state=State.AWAITING_SIGNOFF, author_id=3), Action.SIGN),
        (person(Role.REVIEWER), Facts(state=State.AWAITING_SIGNOFF, author_id=7), None),
        (
            person(Role.SUPERVISOR, OFFICE),
            Facts(state=State.RETURNED, return_count=2, ruling_path=OFFICE),
            Action.RULE,
        ),
        (person(Role.HANDLER), Facts(state=State.CLOSED), Action.PROPOSE),
        (
            person(Role.REVIEWER),
            Facts(state=State.CLOSED, publication=Publication.PROPOSED, proposer_id=3),
            Action.PUBLISH,
        ),
        (
            person(Role.DISPATCHER, OFFICE),
            Facts(state=State.DECLINED, appeal_pending=True, appeal_path=OFFICE),
            Action.TAKE_OVER,
        ),
        (
            person(Role.DISPATCHER),
            Facts(state=State.DECLINED, appeal_pending=True, appeal_path=OFFICE),
            None,
        ),
        (person(Role.AUDITOR, OFFICE), Facts(), None),
    ],
)
def test_one_thing_is_next(actor: Actor, letter: Facts, wanted: Action | None) -> None:
    """Each duty has one next step in each situation, or none."""
    assert next_action(actor, letter, allowed_actions(actor, letter)) == wanted


def test_extension_is_not_offered_to_its_asker() -> None:
    """Nobody is offered to grant their own request."""
    letter = Facts(state=State.IN_PROGRESS, extension_pending=True, extension_asker_id=7)
    assert Action.GRANT_EXTENSION not in allowed_actions(person(Role.DISPATCHER), letter)
    assert Action.GRANT_EXTENSION in allowed_actions(person(Role.DISPATCHER, user_id=8), letter)


def test_contribution_is_offered_only_while_it_is_awaited() -> None:
    """An organisation that has contributed is not asked again."""
    letter = Facts(state=State.IN_PROGRESS, helper_paths=("/1/3/",), awaited_ids=(3,))
    helper = person(Role.HANDLER, "/1/3/")
    assert allowed_actions(helper, letter) == [Action.CONTRIBUTE]
    letter.awaited_ids = ()
    assert allowed_actions(helper, letter) == []


def test_next_actions_are_actions_of_the_staff() -> None:
    """The order of next things names nothing that staff cannot do."""
    assert set(NEXT) <= set(ACTION_PERMISSIONS)


def test_a_stranded_letter_is_given_to_somebody_else() -> None:
    """Where nobody could answer a letter in progress, giving it away is the next thing."""
    letter = Facts(state=State.IN_PROGRESS)
    dispatcher = person(Role.DISPATCHER)
    allowed = allowed_actions(dispatcher, letter)
    assert next_action(dispatcher, letter, allowed, stranded=True) is Action.DISPATCH
    letter.placed = True
    allowed = [Action.TRANSFER]
    assert next_action(dispatcher, letter, allowed, stranded=True) is Action.TRANSFER


def test_a_letter_sent_where_nobody_is_comes_back_or_is_signed_for() -> None:
    """Who sent it is to recall it; a superior who did not is to sign for it."""
    letter = Facts(state=State.DISPATCHED, state_before=State.SUBMITTED, sent_from_id=1)
    dispatcher = person(Role.DISPATCHER, OFFICE)
    allowed = allowed_actions(dispatcher, letter)
    assert next_action(dispatcher, letter, allowed) is None
    assert next_action(dispatcher, letter, allowed, stranded=True) is Action.SIGN_FOR
    letter.sent_from_path = OFFICE
    allowed = allowed_actions(dispatcher, letter)
    assert next_action(dispatcher, letter, allowed) is None
    assert next_action(dispatcher, letter, allowed, stranded=True) is Action.RECALL_DISPATCH


@pytest.mark.parametrize(
    ("letter", "wanted"),
    [
        (Facts(), Action.REVOKE_CONSENT),
        (Facts(consent_basis=ConsentBasis.NONE), Action.GIVE_CONSENT),
        (Facts(kind=Kind.WRONGDOING), None),
        (Facts(consent_basis=ConsentBasis.NONE, never_public=True), None),
        (Facts(state=State.WITHDRAWN), None),
    ],
)
def test_consent_is_taken_back_or_given(letter: Facts, wanted: Action | None) -> None:
    """A sender may do one thing about consent, and nothing where it does not matter."""
    assert consent_choice(letter) is wanted


@pytest.mark.parametrize(
    ("letter", "wanted"),
    [
        (Facts(), None),
        (Facts(state=State.AWAITING_CITIZEN), Action.SUPPLEMENT),
        (Facts(due_on=date(2016, 6, 14)), Action.URGE),
        (Facts(due_on=date(2016, 6, 15)), None),
        (Facts(state=State.DECLINED, closed_at=datetime(2016, 6, 1, tzinfo=UTC)), Action.APPEAL),
        (Facts(state=State.DECLINED, closed_at=datetime(2016, 3, 1, tzinfo=UTC)), None),
        (Facts(state=State.CLOSED), Action.RATE),
        (Facts(state=State.CLOSED, rated=True), None),
    ],
)
def test_the_sender_is_asked_for_one_thing(letter: Facts, wanted: Action | None) -> None:
    """What the office waits for, what is overdue, what was declined or answered comes first."""
    assert sender_next(letter, date(2016, 6, 15)) is wanted
