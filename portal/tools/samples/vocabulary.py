"""The words the grammar writes with: topics of city life, sentences, and invented places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from random import Random

from portal.domain.organisations import OrganisationKind
from portal.tools.samples.organisations import ROOT_CODE, sample_organisations
from portal.tools.samples.toml_rows import made, read

DISTRICT_CODE = 6
"""Characters of a district's division code."""
TOWNSHIP_CODE = 9
"""Characters of the division code of a township or street."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic of city life: what goes wrong, is asked, suggested, reported and thanked for."""

    name: str
    category: str
    scene: str
    offices: tuple[str, ...]
    issues: tuple[str, ...]
    asks: tuple[str, ...]
    suggestions: tuple[str, ...]
    wrongs: tuple[str, ...]
    deeds: tuple[str, ...]
    effects: tuple[str, ...]
    measures: tuple[str, ...]
    rules: tuple[str, ...]


@cache
def topics() -> tuple[Topic, ...]:
    """Return every topic of the grammar; each belongs to a subject of the product."""
    return tuple(made(row, Topic) for row in read("grammar.toml")["topic"])


def offices_of(code: str) -> tuple[str, ...]:
    """Return the names under which topics list the organisation with ``code``; none without one.

    District departments are ``d-`` and their part, sub-units count as what they belong to.
    """
    if not code:
        return ()
    if code == ROOT_CODE:
        return ("city", "local")
    head, *parts = code.split("-")
    if not parts:
        return ("local",)
    return (f"d-{parts[0]}",) if head.isdigit() else (f"{head}-{parts[0]}",)


@cache
def areas() -> dict[str, str]:
    """Return the name of every district and of every township with its district, by code."""
    names: dict[str, str] = {}
    for organisation in sample_organisations():
        if organisation.kind is OrganisationKind.DISTRICT_GOVERNMENT:
            names[organisation.code] = organisation.name.removesuffix("人民政府")
        elif organisation.kind is OrganisationKind.TOWNSHIP:
            names[organisation.code] = names[organisation.code[:DISTRICT_CODE]] + (
                organisation.short_name
            )
    return names


def scenes(rng: Random, words: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    """Invent the places of a city: estates, spots on roads, groups of villages."""
    estates = [first + last for first in words["estate_first"] for last in words["estate_last"]]
    roads = [first + last for first in words["road_first"] for last in words["road_last"]]
    spots = [road + spot for road in roads for spot in words["road_spot"]]
    villages = [f"{first}村{n}组" for first in words["village_first"] for n in range(1, 9)]
    return {
        "estate": tuple(rng.sample(estates, 400)),
        "road": tuple(rng.sample(spots, 1_200)),
        "village": tuple(rng.sample(villages, 160)),
    }
