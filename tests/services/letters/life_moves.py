"""How each action is tried in a random life: by whom, through which service, with what."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import Action, DeclineReason, RefusalReason, UnpublishReason
from portal.models import Letter
from portal.services.archive import publication, redacting
from portal.services.letters import (
    appeals,
    consent,
    contacts,
    cooperation,
    handling,
    merging,
    replying,
    submission,
)
from tests.builders import PLACES, World

PLACE_NAMES = [code for code, *_ in PLACES]
CITIZEN, SYSTEM, TOP = "citizen", "system", "top"


@dataclass(frozen=True)
class Try:
    """Everything a move may need to know."""

    world: World
    letter: Letter
    others: list[int]
    chance: Random

    @property
    def place(self) -> int:
        """Return the id of some organisation."""
        return self.world[self.chance.choice(PLACE_NAMES)]

    @property
    def number(self) -> str:
        """Return the number of some letter of this life."""
        other = self.chance.choice(self.others)
        return self.world.session.get_one(Letter, other).number

    @property
    def draft_version(self) -> int:
        """Return the version of the draft that lies there, 0 for none."""
        return self.letter.draft.version if self.letter.draft else 0

    @property
    def proposal_version(self) -> int:
        """Return the version of the proposal that waits, 1 for none."""
        return self.letter.open_proposal.version if self.letter.open_proposal else 1

    def one_of(self, words: Any) -> Any:
        """Return one of ``words``."""
        return self.chance.choice(list(words))


Move = tuple[str, Callable[..., object], Callable[[Try], tuple[Any, ...]]]
A = Action


def _nothing(_given: Try) -> tuple[Any, ...]:
    return ()


def _said(_given: Try) -> tuple[Any, ...]:
    return ("理由",)


def _to_somewhere(given: Try) -> tuple[Any, ...]:
    return (given.place, "请办理")


def _decline(given: Try) -> tuple[Any, ...]:
    return (given.one_of(DeclineReason), "")


def _refuse(given: Try) -> tuple[Any, ...]:
    return (given.one_of(RefusalReason), "异议")


def _unpublish(given: Try) -> tuple[Any, ...]:
    return (given.one_of(UnpublishReason), "异议")


def _contacts(given: Try) -> tuple[Any, ...]:
    return (given.one_of(("13900000002", "")), given.one_of(("zhou@example.com", "")))


def _reply(given: Try) -> tuple[Any, ...]:
    return ("答复正文", given.draft_version)


def _publish(given: Try) -> tuple[Any, ...]:
    return (given.proposal_version,)


MOVES: dict[Action, Move] = {
    A.ACCEPT: ("dispatcher", handling.accept, _nothing),
    A.DECLINE: ("dispatcher", handling.decline, _decline),
    A.DISPATCH: ("dispatcher", handling.dispatch, _to_somewhere),
    A.TRANSFER: ("handler", handling.transfer, _to_somewhere),
    A.SIGN_FOR: ("handler", handling.sign_for, _nothing),
    A.RECALL_DISPATCH: ("sender", handling.recall_dispatch, _said),
    A.RETURN: ("handler", handling.return_letter, _said),
    A.RULE: (TOP, handling.rule, _to_somewhere),
    A.RULE_DECLINE: (TOP, handling.decline, _decline),
    A.ASK_CITIZEN: ("dispatcher", handling.ask_citizen, _said),
    A.SUPPLEMENT: (CITIZEN, submission.supplement, _said),
    A.ADD: (CITIZEN, submission.add, _said),
    A.CORRECT_CONTACTS: (CITIZEN, contacts.correct_contacts, _contacts),
    A.URGE: (CITIZEN, submission.urge, _nothing),
    A.APPEAL: (CITIZEN, appeals.appeal, _said),
    A.TAKE_OVER: (TOP, appeals.decide_appeal, lambda given: (True, "")),
    A.CONFIRM_DECLINE: (TOP, appeals.decide_appeal, lambda given: (False, "不归本信箱管")),
    A.TIME_OUT: (SYSTEM, handling.close_unanswered, _nothing),
    A.MERGE: ("dispatcher", merging.merge, lambda given: (given.number, "同一问题")),
    A.SEPARATE: ("dispatcher", merging.separate, _said),
    A.ASSIGN: ("dispatcher", handling.assign, lambda given: (None,)),
    A.CHANGE_KIND: ("dispatcher", handling.change_kind, lambda g: (g.one_of(Kind), "核定")),
    A.REQUEST_EXTENSION: ("handler", cooperation.request_extension, lambda given: (3, "复杂")),
    A.GRANT_EXTENSION: (TOP, cooperation.decide_extension, lambda given: (True, "")),
    A.REFUSE_EXTENSION: (TOP, cooperation.decide_extension, lambda given: (False, "不必")),
    A.INVITE: ("handler", cooperation.invite, lambda given: (given.place, "请协助")),
    A.CONTRIBUTE: ("helper", cooperation.contribute, _said),
    A.REQUEST_SIGNOFF: ("handler", replying.request_signoff, _reply),
    A.RECALL_SIGNOFF: ("handler", replying.recall, _nothing),
    A.SEND_BACK: ("reviewer", replying.send_back, _said),
    A.SIGN: ("reviewer", replying.sign, _nothing),
    A.RATE: (CITIZEN, submission.rate, lambda given: (5, 4, "")),
    A.REDO: (CITIZEN, submission.ask_redo, _said),
    A.PROPOSE_FOLLOW_UP: ("handler", replying.request_signoff, _reply),
    A.SIGN_FOLLOW_UP: ("reviewer", replying.sign, _nothing),
    A.REFUSE_FOLLOW_UP: ("reviewer", replying.send_back, _said),
    A.WITHDRAW: (CITIZEN, submission.withdraw, _nothing),
    A.SUPERVISE: (TOP, handling.supervise, _said),
    A.END_SUPERVISION: (TOP, handling.end_supervision, _nothing),
    A.PROPOSE: ("handler", publication.propose, _said),
    A.RECALL_PROPOSAL: ("handler", publication.recall, _nothing),
    A.PUBLISH: ("reviewer", publication.publish, _publish),
    A.REFUSE: ("reviewer", publication.refuse, _refuse),
    A.UNPUBLISH: ("reviewer", publication.unpublish, _unpublish),
    A.PROPOSE_CORRECTION: ("handler", publication.propose, _said),
    A.CORRECT: ("reviewer", publication.publish, _publish),
    A.REFUSE_CORRECTION: ("reviewer", publication.refuse, _refuse),
    A.REVOKE_CONSENT: (CITIZEN, consent.revoke_consent, _nothing),
    A.GIVE_CONSENT: (CITIZEN, consent.give_consent, _nothing),
}
"""Who by duty, the service, and its values between the letter and the actor."""

UNVERSIONED: dict[str, tuple[str, Callable[..., object], Callable[[Try], tuple[Any, ...]]]] = {
    "draft": ("handler", replying.save_draft, lambda g: ("草稿", g.draft_version)),
    "mask": ("reviewer", redacting.mask_rest, _nothing),
}
"""What people save without moving the letter."""
