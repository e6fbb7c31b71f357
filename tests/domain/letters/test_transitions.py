"""The transition table, walked pair by pair against a table written out by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from portal.domain.errors import ActionNotAllowed
from portal.domain.events import Axis
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import (
    REVERSIBLE_STATES,
    Action,
    CloseReason,
    ConsentBasis,
    Publication,
    State,
)
from portal.domain.letters.transitions import TRANSITIONS, advance, objection
from tests.domain.facts import Facts

STRANGER = 99
"""A person who is neither author nor proposer."""

HANDLING = """
                   submitted        awaiting_citizen merged      dispatched       returned         in_progress      awaiting_signoff closed           declined withdrawn
accept             in_progress      -                -           -                in_progress      -                -                -                -        -
decline            declined         -                -           -                -                -                -                -                -        -
dispatch           dispatched       -                -           -                dispatched       dispatched       -                -                -        -
transfer           -                -                -           -                -                dispatched       -                -                -        -
sign_for           -                -                -           in_progress      -                -                -                -                -        -
recall_dispatch    -                -                -           submitted        -                -                -                -                -        -
return             -                -                -           returned         -                -                -                -                -        -
hand_over          submitted        awaiting_citizen merged      dispatched       returned         in_progress      awaiting_signoff -                -        -
rule               -                -                -           -                dispatched       -                -                -                -        -
rule_decline       -                -                -           -                declined         -                -                -                -        -
appeal             -                -                -           -                -                -                -                -                declined -
take_over          -                -                -           -                -                -                -                -                in_progress -
confirm_decline    -                -                -           -                -                -                -                -                declined -
ask_citizen        awaiting_citizen -                -           -                -                awaiting_citizen -                -                -        -
supplement         -                submitted        -           -                -                -                -                -                -        -
add                submitted        -                merged      dispatched       returned         in_progress      awaiting_signoff -                -        -
correct_contacts   submitted        awaiting_citizen merged      dispatched       returned         in_progress      awaiting_signoff closed           declined -
urge               submitted        -                -           dispatched       returned         in_progress      awaiting_signoff -                -        -
time_out           -                closed           -           -                -                -                -                -                -        -
merge              merged           -                -           -                -                merged           -                -                -        -
separate           -                -                submitted   -                -                -                -                -                -        -
close_merged       -                -                closed      -                -                -                -                -                -        -
release_merged     -                -                submitted   -                -                -                -                -                -        -
assign             submitted        -                -           dispatched       -                in_progress      awaiting_signoff -                -        -
change_kind        submitted        -                -           dispatched       returned         in_progress      -                -                -        -
request_extension  -                -                -           -                -                in_progress      -                -                -        -
grant_extension    -                -                -           -                -                in_progress      awaiting_signoff -                -        -
refuse_extension   -                -                -           -                -                in_progress      awaiting_signoff -                -        -
invite             -                -                -           -                -                in_progress      -                -                -        -
contribute         -                -                -           -                -                in_progress      -                -                -        -
request_signoff    -                -                -           -                -                awaiting_signoff -                -                -        -
recall_signoff     -                -                -           -                -                -                in_progress      -                -        -
send_back          -                -                -           -                -                -                in_progress      -                -        -
sign               -                -                -           -                -                -                closed           -                -        -
rate               -                -                -           -                -                -                -                closed           -        -
redo               -                -                -           -                -                -                -                in_progress      -        -
propose_follow_up  -                -                -           -                -                -                -                closed           -        -
sign_follow_up     -                -                -           -                -                -                -                closed           -        -
refuse_follow_up   -                -                -           -                -                -                -                closed           -        -
withdraw           withdrawn        withdrawn        -           -                -                -                -                -                -        -
supervise          submitted        awaiting_citizen merged      dispatched       returned         in_progress      awaiting_signoff -                -        -
end_supervision    submitted        awaiting_citizen merged      dispatched       returned         in_progress      awaiting_signoff closed           declined withdrawn
"""  # noqa: E501

PUBLICATION = """
                   not_proposed proposed     published refused  withdrawn
