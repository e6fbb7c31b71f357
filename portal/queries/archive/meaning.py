"""How close public entries are in meaning to what is asked, by the vectors that the worker keeps.

Without a model there is nothing to compare with, and the order is that of the words alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
import structlog
from numpy.typing import NDArray
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from portal.adapters.archive_index import Nearness
from portal.adapters.embedding import LETTER, REPLY, TITLE, Embedder, Vectors, unpack
from portal.models import PUBLIC, ArchiveEntry, EntryVectors
from portal.queries.versioned import VersionedCache

MEAN_OF = 300
"""Entries whose vectors make a mean; an archive of fewer is compared without."""
SPREAD = 5.0
"""How many times as far apart the cosines are once the means are taken away."""
_KEPT_MEANS: VersionedCache[tuple[Vectors, ...]] = VersionedCache(2)
_log = structlog.get_logger("portal.archive")


def near_question(session: Session, embedder: Embedder | None, text: str) -> Nearness | None:
    """Return how close letter or reply, whichever is closer, are to a question.

    ``None`` without a model, without words, or while the model is busy.
    """
    asked = embedder.query(text) if embedder and text.strip() else None
    if embedder is None or asked is None:
        return None

    means = _means(session, embedder.name)

    def close(vectors: Vectors) -> NDArray[np.float32]:
        closer: NDArray[np.float32] = np.maximum(
            cosines(asked, vectors[:, LETTER], (means[TITLE], means[LETTER]) if means else None),
            cosines(asked, vectors[:, REPLY], (means[TITLE], means[REPLY]) if means else None),
        )
        return closer

    return _nearness(session, embedder.name, close)


def cosines(
    asked: Vectors, rows: Vectors, means: tuple[Vectors, Vectors] | None
) -> NDArray[np.float32]:
    """Return how close the texts with the vectors ``rows`` are to a question.

    ``means`` are the mean vectors of questions and of such texts. What all have in common is taken away and the
    cosine of the rest returned; without means it is :data:`SPREAD` × the cosine.
    """
    if means is None:
        plain: NDArray[np.float32] = np.float32(SPREAD) * (rows @ asked)
        return plain
    centred: NDArray[np.float32] = _unit(rows - means[1]) @ _unit(asked - means[0])
    return centred


def _unit(rows: Vectors) -> Vectors:
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    unit: Vectors = (rows / np.maximum(lengths, 1e-6)).astype(np.float32)
    return unit


def _means(session: Session, model: str) -> tuple[Vectors, ...] | None:
    """Return the mean vectors of titles, letters and replies, ``None`` in a small archive.

    Those of the first entries are taken, which are the same in every process; titles stand for questions.
    """
    query = (
        sa.select(EntryVectors.entry_id)
        .where(EntryVectors.model == model)
        .order_by(EntryVectors.entry_id)
        .limit(MEAN_OF)
    )
    ids = tuple(session.scalars(query))
    if len(ids) < MEAN_OF:
        return None
    means = _KEPT_MEANS.get(session, model, ids)
    if means is None:
        rows = sa.select(EntryVectors.vectors).where(
            EntryVectors.entry_id.in_(ids), EntryVectors.model == model
        )
        means = tuple(unpack(list(session.scalars(rows))).mean(axis=0))
        _KEPT_MEANS.put(session, model, ids, means)
    return means


def near_letter(
    session: Session, embedder: Embedder | None, title: str, entry_id: int | None
) -> Nearness | None:
    """Return how close the titles of entries are to that of a letter; ``None`` as for a question.

    The vector of the title is kept where the letter is the entry ``entry_id``.
    """
    if embedder is None or not title.strip():
        return None
    kept = [] if entry_id is None else _kept(session, embedder.name, [entry_id])
    asked = unpack([kept[0][1]])[0, TITLE] if kept else embedder.query(title)
    if asked is None:
        return None
    return _nearness(session, embedder.name, lambda vectors: vectors[:, TITLE] @ asked)


def _nearness(
    session: Session, model: str, close: Callable[[Vectors], NDArray[np.float32]]
) -> Nearness:
    def nearness(ids: Sequence[int]) -> dict[int, float]:
        try:
            rows = _kept(session, model, ids)
        except SQLAlchemyError as error:
            # The index would take it for damage of its own.
            _log.warning("vectors_away", kind=type(error).__name__)
            return {}
        if not rows:
            return {}
        values = close(unpack([vectors for _, vectors in rows])).tolist()
        return dict(zip([entry_id for entry_id, _ in rows], values, strict=True))

    return nearness


def _kept(session: Session, model: str, ids: Sequence[int]) -> list[tuple[int, bytes]]:
    """Return the vectors of those of ``ids`` that are public and have them for their present text."""
    query = (
        sa.select(EntryVectors.entry_id, EntryVectors.vectors)
        .join(ArchiveEntry, ArchiveEntry.id == EntryVectors.entry_id)
        .where(
            EntryVectors.entry_id.in_(ids),
            EntryVectors.model == model,
            EntryVectors.revision == ArchiveEntry.revision,
            PUBLIC,
        )
    )
    return [(entry_id, vectors) for entry_id, vectors in session.execute(query)]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many public entries there are, and how many of them have vectors for their present text."""

    entries: int
    embedded: int


def coverage(session: Session, embedder: Embedder) -> Coverage:
    """Return how far the worker has come with the vectors of ``embedder``."""
    entries = session.scalar(sa.select(sa.func.count(ArchiveEntry.id)).where(PUBLIC)) or 0
    embedded = session.scalar(
        sa.select(sa.func.count(ArchiveEntry.id))
        .join(EntryVectors, EntryVectors.entry_id == ArchiveEntry.id)
        .where(
            PUBLIC,
            EntryVectors.revision == ArchiveEntry.revision,
            EntryVectors.model == embedder.name,
        )
    )
    return Coverage(entries, embedded or 0)
