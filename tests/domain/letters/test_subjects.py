"""The known subjects are those of the sample letters."""

from portal.domain.letters.subjects import SUBJECTS
from portal.tools.samples.letters import sample_letters
from portal.tools.samples.vocabulary import topics


def test_every_subject_that_comes_along_can_be_named_in_other_languages() -> None:
    """A subject of the sample letters and of the grammar is one of the list, and none is left over."""
    used = {letter.category for letter in sample_letters()} | {topic.category for topic in topics()}
    assert used == set(SUBJECTS)
