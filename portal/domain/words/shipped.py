"""The groups of words that come with the product, one file for each topic.

A line of a file is a group: words separated by spaces, which find each other. Words behind ``>``
are found by those before it and do not find them. The file of organisations leads from everyday
words to what stands in the names of organisations and serves their search alone.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

_FOLDER = Path(__file__).parent
ORGANISATIONS = "organisations"


@dataclass(frozen=True, slots=True)
class WordGroup:
    """Words that find each other and ``narrower`` ones, which do not find them."""

    words: tuple[str, ...]
    narrower: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The line by which it is written."""
        words = " ".join(self.words)
        return f"{words} > {' '.join(self.narrower)}" if self.narrower else words


def parse_group(line: str) -> WordGroup:
    """Return the group written in one line: ``word word > narrower``."""
    words, _, narrower = line.partition(">")
    return WordGroup(tuple(words.split()), tuple(narrower.split()))


@cache
def shipped_groups() -> dict[str, tuple[WordGroup, ...]]:
    """Return the groups by topic, which is the name of the file."""
    return {
        path.stem: tuple(map(parse_group, tomllib.loads(path.read_text("utf-8"))["groups"]))
        for path in sorted(_FOLDER.glob("*.toml"))
    }


@cache
def topic_titles() -> dict[str, str]:
    """Return the names of the topics as pages show them, in Chinese."""
    return {
        path.stem: tomllib.loads(path.read_text("utf-8"))["title"]
        for path in sorted(_FOLDER.glob("*.toml"))
    }


def group_key(topic: str, group: WordGroup) -> str:
    """Return what names a shipped group as long as its line stays as it is."""
    return "s" + sha256(f"{topic}:{group.text}".encode()).hexdigest()[:11]


@cache
def shipped_by_key() -> dict[str, tuple[str, WordGroup]]:
    """Return topic and group by key, in the order of the files."""
    return {
        group_key(topic, group): (topic, group)
        for topic, groups in shipped_groups().items()
        for group in groups
    }
