import pytest

from tests.bench.bench_search_relevance import known_items
from tests.bench.search_data import DATA


@pytest.mark.slow
@pytest.mark.skipif(not (DATA / "evaluation").is_dir(), reason="the evaluation letters are absent")
def test_real_titles_find_their_letters() -> None:
    """A letter is found by its real title at least as well as by plain BM25 on bigrams."""
    mrr, hit = known_items("content")
    assert mrr >= 0.842
    assert hit >= 0.935
