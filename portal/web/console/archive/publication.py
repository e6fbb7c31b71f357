"""The redaction page: original left, public copy right, findings settled one by one."""

from __future__ import annotations

from functools import partial

from flask import render_template, url_for
from flask_babel import lazy_gettext as _l

from portal.domain.access import Permission, may
from portal.domain.choices import allowed_actions
from portal.domain.errors import LetterboxError
from portal.domain.letters.states import Action
from portal.domain.redaction import Decision, PublicField
from portal.models import Letter
from portal.services.archive import publication, redacting
from portal.web.console.archive.forms import (
    MarkForm,
    ProposeForm,
    PublishForm,
    RefuseForm,
    SettleForm,
    WithdrawForm,
)
from portal.web.console.archive.redaction_page import build_redaction_page, shown_proposal
from portal.web.console.blueprint import console
from portal.web.console.letters.action_forms import PlainForm, StepForm
from portal.web.console.letters.actions import take_step
from portal.web.console.letters.letter import find_letter, require_letter
from portal.web.core.people import current_actor, needs
from portal.web.core.steps import Answer, Step, add_step

_PROPOSE = (Action.PROPOSE, Action.PROPOSE_CORRECTION)
_REDACT = (*_PROPOSE, Action.PUBLISH, Action.CORRECT)


PROPOSE = Step(
    "propose",
    _PROPOSE,
    ProposeForm,
    lambda i, f, a, at: publication.propose(i, f.seen, f.reason.data, a, at),
    _l("已提请公示，请处理脱敏提示，等待另一位审核人审核。"),
)
RECALL = Step(
    "recall-proposal",
    (Action.RECALL_PROPOSAL,),
    PlainForm,
    lambda i, f, a, at: publication.recall(i, f.seen, a, at),
    _l("已撤回公示提请。"),
)
REST = Step(
    "rest",
    _REDACT,
    PlainForm,
    lambda i, f, a, at: redacting.mask_rest(i, a, at),
    _l("其余提示已按建议处理。"),
)
MARK = Step(
    "mark",
    _REDACT,
    MarkForm,
    lambda i, f, a, at: redacting.add_mask(i, PublicField(f.field.value), f.phrase.value, a, at),
    _l("已脱敏。"),
)
PUBLISH = Step(
    "publish",
    (Action.PUBLISH, Action.CORRECT),
    PublishForm,
    lambda i, f, a, at: publication.publish(i, f.seen, f.seen_proposal, a, at),
    _l("已公示，公示件几秒钟内可以搜索到。"),
)
REFUSE = Step(
    "refuse",
    (Action.REFUSE, Action.REFUSE_CORRECTION),
    RefuseForm,
    lambda i, f, a, at: publication.refuse(i, f.seen, f.code.value, f.reason.data, a, at),
    _l("已不予公示。"),
)
WITHDRAW = Step(
    "unpublish",
    (Action.UNPUBLISH,),
    WithdrawForm,
    lambda i, f, a, at: publication.unpublish(i, f.seen, f.code.value, f.reason.data, a, at),
    _l("已撤下，公示页、检索、订阅和接口都不再显示。"),
)
STEPS = {step.slug: step for step in (PROPOSE, RECALL, REST, MARK, PUBLISH, REFUSE, WITHDRAW)}


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
    if sent and problem:
        sent.freshen()
    proposal = shown_proposal(letter)
    masks = proposal.masks if proposal else []
    page = build_redaction_page(
        letter,
        _forms(letter, sent),
        {mask.id: _settle_form(letter, mask.id, sent) for mask in masks},
        redacts(letter),
        sent,
        problem,
    )
    return render_template("console/redaction.html", page=page), status


def _forms(letter: Letter, sent: StepForm | None) -> dict[str, StepForm]:
    """Return the forms of the steps possible now; ``sent`` replaces its own empty form."""
    allowed = set(allowed_actions(current_actor(), letter))
    return {
        slug: step.form_for(letter, step.actions[0], sent)
        for slug, step in STEPS.items()
        if (redacts(letter) if step in (REST, MARK) else allowed & set(step.actions))
    }


def _settle_form(letter: Letter, mark_id: int, sent: StepForm | None) -> StepForm:
    slug = f"finding-{mark_id}"
    if sent is not None and sent.slug == slug:
        return sent
    return SettleForm(slug, letter, Action.PROPOSE, formdata=None)


def publication_address(letter: Letter) -> str:
    """Return the address after a step: this page again, or the inbox."""
    found = find_letter(letter.number)
    return url_for("console.redaction", number=letter.number) if found else url_for("console.inbox")


_take = partial(take_step, show=redaction_page, back=publication_address)


ROUTES: tuple[tuple[str, str, Permission, Step[Action]], ...] = (
    ("propose", "propose", Permission.PUBLICATION_PROPOSE, PROPOSE),
    ("recall", "recall_proposal", Permission.PUBLICATION_PROPOSE, RECALL),
    ("findings/rest", "mask_rest", Permission.LETTER_READ, REST),
    ("marks", "add_mark", Permission.LETTER_READ, MARK),
    ("publish", "publish", Permission.PUBLICATION_DECIDE, PUBLISH),
    ("refuse", "refuse", Permission.PUBLICATION_DECIDE, REFUSE),
    ("withdraw", "unpublish", Permission.PUBLICATION_UNPUBLISH, WITHDRAW),
)
"""Path below the page, endpoint, what a person needs to send the form at all, and the step."""


for path, endpoint, permission, each in ROUTES:
    add_step(
        console,
        f"/letters/<number>/publication/{path}",
        endpoint,
        permission,
        partial(_take, step=each),
    )


@console.post("/letters/<number>/publication/findings/<int:mark_id>")
@needs(Permission.LETTER_READ)
def settle(number: str, mark_id: int) -> Answer:
    """Mask or keep one finding."""
    step = Step(
        f"finding-{mark_id}",
        _REDACT,
        SettleForm,
        lambda i, f, a, at: redacting.settle(
            i, mark_id, Decision(f.decision.value), f.reason.data, a, at
        ),
        "",
    )
    return _take(number, step)


@console.post("/letters/<number>/publication/findings/<int:mark_id>/remove")
@needs(Permission.LETTER_READ)
def remove_mark(number: str, mark_id: int) -> Answer:
    """Take away a mark made by hand."""
    step = Step(
        f"remove-{mark_id}",
        _REDACT,
        PlainForm,
        lambda i, f, a, at: redacting.remove_mask(i, mark_id, a, at),
        _l("标记已取消。"),
    )
    return _take(number, step)
