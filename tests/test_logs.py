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


@pytest.mark.parametrize(
    "number",
    [
        "13900000001",
        "+8613900000001",
        "8613900000001",
        "008613900000001",
        "+86 139 0000 0001",
        "139-0000-0001",
        "139 0000 0001",
        "010-66000001",
        "0571-8600001",
        "0571 86000001",
        "(0571)86000001",
        "057186000001",
        "02166000001",
        "+86 571 86000001",
        "+86-10-66000001",
        "0571-86000001-8012",
    ],
)
def test_a_telephone_number_is_masked_however_it_is_written(number: str) -> None:
    """Neither the code of the country nor signs between the digits keep a number in the log."""
    assert mask(f"电话{number}，来自") == "电话***，来自"


@pytest.mark.parametrize(
    "said",
    [
        "20160601-00099-5",
        "2016-06-15T02:30:00.123456Z",
        "127.0.0.1 - - [15/Jun/2016:02:30:00] 200 12345678",
        "letter 13900000, 99001 rows",
        "took 0.1234567891 s",
        "port 5432, pid 1390000",
    ],
)
def test_what_is_no_telephone_number_stays(said: str) -> None:
    """Numbers of letters, moments, addresses and counts are read in the log as they are."""
    assert mask(said) == said


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
