"""Letters that programs hand in for citizens: what they send, checked as the form is."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import g
from flask_babel import force_locale
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException, TooManyRequests

from portal.domain.errors import N_, InvalidInput, LetterboxError
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import PERSON_NAME_MAX, TEXT_MAX, TITLE_MAX, Source
from portal.domain.translatable import Message
from portal.domain.whole_numbers import ID_MAX
from portal.models import ApiToken, Letter, db
from portal.queries.office.tokens import valid_token
from portal.queries.record.receipts import receipt_commitment
from portal.services.core.handing_in import Receipt
from portal.services.letters.submission import Channel, submit
from portal.web.archive.parameters import ANYTHING
from portal.web.core.clock import now
from portal.web.core.rate_limits import give_back, take
from portal.web.core.safety import without_session
from portal.web.core.settings import code_key
from portal.web.submission.letter_form import WriteForm

P = ParamSpec("P")
R = TypeVar("R")
SUBMITTED = "600 per hour"
"""Letters accepted with one token."""
KEY_MOST = 200
"""Characters of the key that makes two requests one letter."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a letter that is handed in: its meaning and its JSON Schema."""

    meaning: str
    schema: dict[str, Any]
    needed: bool = False


def _text(meaning: str, most: int, *, needed: bool = True) -> Part:
    least = {"minLength": 1, "pattern": ANYTHING} if needed else {}
    return Part(meaning, {"type": "string", "maxLength": most, **least}, needed)


LETTER: dict[str, Part] = {
    "kind": Part(N_("来信类别"), {"type": "string", "enum": [str(kind) for kind in Kind]}, True),
    "title": _text(N_("标题"), TITLE_MAX),
    "text": _text(N_("正文"), TEXT_MAX),
    "name": _text(N_("来信人姓名"), PERSON_NAME_MAX),
    "phone": _text(N_("电话；电话和电子邮箱至少填一项"), 64, needed=False),
    "email": Part(N_("电子邮箱"), {"type": "string", "format": "email", "maxLength": 254}),
    "organisation": Part(
        N_("写给哪个单位的 id；没有时由信箱办分办"),
        {"type": "integer", "minimum": 1, "maximum": ID_MAX},
    ),
    "consent": Part(N_("来信人是否同意公示，默认不同意"), {"type": "boolean", "default": False}),
}
"""Every part of a letter; it checks what is sent, and the OpenAPI document is made of it."""
_TYPES: dict[str, type] = {"string": str, "integer": int, "boolean": bool}


def check_letter(body: object) -> dict[str, Any]:
    """Return ``body`` if it has the parts of :data:`LETTER` in their types.

    Raises :class:`InvalidInput` with the part at fault. What a text says is checked by the form.
    """
    if not isinstance(body, dict):
        raise InvalidInput("", N_("请发送一个 JSON 对象。"))
    for name, value in body.items():
        if name not in LETTER:
            raise InvalidInput(str(name)[:64], N_("没有这一项。"))
        kind = _TYPES[LETTER[name].schema["type"]]
        if type(value) is not kind:
            raise InvalidInput(name, N_("这一项的类型不对。"))
        if isinstance(value, int) and kind is int and not 1 <= value <= ID_MAX:
            raise InvalidInput(name, N_("请给出范围内的整数。"))
        if value not in LETTER[name].schema.get("enum", [value]):
            raise InvalidInput(name, N_("没有这个来信类别。"))
    for name, part in LETTER.items():
        if part.needed and name not in body:
            raise InvalidInput(name, N_("缺少这一项。"))
    return body


def hand_in(parts: dict[str, Any], source: Source, key: str, locale: str) -> Receipt:
    """Submit a letter with the token of the request; the same ``key`` gives the same receipt.

    Every check of the form on the web applies. Raises :class:`InvalidInput` with the part at fault
    and a message in ``locale``, and 429 where the token has handed in too many.
    """
    token: ApiToken = g.token
    token_id, used = token.id, ("token", str(token.id))
    if wait := take(SUBMITTED, used):
        raise TooManyRequests(retry_after=wait)
    try:
        return _submit(
            parts, source, f"token {token_id} {key or secrets.token_urlsafe(24)}", locale
        )
    except LetterboxError:
        give_back(SUBMITTED, used)
        raise


def _submit(parts: dict[str, Any], source: Source, form_token: str, locale: str) -> Receipt:
    given = {name: "y" if value is True else str(value) for name, value in parts.items()}
    if parts.get("consent") is False:
        given.pop("consent")
    with force_locale(locale):
        form = WriteForm(formdata=MultiDict(given), meta={"csrf": False})
        if not form.validate():
            name = next(iter(form.errors))
            raise InvalidInput(name, Message("%(said)s", {"said": str(form.errors[name][0])}))
    return submit(form.letter(), form_token, code_key(), now(), Channel(source, g.token.id))


def commitment_of(receipt: Receipt) -> str:
    """Return the commitment, hex, with which a letter that was handed in enters the public record."""
    return receipt_commitment(db.session.get_one(Letter, receipt.id), code_key())


def by_token(
    read: Callable[[], str], refusal: HTTPException
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Open a view to programs with a token, which ``read`` finds in the request.

    Whoever has none is answered with ``refusal``.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            text = read()
            found = valid_token(db.session(), text, code_key()) if text else None
            if found is None:
                raise refusal
            g.token = found
            return view(*args, **kwargs)

        guarded.permission = "token"  # type: ignore[attr-defined]
        return without_session(guarded)

    return decorate
