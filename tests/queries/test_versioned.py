"""The cache of what queries found."""

import pytest
from sqlalchemy.orm import Session

from portal.queries.versioned import VersionedCache

pytestmark = pytest.mark.usefixtures("app")


def test_a_value_is_that_of_its_version(session: Session) -> None:
    """Another version finds nothing until its own value takes the place."""
    cache: VersionedCache[str] = VersionedCache(2)
    cache.put(session, "lamp", 1, "first")
    assert (cache.get(session, "lamp", 1), cache.get(session, "lamp", 2)) == ("first", None)
    cache.put(session, "lamp", 2, "second")
    assert (cache.get(session, "lamp", 1), cache.get(session, "lamp", 2)) == (None, "second")


def test_what_was_not_asked_for_longest_goes_first(session: Session) -> None:
    """The bound holds, and asking keeps a value."""
    cache: VersionedCache[int] = VersionedCache(2)
    for key in (1, 2):
        cache.put(session, key, "", key)
    assert cache.get(session, 1, "") == 1
    cache.put(session, 3, "", 3)
    assert [cache.get(session, key, "") for key in (1, 2, 3)] == [1, None, 3]


def test_a_value_put_again_is_the_newest(session: Session) -> None:
    """Replacing a value counts as asking for it, and takes no second place."""
    cache: VersionedCache[int] = VersionedCache(2)
    for key in (1, 2, 1, 3):
        cache.put(session, key, "", key)
    assert [cache.get(session, key, "") for key in (1, 2, 3)] == [1, None, 3]


def test_nothing_is_left_after_clearing(session: Session) -> None:
    """Clearing forgets every value."""
    cache: VersionedCache[int] = VersionedCache(2)
    cache.put(session, 1, "", 1)
    cache.clear()
    assert cache.get(session, 1, "") is None
