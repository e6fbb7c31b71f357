"""The tree of organisations as it stood on a day, with the names of that day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.organisations import OrganisationKind, version_on
from portal.models import Organisation, OrganisationVersion

Version = tuple[date, str, int | None]
"""From when an organisation had which name and which parent."""


@dataclass(frozen=True, slots=True)
class Node:
    """An organisation on the day: ``present`` is whether it existed then."""

    id: int
    code: str
    name: str
    kind: OrganisationKind
    parent_id: int | None
    present: bool


class Record(NamedTuple):
    """An organisation as it is, with its versions."""

    id: int
    code: str
    name: str
    kind: OrganisationKind
    parent_id: int | None
    founded_on: date | None
    closed_on: date | None
    versions: list[Version]


@dataclass(frozen=True)
class Tree:
    """All organisations by id, and the ids directly below each."""

    nodes: dict[int, Node]
    children: dict[int, list[int]] = field(default_factory=dict)
    root_id: int | None = None

    def by_code(self, code: str) -> Node | None:
        """Return the organisation of ``code``."""
        return next((node for node in self.nodes.values() if node.code == code), None)

    def subtree(self, top: int) -> list[int]:
        """Return ``top`` and everything below it."""
        return list(self._walk(top))

    def _walk(self, top: int) -> Iterator[int]:
        yield top
        for child in self.children.get(top, ()):
            yield from self._walk(child)

    def path(self, node_id: int) -> list[Node]:
        """Return the organisations from the top down to ``node_id``, itself the last."""
        found: list[Node] = []
        at: int | None = node_id
        while at is not None and len(found) <= len(self.nodes):
            found.append(self.nodes[at])
            at = self.nodes[at].parent_id
        return found[::-1]


def read_organisations(session: Session) -> list[Record]:
    """Return all organisations as they are, with their versions."""
    row = OrganisationVersion
    columns = sa.select(row.organisation_id, row.valid_from, row.name, row.parent_id)
    versions: dict[int, list[Version]] = defaultdict(list)
    for each, begins, name, parent_id in session.execute(columns.order_by(row.id)):
        versions[each].append((begins or date.min, name, parent_id))
    query = sa.select(
        Organisation.id,
        Organisation.code,
        Organisation.name,
        Organisation.kind,
        Organisation.parent_id,
        Organisation.founded_on,
        Organisation.closed_on,
    ).order_by(Organisation.id)
    return [Record(*place, versions[place.id]) for place in session.execute(query)]


def tree_of(known: list[Record], day: date) -> Tree:
    """Return the tree of civil date ``day``.

    An organisation closed by then has its last name and place, one founded later its first, so
    that no letter is without an organisation.
    """
    nodes: dict[int, Node] = {}
    for each, code, name, kind, parent_id, founded, closed, versions in known:
        then = version_on(versions, day)
        present = (founded is None or founded <= day) and (closed is None or day < closed)
        if then is not None:
            _begins, name, parent_id = then
        nodes[each] = Node(each, code, name, kind, parent_id, present)
    children: dict[int, list[int]] = defaultdict(list)
    root = None
    for node in nodes.values():
        if node.parent_id is None:
            root = node.id
        else:
            children[node.parent_id].append(node.id)
    return Tree(nodes, dict(children), root)
