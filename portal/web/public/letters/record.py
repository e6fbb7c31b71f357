"""What the public record holds of a letter: the proof for its sender."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from portal.domain.errors import NotFound
from portal.domain.record.leaves import moment_text, opening
from portal.models import db
from portal.queries.record.tree import included, newest_head
from portal.web.core.people import public
from portal.web.core.settings import code_key
from portal.web.public.blueprint import public_pages
from portal.web.public.letters.letter import LetterPage
from portal.web.public.statistics.record import head_data


@public_pages.get("/letters/<number>/record.json")
@public
def letter_record(number: str) -> Response:
    """Give the proofs that the letter is in the count to the browser that has opened it."""
    letter, session = LetterPage(number).find(), db.session()
    head = newest_head(session)
    if letter is None or head is None:
        raise NotFound
    leaves: list[dict[str, Any]] = [
        {
            "kind": each.leaf.kind,
            "day": each.leaf.day.isoformat(),
            "moment": moment_text(each.moment) if each.moment else None,
            "commitment": each.leaf.commitment,
            "position": each.leaf.position,
            "path": [value.hex() for value in each.path],
        }
        for each in included(session, letter.id, head)
    ]
    opened = opening(code_key(), letter.number, letter.code_hash)
    return jsonify(number=letter.number, opening=opened, head=head_data(head), leaves=leaves)
