"""Logs tell what happened without telling about whom."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from portal.logs import mask


def test_contacts_are_masked() -> None:
    """Mobile numbers, identity cards and e-mail addresses do not reach the log."""
    said = mask("13900000001, 500101199001011234 and zhou@example.com wrote")
    assert said == "***, *** and *** wrote"


def test_a_long_text_keeps_both_ends() -> None:
    """The first lines of a long traceback stay, and the last one, which names the error."""
    said = mask("Traceback\n" + "  File\n" * 5_000 + "ValueError: the reason")
    assert said.startswith("Traceback") and said.endswith("ValueError: the reason")
    assert len(said) < 5_000


def test_a_number_where_the_text_is_cut_is_masked() -> None:
    """A number at the cut leaves no digits behind."""
    for before in range(1_985, 2_001):
        assert "1390" not in mask("字" * before + "13900000001" + "字" * 9_000)


def test_a_failing_statement_keeps_its_parameters(session: Session) -> None:
    """The error of the database, which gets into the log, does not tell what was to be written."""
    with pytest.raises(DBAPIError) as caught:
        session.execute(sa.text("INSERT INTO nowhere VALUES (:name)"), {"name": "周晓兰"})
    assert "周晓兰" not in str(caught.value)
