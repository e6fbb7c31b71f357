"""What can happen to a demo letter: each act goes through the service that serves the pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.access import Actor, Role
from portal.domain.calendar import WorkCalendar
from portal.domain.letters.states import DeclineReason, Kind, Publication, RefusalReason, Source
from portal.domain.organisations import covers
from portal.domain.periods import civil_date
from portal.domain.redaction import Decision
from portal.models import Letter, Organisation
from portal.queries.letters.due import letter_rule
from portal.services.archive import publication, redacting
from portal.services.letters import cooperation, handling, merging, replying, submission
from portal.tools.demo.staff import Staff
from portal.tools.samples.letters import SampleLetter
from portal.tools.samples.organisations import ROOT_CODE


@dataclass(slots=True)
class Setting:
    """What all letters share: who acts, where, and the letters written so far by their keys."""

    session: Session
    staff: Staff
    organisations: dict[str, Organisation]
    calendar: WorkCalendar
    code_key: bytes
    now: datetime
    ids: dict[str, int] = field(default_factory=dict)


class Acts:
    """The acts of one letter; every public method happens at the moment it is given."""

    def __init__(self, sample: SampleLetter, setting: Setting) -> None:
        self.sample, self.setting = sample, setting
        self.hops = _hops(sample)

    @property
    def letter(self) -> Letter:
        """The letter as it is now."""
        return self.setting.session.get_one(Letter, self.setting.ids[self.sample.key])

    def _at(self) -> tuple[int, int]:
        return self.letter.id, self.letter.version

    def _who(self, role: Role, code: str | None = None) -> Actor:
        return self.setting.staff.actor(role, code or self._place().code)

    def _place(self) -> Organisation:
        return self.letter.organisation

    def _decider(self) -> Actor:
        """The two reviewers of the office take turns."""
        odd = self.letter.id % 2
        return self.setting.staff.named("shen.yi" if odd else "shen.lan")

    def submit(self, now: datetime) -> None:
        """The citizen writes; who does not know the way writes to the office."""
        sample = self.sample
        accused = sample.kind is Kind.REPORT and len(sample.hops) == 1
        first = sample.organisation if accused else self.hops[0]
        known = None if first == ROOT_CODE else self.setting.organisations[first].id
        new = submission.NewLetter(
            kind=sample.kind,
            title=sample.title,
            text=sample.text,
            name=sample.sender_name,
            phone=sample.phone or "",
            email=sample.email or "",
            # Whoever objects to publication later had agreed to it at first.
            consent=sample.consent or sample.publication is Publication.REFUSED,
            organisation_id=known,
        )
        receipt = submission.submit(new, form_token(sample), self.setting.code_key, now)
        self.setting.ids[sample.key] = receipt.letter_id
        self.letter.source = Source.DEMO
        self.letter.category = sample.category

    def withdraw(self, now: datetime) -> None:
        """The citizen withdraws."""
        submission.withdraw(self.letter.id, now)

    def decline(self, now: datetime) -> None:
        """The office declines, with advice."""
        code = self.sample.decline_reason or DeclineReason.OTHER_AUTHORITY
        said = self.sample.reply_on(civil_date(now)) or ""
        handling.decline(*self._at(), code, said, self._who(Role.DISPATCHER), now)

    def move(self, after: str, now: datetime) -> None:
        """Whoever holds the letter sends it on: down the tree, or across with a reason."""
        target, actor = self.setting.organisations[after], self._who(Role.DISPATCHER)
        if covers(self._place().path, target.path):
            handling.dispatch(*self._at(), target.id, "请依职责办理，按时答复来信人。", actor, now)
        else:
            said = f"来信所反映事项属{target.name}职责，转请办理。"
            handling.transfer(*self._at(), target.id, said, actor, now)

    def sign_for(self, now: datetime) -> None:
        """An organisation on the way signs for the letter."""
        handling.sign_for(*self._at(), self._who(Role.DISPATCHER), now)

    def send_back(self, now: datetime) -> None:
        """The last organisation returns the letter."""
        said = self.sample.return_reason or "不属于本单位职责，请改派。"
        handling.return_letter(*self._at(), said, self._who(Role.DISPATCHER), now)

    def take_on(self, now: datetime) -> None:
        """The organisation that will answer accepts the letter or signs for it."""
        if len(self.hops) == 1:
            handling.accept(*self._at(), self._who(Role.DISPATCHER), now)
        else:
            handling.sign_for(*self._at(), self._handler(), now)

    def _handler(self) -> Actor:
        return self._who(Role.HANDLER)

    def ask(self, now: datetime) -> None:
        """The handler asks the citizen for more."""
        handling.ask_citizen(*self._at(), self.sample.question or "", self._handler(), now)

    def supplement(self, now: datetime) -> None:
        """The citizen answers."""
        submission.supplement(self.letter.id, self.sample.supplement or "", now)

    def merge(self, now: datetime) -> None:
        """The office merges the letter into an earlier one on the same matter."""
        parent = self.setting.session.get_one(
            Letter, self.setting.ids[self.sample.merged_into or ""]
        )
        actor = self.setting.staff.named("chen.fen")
        merging.merge(*self._at(), parent.number, "反映同一事项，合并办理。", actor, now)

    def supervise(self, now: datetime) -> None:
        """The supervisor keeps an eye on it."""
        actor = self.setting.staff.named("du.min")
        handling.supervise(*self._at(), "群众反映集中，请抓紧办理。", actor, now)

    def ask_extension(self, now: datetime) -> None:
        """The handler asks for as much time as the rule allows."""
        limit = letter_rule(self.setting.session, self.letter)
        said = "涉及多个单位，需要现场核查并会商，申请延期。"
        cooperation.request_extension(*self._at(), limit.extension_days, said, self._handler(), now)

    def grant_extension(self, now: datetime) -> None:
        """The superior grants it."""
        cooperation.decide_extension(*self._at(), True, "同意。", self._who(Role.DISPATCHER), now)

    def send_for_signoff(self, now: datetime) -> None:
        """The handler sends the reply for sign-off; before a redo it is the first one."""
        sample, day = self.sample, civil_date(now)
        first = sample.redo_reason is not None and not self.letter.reopened
        text = (sample.first_reply_on(day) if first else sample.reply_on(day)) or ""
        draft = self.letter.draft.version if self.letter.draft else 0
        replying.request_signoff(*self._at(), text, draft, self._handler(), now)

    def sign(self, now: datetime) -> None:
        """The reviewer signs; the letter is closed."""
        replying.sign(*self._at(), self._who(Role.REVIEWER), now)

    def redo(self, now: datetime) -> None:
        """The citizen asks for a redo."""
        submission.ask_redo(self.letter.id, self.sample.redo_reason or "", now)

    def rate(self, now: datetime) -> None:
        """The citizen rates."""
        if rating := self.sample.rating:
            submission.rate(self.letter.id, rating.attitude, rating.efficiency, rating.comment, now)

    def propose(self, now: datetime) -> None:
        """The handler proposes publication."""
        publication.propose(*self._at(), "", self._handler(), now)

    def settle(self, now: datetime) -> None:
        """The handler settles the findings: what is the office's own stays, the rest is masked."""
        proposal, actor = self.letter.open_proposal, self._handler()
        for mark in list(proposal.open_marks) if proposal else []:
            if mark.reason:
                redacting.settle(self.letter.id, mark.id, Decision.KEEP, mark.reason, actor, now)
        redacting.mask_rest(self.letter.id, actor, now)

    def publish(self, now: datetime) -> None:
        """Another person publishes."""
        proposal = self.letter.open_proposal
        version = proposal.version if proposal else 0
        publication.publish(*self._at(), version, self._decider(), now)

    def refuse(self, now: datetime) -> None:
        """Another person refuses, with a coded reason."""
        code = self.sample.refusal_reason or RefusalReason.NO_VALUE
        publication.refuse(*self._at(), code, "", self._decider(), now)

    def unpublish(self, now: datetime) -> None:
        """What was public is withdrawn from the web."""
        code = self.sample.refusal_reason or RefusalReason.THIRD_PARTY
        publication.unpublish(*self._at(), code, "当事人提出异议。", self._decider(), now)


def form_token(sample: SampleLetter) -> str:
    """Return the token of the form that the letter is written in, by which it is found again."""
    return f"demo:{sample.key}"


def _hops(sample: SampleLetter) -> tuple[str, ...]:
    """Return the way of the letter; a report of wrongdoing goes past whom it accuses."""
    if sample.kind is Kind.REPORT and len(sample.hops) > 1 and sample.hops[0] != ROOT_CODE:
        return (ROOT_CODE, *sample.hops)
    return sample.hops
