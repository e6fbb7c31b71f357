"""The grants table, written out a second time by hand and tried at every place."""

import pytest

from portal.domain.access import (
    ACTION_PERMISSIONS,
    CITIZEN_ACTIONS,
    GRANTS,
    MACHINE,
    MACHINE_ACTIONS,
    SYSTEM,
    SYSTEM_ACTIONS,
    Actor,
    Grant,
    Permission,
    Reach,
    Role,
    acts_from,
    can,
    may,
)
from portal.domain.accounts.duties import exclude
from portal.domain.accounts.grant_requests import may_decide
from portal.domain.accounts.usernames import fold_username
from portal.domain.events import ActorKind
from portal.domain.letters.states import Action
from tests.domain.facts import Place

TABLE = """
                             dispatcher handler reviewer supervisor administrator auditor
archive:policy_changes:record  -       -       subtree  -          -             -
disclosure:request:handle    unit       unit    -        -          -             -
disclosure:request:read      subtree    unit    subtree  subtree    -             -
instance:audit:read          -          -       -        -          -             all
instance:calendar:edit       -          -       -        -          all           -
instance:deadline_rules:edit         -          -       -        -          all           -
instance:messages:edit       -          -       -        -          all           -
instance:organisations:edit  -          -       -        -          all           -
instance:reports:keep        -          -       -        -          all           -
instance:site_notices:answer  -          -       -        -          all           -
instance:tokens:edit         -          -       -        -          all           -
instance:users:edit          -          -       -        -          all           -
instance:words:edit          -          -       -        -          all           -
letter:appeal:decide         subtree    -       -        subtree    -             -
letter:contacts:reveal       subtree    unit    subtree  subtree    -             -
letter:contribution:write    -          unit    -        -          -             -
letter:erasure:decide        -          -       subtree  -          -             -
letter:extension:decide      subtree    -       -        subtree    -             -
letter:extension:request     -          unit    -        -          -             -
letter:handling:accept       subtree    -       -        -          -             -
letter:handling:ask          subtree    unit    -        -          -             -
letter:handling:assign       subtree    -       -        -          -             -
letter:handling:dispatch     subtree    -       -        -          -             -
letter:handling:invite       -          unit    -        -          -             -
letter:handling:merge        subtree    unit    -        -          -             -
letter:handling:recall       subtree    unit    -        -          -             -
letter:handling:return       subtree    unit    -        -          -             -
letter:handling:rule         -          -       -        subtree    -             -
letter:handling:sign_for     subtree    unit    -        -          -             -
letter:handling:supervise    -          -       -        subtree    -             -
letter:handling:transfer     subtree    unit    -        -          -             -
letter:letter:read           subtree    unit    subtree  subtree    -             -
letter:publication:decide    -          -       subtree  -          -             -
letter:publication:propose   -          unit    -        -          -             -
letter:publication:withdraw  -          -       subtree  -          -             -
letter:reply:sign            -          -       subtree  -          -             -
letter:reply:write           -          unit    -        -          -             -
organisation:rates:read      subtree    unit    subtree  subtree    -             -
"""

HEAD, *ROWS = (line.split() for line in TABLE.strip("\n").splitlines())
CELLS = [
    (Role(role), Permission(row[0]), None if cell == "-" else Reach[cell.upper()])
    for row in ROWS
    for role, cell in zip(HEAD, row[1:], strict=True)
]
UNIT = "/1/2/"
PLACES = {"unit": UNIT, "below": "/1/2/5/", "above": "/1/", "beside": "/1/3/", "alike": "/1/20/"}
REACHED = {
    None: set(),
    Reach.UNIT: {"unit"},
    Reach.SUBTREE: {"unit", "below"},
    Reach.ALL: set(PLACES),
}


def staff(role: Role, path: str = UNIT) -> Actor:
    """Return a person who holds ``role`` at the organisation of ``path``."""
    organisation_id = int(path.strip("/").rpartition("/")[2])
    return Actor(ActorKind.STAFF, 7, "", (Grant(role, organisation_id, path),))


def test_table_here_is_complete() -> None:
    """The table of this file names every role and every permission."""
    assert {role for role, _, _ in CELLS} == set(Role)
    assert {permission for _, permission, _ in CELLS} == set(Permission)


@pytest.mark.parametrize(("role", "permission", "reach"), CELLS)
def test_every_role_and_permission(role: Role, permission: Permission, reach: Reach | None) -> None:
    """A role carries a permission with the reach of the table, or not at all."""
    assert GRANTS[role].get(permission) is reach
    assert staff(role).holds(permission) is (reach is not None)


@pytest.mark.parametrize(("role", "permission", "reach"), CELLS)
def test_every_place(role: Role, permission: Permission, reach: Reach | None) -> None:
    """A permission reaches the places of its reach and no others."""
    reached = set()
    for where, path in PLACES.items():
        # A contribution is written where one was invited, whoever holds the letter.
        invited = permission is Permission.CONTRIBUTION_WRITE
        letter = Place("/9/", helper_paths=(path,)) if invited else Place(path)
        if permission is Permission.HANDLING_RECALL:
            # A letter is recalled where it was sent from, wherever it went.
            letter = Place("/9/", sent_from_path=path)
        if permission is Permission.APPEAL_DECIDE:
            # An appeal is decided by the superior of who declined, and by nobody where none waits.
            assert not can(staff(role), permission, letter)
            letter = Place("/9/", appeal_path=path)
        if can(staff(role), permission, letter):
            reached.add(where)
    assert reached == REACHED[reach]


