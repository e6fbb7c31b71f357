"""An organisation typed by name, for those without the picker that script makes of the list."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from portal.domain.whole_numbers import whole_number
from portal.models import db
from portal.queries.office.directory import Place, closest_organisations, named_organisations
from portal.web.core.clock import today
from portal.web.core.typed_place import UNKNOWN, WORDS_MAX, TypedPlace


def understand(form: TypedPlace) -> str | None:
    """Take the organisation that was typed, or offer the nearest names and return why.

    One that alone bears the name, or was chosen among those offered, is taken. Nothing is guessed
    where several fit, where none does, or where another one stands chosen in the list.
    """
    words = form.organisation_words.data or ""
    if not words or len(words) > WORDS_MAX:
        return None
    if form.organisation_meant.data == UNKNOWN:
        form.take(None)
        return None
    found = named_organisations(db.session(), words, today())
    offered = found or closest_organisations(db.session(), words, today())
    meant = _meant(form, found, offered)
    if meant is not None:
        form.take(meant.id)
        return None
    form.offer(offered)
    return _why(form, found, offered)


def _meant(form: TypedPlace, found: Sequence[Place], offered: Sequence[Place]) -> Place | None:
    chosen = (whole_number(form.organisation_meant.data), form.organisation_id)
    for wanted in chosen:
        for place in offered:
            if place.id == wanted:
                return place
    return found[0] if len(found) == 1 and form.organisation_id is None else None


def _why(form: TypedPlace, found: Sequence[Place], offered: Sequence[Place]) -> str:
    if form.organisation_id is not None:
        said = _l("列表里选的单位和写的“%(words)s”不是同一个，请在这里选定。")
    elif found:
        said = _l("名称里有“%(words)s”的单位不止一个，请选一个。")
    elif offered:
        said = _l("没有叫“%(words)s”的单位。下面是名称最接近的，请选一个。")
    else:
        said = form.nothing_near
    return str(said) % {"words": form.organisation_words.data}
