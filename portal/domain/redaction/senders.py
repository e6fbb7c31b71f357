"""The sender's own name and contacts, wherever they stand in the text."""

import re
from collections.abc import Iterator

from portal.domain.redaction.chains import MARK
from portal.domain.redaction.folding import Folded, fold
from portal.domain.redaction.hits import Hit, digits_of, skip
from portal.domain.redaction.kinds import FindingKind, Sender
from portal.domain.redaction.masks import COVER, mask_email, mask_mobile, mask_name
from portal.domain.redaction.names.pinyin import pinyin_patterns
from portal.domain.redaction.names.repeated import first_part
from portal.domain.redaction.names.surnames import COMPOUND_SURNAMES

_LONGEST_NAME, _LONGEST_PHONE = 40, 20
_SHORTEST_PHONE, _SHORTEST_ACCOUNT = 7, 6
# What people write instead of a name; nothing to protect.
_NO_NAME = re.compile(
    r"匿名|网友|市民|群众|业主|村民|居民|用户|无名|不详|未知|某|\*|[×xX]{2}|^.{1,2}(?:先生|女士|小姐|同学|师傅|老师)$"
)
_LATIN = re.compile("[a-z]{4}|[a-z]{2,} [a-z]{2}")
_LONGEST_CHINESE_NAME = 4
_TOUCHING = re.compile(r"[0-9]{1,40}")
_NAME_GAP = r"[ \t\r\n·•‧・.\-_*]{0,3}"


def find_sender(folded: Folded, sender: Sender) -> Iterator[Hit]:
    """Yield every place that shows the sender's name, phone number or e-mail address."""
    yield from _find_name(folded, fold(sender.name).plain.strip()[:_LONGEST_NAME])
    yield from _find_phone(folded, sender.phone)
    yield from _find_email(folded, fold(sender.email).plain.strip())


def _find_name(folded: Folded, name: str) -> Iterator[Hit]:
    letters = [char for char in name if char.isalnum()]
    if len(letters) < 2 or _NO_NAME.search(name):
        return
    chinese = [char for char in letters if not char.isascii()]
    surname = name[:2] if name[:2] in COMPOUND_SURNAMES else name[0]
    mask = mask_name(surname) if chinese else f"{name[0]}{COVER}"
    # Building a pattern takes longer than seeing that a letter of the name occurs nowhere.
    plain = folded.plain.lower()
    if all(char.lower() in plain for char in letters):
        body = _NAME_GAP.join(map(re.escape, letters))
        pattern = body if chinese else rf"(?<![A-Za-z0-9]){body}(?![A-Za-z0-9])"
        for match in re.finditer(pattern, folded.plain, re.IGNORECASE):
            yield Hit(FindingKind.SENDER_NAME, match.start(), match.end(), mask)
    first = first_part(name)
    if first:
        for match in re.finditer(re.escape(first), folded.plain):
            yield Hit(FindingKind.SENDER_NAME, match.start(), match.end(), mask)
    if len(chinese) == len(letters) <= _LONGEST_CHINESE_NAME and _LATIN.search(plain):
        for pattern in pinyin_patterns("".join(letters)):
            for match in re.finditer(pattern, folded.plain, re.IGNORECASE):
                yield Hit(FindingKind.SENDER_NAME, match.start(), match.end(), COVER)


def _find_phone(folded: Folded, phone: str) -> Iterator[Hit]:
    digits = digits_of(fold(phone).digits)
    mobile = re.fullmatch(r"(?:0{0,2}86)?0?(1[3-9][0-9]{9})", digits)
    if mobile:
        digits = mobile[1]
    if not _SHORTEST_PHONE <= len(digits) <= _LONGEST_PHONE:
        return
    pattern = re.compile(f"{MARK}{{0,4}}".join(digits))
    mask = mask_mobile(digits) if mobile else "****"
    for view in folded.views:
        for match in pattern.finditer(view):
            # Digits that touch the number would be left to read: they go with it.
            end = skip(_TOUCHING, view, match.end())
            yield Hit(FindingKind.SENDER_CONTACT, match.start(), end, mask)


def _find_email(folded: Folded, email: str) -> Iterator[Hit]:
    local, _, domain = email.partition("@")
    if not local or not domain:
        return
    for match in re.finditer(re.escape(email), folded.plain, re.IGNORECASE):
        mask = mask_email(local, domain.lower())
        yield Hit(FindingKind.SENDER_CONTACT, match.start(), match.end(), mask)
    if len(local) >= _SHORTEST_ACCOUNT:
        account = rf"(?<![A-Za-z0-9._\-]){re.escape(local)}(?![A-Za-z0-9_\-@])"
        for match in re.finditer(account, folded.plain, re.IGNORECASE):
            yield Hit(FindingKind.SENDER_CONTACT, match.start(), match.end(), COVER)
