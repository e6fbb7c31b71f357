"""What events say of figures that stand in rows of their own."""

from datetime import date
from hashlib import sha256

from portal.domain.integrity.figures import files_digest, report_subject, scores_text


def test_scores_are_told_apart() -> None:
    """Attitude stands before efficiency."""
    assert scores_text(5, 4) == "5/4"


def test_a_digest_is_of_names_and_contents_in_the_order_of_the_names() -> None:
    """The value can be computed with sha256sum, and does not depend on the order of the files."""
    digests = [sha256(content).hexdigest() for content in (b"1", b"2")]
    expected = sha256(f"csv {digests[0]}\njson {digests[1]}\n".encode()).hexdigest()
    assert files_digest({"json": b"2", "csv": b"1"}) == expected
    assert files_digest({"json": b"1", "csv": b"2"}) != expected


def test_a_report_is_named_by_year_and_day() -> None:
    """As the audit trail names it."""
    assert report_subject(2016, date(2016, 12, 31)) == "report:2016:2016-12-31"
