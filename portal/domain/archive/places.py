"""The district that a public entry is about.

A reply of a district's own offices speaks of that district. Another speaks of the one district that its
public texts name; where they name several, a machine cannot decide between them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from portal.domain.organisations import path_ids

_GOVERNMENT = re.compile("(人民政府|政府|管理委员会|管委会)$")


def place_name(organisation: str) -> str:
    """Return the name of the place that a district's government governs: 渝北区人民政府 → 渝北区."""
    return _GOVERNMENT.sub("", organisation) or organisation


def place_of(path: str, title: str, text: str, districts: Mapping[int, str]) -> int | None:
    """Return the district of a letter answered at ``path``, or the one that its texts name.

    ``districts`` are the names of places by the id of their government. The title counts before
    the text. A name that is part of another found there, as 江津 of 江津区, does not count beside it.
    """
    for organisation_id in path_ids(path):
        if organisation_id in districts:
            return organisation_id
    for words in (title, text):
        named = [i for i, name in districts.items() if name in words]
        whole = [
            i
            for i in named
            if not any(districts[i] != districts[j] and districts[i] in districts[j] for j in named)
        ]
        if whole:
            return whole[0] if len(whole) == 1 else None
    return None
