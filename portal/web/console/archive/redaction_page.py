"""Values of the redaction page: both texts, findings with their state, the forms possible now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from portal.domain.errors import LetterboxError
from portal.domain.letters.states import Action, Publication
from portal.domain.letters.transitions import objection
from portal.domain.redaction import (
    FINDING_LABELS,
    Decision,
    FindingKind,
    PublicField,
)
from portal.models import ArchiveEntry, Letter, Proposal, RedactionMask, db
from portal.queries.archive.redaction import (
    Finding,
    Segment,
    findings,
    requests_not_to_be_shown,
    segments,
)
from portal.services.archive.redacting import REASON_MAX
from portal.web.console.archive.forms import FIELD_WORDS
from portal.web.console.letters.action_forms import StepForm
from portal.web.console.wording import Problem, not_done
from portal.web.core.language import say
from portal.web.core.people import current_actor

_KINDS = {str(kind): name for kind, name in FINDING_LABELS.items()}


@dataclass(frozen=True, slots=True)
class Pane:
    """One text of the copy in segments, under its name."""

    name: str
    segments: Sequence[Segment]


@dataclass(frozen=True, slots=True)
class Side:
    """The original or the public copy: its heading, who reads it, and whether it is the original."""

    heading: str
    note: str
    is_original: bool


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding as the list shows it, with the form that settles it; ``is_manual`` may be removed."""

    finding: Finding
    form: StepForm
    kind: str
    field: str
    status: str
    is_manual: bool


@dataclass(frozen=True, slots=True)
class Names:
    """Names of the buttons; a correction of a public entry has names of its own."""

    propose_heading: str
    propose: str
    publish: str
    refuse: str


@dataclass(frozen=True, slots=True)
class RedactionPage:
    """All that ``console/redaction.html`` shows; ``left`` counts the findings to settle.

    ``kept`` of them are proposed to be kept. ``requests`` are the words in which the writer asks not
    to be shown.
    """

    letter: Letter
    proposal: Proposal | None
    is_live: bool
    left: int
    kept: int
    requests: Sequence[str]
    entry_id: int | None
    problem: Problem | None
    objection: str
    names: Names
    sides: Sequence[Side]
    panes: Sequence[Pane]
    findings: Sequence[FindingRow]
    forms: Mapping[str, StepForm]
    can_redact: bool
    reason_max: int = REASON_MAX


def build_redaction_page(
    letter: Letter,
    forms: Mapping[str, StepForm],
    settle_forms: Mapping[int, StepForm],
    can_redact: bool,
    sent: StepForm | None,
    problem: LetterboxError | None,
) -> RedactionPage:
    """Return the page of the open proposal, or of the last one; ``settle_forms`` by mask."""
    proposal = shown_proposal(letter)
    live = proposal is not None and proposal.is_open
    entry = db.session.scalar(
        sa.select(ArchiveEntry).where(
            ArchiveEntry.letter_id == letter.id, ArchiveEntry.unpublished_at.is_(None)
        )
    )
    against = objection(letter, _proposing(letter), current_actor().user_id)
    return RedactionPage(
        letter=letter,
        proposal=proposal,
        is_live=live,
        left=len(proposal.open_masks) if proposal and live else 0,
        kept=sum(m.proposed is Decision.KEEP for m in proposal.open_masks) if proposal else 0,
        requests=requests_not_to_be_shown(letter),
        entry_id=entry.id if entry else None,
        problem=not_done(problem, sent, offered=(*forms.values(), *settle_forms.values()))
        if sent and problem
        else None,
        objection=say(against) if against else _("由经办人提请，审核人审核。"),
        names=_names(letter, correction=bool(proposal and proposal.correction)),
        sides=(
            Side(_("原文"), _("只供内部审核"), is_original=True),
            Side(_("公示件"), _("公众将看到"), is_original=False),
        ),
        panes=[Pane(str(FIELD_WORDS[f]), segments(proposal, f)) for f in PublicField]
        if proposal
        else [],
        findings=[_row(each, settle_forms[each.mask.id]) for each in findings(proposal)]
        if proposal
        else [],
        forms=forms,
        can_redact=can_redact,
    )


def shown_proposal(letter: Letter) -> Proposal | None:
    """Return the open proposal, else the last one, if there ever was one."""
    return letter.open_proposal or (letter.proposals[-1] if letter.proposals else None)


def _proposing(letter: Letter) -> Action:
    published = letter.publication is Publication.PUBLISHED
    return Action.PROPOSE_CORRECTION if published else Action.PROPOSE


def _names(letter: Letter, *, correction: bool) -> Names:
    published = letter.publication is Publication.PUBLISHED
    return Names(
        propose_heading=_("提请更正") if published else _("再次提请公示"),
        propose=_("提请更正") if published else _("提请公示"),
        publish=_("更正公示件") if correction else _("同意公示"),
        refuse=_("不予更正") if correction else _("不予公示"),
    )


def _row(finding: Finding, form: StepForm) -> FindingRow:
    mask = finding.mask
    return FindingRow(
        finding=finding,
        form=form,
        kind=say(_KINDS.get(mask.kind, mask.kind)),
        field=str(FIELD_WORDS[mask.field]),
        status=_status(mask),
        is_manual=mask.kind == FindingKind.OTHER,
    )


def _status(mask: RedactionMask) -> str:
    if not mask.hides:
        return str(_("已保留：%(reason)s", reason=say(mask.reason or "")))
    if mask.is_open and mask.reason:
        return str(_("建议保留：%(reason)s", reason=say(mask.reason)))
    if mask.is_open:
        return str(_("建议脱敏为 %(text)s", text=mask.replacement))
    return str(_("已脱敏为 %(text)s", text=mask.replacement))
