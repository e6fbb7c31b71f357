"""The interface of a search engine, independent of Whoosh."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from search_index.results import SearchPage, SimilarHit
from search_index.synonyms import NO_SYNONYMS, Synonyms


@dataclass(frozen=True, slots=True)
class Document:
    """The public copy of one archive entry, as it is indexed.

    ``revision`` rises with each correction; ``organisation_ids`` are the answering organisation and
    all its ancestors; ``answered_on`` is the civil date in Asia/Shanghai; ``topic`` is the subject, ""
    without one, ``place`` the organisation of the place that it speaks of, 0 without one, ``rating``
    what readers think of it, "" where too few have said.
    """

    entry_id: int
    revision: int
    title: str
    text: str
    reply: str
    kind: str
    organisation_ids: tuple[int, ...]
    answered_on: date
    topic: str = ""
    place: int = 0
    rating: str = ""


@dataclass(frozen=True, slots=True)
class Upsert:
    """A document that replaces what the index has under its ``entry_id``."""

    document: Document


@dataclass(frozen=True, slots=True)
class Delete:
    """An entry to remove from the index; one that is not there is no error."""

    entry_id: int


Change = Upsert | Delete
Replay = Callable[[dict[int, int]], Iterable[Change]]
"""A function from the revisions of a new index, by entry id, to the changes that it lacks."""


Nearness = Callable[[Sequence[int]], Mapping[int, float]]
"""A function from entry ids to how close in meaning each is to what is asked.

An entry of which that is not known is missing. For similar letters it is the cosine of the titles.
"""


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One search. Blank text asks for all documents, newest first.

    ``organisation_id`` includes its subtree; ``year`` is that of the answer; ``match`` says whether
    all words and phrases must occur or any of them; ``page`` counts from 1. A word also finds its
    ``synonyms``; a phrase does not. ``suggest`` asks for another query where this one finds nothing
    or clearly less. The scores of the entries in ``lowered`` are multiplied by a factor, so that they come
    after others of the same kind. The first hits are ordered again by their ``nearness``, if it is given.
    """

    text: str = ""
    organisation_id: int | None = None
    kind: str | None = None
    topic: str | None = None
    place: int | None = None
    rating: str | None = None
    year: int | None = None
    sort: Literal["relevance", "date"] = "relevance"
    match: Literal["all", "any"] = "all"
    page: int = 1
    per_page: int = 20
    synonyms: Synonyms = NO_SYNONYMS
    suggest: bool = False
    lowered: frozenset[int] = frozenset()
    nearness: Nearness | None = None


class SearchEngine(Protocol):
    """A full-text index of archive entries. One process writes, any number read."""

    def search(self, request: SearchRequest) -> SearchPage:
        """Return one page of hits with facet counts.

        A page beyond the end is empty and has the total. No text raises an error: a text without
        words finds nothing.
        """

    def similar(
        self,
        text: str,
        limit: int = 5,
        exclude: int | None = None,
        title: str = "",
        nearness: Nearness | None = None,
    ) -> list[SimilarHit]:
        """Return the entries closest to a letter, best first, without the entry ``exclude``.

        Where ``nearness`` is given, it counts as well.
        """

    def apply(self, changes: Sequence[Change]) -> None:
        """Apply the changes in order, in one commit that survives a crash of the process."""

    def ids_and_revisions(self) -> dict[int, int]:
        """Return entry id → revision of everything in the index."""

    def last_commit(self) -> Hashable:
        """Return a value that is another one after each commit and rebuild, in every process."""

    def document_count(self) -> int:
        """Return the number of documents that can be found."""

    def rebuild(self, documents: Iterable[Document], *, replay: Replay) -> int:
        """Build a new index, bring it up to date by ``replay``, swap it in; return its size.

        Searches use the old index and ``apply`` changes it until the swap. ``replay`` is called
        with the write lock held, so that nothing is published between it and the swap.
        """

    def check(self, *, thorough: bool = False) -> None:
        """Raise an error where the index needs a rebuild.

        The errors are ``IndexMissing``, ``IndexOutdated`` and ``IndexDamaged``. By default the
        check reads what every search needs and a sample of the rest, in well under a second;
        ``thorough`` reads everything.
        """

    def optimise(self) -> int:
        """Rewrite files so that nothing of deleted documents is left; return how many commits it took."""
