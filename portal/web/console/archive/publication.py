"""The redaction page: original left, public copy right, findings settled one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from flask import redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.adapters.files.store import open_store
from portal.domain.access import ACTION_PERMISSIONS, Actor, Permission, may
from portal.domain.choices import allowed_actions
from portal.domain.errors import LetterboxError
from portal.domain.events import ReadAction
from portal.domain.letters.states import Action, Publication
from portal.domain.letters.text_changes import Piece
from portal.domain.letters.transitions import objection
from portal.domain.redaction import FINDING_LABELS, Decision, FindingKind, PublicField
from portal.models import Attachment, FileRelease, Letter, Proposal, RedactionMask, db
from portal.queries.archive.corrections import changed_texts, texts_of
from portal.queries.archive.redaction import (
    Finding,
    Segment,
    findings,
    requests_not_to_be_shown,
    segments,
)
from portal.queries.archive.table import public_entry
from portal.queries.letters.timeline import changes_since
from portal.queries.letters.track import public_copy
from portal.services.archive import publication, redacting
from portal.services.archive.files import publishable_files
from portal.web.console.archive import forms
from portal.web.console.archive.forms import SettleForm
from portal.web.console.blueprint import console
from portal.web.console.letters.forms import PlainForm, StepForm
from portal.web.console.letters.letter import find_letter, gone_page, require_letter, say_done
from portal.web.console.steps import Offer, Step, StepPage, add_step, offers_of
from portal.web.console.subject_page import Problem, not_done
from portal.web.core import Answer
from portal.web.core.language import say
from portal.web.core.people import current_actor, needs
from portal.web.core.reads import shown
from portal.web.core.safety import LARGEST_REQUEST, LARGEST_TEXTS
from portal.web.core.settings import settings

_KINDS = {str(kind): name for kind, name in FINDING_LABELS.items()}


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding as the list shows it, with the form that settles it."""

    finding: Finding
    form: StepForm
    kind: str
    status: str

    @property
    def is_manual(self) -> bool:
        """Whether a person masked it, who may remove the mask."""
        return self.finding.mask.kind == FindingKind.OTHER


@dataclass(frozen=True, slots=True)
class RedactionPage:
    """All that ``console/redaction.html`` shows; ``offers`` are the steps by their slug.

    ``proposal`` is the open one, else the last; ``panes`` are its texts in segments. ``requests`` are
    the words in which the writer asks not to be shown. ``changes`` are what an open correction would change
    in the public texts.
    """

    letter: Letter
    proposal: Proposal | None
    entry_id: int | None
    sent: StepForm | None
    problem: Problem | None
    objection: str
    requests: Sequence[str]
    panes: Mapping[PublicField, Sequence[Segment]]
    findings: Sequence[FindingRow]
    changes: Mapping[PublicField, Sequence[Piece]]
    offers: Mapping[str, Offer[Letter, Action]]
    files: Sequence[tuple[Attachment, FileRelease | None]]
    """The files of the letter, each with what is released of it."""


def build_redaction_page(
    letter: Letter,
    offers: Sequence[Offer[Letter, Action]],
    sent: StepForm | None,
    problem: LetterboxError | None,
) -> RedactionPage:
    """Return the page of the open proposal, or of the last one."""
    proposal = letter.open_proposal or (letter.proposals[-1] if letter.proposals else None)
    rows = [_row(letter, each, sent) for each in findings(proposal)] if proposal else []
    shown = [*(each.form for each in offers), *(row.form for row in rows)]
    published = letter.publication is Publication.PUBLISHED
    proposing = Action.PROPOSE_CORRECTION if published else Action.PROPOSE
    against = objection(letter, proposing, current_actor().user_id)
    return RedactionPage(
        letter=letter,
        proposal=proposal,
        entry_id=public_copy(db.session(), letter),
        sent=sent,
        problem=not_done(problem, sent, shown, partial(changes_since, db.session(), letter)),
        objection=say(against) if against else _("由经办人提请，审核人审核。"),
        requests=requests_not_to_be_shown(letter),
        panes={each: segments(proposal, each) for each in PublicField} if proposal else {},
        findings=rows,
        changes=_changes(letter),
        offers={each.step.slug: each for each in offers},
        files=_files(letter, proposal),
    )


