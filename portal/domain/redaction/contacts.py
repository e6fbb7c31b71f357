"""E-mail addresses and accounts of social networks.

Source of the address form: RFC 5321 (local part at most 64, domain at most 255 characters);
spelled-out forms (at, 艾特, 点) as people write them to escape programs.
"""

import re
from collections.abc import Iterator

from portal.domain.redaction.folding import Folded
from portal.domain.redaction.hits import Hit
from portal.domain.redaction.kinds import FindingKind
from portal.domain.redaction.masks import COVER, mask_email

_LOCAL_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+-")
_LONGEST_LOCAL = 64
_DOT = r"(?: \. |\.|,(?=(?:com|cn|net)(?![a-z]))| dot | {0,2}(?:[(\[]dot[)\]]|点|。) {0,2})"
_PROVIDERS = (
    r"qq|163|126|139|189|sina|sohu|foxmail|gmail|hotmail|outlook|aliyun|yeah|icloud|tom|21cn"
)
_DOMAIN = (
    rf"[A-Za-z0-9][A-Za-z0-9\-]{{0,62}}(?:{_DOT}[A-Za-z0-9\-]{{1,63}}){{0,3}}{_DOT}[A-Za-z]{{2,12}}"
)
_EMAIL = re.compile(
    rf" {{0,2}}(?:@|[(\[{{<]at[)\]}}>]| at |[(\[]?艾特[)\]]?|[#*](?=(?:{_PROVIDERS})\.)) {{0,2}}"
    rf"({_DOMAIN})(?![A-Za-z0-9])",
    re.IGNORECASE,
)

_FILLER = r"(?:号码|帐号|账号|号|ID)?(?:是|为|加|:|=|\(|\s){0,4}"
_QQ = re.compile(
    rf"(?:QQ|扣扣|企鹅号?)(?:群|邮箱)?{_FILLER}([1-9](?:[ \-]?[0-9]){{4,10}})(?![0-9@])",
    re.IGNORECASE,
)
_HANDLE = re.compile(
    rf"(?:微信(?!公众)|薇信|[vV]信|威信号|抖音|快手|微博|钉钉|支付宝|we ?chat|weixin|(?<![A-Za-z])(?:wx|vx)|加[vV])"
    rf"{_FILLER}([A-Za-z][A-Za-z0-9_\-]{{5,19}}|[0-9]{{5,12}})(?![A-Za-z0-9_@]|\.[A-Za-z]| ?元)",
    re.IGNORECASE,
)


def find_contacts(folded: Folded) -> Iterator[Hit]:
    """Yield e-mail addresses and QQ, WeChat and similar accounts."""
    yield from _find_emails(folded.plain)
    for view in folded.views:
        for pattern in (_QQ, _HANDLE):
            for match in pattern.finditer(view):
                yield Hit(FindingKind.SOCIAL_ACCOUNT, match.start(1), match.end(1), COVER)


def _find_emails(view: str) -> Iterator[Hit]:
    for match in _EMAIL.finditer(view):
        # Walking back from the sign keeps a flood of local characters linear.
        start = match.start()
        floor = max(0, start - _LONGEST_LOCAL)
        while start > floor and view[start - 1] in _LOCAL_CHARACTERS:
            start -= 1
        local = view[start : match.start()].lstrip("._%+-")
        if local:
            domain = re.sub(_DOT, ".", match[1]).lower()
            start = match.start() - len(local)
            yield Hit(FindingKind.EMAIL, start, match.end(), mask_email(local, domain))
