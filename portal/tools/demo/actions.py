"""The actions on a demo letter, each taken through the service that serves the pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.access import Actor, Role
from portal.domain.calendar import WorkCalendar
from portal.domain.letters.kinds import KINDS
from portal.domain.letters.states import (
    DeclineReason,
    Publication,
    RefusalReason,
    Source,
    UnpublishReason,
)
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
class DemoContext:
    """What all letters share: people, organisations, and the ids of stored letters by their key."""

    session: Session
    staff: Staff
    organisations: dict[str, Organisation]
    calendar: WorkCalendar
    code_key: bytes
    now: datetime
    ids: dict[str, int] = field(default_factory=dict)


class LetterActions:
    """The actions on one letter; every public method takes the moment at which it happens."""

    def __init__(self, sample: SampleLetter, context: DemoContext) -> None:
        self.sample, self.context = sample, context
        self.hops = _hops(sample)

    @property
    def letter(self) -> Letter:
        """The letter as it is now."""
        return self.context.session.get_one(Letter, self.context.ids[self.sample.key])

    def _at(self) -> tuple[int, int]:
        return self.letter.id, self.letter.version

    def _who(self, role: Role, code: str | None = None) -> Actor:
        return self.context.staff.actor(role, code or self.letter.organisation.code)

    def _decider(self) -> Actor:
        """Return one of the two reviewers of the office, who take turns."""
        odd = self.letter.id % 2
        return self.context.staff.named("shen.yi" if odd else "shen.lan")

    def submit(self, now: datetime) -> None:
        """Submit the letter, to the office where its sender does not know the organisation."""
        sample = self.sample
        accused = KINDS[sample.kind].accuses and len(sample.hops) == 1
        first = sample.organisation if accused else self.hops[0]
        known = None if first == ROOT_CODE else self.context.organisations[first].id
        new = submission.NewLetter(
            kind=sample.kind,
            title=sample.title,
            text=sample.text,
            name=sample.sender_name,
            phone=sample.phone or "",
            email=sample.email or "",
            # A sender who objects to publication later has agreed to it at first.
            consent=sample.consent or sample.publication is Publication.REFUSED,
            organisation_id=known,
        )
        receipt = submission.submit(new, form_token(sample), self.context.code_key, now)
        self.context.ids[sample.key] = receipt.id
        self.letter.source = Source.DEMO
        self.letter.category = sample.category

    def withdraw(self, now: datetime) -> None:
        """Withdraw the letter, as its sender."""
        submission.withdraw(self.letter.id, now)

    def decline(self, now: datetime) -> None:
        """Decline the letter, with advice."""
        code = self.sample.decline_reason or DeclineReason.OTHER_AUTHORITY
        said = self.sample.reply_on(civil_date(now)) or ""
        handling.decline(*self._at(), code, said, self._who(Role.DISPATCHER), now)

    def move(self, after: str, now: datetime) -> None:
        """Send the letter on: dispatch it down the tree, or transfer it with a reason."""
        target, actor = self.context.organisations[after], self._who(Role.DISPATCHER)
        if covers(self.letter.organisation.path, target.path):
            handling.dispatch(*self._at(), target.id, "请依职责办理，按时答复来信人。", actor, now)
        else:
            said = f"来信所反映事项属{target.name}职责，转请办理。"
            handling.transfer(*self._at(), target.id, said, actor, now)

    def sign_for(self, now: datetime) -> None:
        """Sign for the letter at an organisation that passes it on."""
        handling.sign_for(*self._at(), self._who(Role.DISPATCHER), now)

    def send_back(self, now: datetime) -> None:
        """Return the letter from the last organisation."""
        said = self.sample.return_reason or "不属于本单位职责，请改派。"
        handling.return_letter(*self._at(), said, self._who(Role.DISPATCHER), now)

    def take_on(self, now: datetime) -> None:
        """Accept the letter, or sign for it, at the organisation that will answer."""
        if len(self.hops) == 1:
            handling.accept(*self._at(), self._who(Role.DISPATCHER), now)
        else:
            handling.sign_for(*self._at(), self._who(Role.HANDLER), now)

    def ask(self, now: datetime) -> None:
        """Ask the citizen for more, as the handler."""
        handling.ask_citizen(*self._at(), self.sample.question or "", self._who(Role.HANDLER), now)

    def supplement(self, now: datetime) -> None:
        """Supplement the letter, as its sender."""
        submission.supplement(self.letter.id, self.sample.supplement or "", now)

    def merge(self, now: datetime) -> None:
        """Merge the letter into an earlier one on the same matter."""
        parent = self.context.session.get_one(
            Letter, self.context.ids[self.sample.merged_into or ""]
        )
        actor = self.context.staff.named("chen.fen")
        merging.merge(*self._at(), parent.number, "反映同一事项，合并办理。", actor, now, sure=True)

    def supervise(self, now: datetime) -> None:
        """Put the letter under supervision."""
        actor = self.context.staff.named("du.min")
        handling.supervise(*self._at(), "群众反映集中，请抓紧办理。", actor, now)

    def ask_extension(self, now: datetime) -> None:
        """Ask for as much time as the deadline rule allows, as the handler."""
        days = letter_rule(self.context.session, self.letter).extension_days
        said = "涉及多个单位，需要现场核查并会商，申请延期。"
        cooperation.request_extension(*self._at(), days, said, self._who(Role.HANDLER), now)

    def grant_extension(self, now: datetime) -> None:
        """Grant the extension, as the superior."""
        cooperation.decide_extension(*self._at(), True, "同意。", self._who(Role.DISPATCHER), now)

    def send_for_signoff(self, now: datetime) -> None:
        """Send the reply for sign-off; before a redo it is the first one."""
        sample, day = self.sample, civil_date(now)
        first = sample.redo_reason is not None and not self.letter.reopened
        text = (sample.first_reply_on(day) if first else sample.reply_on(day)) or ""
        draft = self.letter.draft.version if self.letter.draft else 0
        replying.request_signoff(*self._at(), text, draft, self._who(Role.HANDLER), now)

    def sign(self, now: datetime) -> None:
        """Sign the reply, which closes the letter."""
        replying.sign(*self._at(), self._who(Role.REVIEWER), now)

    def redo(self, now: datetime) -> None:
        """Ask for a redo, as the sender."""
        submission.ask_redo(self.letter.id, self.sample.redo_reason or "", now)

    def rate(self, now: datetime) -> None:
        """Rate the handling, as the sender."""
        if rating := self.sample.rating:
            submission.rate(self.letter.id, rating.attitude, rating.efficiency, rating.comment, now)

    def propose(self, now: datetime) -> None:
        """Propose publication, as the handler."""
        publication.propose(*self._at(), "", self._who(Role.HANDLER), now)

    def settle(self, now: datetime) -> None:
        """Settle the findings: contacts of the office are kept, the rest is masked."""
        proposal, actor = self.letter.open_proposal, self._who(Role.HANDLER)
        for mask in list(proposal.open_masks) if proposal else []:
            if mask.reason:
                redacting.settle(self.letter.id, mask.id, Decision.KEEP, mask.reason, actor, now)
        redacting.mask_rest(self.letter.id, actor, now)

    def publish(self, now: datetime) -> None:
        """Publish the copy, as another person."""
        proposal = self.letter.open_proposal
        version = proposal.version if proposal else 0
        publication.publish(*self._at(), version, self._decider(), now)

    def refuse(self, now: datetime) -> None:
        """Refuse publication, as another person, with a coded reason."""
        code = self.sample.refusal_reason or RefusalReason.NO_VALUE
        publication.refuse(*self._at(), code, "", self._decider(), now)

    def unpublish(self, now: datetime) -> None:
        """Take the public copy off the web."""
        code = UnpublishReason.PRIVACY
        publication.unpublish(*self._at(), code, "当事人提出异议。", self._decider(), now)


def form_token(sample: SampleLetter) -> str:
    """Return the token of the form of the letter, by which a later run finds the letter."""
    return f"demo:{sample.key}"


def _hops(sample: SampleLetter) -> tuple[str, ...]:
    """Return the hops of the letter; a report of wrongdoing bypasses the accused."""
    if KINDS[sample.kind].accuses and len(sample.hops) > 1 and sample.hops[0] != ROOT_CODE:
        return (ROOT_CODE, *sample.hops)
    return sample.hops
