"""What a search gives back."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Hit:
    """One found entry; scores compare within one search only (0.0 when sorted by date)."""

    entry_id: int
    score: float


@dataclass(frozen=True, slots=True)
class SimilarHit:
    """One similar entry with the words it shares with the text, the most telling first."""

    entry_id: int
    score: float
    shared_terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facets:
    """Number of hits by value. Each facet applies all filters of the request but its own.

    `organisations` counts an entry for the answering organisation and each of its ancestors.
    """

    kinds: dict[str, int] = field(default_factory=dict)
    years: dict[int, int] = field(default_factory=dict)
    organisations: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of hits; `understood` are the words and phrases that were searched."""

    total: int
    hits: list[Hit]
    facets: Facets
    understood: tuple[str, ...]
    page: int
    pages: int
    truncated: bool = False
