"""The members of Chongqing's letterbox in 2016: a city office above 109 members in three levels.

The names of the municipal departments are those of 2016; districts, counties, townships and
streets carry the national division codes of 2023, so that a code found elsewhere can be matched.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from portal.domain.organisations import OrganisationKind

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


@cache
def _load() -> tuple[SampleOrganisation, ...]:
    text = files(__package__).joinpath("organisations.csv").read_text(encoding="utf-8")
    return tuple(
        SampleOrganisation(
            code=row["code"],
            name=row["name"],
            short_name=row["short_name"],
            kind=OrganisationKind(row["kind"]),
            parent_code=row["parent_code"] or None,
            level=int(row["level"]),
        )
        for row in csv.DictReader(text.splitlines())
    )


def sample_organisations() -> list[SampleOrganisation]:
    """Return every organisation of the demo tree, parents before their children."""
    return list(_load())
