"""The tree of organisations: kinds, levels and the path that says who is below whom.

A path is the ids from the root down, each followed by a slash: ``/1/17/230/``. A subtree is
every path that starts with the path of its top, so one prefix test answers "is it mine?".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, TypeVar

from portal.domain.errors import N_
from portal.domain.translatable import Labelled

CODE_MAX = 64
"""Characters of the code of an organisation."""
Version = TypeVar("Version", bound=tuple[Any, ...])
"""What an organisation was from a civil day on: the day comes first."""


class OrganisationKind(Labelled):
    """What kind of member of the letterbox an organisation is."""

    CITY_OFFICE = "city_office", N_("信箱办")
    MUNICIPAL_DEPARTMENT = "municipal_department", N_("市级部门")
    DISTRICT_GOVERNMENT = "district_government", N_("区县政府")
    KEY_ENTERPRISE = "key_enterprise", N_("重点企业")
    DISTRICT_DEPARTMENT = "district_department", N_("区县部门")
    TOWNSHIP = "township", N_("镇街")
    SUB_UNIT = "sub_unit", N_("下属单位")


LEVEL_ONE_KINDS = (
    OrganisationKind.MUNICIPAL_DEPARTMENT,
    OrganisationKind.DISTRICT_GOVERNMENT,
    OrganisationKind.KEY_ENTERPRISE,
)


def child_path(parent_path: str | None, organisation_id: int) -> str:
    """Return the path of an organisation below ``parent_path`` (``None`` for the root)."""
    return f"{parent_path or '/'}{organisation_id}/"


def path_ids(path: str) -> tuple[int, ...]:
    """Return the ids on ``path``, root first, the organisation itself last."""
    return tuple(int(part) for part in path.strip("/").split("/") if part)


def covers(top: str, path: str) -> bool:
    """Return whether ``path`` lies in the subtree of ``top`` (an organisation covers itself)."""
    return path.startswith(top)


def covered(tops: Iterable[str], path: str) -> bool:
    """Return whether ``path`` lies in the subtree of one of ``tops``."""
    return any(covers(top, path) for top in tops)


def version_on(versions: Sequence[Version], day: date) -> Version | None:
    """Return the version of ``day``, else the last before it, else the first after it.

    Each version begins with its first civil day.
    """
    if len(versions) < 2:
        return versions[0] if versions else None
    ordered = sorted(versions, key=lambda version: version[0])
    begun = [version for version in ordered if version[0] <= day]
    return begun[-1] if begun else ordered[0]


def common_superior(paths: list[str]) -> int:
    """Return the id of the lowest organisation strictly above all of ``paths``.

    The root is its own superior. Raises ``ValueError`` for an empty list.
    """
    if not paths:
        raise ValueError("no organisation given")
    chains = [path_ids(path) for path in paths]
    shared: list[int] = []
    for ids in zip(*chains, strict=False):
        if len(set(ids)) > 1:
            break
        shared.append(ids[0])
    if len(shared) > 1 and any(len(chain) == len(shared) for chain in chains):
        shared.pop()
    return shared[-1]
