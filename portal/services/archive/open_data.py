"""Files of open data: the published answers and the figures of each year, with their description.

The worker makes them. A file says what the archive held when it was made: :func:`current` gives out
none in which an entry has been corrected or withdrawn since.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from portal.adapters.open_files import (
    IDS,
    STATE,
    NewFolder,
    WrittenFile,
    complete,
    read_json,
    remove,
    years,
)
from portal.domain.periods import Granularity, Period, civil_date
from portal.domain.statistics.as_of import as_of
from portal.domain.statistics.rates import Figures
from portal.models import ArchiveEntry, db
from portal.queries.archive.years import changed_since, entries_of_year, states_by_year
from portal.queries.record.tree import heads_by_year, heads_of_year
from portal.queries.statistics.count import years_with_letters
from portal.queries.statistics.overview import Asked, overview
from portal.queries.statistics.refusals import register
from portal.reporting.cells import safe_cell

PACKAGE = "datapackage.json"
FILES = {
    "entries.csv": "text/csv",
    "entries.jsonl": "application/jsonl",
    "figures.csv": "text/csv",
    "refusals.csv": "text/csv",
    "record.csv": "text/csv",
    PACKAGE: "application/json",
}
"""The files of a year with their media types."""
COLUMNS: dict[str, str] = {
    "id": "integer",
    "revision": "integer",
    "kind": "string",
    "topic": "string",
    "title": "string",
    "letter": "string",
    "question": "string",
    "supplement": "string",
    "reply": "string",
    "organisation_id": "integer",
    "organisation_name": "string",
    "asked_on": "date",
    "answered_on": "date",
    "working_days": "integer",
    "published_at": "datetime",
    "updated_at": "datetime",
    "under_revision": "boolean",
    "outdated": "boolean",
    "machine_reviewed": "boolean",
    "files": "string",
    "page": "string",
}
"""Columns of the entries with their types (Table Schema); the names are those of the open data."""
FIGURE_COLUMNS: dict[str, str] = {
    "year": "integer",
    "as_of": "date",
    "dimension": "string",
    "code": "string",
    "name": "string",
    "measure": "string",
    "value": "integer",
}
"""Columns of the figures: one count in each row."""
REFUSAL_COLUMNS: dict[str, str] = {
    "year": "integer",
    "as_of": "date",
    "organisation": "string",
    "organisation_name": "string",
    "month": "yearmonth",
    "reason": "string",
    "value": "integer",
}
"""Columns of the register of refusals; no organisation or month in a row stands for several."""
RECORD_COLUMNS: dict[str, str] = {
    "day": "date",
    "size": "integer",
    "root": "string",
    "signature": "string",
    "public_key": "string",
}
"""Columns of the signed heads of the public record: one day in each row, bytes in hex."""
_COLUMNS_OF = {"figures": FIGURE_COLUMNS, "refusals": REFUSAL_COLUMNS, "record": RECORD_COLUMNS}
LATE = timedelta(minutes=10)
"""How long before its end a transaction may have begun; a withdrawal is stored at its beginning."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """What stands in every description: the name and address of the site, and the licence."""

    name: str
    address: str
    licence: str


def refresh(folder: Path, publisher: Publisher, now: datetime) -> int:
    """Make the files of every year that has changed; return of how many."""
    session = db.session()
    states = _states(session)
    wanted = {*states, *years_with_letters(session)}
    session.rollback()
    for gone in set(years(folder)) - wanted:
        remove(folder, gone)
    due = [year for year in sorted(wanted) if _due(folder, year, states.get(year), now)]
    for year in due:
        _make(session, folder, publisher, year, now)
        session.rollback()
    return len(due)


def _states(session: Session) -> dict[int, tuple[int, ...]]:
    """Return for each year what changes with its entries and with the heads of its days."""
    states, heads = states_by_year(session), heads_by_year(session)
    return {
        year: (*states.get(year, ()), heads.get(year, 0)) for year in states.keys() | heads.keys()
    }


def _due(folder: Path, year: int, state: tuple[int, ...] | None, now: datetime) -> bool:
    place = complete(folder, year)
    known = read_json(place / STATE) if place else None
    if place is None or known is None or known["content"] != list(state or ()):
        return True
    if not all((place / name).exists() for name in FILES):
        return True
    made = civil_date(datetime.fromisoformat(known["made_at"]))
    # The figures of a year go on until its last day is over.
    return made <= Period(year).last_day and made < civil_date(now)


def current(session: Session, folder: Path, year: int) -> Path | None:
    """Return the folder with the files of ``year``, unless an entry in them has changed since."""
    place = complete(folder, year)
    state = read_json(place / STATE) if place else None
    if place is None or state is None:
        return None
    since = datetime.fromisoformat(state["made_at"]) - LATE
    changed = changed_since(session, since)
    fresh = {entry_id for entry_id, n in changed.items() if state["recent"].get(str(entry_id)) != n}
    if fresh and not fresh.isdisjoint(read_json(place / IDS) or fresh):
        return None
    return place


def _make(session: Session, folder: Path, publisher: Publisher, year: int, now: datetime) -> None:
    new = NewFolder(folder, year, f"{now.astimezone(UTC):%Y%m%dT%H%M%S%f}")
    recent, state = changed_since(session, now - LATE), _states(session).get(year, ())
    ids: list[int] = []

    def rows() -> Iterator[dict[str, Any]]:
        for entry in entries_of_year(session, year):
            ids.append(entry.id)
            yield _row(entry, publisher.address)

    table = (_csv_line(row.values()) for row in rows())
    made = [new.write("entries.csv", _with_head(COLUMNS, table))]
    # Read a second time: the entries of a year may be more than memory holds.
    lines = (json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows())
    made.append(new.write("entries.jsonl", lines))
    made.append(new.write("figures.csv", _with_head(FIGURE_COLUMNS, _figures(session, year, now))))
    refused = _with_head(REFUSAL_COLUMNS, _refusals(session, year, now))
    made.append(new.write("refusals.csv", refused))
    made.append(new.write("record.csv", _with_head(RECORD_COLUMNS, _heads(session, year))))
    package = description(publisher, year, made, now)
    new.write(PACKAGE, [json.dumps(package, ensure_ascii=False, indent=2).encode()])
    known = {"made_at": now.isoformat(), "content": list(state), "recent": recent}
    new.write(STATE, [json.dumps(known).encode()])
    new.write(IDS, [json.dumps(sorted(set(ids))).encode()])
    new.finish()


def _row(entry: ArchiveEntry, address: str) -> dict[str, Any]:
    return {
        "id": entry.id,
        "revision": entry.revision,
        "kind": str(entry.kind),
        "topic": entry.category or "",
        "title": entry.title,
        "letter": entry.text,
        "question": entry.question,
        "supplement": entry.supplement,
        "reply": entry.reply,
        "organisation_id": entry.organisation_id,
        "organisation_name": entry.organisation_name,
        "asked_on": entry.asked_on.isoformat(),
        "answered_on": entry.answered_on.isoformat(),
        "working_days": entry.working_days,
        "published_at": _moment(entry.published_at),
        "updated_at": _moment(entry.updated_at),
        "under_revision": entry.under_revision,
        "outdated": entry.policy_change_id is not None,
        "machine_reviewed": entry.machine_reviewed,
        "files": "\n".join(
            f"{address}/archive/{entry.id}/files/{file.id} {file.kind.media_type} {file.size}"
            for file in entry.files
        ),
        "page": f"{address}/archive/{entry.id}",
    }


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _with_head(columns: Iterable[str], lines: Iterable[bytes]) -> Iterator[bytes]:
    yield _csv_line(columns)
    yield from lines


def _csv_line(cells: Iterable[object]) -> bytes:
    file = io.StringIO()
    words = [str(cell).lower() if isinstance(cell, bool) else cell for cell in cells]
    csv.writer(file).writerow([safe_cell(cell) for cell in words])
    return file.getvalue().encode()


def _figures(session: Session, year: int, now: datetime) -> Iterator[bytes]:
    """Yield every count of the year: of all letters, and by month, kind, subject, organisation."""
    period = Period(year)
    at = as_of(period, now)
    found = overview(session, Asked(period, at, by=Granularity.MONTH))
    cells: list[tuple[str, str, str, Figures]] = [("total", "", "", found.total)]
    cells += [("month", part.code, "", figures) for part, figures in found.trend]
    cells += [("kind", kind.value, kind.label, figures) for kind, figures in found.kinds]
    cells += [("topic", "", name, figures) for name, figures in found.categories]
    cells += [
        ("own" if row.own else "organisation", row.node.code, row.node.name, row.figures)
        for row in found.rows
    ]
    for dimension, code, name, figures in cells:
        for field in fields(Figures):
            value = getattr(figures, field.name)
            yield _csv_line((year, at.day, dimension, code, name, field.name, value))


def _refusals(session: Session, year: int, now: datetime) -> Iterator[bytes]:
    """Yield the letters of each line of the register by reason, none where it can name none."""
    period = Period(year)
    found = register(session, period, as_of(period, now))
    for line in found.lines:
        node = found.nodes.get(line.organisation_id or 0)
        place = (node.code, node.name) if node else ("", "")
        month = f"{line.month // 100}-{line.month % 100:02}" if line.month else ""
        counts = [(str(reason), count) for reason, count in line.reasons.items()]
        for reason, count in counts or [("", line.count)]:
            yield _csv_line((year, found.as_of.day, *place, month, reason, count))


def _heads(session: Session, year: int) -> Iterator[bytes]:
    for head in heads_of_year(session, year):
        yield _csv_line(
            (head.day.isoformat(), head.size, head.root, head.signature, head.public_key)
        )


def description(
    publisher: Publisher, year: int, made: Iterable[WrittenFile], now: datetime
) -> dict[str, Any]:
    """Return the data package (Frictionless) of the files of a year."""
    return {
        "profile": "data-package",
        "name": f"letters-{year}",
        "title": f"{publisher.name} {year}",
        "homepage": f"{publisher.address}/open-data",
        "created": _moment(now),
        "licenses": [{"name": "licence", "path": publisher.licence}],
        "resources": [_resource(each) for each in made],
    }


def _resource(file: WrittenFile) -> dict[str, Any]:
    stem, _dot, form = file.name.partition(".")
    columns = _COLUMNS_OF.get(stem, COLUMNS)
    return {
        "name": f"{stem}-{form}",
        "type": "table",
        "path": file.name,
        "format": form,
        "mediatype": FILES[file.name],
        "encoding": "utf-8",
        "bytes": file.size,
        "hash": f"sha256:{file.digest}",
        "schema": {"fields": [{"name": name, "type": kind} for name, kind in columns.items()]},
    }
