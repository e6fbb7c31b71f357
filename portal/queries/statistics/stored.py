"""Storage of the sums of whole months and years, so that no visitor waits for them.

The worker (:mod:`portal.services.statistics.precompute`) counts the most frequent questions ahead.
A row holds its values under the names of their fields, with the version of the months that were
summed, behind a MAC. A row of another version, of another version of the program, with other names or
written by somebody without the key is not read: the caller counts again.
"""

from __future__ import annotations

import hmac
import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from hashlib import blake2s
from operator import itemgetter
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import DeclineReason, RefusalReason
from portal.domain.periods import Granularity
from portal.domain.statistics.quality_measures import Detail, Durations, Mean
from portal.domain.statistics.rates import Figures
from portal.models import AuditKeys, RateSum
from portal.queries.statistics.count import Cube, count, total_of
from portal.queries.statistics.detail import count_detail
from portal.queries.statistics.filters import NAMES, Question

PROGRAM_VERSION = 2
"""Raised with every change of the counts: older rows are then counted again."""
Value = TypeVar("Value")
Versions = Mapping[int, int]
"""Versions of months (``yyyymm``); see :mod:`portal.queries.statistics.cache`."""
Place = tuple[int, str]
"""The first month and the label of a row."""
_MAC = 32
"""Bytes of the MAC that stands before the values."""


_DURATIONS = ("response", "closing")
_MEANS = ("hops", "attitude", "efficiency")


@dataclass(frozen=True, slots=True)
class Aggregate(Generic[Value]):
    """A kind of stored sums: how they are counted and added up, written as JSON and read again."""

    name: str
    count: Callable[[Session, Question], Value]
    total: Callable[[Iterable[Value]], Value]
    dump: Callable[[Value], dict[str, Any]]
    load: Callable[[dict[str, Any]], Value]


def _check_names(found: Iterable[str], holder: type[Any]) -> None:
    """Raise ValueError unless ``found`` are the names of the fields of ``holder``, in any order."""
    if set(found) != {each.name for each in fields(holder)}:
        raise ValueError(f"not the fields of {holder.__name__}")


def _dump_cube(cube: Cube) -> dict[str, Any]:
    axes = {each.name: _rows(getattr(cube, each.name)) for each in fields(Cube)}
    return {"names": NAMES, "axes": axes}


def _rows(cells: Mapping[Any, Figures]) -> list[list[Any]]:
    return [[key, *(getattr(figures, name) for name in NAMES)] for key, figures in cells.items()]


def _load_cube(plain: dict[str, Any]) -> Cube:
    names, axes = plain["names"], plain["axes"]
    _check_names(names, Figures)
    _check_names(axes, Cube)
    ordered = itemgetter(*map(names.index, NAMES))
    found = {
        axis: {key: Figures(*ordered(counts)) for key, *counts in rows}
        for axis, rows in axes.items()
    }
    found["by_kind"] = {Kind(kind): figures for kind, figures in found["by_kind"].items()}
    return Cube(**found)


def _dump_detail(detail: Detail) -> dict[str, Any]:
    plain: dict[str, Any] = {each.name: getattr(detail, each.name) for each in fields(Detail)}
    # JSON has only texts as names, so that days are pairs.
    plain |= {name: list(plain[name].days.items()) for name in _DURATIONS}
    return plain | {name: asdict(plain[name]) for name in _MEANS}


def _load_detail(plain: dict[str, Any]) -> Detail:
    _check_names(plain, Detail)
    for name in _MEANS:
        _check_names(plain[name], Mean)
    plain |= {name: Durations(dict(plain[name])) for name in _DURATIONS}
    plain |= {name: Mean(**plain[name]) for name in _MEANS}
    for name, reasons in (("refusals", RefusalReason), ("declines", DeclineReason)):
        plain[name] = {reasons(code): n for code, n in plain[name].items()}
    return Detail(**plain)


CUBES = Aggregate("cube", count, total_of, _dump_cube, _load_cube)
DETAILS = Aggregate("detail", count_detail, Detail.total, _dump_detail, _load_detail)


def label(
    aggregate: Aggregate[Any], question: Question, length: Granularity | None = None
) -> str | None:
    """Return the name of a row within its first month; None for what is never stored.

    Stored are months and years of all letters, and years of one kind, one category or some
    organisations as pages ask for them first. ``length`` is that of the question's period, or of
    the parts of it that are asked about.
    """
    length = length or question.period.granularity
    if length not in (Granularity.MONTH, Granularity.YEAR):
        return None
    moment = int(question.before.timestamp())
    stem = f"{aggregate.name}:{length}"
    narrower = {
        "kind": question.kind,
        "category": question.category,
        "organisations": question.organisations,
    }
    given = [(name, value) for name, value in narrower.items() if value is not None]
    if not given:
        return f"{stem}:{question.basis}:{question.view}:{moment}"
    if length is Granularity.MONTH or len(given) > 1 or question != question.of_cohort:
        return None
    ((name, value),) = given
    if isinstance(value, frozenset):
        ids = ",".join(map(str, sorted(value)))
        value = blake2s(ids.encode(), digest_size=12).hexdigest()
    return f"{stem}:{moment}:{name}:{value}"


def version(versions: Versions) -> str:
    """Return the version of a row that sums months of these versions."""
    months = ",".join(f"{month}:{each}" for month, each in sorted(versions.items()))
    return blake2s(f"{PROGRAM_VERSION};{months}".encode(), digest_size=16).hexdigest()


def pack(aggregate: Aggregate[Value], value: Value, place: Place, current: str) -> bytes:
    """Return ``value`` as the row at ``place`` of the version ``current`` holds it."""
    plain = json.dumps(aggregate.dump(value), separators=(",", ":"))
    packed = zlib.compress(plain.encode(), 1)
    return _mac(place, current, packed) + packed


def _is_own(place: Place, current: str, body: bytes) -> bool:
    """Return whether the body of the row at ``place`` was stored by a holder of the keys."""
    return hmac.compare_digest(_mac(place, current, body[_MAC:]), body[:_MAC])


def _mac(place: Place, current: str, packed: bytes) -> bytes:
    month, name = place
    said = (str(month).encode(), name.encode(), current.encode())
    return AuditKeys.loaded().newest.mac(b"stored sum", *said, packed)


def load(
    session: Session, aggregate: Aggregate[Value], question: Question, versions: Versions
) -> Value | None:
    """Return the sums stored for ``question`` over months of these versions, or ``None``."""
    name = label(aggregate, question)
    if name is None or not versions:
        return None
    month, current = question.period.months[0], version(versions)
    body = session.scalar(
        sa.select(RateSum.body).where(
            RateSum.month == month, RateSum.label == name, RateSum.version == current
        )
    )
    if body is None or not _is_own((month, name), current, body):
        return None
    try:
        return aggregate.load(json.loads(zlib.decompress(body[_MAC:])))
    except (KeyError, TypeError, ValueError):  # written under other names
        return None


def has_months(session: Session, aggregate: Aggregate[Any], question: Question) -> bool:
    """Return whether months of the question's period are stored, in any version.

    If not, pages rarely show its moment, and its period is better counted at once than month by
    month.
    """
    name, months = label(aggregate, question, Granularity.MONTH), question.period.months
    row = sa.select(RateSum.month).where(
        RateSum.month.between(months[0], months[-1]), RateSum.label == name
    )
    return name is not None and session.scalar(row.limit(1)) is not None
