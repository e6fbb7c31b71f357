"""The results of a search."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Hit:
    """A hit; scores compare within one search only (0.0 when sorted by date).

    ``complete`` says that the entry holds all words and phrases of the query, not just most.
    """

    entry_id: int
    score: float
    complete: bool = True


@dataclass(frozen=True, slots=True)
class SimilarHit:
    """A similar entry with the words it shares with the text, the most specific first.

    Scores compare within one answer only; ``similarity``, from 0 to 1 for the same letter, compares
    any two letters of an archive by their words. ``nearness`` is how close the two are in meaning, a
    cosine, ``None`` where that is not known.
    """

    entry_id: int
    score: float
    shared_terms: tuple[str, ...]
    similarity: float = 0.0
    nearness: float | None = None


@dataclass(frozen=True, slots=True)
class Facets:
    """The number of hits by value; each facet applies all filters of the request except its own.

    Complete hits are counted; where the query has none, whatever the filters, the partial ones.
    ``organisations`` counts an entry for the answering organisation and each of its ancestors;
    ``topics``, ``places`` and ``ratings`` leave out entries without one.
    """

    kinds: dict[str, int] = field(default_factory=dict)
    years: dict[int, int] = field(default_factory=dict)
    organisations: dict[int, int] = field(default_factory=dict)
    topics: dict[str, int] = field(default_factory=dict)
    places: dict[int, int] = field(default_factory=dict)
    ratings: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of hits; ``understood`` are the words and phrases that were searched.

    The ``total`` complete hits come first, then ``partial_total`` entries that hold most of the
    query; ``pages`` are those of both together. ``synonyms`` counted as words searched; no entry with
    one of ``excluded`` is found. ``suggestion`` is a query that finds clearly more, "" without one.
    """

    total: int
    hits: list[Hit]
    facets: Facets
    understood: tuple[str, ...]
    page: int
    pages: int
    truncated: bool = False
    synonyms: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    partial_total: int = 0
    suggestion: str = ""
