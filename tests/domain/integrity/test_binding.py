"""A seal belongs to the texts of one row and to no others."""

import hmac
import json
from hashlib import sha256

import pytest

from portal.domain.integrity.binding import SEAL_LENGTH, is_of_row, row_seal

KEY = bytes(range(32))
TEXTS = ("周晓兰", "13900000001", None)
SEAL = row_seal(KEY, "letter", "20160601-00001-2", TEXTS)


def test_a_seal_is_half_an_hmac_over_table_number_and_texts() -> None:
    """Anybody with the key computes it again."""
    body = json.dumps(["letter", "20160601-00001-2", "周晓兰", "13900000001", ""]).encode()
    assert hmac.new(KEY, b"row-seal\0" + body, sha256).hexdigest()[:32] == SEAL
    assert SEAL is not None and len(SEAL) == SEAL_LENGTH


@pytest.mark.parametrize(
    ("key", "table", "number", "texts"),
    [
        (bytes(32), "letter", "20160601-00001-2", TEXTS),
        (KEY, "disclosure_request", "20160601-00001-2", TEXTS),
        (KEY, "letter", "20160601-00002-3", TEXTS),
        (KEY, "letter", "20160601-00001-2", ("13900000001", "周晓兰", None)),
        (KEY, "letter", "20160601-00001-2", ("周晓兰", None, "13900000001")),
        (KEY, "letter", "20160601-00001-2", ("周晓兰", "13900000001")),
        (KEY, "letter", "20160601-00001-2", (None, None, None)),
    ],
)
def test_another_row_has_another_seal(
    key: bytes, table: str, number: str, texts: tuple[str | None, ...]
) -> None:
    """Key, table, number, order and every text count."""
    assert row_seal(key, table, number, texts) != SEAL
    assert not is_of_row(key, table, number, texts, SEAL)


def test_a_row_without_texts_has_no_seal() -> None:
    """What is empty is nobody's; texts without a seal are refused."""
    assert row_seal(KEY, "letter", "1", (None, "", None)) is None
    assert is_of_row(KEY, "letter", "1", (None, "", None), None)
    assert not is_of_row(KEY, "letter", "20160601-00001-2", TEXTS, None)
    assert is_of_row(KEY, "letter", "20160601-00001-2", TEXTS, SEAL)
    assert is_of_row(KEY, "letter", "20160601-00001-2", ("周晓兰", "13900000001", ""), SEAL)