def _files(
    letter: Letter, proposal: Proposal | None
) -> list[tuple[Attachment, FileRelease | None]]:
    if proposal is None or proposal.is_by_hand or letter.erased:
        return []
    released = {each.attachment_id: each for each in proposal.releases}
    return [(file, released.get(file.id)) for file in publishable_files(letter)]


def _changes(letter: Letter) -> dict[PublicField, list[Piece]]:
    proposal, entry = letter.open_proposal, public_entry(db.session(), letter)
    if proposal is None or entry is None:
        return {}
    copy = redacting.public_copy(proposal)
    return changed_texts(texts_of(entry), {field: copy[field.value] for field in PublicField})


def _row(letter: Letter, finding: Finding, sent: StepForm | None) -> FindingRow:
    mask, slug = finding.mask, f"finding-{finding.mask.id}"
    kept = say(mask.reason or "")
    is_sent = sent is not None and sent.slug == slug
    form = sent if is_sent else None
    form = form or SettleForm(slug, letter, Action.PROPOSE, formdata=None, reason=kept)
    return FindingRow(finding, form, say(_KINDS.get(mask.kind, mask.kind)), _status(mask))


def _status(mask: RedactionMask) -> str:
    if not mask.hides:
        return str(_("已保留：%(reason)s", reason=say(mask.reason or "")))
    if mask.is_open and mask.reason:
        return str(_("建议保留：%(reason)s", reason=say(mask.reason)))
    if mask.is_open:
        return str(_("建议脱敏为 %(text)s", text=mask.replacement))
    return str(_("已脱敏为 %(text)s", text=mask.replacement))


def _publish(
    letter_id: int, version: int, proposal_version: int, actor: Actor, at: datetime
) -> int:
    """Publish with the files that were released."""
    store = open_store(settings())
    return publication.publish(letter_id, version, proposal_version, actor, at, store)


_PROPOSE = (Action.PROPOSE, Action.PROPOSE_CORRECTION)
_REDACT = (*_PROPOSE, Action.PUBLISH, Action.CORRECT)
STEPS: tuple[Step[Letter, Action], ...] = (
    Step(
        "propose",
        _PROPOSE,
        forms.ProposeForm,
        publication.propose,
        _l("已提请公示，请处理脱敏提示，等待另一位审核人审核。"),
    ),
    Step(
        "correct",
        (Action.PROPOSE_CORRECTION,),
        forms.CorrectionForm,
        publication.correct,
        _l("已提交更正稿，请处理脱敏提示，等待另一位审核人审核。"),
        _l("只改公开的文字，信件和答复本身不变。以前的内容会保留，读者可以看到改了哪里。"),
        _l("直接更正公开的文字"),
        _l("提交更正稿"),
    ),
    Step(
        "recall-proposal",
        (Action.RECALL_PROPOSAL,),
        PlainForm,
        publication.recall,
        _l("已撤回公示提请。"),
    ),
    Step(
        "publish",
        (Action.PUBLISH, Action.CORRECT),
        forms.PublishForm,
        _publish,
        _l("已公示，公示件几秒钟内可以搜索到。"),
        _l("公示后任何人都可以看到和搜索右侧的公示件。"),
    ),
    Step(
        "refuse",
        (Action.REFUSE, Action.REFUSE_CORRECTION),
        forms.RefuseForm,
        publication.refuse,
        _l("已不予公示。"),
    ),
    Step(
        "unpublish",
        (Action.UNPUBLISH,),
        forms.UnpublishForm,
        publication.unpublish,
        _l("已撤下，公示页、检索、订阅和接口都不再显示。"),
        _l("公示件立即从网页、检索、订阅和接口中消失，信件本身仍是已办结。"),
        _l("从网上撤下"),
        _l("撤下公示件"),
    ),
)
MASK_STEPS: tuple[Step[Letter, Action], ...] = (
    Step(
        "mask-rest",
        _REDACT,
        PlainForm,
        lambda i, _seen, a, at: redacting.mask_rest(i, a, at),
        _l("其余提示已按建议处理。"),
        name=_l("其余全部脱敏"),
    ),
    Step(
        "add-mask",
        _REDACT,
        forms.MaskForm,
        lambda i, _seen, *given: redacting.add_mask(i, *given),
        _l("已脱敏。"),
        name=_l("标记系统没有发现的内容"),
        button=_l("脱敏这段文字"),
    ),
)
"""The steps of everybody who may settle findings, whatever else they may do."""


