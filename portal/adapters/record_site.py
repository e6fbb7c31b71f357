"""The public record of a site, read over the web and verified as anybody can."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode, urljoin
from urllib.request import urlopen

from portal.domain.record.heads import head_text, signed_by
from portal.domain.record.tree import only_adds

_SECONDS = 30
_LARGEST = 4 << 20
"""Bytes of an answer that are read at most."""


class SiteFault(Exception):
    """The site, or the file of known heads, cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class SeenHead:
    """A head as a site shows it; root, signature and key in hex."""

    day: str
    size: int
    root: str
    signature: str
    public_key: str

    @property
    def is_signed(self) -> bool:
        """Whether the signature is that of its key."""
        text = head_text(date.fromisoformat(self.day), self.size, bytes.fromhex(self.root))
        key, signature = bytes.fromhex(self.public_key), bytes.fromhex(self.signature)
        return signed_by(key, signature, text)


class RecordSite:
    """The site at ``url``."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    def verify(
        self, progress: Callable[[int], None] = lambda n: None
    ) -> tuple[list[SeenHead], list[str]]:
        """Return all heads, the oldest first, and what is wrong with them.

        ``progress`` gets the number of heads verified since its last call. Raises
        :class:`SiteFault` where the site does not answer as a letterbox does.
        """
        try:
            return self._verify(progress)
        except (URLError, OSError) as error:
            reason = getattr(error, "reason", error)
            raise SiteFault(f"{self._url}: {reason}") from error
        except (KeyError, TypeError, ValueError) as error:
            raise SiteFault(f"{self._url}: the answer is not that of a letterbox") from error

    def _verify(self, progress: Callable[[int], None]) -> tuple[list[SeenHead], list[str]]:
        public, heads = self._heads()
        faults: list[str] = []
        for head in heads:
            if head.public_key != public:
                faults.append(f"head of {head.day}: signed by another key")
            elif not head.is_signed:
                faults.append(f"head of {head.day}: the signature is wrong")
        for older, newer in pairwise(heads):
            progress(1)
            if older.day >= newer.day or not self._adds(older, newer):
                faults.append(f"head of {newer.day}: does not only add to that of {older.day}")
        return heads, faults

    def _heads(self) -> tuple[str, list[SeenHead]]:
        heads: list[SeenHead] = []
        path = "/statistics/record.json"
        while True:
            found = self._get(path)
            heads += [SeenHead(**each) for each in found["heads"]]
            if not found["next"]:
                return found["public_key"], heads
            # A fixed host, whatever the answer says, and an end: each page goes on by days.
            path = "/statistics/record.json?" + urlencode({"after": heads[-1].day})
            if not found["heads"]:
                raise ValueError(path)

    def _adds(self, older: SeenHead, newer: SeenHead) -> bool:
        roots = bytes.fromhex(older.root), bytes.fromhex(newer.root)
        path: list[bytes] = []
        if 0 < older.size < newer.size:
            asked = urlencode({"first": older.size, "second": newer.size})
            answer = self._get(f"/statistics/record/consistency.json?{asked}")
            path = [bytes.fromhex(each) for each in answer["path"]]
        return only_adds(older.size, newer.size, roots, path)

    def _get(self, path: str) -> dict[str, Any]:
        with urlopen(urljoin(self._url, path), timeout=_SECONDS) as answer:  # noqa: S310 - http(s)
            found: dict[str, Any] = json.loads(answer.read(_LARGEST))
            return found


def known_heads(path: Path | None) -> list[SeenHead]:
    """Return the heads that :func:`keep` wrote, none where there is no such file.

    Raises :class:`SiteFault` where it is another kind of file.
    """
    if path is None or not path.exists():
        return []
    try:
        return [SeenHead(**each) for each in json.loads(path.read_text("utf-8"))]
    except (OSError, TypeError, ValueError) as error:
        raise SiteFault(f"{path}: no file of heads") from error


def compare(seen: Sequence[SeenHead], heads: Sequence[SeenHead]) -> list[str]:
    """Return the heads seen before that the site shows no more, or otherwise now."""
    now = {head.day: head for head in heads}
    return [
        f"head of {head.day}: is not the one that was seen before"
        for head in seen
        if now.get(head.day) != head
    ]


def keep(path: Path, heads: Sequence[SeenHead]) -> None:
    """Write ``heads`` for :func:`known_heads`."""
    draft = path.with_name(path.name + ".new")
    draft.write_text(json.dumps([asdict(head) for head in heads], indent=1), "utf-8")
    draft.replace(path)
