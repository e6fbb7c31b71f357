"""The public text proposed for each kind, as published archives write it."""

COVER = "***"


def mask_mobile(digits: str) -> str:
    """Return ``138****1234`` from eleven digits."""
    return f"{digits[:3]}****{digits[-4:]}"


def mask_landline(area: str) -> str:
    """Return ``023-****``, or ``****`` where no area code was given."""
    return f"{area}-****" if area else "****"


def mask_id_card(number: str) -> str:
    """Return the first two and last three characters of an identity number."""
    return f"{number[:2]}{'*' * (len(number) - 5)}{number[-3:]}"


def mask_bank_card(digits: str) -> str:
    """Return the last four digits of a card."""
    return f"****{digits[-4:]}"


def mask_email(local: str, domain: str) -> str:
    """Return ``z***@qq.com``."""
    return f"{local[0]}***@{domain}"


def mask_plate(region: str) -> str:
    """Return ``渝A·***`` from province and letter."""
    return f"{region}·***"


def mask_name(surname: str) -> str:
    """Return ``张某某``, ``欧阳某某``; the length of the name stays unknown."""
    return f"{surname}某某"
