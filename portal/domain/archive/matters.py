"""Matters: public entries about the same matter, gathered around one of them, the centre.

Similarity is that of :class:`search_index.results.SimilarHit`, from 0 to 1, the same in both
directions. An entry is a member of one matter at most, and every member is close to the centre: one
that is close to a member alone stays outside, so that no chain leads from one matter to another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CLOSE = 0.36
"""Least similarity of a member and the centre of its matter; docs/search.md says how it was found."""
NEARLY, ALIKE = 0.3, 0.5
"""Least similarity where the titles are alike, and the least that makes them so."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The matter that an entry is a member of, ``None`` for none, and whether it is the centre."""

    matter: int | None
    centre: bool = False


@dataclass(frozen=True, slots=True)
class Joining:
    """The entry becomes a member of ``matter``."""

    matter: int


@dataclass(frozen=True, slots=True)
class Founding:
    """The entry becomes the centre of a new matter with ``members`` beside it."""

    members: tuple[int, ...]


def is_close(similarity: float, titles: float) -> bool:
    """Return whether two entries are close enough for one matter.

    ``titles`` is how alike their titles are, from 0 to 1 (:mod:`portal.domain.name_similarity`).
    """
    return similarity >= CLOSE or (similarity >= NEARLY and titles >= ALIKE)


def place(
    close: Mapping[int, float], standings: Mapping[int, Standing]
) -> Joining | Founding | None:
    """Return what becomes of an entry that is no member: it joins, founds a matter, or stays alone.

    ``close`` has the similarity of the entries close to it by id, ``standings`` those that have been
    placed; others are passed over. The entry joins the matter with the closest centre, the oldest of
    equal ones; where no centre is close, it founds a matter with all close entries that are no members.
    """
    centres = [
        (-similarity, matter)
        for i, similarity in close.items()
        if i in standings and standings[i].centre and (matter := standings[i].matter) is not None
    ]
    if centres:
        return Joining(min(centres)[1])
    alone = tuple(sorted(i for i in close if i in standings and standings[i].matter is None))
    return Founding(alone) if alone else None
