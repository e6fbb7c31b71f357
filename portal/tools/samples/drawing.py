"""Drawing from a random source, which is always handed in."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

Item = TypeVar("Item")


def pick(chance: Random, choices: Sequence[Item]) -> Item:
    """Return one of ``choices``, each as likely as the others."""
    return choices[int(chance.random() * len(choices))]
