"""Pages with steps: a form for each action that is possible now, sent to an address of its own.

A step is a row of a table: its form, the service it calls and its message when done. A page
says how its subject is found, shown and left; the rest is the same for letters, publications,
replies and requests for disclosure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Generic, Protocol, TypeVar, TypeVarTuple

from flask import Blueprint

from portal.domain.access import Actor, Permission
from portal.domain.errors import ActionNotAllowed, Conflict, InvalidInput
from portal.web.console.versioned_forms import A, S, VersionedForm
from portal.web.core import Answer
from portal.web.core.clock import now
from portal.web.core.language import label
from portal.web.core.people import current_actor, needs
from portal.web.core.safety import LARGEST_REQUEST, takes_at_most

F = TypeVar("F", bound=VersionedForm[Any, Any])
Ts = TypeVarTuple("Ts")


class Given(Protocol[*Ts]):
    """A form that says what a service takes between the version and the actor."""

    def given(self) -> tuple[*Ts]:
        """Return it, once the form was found valid."""
        ...


class Step(Generic[S, A]):
    """A form on the page of a subject: it is offered where one of ``actions`` is allowed.

    ``name`` replaces the name of the action, ``button`` the name as the label of the button.
    """

    def __init__(
        self,
        slug: str,
        actions: tuple[A, ...],
        form: Callable[..., Given[*Ts]],
        service: Callable[[int, int, *Ts, Actor, datetime], object],
        done: object = "",
        explanation: object = "",
        name: object = "",
        button: object = "",
    ) -> None:
        """Create a step whose ``service`` takes what its ``form`` has given."""
        self.slug, self.actions, self.done, self.explanation = slug, actions, done, explanation
        self.name, self.button = name, button
        # Form and service have been checked against each other; a table holds pairs of any type.
        self.form: Callable[..., Any] = form
        self.service: Callable[..., object] = service

    def take(self, subject: S, form: VersionedForm[S, A]) -> None:
        """Take the step with what the form has given."""
        self.service(subject.id, form.seen, *form.given(), current_actor(), now())


@dataclass(frozen=True, slots=True)
class Offer(Generic[S, A]):
    """A step that is possible now, under the name of its action, with its form."""

    step: Step[S, A]
    action: A
    form: VersionedForm[S, A]

    @property
    def name(self) -> str:
        """The name of the step, else that of its action."""
        return str(self.step.name or label(self.action))

    @property
    def button(self) -> str:
        """The label of the button."""
        return str(self.step.button or self.name)


def offers_of(
    steps: Iterable[Step[S, A]],
    subject: S,
    allowed: Sequence[A],
    sent: VersionedForm[S, A] | None = None,
) -> list[Offer[S, A]]:
    """Return the steps possible on ``subject``; ``sent`` takes the place of its own empty form."""
    found = []
    for step in steps:
        action = next((action for action in step.actions if action in allowed), None)
        if action is not None:
            is_own = sent is not None and sent.slug == step.slug
            form = sent if is_own else None
            form = form or step.form(step.slug, subject, action, formdata=None)
            found.append(Offer(step, action, form))
    return found


def _go_on(subject: object, form: object) -> None:
    """Answer nothing: the step is taken."""


@dataclass(frozen=True, slots=True)
class StepPage(Generic[S, A]):
    """The functions that find the subject of a page by its number, show it and leave it.

    ``show`` takes the subject, a status, the form ``sent`` and the ``problem`` that stopped it;
    ``gone`` answers where the subject is out of sight, ``leave`` once a step is taken. ``look`` may
    answer before it is taken.
    """

    find: Callable[[str], S | None]
    show: Callable[..., Answer]
    gone: Callable[[], Answer]
    leave: Callable[[S, Step[S, A]], Answer]
    look: Callable[[S, VersionedForm[S, A]], Answer | None] = _go_on

    def take(self, number: str, step: Step[S, A]) -> Answer:
        """Take ``step``: load, form, one service call, and leave the page."""

        def run(subject: S, form: VersionedForm[S, A]) -> Answer:
            answer = self.look(subject, form)
            if answer is not None:
                return answer
            if not form.validate():
                return self.show(subject, 422, sent=form)
            step.take(subject, form)
            return self.leave(subject, step)

        form_of = partial(step.form, step.slug, action=step.actions[0])
        return attempt(number, form_of, run, self.find, self.show, self.gone)


def attempt(
    number: str,
    form_of: Callable[[S], F],
    run: Callable[[S, F], Answer],
    find: Callable[[str], S | None],
    show: Callable[..., Answer],
    gone: Callable[[], Answer],
) -> Answer:
    """Answer with ``run``, or show the current page with the input and the error."""
    subject = find(number)
    if subject is None:
        return gone()
    form = form_of(subject)
    try:
        return run(subject, form)
    except InvalidInput as error:
        form.put(error)
        return show(subject, 422, sent=form)
    except (Conflict, ActionNotAllowed) as error:
        subject = find(number)
        return gone() if subject is None else show(subject, 409, sent=form, problem=error)


def add_step(
    blueprint: Blueprint,
    rule: str,
    endpoint: str,
    permission: Permission,
    take: Callable[[str], Answer],
    most: int = LARGEST_REQUEST,
) -> None:
    """Route ``rule``, which has one number, to ``take`` for staff who hold ``permission``.

    ``most`` is the number of bytes that a form may have.
    """

    def view(**numbers: str) -> Answer:
        (number,) = numbers.values()
        return take(number)

    guarded = takes_at_most(most)(needs(permission)(view))
    blueprint.add_url_rule(rule, endpoint=endpoint, view_func=guarded, methods=["POST"])
