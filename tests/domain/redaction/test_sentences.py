"""What identifies somebody goes, and what does not stays: the labelled sentences one by one."""

import pytest

from portal.domain.redaction import PublicField
from tests.domain.redaction.measure import main, measure
from tests.fixtures.redaction_harmless import HARMLESS, REPLIES
from tests.fixtures.redaction_sentences import SENTENCES


@pytest.mark.parametrize("kind", SENTENCES)
def test_every_secret_of_a_kind_is_masked_whole(kind: str) -> None:
    """Nothing of what the marks enclose can be read, and nothing outside them is masked."""
    result = measure(SENTENCES[kind])
    assert (result.missed, result.wrong) == ([], [])


def test_a_reply_shows_office_numbers_and_hides_private_ones() -> None:
    """A landline stays where the sentence says whose it is."""
    result = measure(REPLIES, PublicField.REPLY)
    assert (result.missed, result.wrong) == ([], [])


@pytest.mark.parametrize("sentence", HARMLESS)
@pytest.mark.parametrize("field", PublicField)
def test_harmless_sentences_stay_whole(sentence: str, field: PublicField) -> None:
    """Words, dates, lists and hotlines that look like something else are not masked."""
    assert measure([sentence], field).wrong == []


def test_the_table_has_a_row_for_every_kind() -> None:
    """The table of the document is printed from the same sentences."""
    lines: list[str] = []
    main(lines.append)
    assert len(lines) == 1 + len(SENTENCES) + 2
