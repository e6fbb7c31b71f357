"""Addresses that no message should go to."""

import pytest

from portal.domain.messages.addresses import DISPOSABLE, objection

OWN = ("letters@example.gov", "Bounces@Example.gov", "")


@pytest.mark.parametrize(
    ("address", "begins"),
    [
        ("letters@example.gov", "这是本站"),
        ("LETTERS+x@EXAMPLE.gov", "这是本站"),
        ("bounces+0123@example.gov.", "这是本站"),
        ("no-reply@bank.example", "这个邮箱"),
        ("NoReply+7@bank.example", "这个邮箱"),
        ("mailer-daemon@mail.example", "这个邮箱"),
        ("zhou@mailinator.com", "这是一次性"),
        ("zhou@eu.mailinator.com", "这是一次性"),
        ("zhou@YOPMAIL.com", "这是一次性"),
    ],
)
def test_an_address_is_refused_for_its_reason(address: str, begins: str) -> None:
    """Own addresses, those that only send and those for minutes each have their words."""
    assert (objection(address, OWN) or "").startswith(begins)


@pytest.mark.parametrize(
    "address",
    [
        "zhou@mail.example",
        "letters@other.gov",
        "noreplyzhou@mail.example",
        "zhou@notmailinator.com",
        "zhou@mailinator.com.example",
        "zhou",
        "",
    ],
)
def test_other_addresses_are_taken(address: str) -> None:
    """What only resembles one of them is an address like any other."""
    assert objection(address, OWN) is None


def test_hosts_are_written_as_they_are_compared() -> None:
    """In small letters, without a dot at either end."""
    assert all(each == each.casefold().strip(".") for each in DISPOSABLE)
