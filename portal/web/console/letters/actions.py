"""One route for each step of the table: load, form, one service call, redirect."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import redirect

from portal.domain.access import ACTION_PERMISSIONS
from portal.domain.letters.states import Action
from portal.models import Letter
from portal.web.console.blueprint import console
from portal.web.console.letters.action_table import STEPS
from portal.web.console.letters.letter import find_letter, gone_page, letter_address, letter_page
from portal.web.console.letters.next_letter import say_done
from portal.web.core.steps import Answer, Step, StepPage, add_step


def take_step(
    number: str,
    step: Step[Action],
    show: Callable[..., Answer] = letter_page,
    back: Callable[[Letter], str] = letter_address,
) -> Answer:
    """Take one step on a letter; ``show`` renders the page again where it could not be done."""

    def leave(letter: Letter, step: Step[Action]) -> Answer:
        if step.done:
            say_done(str(step.done), letter.id)
        return redirect(back(letter))

    return StepPage(find_letter, show, gone_page).take(number, step, leave)


for each in STEPS:
    add_step(
        console,
        f"/letters/<number>/{each.slug}",
        each.slug.replace("-", "_"),
        ACTION_PERMISSIONS[each.actions[0]],
        partial(take_step, step=each),
    )
