"""What the owner of a contact recognises of it."""

import pytest

from portal.domain.redaction.hints import email_hint, phone_hint


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13912345678", "139****5678"),
        ("023-63151234", "****34"),
        ("63151234", "****34"),
        ("03912345678", "****78"),
        ("", "****"),
    ],
)
def test_a_number_is_recognised_and_not_told(phone: str, shown: str) -> None:
    """Of a mobile number seven digits stay, of another one two."""
    assert phone_hint(phone) == shown


@pytest.mark.parametrize(
    ("email", "shown"),
    [
        ("zhou.xiaolan@example.com", "z****@example.com"),
        ("z@example.com", "z****@example.com"),
        ("no address", "****"),
        ("@example.com", "****"),
    ],
)
def test_an_address_is_recognised_and_not_told(email: str, shown: str) -> None:
    """The first character and the provider stay, whatever the length of the name."""
    assert email_hint(email) == shown
