"""Rows of the data files beside this module, with the words of the domain in them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Any, TypeVar

Row = TypeVar("Row")
Words = Mapping[str, Callable[[Any], Any]]


def read(name: str) -> dict[str, Any]:
    """Return the TOML file ``name`` of this package."""
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))


def made(
    row: Mapping[str, Any], into: Callable[..., Row], words: Words = MappingProxyType({})
) -> Row:
    """Return ``into`` filled with ``row``; ``words`` say what the values of some keys become.

    Lists become tuples.
    """
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return into(
        **{key: words[key](value) if key in words else value for key, value in values.items()}
    )
