"""The public text proposed for each kind, as published archives write it.

Of a phone number the first three and last four digits stay; of an identity, card or account number
nothing does.
"""

COVER = "***"

_PROVIDER_WORDS = (
    "qq.com 163.com 126.com 139.com 189.cn sina.com sina.cn sohu.com foxmail.com gmail.com"
    " hotmail.com outlook.com aliyun.com yeah.net icloud.com tom.com 21cn.com"
)
_PROVIDERS = frozenset(_PROVIDER_WORDS.split())


def mask_mobile(digits: str) -> str:
    """Return ``138****1234`` from eleven digits."""
    return f"{digits[:3]}****{digits[-4:]}"


def mask_landline(area: str) -> str:
    """Return ``023-****``, or ``****`` where no area code was given."""
    return f"{area}-****" if area else "****"


def mask_email(local: str, domain: str) -> str:
    """Return ``z***@qq.com``; of a domain that may be somebody's own, nothing stays."""
    if domain not in _PROVIDERS:
        return "***@***"
    return f"{local[0] if local[0].isascii() and len(local) > 2 else ''}***@{domain}"


def mask_plate(region: str) -> str:
    """Return ``渝A·***`` from province and letter."""
    return f"{region}·***"


def mask_name(surname: str) -> str:
    """Return ``张某某``, ``欧阳某某``; the length of the name stays unknown."""
    return f"{surname}某某"
