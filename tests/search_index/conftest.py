"""An index of the five letters, built once, for tests that only read."""

import pytest

from search_index.embedded.whoosh_engine import WhooshEngine
from tests.search_index.builders import LETTERS, document, engine_with


@pytest.fixture(scope="session")
def letters(tmp_path_factory: pytest.TempPathFactory) -> WhooshEngine:
    """Return an engine over the five letters, entry ids 1 to 5."""
    documents = [document(n) for n in range(1, len(LETTERS) + 1)]
    return engine_with(tmp_path_factory.mktemp("letters"), *documents)