def test_permissions_are_sorted() -> None:
    """Permissions stand in alphabetical order and are named scope:resource:action."""
    values = [str(p) for p in Permission]
    assert values == sorted(values)
    assert all(len(value.split(":")) == 3 for value in values)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_duties_are_separate(role: Role) -> None:
    """Administrators and auditors read no letters by that role alone."""
    assert not [p for p in GRANTS[role] if p.startswith("letter:")]


def test_several_roles_add_up() -> None:
    """A person with two roles at two places has each where it is held."""
    actor = Actor(
        ActorKind.STAFF,
        7,
        "",
        (Grant(Role.HANDLER, 2, "/1/2/"), Grant(Role.REVIEWER, 3, "/1/3/")),
    )
    assert can(actor, Permission.REPLY_WRITE, Place("/1/2/"))
    assert not can(actor, Permission.REPLY_WRITE, Place("/1/3/"))
    assert can(actor, Permission.REPLY_SIGN, Place("/1/3/"))
    assert not can(actor, Permission.REPLY_SIGN, Place("/1/2/"))


@pytest.mark.parametrize(
    ("path", "seen"), [("/1/2/", False), ("/1/2/5/", False), ("/1/", True), ("/1/3/", False)]
)
def test_report_is_hidden_from_the_accused(path: str, seen: bool) -> None:
    """A report is hidden from the accused and all below, wherever it lies; not from above."""
    letter = Place("/1/2/5/", accused_paths=("/1/2/",))
    assert can(staff(Role.SUPERVISOR, path), Permission.LETTER_READ, letter) is seen


@pytest.mark.parametrize("role", [Role.HANDLER, Role.AUDITOR])
@pytest.mark.parametrize(("post", "seen"), [("/1/2/", False), ("/1/2/5/", False), ("/1/4/", True)])
def test_any_post_in_the_accused_hides_a_report(role: Role, post: str, seen: bool) -> None:
    """Who has a role in the accused organisation does not read the report by another role either."""
    held = (Grant(Role.HANDLER, 3, "/1/3/"), Grant(role, 9, post))
    letter = Place("/1/3/", accused_paths=("/1/2/",))
    for grants in (held, held[::-1]):
        actor = Actor(ActorKind.STAFF, 7, "", grants)
        assert can(actor, Permission.LETTER_READ, letter) is seen
        assert can(actor, Permission.CONTACTS_REVEAL, letter) is seen
        assert can(actor, Permission.LETTER_READ, Place("/1/3/"))


def test_accused_as_helpers_see_nothing() -> None:
    """An invitation does not open a report to the organisation it accuses."""
    letter = Place("/1/3/", accused_paths=("/1/2/",), helper_paths=("/1/2/",))
    assert not can(staff(Role.HANDLER), Permission.LETTER_READ, letter)
    assert not can(staff(Role.HANDLER), Permission.CONTRIBUTION_WRITE, letter)


def test_helpers_read_and_contribute_only() -> None:
    """An invited organisation reads and contributes, and has no other permission."""
    letter = Place("/1/3/", helper_paths=("/1/2/",))
    allowed = {p for p in Permission if can(staff(Role.HANDLER), p, letter)}
    assert allowed == {Permission.LETTER_READ, Permission.CONTRIBUTION_WRITE}


@pytest.mark.parametrize(("path", "rules"), [("/1/", True), ("/1/2/", True), ("/1/2/5/", False)])
def test_ruling_belongs_to_the_superior(path: str, rules: bool) -> None:
    """A dispute is ruled by the common superior or above, not by who holds the letter."""
    letter = Place("/1/2/5/", ruling_path="/1/2/")
    assert can(staff(Role.SUPERVISOR, path), Permission.HANDLING_RULE, letter) is rules


@pytest.mark.parametrize("to", ["/1/2/5/", "/1/3/", "/1/"])
def test_the_sender_reads_and_recalls_what_nobody_has_signed_for(to: str) -> None:
    """Sent down, sideways or up, a letter stays in the sight of who sent it, who may recall it."""
    letter = Place(to, sent_from_path=UNIT)
    for role in (Role.DISPATCHER, Role.HANDLER):
        assert can(staff(role), Permission.HANDLING_RECALL, letter)
        assert can(staff(role), Permission.LETTER_READ, letter)
    assert can(staff(Role.DISPATCHER, "/1/"), Permission.HANDLING_RECALL, letter)
    assert not can(staff(Role.HANDLER, "/1/"), Permission.HANDLING_RECALL, letter)
    assert not can(staff(Role.DISPATCHER, "/1/4/"), Permission.HANDLING_RECALL, letter)
    assert not can(staff(Role.DISPATCHER), Permission.HANDLING_RECALL, Place(to))
    accusing = Place(to, accused_paths=(UNIT,), sent_from_path=UNIT)
    assert not can(staff(Role.DISPATCHER), Permission.LETTER_READ, accusing)
    assert not can(staff(Role.DISPATCHER), Permission.HANDLING_RECALL, accusing)