def redacts(letter: Letter) -> bool:
    """Return whether the person logged in may settle findings of what is proposed."""
    actor = current_actor()
    return letter.open_proposal is not None and any(may(actor, a, letter) for a in _REDACT)


@console.get("/letters/<number>/publication")
@needs(Permission.LETTER_READ)
def redaction(number: str) -> Answer:
    """Show the texts that are public or proposed for publication."""
    return redaction_page(require_letter(number))


def redaction_page(
    letter: Letter,
    status: int = 200,
    *,
    sent: StepForm | None = None,
    problem: LetterboxError | None = None,
) -> tuple[str, int]:
    """Render the page; ``sent`` is a form with errors, ``problem`` the reason of a refusal."""
    shown(ReadAction.READ_LETTER, letter.id)
    offers = offers_of(STEPS, letter, allowed_actions(current_actor(), letter), sent)
    if redacts(letter):
        offers += offers_of(MASK_STEPS, letter, _REDACT, sent)
    page = build_redaction_page(letter, offers, sent, problem)
    return render_template("console/redaction.html", page=page), status


def _leave(letter: Letter, step: Step[Letter, Action]) -> Answer:
    if step.done:
        say_done(str(step.done), letter.id)
    found = find_letter(letter.number)
    page = url_for("console.redaction", number=letter.number)
    return redirect(page if found else url_for("console.inbox"))


_page = StepPage(find_letter, redaction_page, gone_page, _leave)

for each in (*STEPS, *MASK_STEPS):
    add_step(
        console,
        f"/letters/<number>/publication/{each.slug}",
        each.slug.replace("-", "_"),
        ACTION_PERMISSIONS[each.actions[0]] if each in STEPS else Permission.LETTER_READ,
        partial(_page.take, step=each),
        LARGEST_TEXTS if each.form is forms.CorrectionForm else LARGEST_REQUEST,
    )


@console.post("/letters/<number>/publication/findings/<int:mask_id>")
@needs(Permission.LETTER_READ)
def settle(number: str, mask_id: int) -> Answer:
    """Mask or keep one finding."""

    def service(
        letter_id: int, _seen: int, how: Decision, why: str, by: Actor, at: datetime
    ) -> None:
        redacting.settle(letter_id, mask_id, how, why, by, at)

    return _page.take(number, Step(f"finding-{mask_id}", _REDACT, forms.SettleForm, service))


@console.post("/letters/<number>/publication/findings/<int:mask_id>/remove")
@needs(Permission.LETTER_READ)
def remove_mask(number: str, mask_id: int) -> Answer:
    """Remove a mask made by hand."""

    def service(letter_id: int, _seen: int, by: Actor, at: datetime) -> None:
        redacting.remove_mask(letter_id, mask_id, by, at)

    slug, done = f"remove-{mask_id}", _l("标记已取消。")
    return _page.take(number, Step(slug, _REDACT, PlainForm, service, done))
