"""What events say of figures that stand in rows of their own, so that the audit chain seals them too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from hashlib import sha256


def scores_text(attitude: int, efficiency: int) -> str:
    """Return the scores of a rating as its event has them, such as ``5/4``."""
    return f"{attitude}/{efficiency}"


def files_digest(files: Mapping[str, bytes]) -> str:
    """Return one SHA-256, hex, for files by name: that of their digests, in the order of the names."""
    lines = (f"{name} {sha256(content).hexdigest()}\n" for name, content in sorted(files.items()))
    return sha256("".join(lines).encode()).hexdigest()


def report_subject(year: int, day: date) -> str:
    """Return the subject of events of the report of ``year`` that was kept as of ``day``."""
    return f"report:{year}:{day}"
