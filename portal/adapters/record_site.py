"""The public record of a site, read over the web and verified as anybody can."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, build_opener

from portal.domain.periods import civil_date
from portal.domain.record.heads import head_text, signed_by
from portal.domain.record.leaves import RecordKind, commitment, leaf
from portal.domain.record.tree import included_root, only_adds

_SECONDS = 30
_LARGEST = 4 << 20
"""Bytes of an answer that are read at most."""
_DOES_NOT_FIT, _TOO_MANY = 422, 429
"""Statuses of a wrong code, and of too many of them."""
R = TypeVar("R")


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
        self._browser = build_opener(HTTPCookieProcessor(CookieJar()))

    def verify(
        self, progress: Callable[[int], None] = lambda n: None
    ) -> tuple[list[SeenHead], list[str]]:
        """Return all heads, the oldest first, and what is wrong with them.

        ``progress`` gets the number of heads verified since its last call. Raises
        :class:`SiteFault` where the site does not answer as a letterbox does.
        """
        return self._read(lambda: self._verify(progress))

    def includes(self, number: str, code: str, heads: Sequence[SeenHead]) -> list[str]:
        """Return what is wrong with the proof that the letter is in the newest of ``heads``.

        ``number`` and ``code`` are those of its receipt, the number as it is printed there. Raises
        :class:`SiteFault` where the site does not open the letter, and for a letter of a day that
        has no head yet.
        """
        return self._read(lambda: self._includes(number, code, heads))

    def _read(self, ask: Callable[[], R]) -> R:
        try:
            return ask()
        except (URLError, OSError) as error:
            reason = getattr(error, "reason", error)
            raise SiteFault(f"{self._url}: {reason}") from error
        except (KeyError, TypeError, ValueError) as error:
            raise SiteFault(f"{self._url}: the answer is not that of a letterbox") from error

    def _includes(self, number: str, code: str, heads: Sequence[SeenHead]) -> list[str]:
        day = date.fromisoformat(f"{number[:4]}-{number[4:6]}-{number[6:8]}")
        if not heads or date.fromisoformat(heads[-1].day) < day:
            raise SiteFault(f"letter {number}: enters the record with the head of {day}")
        self._open(number, code)
        found = self._get(f"/letters/{number}/record.json")
        if SeenHead(**found["head"]) not in heads:
            return [f"letter {number}: its proof is of a head that the site does not show"]
        faults = [
            f"letter {number}: the proof of {each['kind']} {each['day']} is wrong"
            for each in found["leaves"]
            if not _is_proven(number, found["opening"], each, found["head"])
        ]
        if not any(each["kind"] == RecordKind.RECEIVED for each in found["leaves"]):
            faults.append(f"letter {number}: is not in the record")
        return faults

    def _open(self, number: str, code: str) -> None:
        """Open the letter as a browser does; the cookie stays."""
        reader = _Token()
        reader.feed(self._text("/track"))
        fields = {"csrf_token": reader.value, "number": number, "query_code": code}
        try:
            address = urljoin(self._url, "/track")
            with self._browser.open(address, urlencode(fields).encode(), _SECONDS):
                pass
        except HTTPError as error:
            if error.code == _DOES_NOT_FIT:
                raise SiteFault(f"letter {number}: number and code do not fit") from error
            if error.code == _TOO_MANY:
                raise SiteFault(f"{self._url}: too many wrong codes; try again later") from error
            raise

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
        found: dict[str, Any] = json.loads(self._text(path))
        return found

    def _text(self, path: str) -> str:
        with self._browser.open(urljoin(self._url, path), timeout=_SECONDS) as answer:
            content: bytes = answer.read(_LARGEST)
            return content.decode()


class _Token(HTMLParser):
    """The token that the forms of a page send along."""

    value = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("name") == "csrf_token":
            self.value = given.get("value") or ""


def _is_proven(number: str, opened: str, shown: dict[str, Any], head: dict[str, Any]) -> bool:
    """Return whether a leaf is a commitment to the letter and leads to the root of the head."""
    kind, moment = RecordKind(shown["kind"]), datetime.fromisoformat(shown["moment"])
    day, committed = civil_date(moment), commitment(opened, kind, number, moment)
    path = [bytes.fromhex(value) for value in shown["path"]]
    root = included_root(leaf(kind, day, committed), shown["position"], head["size"], path)
    return committed == shown["commitment"] and root == bytes.fromhex(head["root"])


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
