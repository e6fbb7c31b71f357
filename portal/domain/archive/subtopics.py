"""The second level of topics: which sub-topic of its topic a public entry is about.

A topic with a sub-topic is written ``topic/sub-topic``, as in addresses and in the index.
"""

from __future__ import annotations

from portal.domain.archive.subtopic_words import SUBTOPICS

_BETWEEN = "/"


def subtopic_of(topic: str, title: str) -> str:
    """Return the sub-topic of a letter about ``topic``, "" for none.

    It is the first of which a word stands in the title. Texts mention too much else.
    """
    for name, words in SUBTOPICS.get(topic, {}).items():
        if any(word in title for word in words):
            return name
    return ""


def full_topic(topic: str, title: str) -> str:
    """Return the topic of a letter with its sub-topic, if it has one."""
    return joined(topic, subtopic_of(topic, title))


def joined(topic: str, name: str) -> str:
    """Return ``topic`` with the sub-topic ``name``; "" is none."""
    return f"{topic}{_BETWEEN}{name}" if name else topic


def parted(topic: str) -> tuple[str, str]:
    """Return topic and sub-topic of what :func:`joined` makes; any other text is a topic by itself."""
    head, _, name = topic.partition(_BETWEEN)
    return (head, name) if name in SUBTOPICS.get(head, {}) else (topic, "")
