"""Letter numbers and query codes: typing errors are recognised, codes stay secret."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.letters.numbers import (
    CODE_ALPHABET,
    CODE_LENGTH,
    NumberError,
    code_fits,
    derive_query_code,
    format_code,
    format_number,
    hash_code,
    normalise_code,
    parse_number,
)

KEY = b"a key of thirty-two bytes, or so"
days = st.dates(date(1990, 1, 1), date(2199, 12, 31))
sequences = st.integers(1, 999_999)
codes = st.text(CODE_ALPHABET, min_size=CODE_LENGTH, max_size=CODE_LENGTH)


def swap(text: str, at: int) -> str:
    """The text with the characters at `at` and after it exchanged."""
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def test_format() -> None:
    """A number shows date, five-digit sequence and check digit."""
    assert format_number(date(2016, 12, 31), 42) == "20161231-00042-5"


@given(days, st.integers(1, 999_999_999))
def test_number_reads_back(day: date, sequence: int) -> None:
    """A number is read back to its day and sequence, and shown as before."""
    text = format_number(day, sequence)
    assert parse_number(text) == text


def test_sequence_widens() -> None:
    """A day with more than 99,999 letters gets longer numbers, all different."""
    assert format_number(date(2016, 1, 4), 100_000).startswith("20160104-100000-")


@pytest.mark.parametrize("sequence", [0, -1, 10**9])
def test_sequence_out_of_range(sequence: int) -> None:
    """A sequence outside 1 to 999,999,999 has no number."""
    with pytest.raises(ValueError, match="sequence"):
        format_number(date(2016, 1, 4), sequence)


@pytest.mark.parametrize(
    "text",
    [
        "20161231000425",
        " 20161231 00042 5 ",
        "２０１６１２３１－０００４２－５",
        "20161231—00042—5",
        "2016 1231 0004 25",
        "20161231-00042-5\n",
        "20161231一00042一5",
        "\u200b20161231\u200b-00042-5",
    ],
)
def test_number_as_people_type_it(text: str) -> None:
    """A number is recognised with spaces, dashes of any kind and full-width digits."""
    assert parse_number(text) == "20161231-00042-5"


@given(days, sequences)
def test_every_wrong_digit_is_caught(day: date, sequence: int) -> None:
    """A number with any one digit replaced by any other is a recognised typing error."""
    digits = format_number(day, sequence).replace("-", "")
    for at, right in enumerate(digits):
        for wrong in set("0123456789") - {right}:
            with pytest.raises(NumberError) as caught:
                parse_number(digits[:at] + wrong + digits[at + 1 :])
            assert caught.value.code == "check"


def test_share_of_transpositions_caught() -> None:
    """Of two neighbouring digits exchanged, at least 97 % are caught over a thousand numbers."""
    missed = total = 0
    for sequence in range(1, 1001):
        digits = format_number(date(2016, 1 + sequence % 12, 1 + sequence % 28), sequence)
        digits = digits.replace("-", "")
        for at in range(len(digits) - 1):
            if digits[at] == digits[at + 1]:
                continue
            total += 1
            try:
                parse_number(swap(digits, at))
            except NumberError:
                continue
            missed += 1
    assert missed / total <= 0.03


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "信件",
        "2016123100042",
        "20161231-00042",
        "20161231-00042-5-7777777",
        "20161231-00042-X",
        "٢٠١٦١٢٣١٠٠٠٤٢٥",
        "1" * 100_000,
    ],
)
def test_no_number_at_all(text: str) -> None:
    """A text without the form of a number is refused as such."""
    with pytest.raises(NumberError) as caught:
        parse_number(text)
    assert (caught.value.code, caught.value.field) == ("shape", "number")
    assert str(caught.value) == NumberError.messages["shape"]


@pytest.mark.parametrize(
    "body", ["2016133100042", "2016023000042", "2016123100000", "20161231000042"]
)
def test_impossible_numbers(body: str) -> None:
    """A number with a right check digit but no such day, sequence or form is refused."""
    texts = [body + str(check) for check in range(10)]
    found = []
    for text in texts:
        with pytest.raises(NumberError) as caught:
            parse_number(text)
        found.append(caught.value.code)
    assert sorted(found) == ["check"] * 9 + ["shape"]


@given(st.text(max_size=60))
def test_any_text_as_number(text: str) -> None:
    """A text of any kind is a number or a NumberError, nothing else."""
    try:
        number = parse_number(text)
    except NumberError:
        return
    assert parse_number(number) == number


@given(st.binary(min_size=16, max_size=64), st.text(max_size=80))
def test_query_code_form(key: bytes, token: str) -> None:
    """A query code has 13 characters that cannot be mistaken for each other."""
    code = derive_query_code(key, token)
    assert len(code) == CODE_LENGTH
    assert set(code) <= set(CODE_ALPHABET)
    assert not set("ILOU") & set(CODE_ALPHABET)
    assert normalise_code(code) == code


def test_query_code_of_a_form() -> None:
    """A form has one code; another form or another key gives another."""
    code = derive_query_code(KEY, "form-1")
    assert derive_query_code(KEY, "form-1") == code
    assert derive_query_code(KEY, "form-2") != code
    assert derive_query_code(KEY + b"!", "form-1") != code


def test_query_code_of_a_form_outlives_an_upgrade() -> None:
    """Who sends a form again after an upgrade is shown the code they were shown before."""
    assert derive_query_code(b"k" * 32, "form-1") == "C2D065S480AYW"


def test_query_codes_do_not_repeat() -> None:
    """Ten thousand forms get ten thousand codes, with every character at every place."""
    found = {derive_query_code(KEY, f"form-{number}") for number in range(10_000)}
    assert len(found) == 10_000
    for place in range(CODE_LENGTH):
        assert {code[place] for code in found} == set(CODE_ALPHABET)


@given(codes)
def test_code_as_people_type_it(code: str) -> None:
    """A code is recognised in groups, in small letters, full width, and with look-alikes."""
    full_width = "".join(chr(ord(character) + 0xFEE0) for character in code)
    look_alike = code.replace("0", "o").replace("1", "l")
    typed = [format_code(code), code.lower(), full_width, look_alike, f" {code[:5]} {code[5:]}\n"]
    assert {normalise_code(text) for text in typed} == {code}


def test_code_in_groups() -> None:
    """A code is shown in three groups."""
    assert re.fullmatch(r"\w{4}-\w{4}-\w{5}", format_code(derive_query_code(KEY, "form")))


def test_hash_of_a_code() -> None:
    """A stored hash depends on key, number and code, holds neither, and takes any typing."""
    number, code = "20161231-00042-5", derive_query_code(KEY, "form")
    stored = hash_code(KEY, number, code)
    assert re.fullmatch(r"[0-9a-f]{64}", stored)
    assert hash_code(KEY, number, format_code(code).lower()) == stored
    assert hash_code(KEY, "20161231-00043-3", code) != stored
    assert hash_code(KEY + b"!", number, code) != stored
    assert hash_code(KEY, number, code[:-1]) != stored


@given(st.text(st.characters(codec=None), max_size=200))
def test_any_text_as_code(text: str) -> None:
    """A text of any kind can be tried as a code and simply fails."""
    stored = hash_code(KEY, "20161231-00042-5", derive_query_code(KEY, "form"))
    assert not code_fits(KEY, "20161231-00042-5", text, stored)


def test_code_that_fits() -> None:
    """A code opens the number that its hash was made for, and nothing where none is stored."""
    number, code = "20161231-00042-5", derive_query_code(KEY, "form")
    stored = hash_code(KEY, number, code)
    assert code_fits(KEY, number, code, stored)
    assert not code_fits(KEY, "20161231-00043-3", code, stored)
    assert not code_fits(KEY, number, code, None)
    assert not code_fits(KEY, number, code, "")
