"""Numbers and addresses are taken however they are written."""

import pytest

from portal.web.core.typed import is_email, is_phone, plain_email, plain_phone


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("138 0000 1111", "13800001111"),
        ("+86 138-0000-1111", "13800001111"),
        ("8613800001111", "13800001111"),
        ("１３８００００１１１１", "13800001111"),
        ("0086-13800001111", "13800001111"),
        ("+86 23 6300 1234", "02363001234"),
        ("(023) 6300.1234", "02363001234"),
        ("023—63001234", "02363001234"),
        ("023-63001234转8016", "02363001234-8016"),
        ("023-63001234 分机：16", "02363001234-16"),
        ("02363001234-8016", "02363001234-8016"),
        ("400-812-3123", "4008123123"),
        ("+852 2345 6789", "+85223456789"),
        ("00852 2345 6789", "+85223456789"),
    ],
)
def test_a_number_is_taken_however_it_is_written(typed: str, plain: str) -> None:
    """Country codes, dashes, brackets and extensions lead to one way of writing a number."""
    assert plain_phone(typed) == plain
    assert is_phone(plain) and plain_phone(plain) == plain


@pytest.mark.parametrize(
    "typed", ["63001234", "12345", "1380000111", "0236300123", "没有", "+999 12"]
)
def test_what_cannot_be_called_is_no_number(typed: str) -> None:
    """A landline without its area code, a digit too few and words are refused and kept."""
    assert not is_phone(plain_phone(typed))
    assert plain_phone(typed) == typed


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("Zhang.San+a@QQ.com", "Zhang.San+a@qq.com"),
        ("zhang＠qq。com", "zhang@qq.com"),
        ("zhang@xn--fsqu00a.xn--fiqs8s", "zhang@例子.中国"),
        ("张三@例子.中国", "张三@例子.中国"),
    ],
)
def test_an_address_may_be_of_any_script(typed: str, plain: str) -> None:
    """Full width, capitals of the domain and its coded form are one address."""
    assert plain_email(typed) == plain
    assert is_email(plain)


@pytest.mark.parametrize(
    "typed", ["a..b@qq.com", ".a@qq.com", "a@-b.com", "a@qq", "a@b@qq.com", "a" * 250 + "@qq.com"]
)
def test_what_no_mail_reaches_is_no_address(typed: str) -> None:
    """Dots in a row, at the ends, and hyphens where no domain has them are refused and kept."""
    assert not is_email(plain_email(typed))
    assert plain_email(typed) == typed
