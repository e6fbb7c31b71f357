"""Pages with steps: a form for each action that is possible now, sent to an address of its own.

A step is a row of a table: its form, the service it calls and its message when done. A page
says how its subject is found, shown and left; the rest is the same for letters, publications,
replies and requests for disclosure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from flask import Blueprint
from werkzeug.wrappers import Response

from portal.domain.access import Actor, Permission
from portal.domain.errors import ActionNotAllowed, Conflict, InvalidInput
from portal.web.core.clock import now
from portal.web.core.forms import Form
from portal.web.core.people import current_actor, needs

Answer = str | tuple[str, int] | Response
A = TypeVar("A", bound=StrEnum)
F = TypeVar("F", bound=Form)


class Step(Generic[A]):
    """A form on a page: it is offered where one of ``actions`` is allowed."""

    def __init__(
        self,
        slug: str,
        actions: tuple[A, ...],
        form: Callable[..., F],
        run: Callable[[int, F, Actor, datetime], object],
        done: object,
        explanation: object = "",
        name: object = "",
        button: object = "",
    ) -> None:
        """Create a step that calls ``run`` with id of the subject, form, actor and moment.

        ``button`` is the label of the button where that is not the name.
        """
        self.slug, self.actions = slug, actions
        # Form and service have been checked against each other; a table holds pairs of any type.
        self.form: Callable[..., Any] = form
        self.run: Callable[..., object] = run
        self.done, self.explanation, self.name, self.button = done, explanation, name, button

    def form_for(self, held: Any, action: A, sent: Any) -> Any:
        """Return ``sent`` where it is the form of this step, else an empty form about ``held``."""
        own = sent is not None and sent.slug == self.slug
        return sent if own else self.form(self.slug, held, action, formdata=None)


@dataclass(frozen=True, slots=True)
class Offer:
    """A step that is possible now, under the name of its action, with its form."""

    step: Step[Any]
    action: Any
    form: Any


def offers_of(
    steps: Iterable[Step[A]], held: Any, allowed: Sequence[Any], sent: Any
) -> list[Offer]:
    """Return the steps possible on ``held``; ``sent`` takes the place of its own empty form."""
    found = []
    for step in steps:
        action = next((action for action in step.actions if action in allowed), None)
        if action is not None:
            found.append(Offer(step, action, step.form_for(held, action, sent)))
    return found


@dataclass(frozen=True, slots=True)
class StepPage:
    """The functions that find the subject of a page by its number, and show it.

    ``show`` takes the subject, a status, the form ``sent`` and the ``problem`` that stopped it;
    ``gone`` answers where the subject is out of sight.
    """

    find: Callable[[str], Any]
    show: Callable[..., Answer]
    gone: Callable[[], Answer]

    def take(self, number: str, step: Step[A], leave: Callable[[Any, Step[A]], Answer]) -> Answer:
        """Take ``step``: load, form, one service call, and ``leave`` the page."""

        def run(held: Any, form: Any) -> Answer:
            if not form.validate():
                return self.show(held, 422, sent=form)
            step.run(held.id, form, current_actor(), now())
            return leave(held, step)

        return self.attempt(number, lambda held: step.form(step.slug, held, step.actions[0]), run)

    def attempt(
        self,
        number: str,
        form_of: Callable[[Any], Any],
        run: Callable[[Any, Any], Answer],
    ) -> Answer:
        """Answer with ``run``, or show the current page with the input and the error."""
        held = self.find(number)
        if held is None:
            return self.gone()
        form = form_of(held)
        try:
            return run(held, form)
        except InvalidInput as error:
            form.put(error)
            return self.show(held, 422, sent=form)
        except (Conflict, ActionNotAllowed) as error:
            held = self.find(number)
            return self.gone() if held is None else self.show(held, 409, sent=form, problem=error)


def add_step(
    blueprint: Blueprint,
    rule: str,
    endpoint: str,
    permission: Permission,
    take: Callable[[str], Answer],
) -> None:
    """Route ``rule``, which has one number, to ``take`` for staff who hold ``permission``."""

    def view(**numbers: str) -> Answer:
        (number,) = numbers.values()
        return take(number)

    guarded = needs(permission)(view)
    blueprint.add_url_rule(rule, endpoint=endpoint, view_func=guarded, methods=["POST"])
