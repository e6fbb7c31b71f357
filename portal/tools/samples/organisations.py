"""The members of Chongqing's letterbox in 2016: a city office above 109 members in three levels.

The names of the municipal departments are those of 2016; districts, counties, townships and
streets carry the national division codes of 2023, so that a code found elsewhere can be matched.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from portal.domain.organisations import OrganisationKind
from portal.tools.samples.toml_rows import Words, made

ROOT_CODE = "cq"


@dataclass(frozen=True, slots=True)
class SampleOrganisation:
    """One organisation; ``parent_code`` is ``None`` for the root, ``level`` counts from 0."""

    code: str
    name: str
    short_name: str
    kind: OrganisationKind
    parent_code: str | None
    level: int


_WORDS: Words = {"kind": OrganisationKind, "parent_code": lambda code: code or None, "level": int}


@cache
def sample_organisations() -> tuple[SampleOrganisation, ...]:
    """Return every organisation of the demo tree, parents before their children."""
    text = files(__package__).joinpath("organisations.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple(made(row, SampleOrganisation, _WORDS) for row in rows)


def arrange_districts(path: Path) -> None:
    """Write the places of the sample districts in their grid to ``path``, unless there are some."""
    if not path.exists():
        path.write_bytes(files(__package__).joinpath("district-grid.csv").read_bytes())
