"""From a row of a foreign file to a letter, or the reason why it cannot be one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from portal.adapters.csv_reader import CsvRow
from portal.domain.letters.kinds import DEFAULT_KIND, KINDS_BY_WORD, Kind
from portal.domain.letters.states import PERSON_NAME_MAX, STORED_TITLE_MAX
from portal.domain.periods import SHANGHAI, civil_date
from portal.domain.redaction.folding import fold
from portal.models.base import fingerprint
from portal.services.core.typed_text import clean
from portal.services.importing import cells
from portal.services.importing.moments import DoubtfulMoment, parse_moment

TEXT_MAX = 50_000
"""Characters of a text taken over; no letter known comes near it."""
OLDEST = date(1990, 1, 1)
_NUMBERS = ("id", "phone")
_SHORT_MAX = {"name": PERSON_NAME_MAX, "phone": 50, "email": 254, "category": 32, "id": 100}


class RowFault(Exception):
    """The row cannot become a letter; the message says which column and why."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds where a row says nothing: ``kind`` also where it names an unknown one.

    ``date_formats`` (of ``strptime``) are how the file writes its dates.
    """

    kind: Kind | None = None
    day: date | None = None
    source: str = "import"
    date_formats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportedLetter:
    """A letter as another system kept it; ``reply`` is empty where nobody has answered."""

    key: str
    kind: Kind
    title: str
    text: str
    places: tuple[str, ...]
    category: str | None
    name: str | None
    phone: str | None
    email: str | None
    received_at: datetime
    reply: str
    replied_at: datetime | None


def read_row(
    row: CsvRow, columns: Mapping[str, int], defaults: Defaults, now: datetime
) -> ImportedLetter:
    """Return the letter in ``row``; raise :class:`RowFault` with the reason if there is none."""
    if row.problem:
        raise RowFault(row.problem)
    raw = {name: row.fields[i] for name, i in columns.items()}
    title = _text("title", clean(cells.text_of(raw["title"]), lines=False), STORED_TITLE_MAX)
    text = _text("text", clean(cells.text_of(raw["text"])), TEXT_MAX)
    short = {name: _short(name, raw.get(name, "")) for name in _SHORT_MAX}
    received_at = _moment("received_at", raw.get("received_at", ""), defaults, now)
    reply = clean(cells.text_of(raw.get("reply", "")))
    if len(reply) > TEXT_MAX:
        raise RowFault(f"reply has {len(reply)} characters; at most {TEXT_MAX} are taken over")
    replied_at = None
    if reply:
        replied_at = _moment("replied_at", raw.get("replied_at", ""), defaults, now)
        if civil_date(replied_at) < civil_date(received_at):
            raise RowFault("replied_at is before received_at")
        # A date without a time of day means some time on that day.
        replied_at = max(replied_at, received_at)
    identity = short["id"] or "\0".join((title, text, raw.get("received_at", "").strip()))
    return ImportedLetter(
        key=fingerprint(f"{defaults.source}\0{identity}"),
        kind=_kind(raw.get("kind", ""), defaults),
        title=title,
        text=text,
        places=_places(raw.get("organisation", "")),
        category=short["category"] or None,
        name=short["name"] or None,
        phone=short["phone"] or None,
        email=short["email"] or None,
        received_at=received_at,
        reply=reply,
        replied_at=replied_at,
    )


def _text(name: str, text: str, most: int) -> str:
    if not text:
        raise RowFault(f"{name} is empty")
    if len(text) > most:
        raise RowFault(f"{name} has {len(text)} characters; at most {most} are taken over")
    return text


def _short(name: str, text: str) -> str:
    if name in _NUMBERS and (wrong := cells.fault(text)):
        raise RowFault(f"{name} {wrong}")
    kept = clean(cells.short_of(text), lines=False)
    if len(kept) > _SHORT_MAX[name]:
        raise RowFault(f"{name} has {len(kept)} characters; at most {_SHORT_MAX[name]} are kept")
    return kept


def _places(text: str) -> tuple[str, ...]:
    """Return the organisations that a cell names, each once cleaned like any other value."""
    return tuple(filter(None, (clean(cells.short_of(p), lines=False) for p in text.split("|"))))


def _kind(text: str, defaults: Defaults) -> Kind:
    word = clean(cells.short_of(text), lines=False)
    kind = KINDS_BY_WORD.get(fold(word).plain.lower())
    if kind is not None:
        return kind
    if defaults.kind is not None or not word:
        return defaults.kind or DEFAULT_KIND
    known = ", ".join(kind.label for kind in Kind)
    raise RowFault(f"kind {word[:20]!r} is not known; it is one of {known}, or give --kind")


def _moment(name: str, text: str, defaults: Defaults, now: datetime) -> datetime:
    if wrong := cells.fault(text):
        raise RowFault(f"{name} {wrong}")
    text = clean(cells.short_of(text), lines=False)
    shown = text[:30]
    if text and set(text) - set("0-: "):
        try:
            moment = parse_moment(text, defaults.date_formats)
        except DoubtfulMoment:
            raise RowFault(
                f"{name} {shown!r} may be the month or the day first; say which with "
                "--date-format, such as %d/%m/%Y"
            ) from None
        if moment is None:
            raise RowFault(
                f"{name} {shown!r} is no date such as 2016-12-31 or 2016-12-31 09:30; "
                "give its form with --date-format, such as %y-%m-%d"
            )
    elif defaults.day is not None:
        moment = datetime.combine(defaults.day, time(), SHANGHAI).astimezone(UTC)
    else:
        raise RowFault(f"{name} is empty; give --default-date to take such rows over")
    if moment > now:
        raise RowFault(f"{name} {shown} is in the future")
    if civil_date(moment) < OLDEST:
        raise RowFault(f"{name} {shown} is before {OLDEST.year}")
    return moment