def test_actions_have_exactly_one_kind_of_actor() -> None:
    """Every action but submitting belongs to staff, the citizen or the system."""
    others = CITIZEN_ACTIONS | (SYSTEM_ACTIONS - set(ACTION_PERMISSIONS))
    assert not CITIZEN_ACTIONS & set(ACTION_PERMISSIONS)
    assert set(ACTION_PERMISSIONS) | others == set(Action) - {Action.SUBMIT}
    assert set(MACHINE_ACTIONS) == {Action.PROPOSE, Action.PUBLISH}


@pytest.mark.parametrize("action", list(Action))
def test_citizens_act_on_their_letter_only(action: Action) -> None:
    """A citizen takes the citizen's actions on the letter that was opened, and no others."""
    citizen = Actor(ActorKind.CITIZEN, letter_id=1)
    assert may(citizen, action, Place("/1/2/", id=1)) is (action in CITIZEN_ACTIONS)
    assert not may(citizen, action, Place("/1/2/", id=2))


@pytest.mark.parametrize("action", list(Action))
def test_system_and_machine_have_their_own_actions(action: Action) -> None:
    """The system ends waits and mergers, an import publishes; neither does anything else."""
    letter = Place("/1/2/")
    assert may(SYSTEM, action, letter) is (action in SYSTEM_ACTIONS)
    assert may(MACHINE, action, letter) is (action in MACHINE_ACTIONS)


@pytest.mark.parametrize("action", [a for a in Action if a not in ACTION_PERMISSIONS])
def test_staff_do_not_act_for_citizens(action: Action) -> None:
    """Nobody of the staff takes an action of the citizen or the system, whatever the roles."""
    everything = tuple(Grant(role, 1, "/1/") for role in Role)
    assert not may(Actor(ActorKind.STAFF, 7, "", everything), action, Place("/1/2/"))


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("chen.fen", "chen.fen"),
        ("Chen.Fen", "chen.fen"),
        (" chen . fen ", "chen.fen"),
        ("ＣＨＥＮ．ｆｅｎ", "chen.fen"),
        ("chen\u3000fen", "chenfen"),
        ("straße", "strasse"),
        ("", ""),
    ],
)
def test_a_user_name_is_folded(typed: str, name: str) -> None:
    """Case, width and blanks make no difference in a user name."""
    assert fold_username(typed) == name


@pytest.mark.parametrize(
    ("roles", "excluded"),
    [
        ((), False),
        ((Role.HANDLER,), False),
        ((Role.DISPATCHER, Role.HANDLER, Role.REVIEWER, Role.SUPERVISOR), False),
        ((Role.ADMINISTRATOR, Role.HANDLER), True),
        ((Role.ADMINISTRATOR, Role.AUDITOR), True),
        ((Role.AUDITOR, Role.SUPERVISOR), True),
    ],
)
def test_duties_exclude_each_other(roles: tuple[Role, ...], excluded: bool) -> None:
    """Roles of work go together; administration, work and audit do not."""
    assert exclude(roles) is excluded


@pytest.mark.parametrize(
    ("decider", "permitted"), [(None, False), (1, False), (2, False), (3, True)]
)
def test_a_third_person_decides_on_a_role(decider: int | None, permitted: bool) -> None:
    """Neither who asked for a role (1) nor who gets it (2) decides, nor nobody."""
    assert may_decide(decider, 1, 2) is permitted


@pytest.mark.parametrize(
    ("path", "action", "superior"),
    [
        ("/1/2/5/", Action.ACCEPT, 2),
        ("/1/2/", Action.ACCEPT, None),
        ("/1/3/", Action.ACCEPT, 1),
        ("/1/", Action.ACCEPT, None),
        ("/1/2/5/", Action.GRANT_EXTENSION, None),
        ("/1/2/5/", Action.SIGN, None),
        ("/1/2/5/", Action.RATE, None),
    ],
)
def test_acting_for_another_names_the_nearest_superior(
    path: str, action: Action, superior: int | None
) -> None:
    """Who has the role below too acts as the nearest; what a superior decides is its own."""
    grants = (Grant(Role.DISPATCHER, 1, "/1/"), Grant(Role.DISPATCHER, 2, "/1/2/"))
    for held in (grants, grants[::-1]):
        assert acts_from(Actor(ActorKind.STAFF, 7, "", held), action, Place(path)) == superior


def test_a_recall_is_in_the_name_of_the_sender() -> None:
    """The superior of who sent the letter acts for it, wherever the letter is now."""
    actor = staff(Role.DISPATCHER, "/1/2/")
    held = actor.grants[0].organisation_id
    recall = Action.RECALL_DISPATCH
    assert acts_from(actor, recall, Place("/1/3/", sent_from_path="/1/2/5/")) == held
    assert acts_from(actor, recall, Place("/1/3/", sent_from_path="/1/2/")) is None
