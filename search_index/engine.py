"""What a search engine is asked and what it promises; nothing here knows Whoosh."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from search_index.results import SearchPage, SimilarHit


@dataclass(frozen=True, slots=True)
class Document:
    """The public copy of one archive entry, as it enters the index.

    `revision` rises with each correction; `organisation_ids` are the answering organisation and
    all its ancestors; `answered_on` is the civil date in Asia/Shanghai.
    """

    entry_id: int
    revision: int
    title: str
    text: str
    reply: str
    kind: str
    organisation_ids: tuple[int, ...]
    answered_on: date


@dataclass(frozen=True, slots=True)
class Upsert:
    """Put a document in the place of what the index has under its `entry_id`."""

    document: Document


@dataclass(frozen=True, slots=True)
class Delete:
    """Take an entry out of the index; an entry that is not there is no error."""

    entry_id: int


Change = Upsert | Delete
Replay = Callable[[dict[int, int]], Iterable[Change]]
"""Given entry id → revision of a freshly built index, what must change to bring it up to date."""


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One search. Blank text asks for all documents, newest first.

    `organisation_id` includes its subtree; `year` is that of the answer; `match` says whether all
    words and phrases must occur or any of them; `page` counts from 1.
    """

    text: str = ""
    organisation_id: int | None = None
    kind: str | None = None
    year: int | None = None
    sort: Literal["relevance", "date"] = "relevance"
    match: Literal["all", "any"] = "all"
    page: int = 1
    per_page: int = 20


class SearchEngine(Protocol):
    """A full-text index of archive entries. One process writes, any number read."""

    def search(self, request: SearchRequest) -> SearchPage:
        """Return one page of hits with facet counts.

        A page beyond the end is empty and has the total. No text raises: what cannot be read as
        words finds nothing.
        """

    def similar(
        self, text: str, limit: int = 5, exclude: int | None = None, title: str = ""
    ) -> list[SimilarHit]:
        """Return the entries closest to a letter, best first, without the entry `exclude`."""

    def apply(self, changes: Sequence[Change]) -> None:
        """Carry out the changes in order, in one commit that survives the death of the process."""

    def ids_and_revisions(self) -> dict[int, int]:
        """Return entry id → revision of everything in the index."""

    def document_count(self) -> int:
        """Return the number of documents that can be found."""

    def rebuild(self, documents: Iterable[Document], *, replay: Replay) -> int:
        """Build a new index beside the old, bring it up to date by `replay`, swap; return its size.

        Searches go on in the old index and `apply` goes on changing it until the swap. `replay` is
        called with the write lock held, so that nothing is published between it and the swap.
        """

    def check(self, *, thorough: bool = False) -> None:
        """Raise IndexMissing, IndexOutdated or IndexDamaged where the index needs a rebuild.

        By default in well under a second: what every search needs and some of the rest;
        `thorough` reads everything.
        """

    def optimise(self) -> None:
        """Rewrite what is needed so that nothing of deleted documents is left in the files."""