propose            proposed     -            -         proposed proposed
recall_proposal    -            not_proposed -         -        -
publish            -            published    -         -        -
refuse             -            refused      -         -        -
unpublish          -            -            withdrawn -        -
propose_correction -            -            published -        -
correct            -            -            published -        -
refuse_correction  -            -            published -        -
revoke_consent     not_proposed not_proposed withdrawn refused  withdrawn
give_consent       not_proposed -            -         refused  withdrawn
"""


def expected(table: str) -> dict[tuple[str, str], str]:
    """Return (action, state) → target of a table written as text; ``-`` is a refusal."""
    head, *rows = table.strip("\n").splitlines()
    states = head.split()
    return {
        (action, state): target
        for action, *targets in map(str.split, rows)
        for state, target in zip(states, targets, strict=True)
    }


def willing(action: Action) -> Facts:
    """Return facts with which every guard of ``action`` agrees, whatever the state."""
    needed: dict[Action, dict[str, object]] = {
        Action.RULE: {"return_count": 2},
        Action.RULE_DECLINE: {"return_count": 2},
        Action.TAKE_OVER: {"appeal_pending": True},
        Action.CONFIRM_DECLINE: {"appeal_pending": True},
        Action.GRANT_EXTENSION: {"extension_pending": True},
        Action.REFUSE_EXTENSION: {"extension_pending": True},
        Action.SIGN_FOLLOW_UP: {"follow_up_pending": True},
        Action.REFUSE_FOLLOW_UP: {"follow_up_pending": True},
        Action.CORRECT: {"correction_pending": True},
        Action.REFUSE_CORRECTION: {"correction_pending": True},
        Action.END_SUPERVISION: {"supervised": True},
        Action.GIVE_CONSENT: {"consent_basis": ConsentBasis.NONE},
    }
    return replace(Facts(), **needed.get(action, {}))  # type: ignore[arg-type]


def actor_for(action: Action) -> int:
    """Return the author for what only authors do, else a stranger."""
    own = (Action.RECALL_SIGNOFF, Action.RECALL_PROPOSAL)
    return 7 if action in own else STRANGER


@pytest.mark.parametrize(("pair", "target"), expected(HANDLING).items(), ids=str)
def test_every_pair_of_handling(pair: tuple[str, str], target: str) -> None:
    """An action leads from a state where the table says, or is refused."""
    action, state = Action(pair[0]), State(pair[1])
    before = State.SUBMITTED if state in REVERSIBLE_STATES else None
    letter = replace(willing(action), state=state, state_before=before)
    if target == "-":
        with pytest.raises(ActionNotAllowed):
            advance(letter, action, actor_for(action))
    else:
        assert advance(letter, action, actor_for(action)) is State(target)


@pytest.mark.parametrize(("pair", "target"), expected(PUBLICATION).items(), ids=str)
def test_every_pair_of_publication(pair: tuple[str, str], target: str) -> None:
    """An action leads from a publication where the table says, or is refused."""
    action, publication = Action(pair[0]), Publication(pair[1])
    letter = replace(willing(action), state=State.CLOSED, publication=publication)
    if target == "-":
        with pytest.raises(ActionNotAllowed):
            advance(letter, action, actor_for(action))
    else:
        assert advance(letter, action, actor_for(action)) is Publication(target)


def test_tables_here_are_complete() -> None:
    """Both tables of this file name every action but the first, and every state."""
    handling, publication = expected(HANDLING), expected(PUBLICATION)
    assert {a for a, _ in handling} | {a for a, _ in publication} == set(Action) - {Action.SUBMIT}
    assert {s for _, s in handling} == set(State)
    assert {s for _, s in publication} == set(Publication)


def test_table_covers_every_action_but_submitting() -> None:
    """Every action has its row; submitting creates the letter and has none."""
    assert set(TRANSITIONS) == set(Action) - {Action.SUBMIT}
    assert objection(Facts(), Action.SUBMIT) == "信件已经寄出。"


def test_axes_never_mix() -> None:
    """An action moves one axis only."""
    publication = {a for a, _ in expected(PUBLICATION)}
    for action, row in TRANSITIONS.items():
        wanted = Axis.PUBLICATION if action in publication else Axis.HANDLING
        assert row.axis is wanted
        states = Publication if wanted is Axis.PUBLICATION else State
        assert all(isinstance(source, states) for source in row.sources)


@pytest.mark.parametrize(
    "action",
    [Action.SUPPLEMENT, Action.SEPARATE, Action.RELEASE_MERGED, Action.RECALL_DISPATCH],
)
@pytest.mark.parametrize("before", [State.SUBMITTED, State.IN_PROGRESS])
def test_letter_goes_back_where_it_came_from(action: Action, before: State) -> None:
    """A letter that was held returns to the state it was held in."""
    (state,) = TRANSITIONS[action].sources
    letter = Facts(state=State(state), state_before=before)
    assert advance(letter, action) is before


PUBLISHABLE: dict[str, object] = {"state": State.CLOSED}
PUBLIC: dict[str, object] = {"state": State.CLOSED, "publication": Publication.PUBLISHED}
PROPOSED: dict[str, object] = {"state": State.CLOSED, "publication": Publication.PROPOSED}
REVIEW: dict[str, object] = {"state": State.AWAITING_SIGNOFF}
SENT: dict[str, object] = {"state": State.DISPATCHED, "state_before": State.SUBMITTED}
DECLINED: dict[str, object] = {"state": State.DECLINED}
WAITING: dict[str, object] = DECLINED | {"appeal_pending": True}
AT_LIMIT: dict[str, object] = {"state": State.RETURNED, "return_count": 2}


OBJECTIONS: list[tuple[Action, dict[str, object], int | None, str]] = [
    (Action.ACCEPT, AT_LIMIT, 1, "共同上级裁定"),
    (Action.DISPATCH, AT_LIMIT, 1, "共同上级裁定"),
    (Action.DISPATCH, {"state": State.IN_PROGRESS, "placed": True}, 1, "已经裁定"),
    (Action.TRANSFER, {"state": State.IN_PROGRESS, "placed": True}, 1, "已经裁定"),
    (Action.RETURN, {"state": State.DISPATCHED, "placed": True}, 1, "已经裁定"),
    (Action.RETURN, {"state": State.DISPATCHED, "sent_from_id": None}, 1, "没有交办单位"),
    (Action.RECALL_DISPATCH, SENT | {"placed": True}, 1, "不能收回"),
    (Action.RECALL_DISPATCH, SENT | {"sent_from_id": None}, 1, "没有交办单位"),
    (Action.RULE, {"state": State.RETURNED, "return_count": 1}, 1, "未达上限"),
    (Action.RULE_DECLINE, {"state": State.RETURNED, "return_count": 1}, 1, "未达上限"),
    (Action.ADD, {"additions": 10}, None, "次数已经用完"),
    (Action.APPEAL, DECLINED | {"appealed": True}, None, "只能提出一次"),
    (Action.APPEAL, DECLINED | {"return_count": 2}, None, "上级裁定"),
    (Action.TAKE_OVER, DECLINED, STRANGER, "没有待复核"),
    (Action.TAKE_OVER, WAITING, 7, "作出不予受理决定的人"),
    (Action.CONFIRM_DECLINE, DECLINED, STRANGER, "没有待复核"),
    (Action.CONFIRM_DECLINE, WAITING, 7, "作出不予受理决定的人"),
    (Action.MERGE, {"has_children": True}, 1, "不能再并案"),
    (
        Action.REQUEST_EXTENSION,
        {"state": State.IN_PROGRESS, "extension_granted": True},
        1,
        "延期过一次",
    ),
    (
        Action.REQUEST_EXTENSION,
        {"state": State.IN_PROGRESS, "extension_pending": True},
        1,
        "等待批复",
    ),
    (Action.GRANT_EXTENSION, {"state": State.IN_PROGRESS}, 1, "没有待批复"),
    (Action.REFUSE_EXTENSION, {"state": State.IN_PROGRESS}, 1, "没有待批复"),
    (Action.SIGN, REVIEW, 7, "起草人"),
    (Action.SEND_BACK, REVIEW, 7, "起草人"),
    (Action.RECALL_SIGNOFF, REVIEW, STRANGER, "送审人"),
    (Action.RATE, {"state": State.CLOSED, "rated": True}, None, "已经评价"),
    (Action.REDO, {"state": State.CLOSED, "reopened": True}, None, "一次重办"),
    (
        Action.PROPOSE_FOLLOW_UP,
        {"state": State.CLOSED, "follow_up_pending": True},
        1,
        "待审签",
    ),
    (Action.SIGN_FOLLOW_UP, {"state": State.CLOSED}, 1, "没有待审签"),
    (
        Action.SIGN_FOLLOW_UP,
        {"state": State.CLOSED, "follow_up_pending": True},
        7,
        "起草人",
    ),
    (Action.REFUSE_FOLLOW_UP, {"state": State.CLOSED}, 1, "没有待审签"),
    (Action.WITHDRAW, {"accepted": True}, None, "已经受理"),
    (
        Action.WITHDRAW,
        {"state": State.AWAITING_CITIZEN, "state_before": State.IN_PROGRESS},
        None,
        "已经受理",
    ),
    (Action.SUPERVISE, {"supervised": True}, 1, "已在督办"),
    (Action.END_SUPERVISION, {}, 1, "没有被督办"),
    (Action.PROPOSE, PUBLISHABLE | {"kind": Kind.WRONGDOING}, 1, "绝不公示"),
    (Action.PROPOSE, PUBLISHABLE | {"never_public": True}, 1, "绝不公示"),
    (Action.PROPOSE, PUBLISHABLE | {"consent_basis": ConsentBasis.NONE}, 1, "没有同意"),
    (Action.PROPOSE, {"state": State.IN_PROGRESS}, 1, "办结后"),
    (Action.PROPOSE, {"state": State.DECLINED}, 1, "办结后"),
    (
        Action.PROPOSE,
        PUBLISHABLE | {"close_reason": CloseReason.NO_SUPPLEMENT},
        1,
        "没有答复",
    ),
    (Action.RECALL_PROPOSAL, PROPOSED, STRANGER, "提请人"),
    (Action.PUBLISH, PROPOSED, 7, "提请人本人"),
    (Action.PUBLISH, PROPOSED | {"never_public": True}, STRANGER, "绝不公示"),
    (Action.PUBLISH, PROPOSED | {"consent_basis": ConsentBasis.NONE}, STRANGER, "没有同意"),
    (Action.PUBLISH, PROPOSED | {"state": State.IN_PROGRESS}, STRANGER, "办结后"),
    (Action.REFUSE, PROPOSED, 7, "提请人本人"),
    (Action.PROPOSE_CORRECTION, PUBLIC | {"correction_pending": True}, 1, "待审核"),
    (Action.PROPOSE_CORRECTION, PUBLIC | {"state": State.IN_PROGRESS}, 1, "办结后"),
    (Action.CORRECT, PUBLIC, STRANGER, "没有待审核"),
    (Action.CORRECT, PUBLIC | {"correction_pending": True}, 7, "提请人本人"),
    (Action.REFUSE_CORRECTION, PUBLIC, STRANGER, "没有待审核"),
    (Action.REFUSE_CORRECTION, PUBLIC | {"correction_pending": True}, 7, "提请人本人"),
    (Action.REFUSE_FOLLOW_UP, {"state": State.CLOSED, "follow_up_pending": True}, 7, "起草人"),
    (Action.REVOKE_CONSENT, {"consent_basis": ConsentBasis.NONE}, None, "没有公示同意"),
    (Action.REVOKE_CONSENT, {"never_public": True}, None, "绝不公示"),
    (Action.GIVE_CONSENT, {}, None, "已经同意"),
    (Action.GIVE_CONSENT, {"kind": Kind.WRONGDOING}, None, "绝不公示"),
    (Action.GIVE_CONSENT, {"state": State.DECLINED}, None, "没有受理"),
    (Action.CORRECT, PUBLIC | {"never_public": True, "correction_pending": True}, 1, "绝不公示"),
]


@pytest.mark.parametrize(("action", "facts", "actor", "said"), OBJECTIONS)
def test_guard_says_why_not(
    action: Action, facts: dict[str, object], actor: int | None, said: str
) -> None:
    """A guard refuses with a sentence that says why."""
    letter = Facts(**facts)  # type: ignore[arg-type]
    with pytest.raises(ActionNotAllowed, match=said):
        advance(letter, action, actor)


def test_every_guard_is_tried() -> None:
    """No guard of the table goes without a case above."""
    tried = set()
    for action, facts, actor, _said in OBJECTIONS:
        letter = Facts(**facts)  # type: ignore[arg-type]
        tried |= {(action, g.__name__) for g in TRANSITIONS[action].guards if g(letter, actor)}
    all_guards = {(a, g.__name__) for a, row in TRANSITIONS.items() for g in row.guards}
    assert all_guards - tried == set()


WEDNESDAY = date(2016, 6, 15)
LATE: dict[str, object] = {"due_on": date(2016, 6, 14)}

DATED: list[tuple[Action, dict[str, object], str | None]] = [
    (Action.URGE, LATE, None),
    (Action.URGE, {"due_on": WEDNESDAY}, "还没有过"),
    (Action.URGE, {}, "还没有过"),
    (Action.URGE, LATE | {"urge_from": WEDNESDAY}, None),
    (Action.URGE, LATE | {"urge_from": date(2016, 6, 16)}, "下一个工作日"),
    (Action.APPEAL, DECLINED | {"closed_at": datetime(2016, 5, 16, 15, 59, tzinfo=UTC)}, None),
    (Action.APPEAL, DECLINED | {"closed_at": datetime(2016, 5, 15, 15, 59, tzinfo=UTC)}, "期限"),
    (Action.APPEAL, DECLINED, "期限"),
]
"""Letters on Wednesday, 15 June 2016; days are those of Shanghai."""


@pytest.mark.parametrize(("action", "facts", "said"), DATED)
def test_the_day_decides(action: Action, facts: dict[str, object], said: str | None) -> None:
    """One may urge after the due date and once a working day, and appeal for thirty days."""
    letter = Facts(**facts)  # type: ignore[arg-type]
    assert objection(letter, action) is None
    found = objection(letter, action, on=WEDNESDAY)
    assert found is said is None or (said is not None and found is not None and said in found)
    if said is not None:
        with pytest.raises(ActionNotAllowed, match=said):
            advance(letter, action, None, WEDNESDAY)


def test_every_dated_guard_is_tried() -> None:
    """Each guard of the table that looks at the day objects in a case above."""
    tried = set()
    for action, facts, _said in DATED:
        letter = Facts(**facts)  # type: ignore[arg-type]
        tried |= {g.__name__ for g in TRANSITIONS[action].dated if g(letter, WEDNESDAY)}
    assert tried == {g.__name__ for row in TRANSITIONS.values() for g in row.dated}


def test_the_system_recalls_a_proposal_for_a_redo() -> None:
    """The system may recall a proposal that a person made."""
    letter = Facts(state=State.IN_PROGRESS, publication=Publication.PROPOSED)
    assert advance(letter, Action.RECALL_PROPOSAL, None) is Publication.NOT_PROPOSED


def test_consent_to_what_is_public_can_always_be_taken_back() -> None:
    """Whatever became of the letter since, what is public leaves the web with the consent."""
    for state in State:
        letter = Facts(state=state, never_public=True, publication=Publication.PUBLISHED)
        assert advance(letter, Action.REVOKE_CONSENT) is Publication.UNPUBLISHED


AFTER_ERASURE = {"unpublish", "revoke_consent", "end_supervision"}


@pytest.mark.parametrize("action", TRANSITIONS)
def test_little_is_left_to_do_without_a_sender(action: Action) -> None:
    """After erasure only what needs nothing of the sender is possible; the rest is refused for that reason."""
    state, publication = next(
        (State(state), Publication.NOT_PROPOSED)
        if table is HANDLING
        else (State.CLOSED, Publication(state))
        for table in (HANDLING, PUBLICATION)
        for (name, state), target in expected(table).items()
        if name == action and target != "-"
    )
    letter = replace(willing(action), state=state, publication=publication)
    actor = actor_for(action)
    if objection(letter, action, actor) is None:
        said = objection(replace(letter, erased=True), action, actor)
        assert (said is None) is (str(action) in AFTER_ERASURE)
        assert said is None or "已经删除" in said
