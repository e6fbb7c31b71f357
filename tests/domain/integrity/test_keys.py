"""The check value of a key is that of this key under this name, and stays what it is."""

from portal.domain.integrity.keys import CHECKED, check_value, data_name, key_id

KEY = bytes(range(32))


def test_the_value_of_a_key_never_changes() -> None:
    """Databases keep it, so that another way to compute it would lock their servers out."""
    assert check_value("data", KEY) == (
        "ea6b410b25134b6ded673a67b2c644dc049679cb356923dc2ea7be053d3744ad"
    )
    assert CHECKED == ("code", "lookup", "record")
    assert key_id(KEY) == "ea6b410b"
    assert data_name("ea6b410b") == "data-ea6b410b"


def test_another_key_or_name_has_another_value() -> None:
    """One bit of the key changes the value, and so does the name."""
    values = {check_value("data", KEY), check_value("code", KEY), check_value("data", KEY[::-1])}
    assert len(values) == 3
