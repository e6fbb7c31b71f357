"""From a row of a foreign file to a letter, or the reason why it cannot be one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from portal.adapters.csv_reader import CsvRow
from portal.domain.letters.kinds import DEFAULT_KIND, KINDS_BY_WORD, Kind
from portal.domain.letters.states import PERSON_NAME_MAX, STORED_TITLE_MAX
from portal.domain.periods import SHANGHAI, civil_date
from portal.models.base import fingerprint
from portal.services.core.typed_text import clean

TEXT_MAX = 50_000
"""Characters of a text taken over; no letter known comes near it."""
OLDEST = date(1990, 1, 1)
_SHORT_MAX = {"name": PERSON_NAME_MAX, "phone": 50, "email": 254, "category": 32, "id": 100}
_MOMENT = re.compile(
    r"(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?"
    r"(?:[T\s]+(?P<hour>\d{1,2})[:：](?P<minute>\d{2})(?:[:：](?P<second>\d{2}))?(?:\.\d+)?)?"
    r"(?P<utc>Z|[+-]\d{2}:?\d{2})?"
)


class RowFault(Exception):
    """The row cannot become a letter; the message says which column and why."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds where a row says nothing: ``kind`` also where it names an unknown one."""

    kind: Kind | None = None
    day: date | None = None
    source: str = "import"


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
    title = _text("title", clean(raw["title"], lines=False), STORED_TITLE_MAX)
    text = _text("text", clean(raw["text"]), TEXT_MAX)
    short = {name: _short(name, raw.get(name, "")) for name in _SHORT_MAX}
    received_at = _moment("received_at", raw.get("received_at", ""), defaults, now)
    reply = clean(raw.get("reply", ""))
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
        places=tuple(p for p in map(str.strip, raw.get("organisation", "").split("|")) if p),
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
    kept = clean(text, lines=False)
    if len(kept) > _SHORT_MAX[name]:
        raise RowFault(f"{name} has {len(kept)} characters; at most {_SHORT_MAX[name]} are kept")
    return kept


def _kind(text: str, defaults: Defaults) -> Kind:
    word = clean(text, lines=False)
    kind = KINDS_BY_WORD.get(word.lower())
    if kind is not None:
        return kind
    if defaults.kind is not None or not word:
        return defaults.kind or DEFAULT_KIND
    known = ", ".join(kind.label for kind in Kind)
    raise RowFault(f"kind {word[:20]!r} is not known; it is one of {known}, or give --kind")


def _moment(name: str, text: str, defaults: Defaults, now: datetime) -> datetime:
    text = clean(text, lines=False)
    if text:
        moment = parse_moment(text)
        if moment is None:
            raise RowFault(
                f"{name} {text[:30]!r} is no date such as 2016-12-31 or 2016-12-31 09:30"
            )
    elif defaults.day is not None:
        moment = datetime.combine(defaults.day, time(), SHANGHAI).astimezone(UTC)
    else:
        raise RowFault(f"{name} is empty; give --default-date to take such rows over")
    if moment > now:
        raise RowFault(f"{name} {text[:30]} is in the future")
    if civil_date(moment) < OLDEST:
        raise RowFault(f"{name} {text[:30]} is before {OLDEST.year}")
    return moment


def parse_moment(text: str) -> datetime | None:
    """Return the moment that ``text`` names, in UTC, or ``None``.

    Without an offset it is the wall clock of Shanghai; without a time of day, midnight.
    """
    match = _MOMENT.fullmatch(text)
    if match is None:
        return None
    hour, minute, second = (int(match[name] or 0) for name in ("hour", "minute", "second"))
    try:
        day = date(int(match["year"]), int(match["month"]), int(match["day"]))
        wall = datetime.combine(day, time(hour, minute, second))
        if match["utc"]:
            offset = match["utc"].replace("Z", "+0000").replace(":", "")
            return datetime.strptime(f"{wall:%Y%m%d%H%M%S}{offset}", "%Y%m%d%H%M%S%z").astimezone(
                UTC
            )
        return wall.replace(tzinfo=SHANGHAI).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
