"""One route for each step of the table: load, form, one service call, redirect."""

from __future__ import annotations

from collections.abc import Callable

from flask import redirect
from werkzeug.wrappers import Response

from portal.domain.errors import ActionNotAllowed, Conflict, InvalidInput, LetterboxError
from portal.models import Letter
from portal.web.console.blueprint import console
from portal.web.console.letters.action_forms import StepForm
from portal.web.console.letters.action_table import STEPS, Step
from portal.web.console.letters.letter import find_letter, gone_page, letter_address, letter_page
from portal.web.console.letters.next_letter import say_done
from portal.web.core.clock import now
from portal.web.core.people import current_actor, needs

Answer = str | tuple[str, int] | Response


def take_step(
    number: str,
    step: Step,
    show: Callable[..., tuple[str, int]] = letter_page,
    back: Callable[[Letter], str] = letter_address,
) -> Answer:
    """Take one step on a letter; ``show`` renders the page again where it could not be done."""
    letter = find_letter(number)
    if letter is None:
        return gone_page()
    form = step.form(step.slug, letter, step.actions[0])
    if not form.validate():
        return show(letter, 422, sent=form)
    try:
        step.run(letter.id, form, current_actor(), now())
    except InvalidInput as error:
        form.put(error)
        return show(letter, 422, sent=form)
    except (Conflict, ActionNotAllowed) as error:
        return _overtaken(number, form, error, show)
    if step.done:
        say_done(str(step.done), letter.id)
    return redirect(back(letter))


def _overtaken(
    number: str, form: StepForm, problem: LetterboxError, show: Callable[..., tuple[str, int]]
) -> Answer:
    """Show the letter as it is now, with what was typed."""
    letter = find_letter(number)
    if letter is None:
        return gone_page()
    return show(letter, 409, sent=form, problem=problem)


def _route(step: Step) -> None:
    def view(number: str) -> Answer:
        return take_step(number, step)

    console.add_url_rule(
        f"/letters/<number>/{step.slug}",
        endpoint=step.slug.replace("-", "_"),
        view_func=needs(step.permission)(view),
        methods=["POST"],
    )


for each in STEPS:
    _route(each)
