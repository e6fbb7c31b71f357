"""What a finding is, what is decided about it by default, and how masks make public text."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from portal.domain.errors import N_
from portal.domain.translatable import Labelled


class PublicField(Labelled):
    """The texts of a letter that may become public."""

    TITLE = "title", N_("标题")
    TEXT = "text", N_("来信")
    QUESTION = "question", N_("请来信人补充")
    SUPPLEMENT = "supplement", N_("来信人补充")
    REPLY = "reply", N_("答复")

    @property
    def by_office(self) -> bool:
        """Whether the office wrote it, so that its own telephones and places may stay."""
        return self in (PublicField.QUESTION, PublicField.REPLY)


class FindingKind(StrEnum):
    """What identifies a person in a text."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    ID_CARD = "id_card"
    BANK_CARD = "bank_card"
    EMAIL = "email"
    PLATE = "plate"
    ADDRESS = "address"
    NAME = "name"
    SENDER_NAME = "sender_name"
    SENDER_CONTACT = "sender_contact"
    SOCIAL_ACCOUNT = "social_account"
    DOCUMENT = "document"
    CASE_NUMBER = "case_number"
    REGISTER_NUMBER = "register_number"
    FRAGMENT = "fragment"
    BIRTH_DATE = "birth_date"
    SCHOOL_CLASS = "school_class"
    POSITION = "position"
    POSSIBLE_NAME = "possible_name"
    UNKNOWN_NUMBER = "unknown_number"
    CONFIDENTIAL = "confidential"
    OTHER = "other"


FINDING_LABELS: dict[FindingKind, str] = {
    FindingKind.MOBILE: N_("手机号码"),
    FindingKind.LANDLINE: N_("固定电话"),
    FindingKind.ID_CARD: N_("身份证号"),
    FindingKind.BANK_CARD: N_("银行卡号"),
    FindingKind.EMAIL: N_("电子邮箱"),
    FindingKind.PLATE: N_("车牌号"),
    FindingKind.ADDRESS: N_("详细住址"),
    FindingKind.NAME: N_("姓名"),
    FindingKind.SENDER_NAME: N_("来信人姓名"),
    FindingKind.SENDER_CONTACT: N_("来信人联系方式"),
    FindingKind.SOCIAL_ACCOUNT: N_("社交账号"),
    FindingKind.DOCUMENT: N_("证件号码"),
    FindingKind.CASE_NUMBER: N_("案件文书号"),
    FindingKind.REGISTER_NUMBER: N_("户号、单号等编号"),
    FindingKind.FRAGMENT: N_("号码片段"),
    FindingKind.BIRTH_DATE: N_("出生日期"),
    FindingKind.SCHOOL_CLASS: N_("学校班级"),
    FindingKind.POSITION: N_("经纬度"),
    FindingKind.POSSIBLE_NAME: N_("可能的姓名"),
    FindingKind.UNKNOWN_NUMBER: N_("用途不明的号码"),
    FindingKind.CONFIDENTIAL: N_("要求保密"),
    FindingKind.OTHER: N_("其他"),
}
DOUBTFUL = frozenset(
    {FindingKind.POSSIBLE_NAME, FindingKind.UNKNOWN_NUMBER, FindingKind.CONFIDENTIAL}
)
"""What only a person can judge: never masked by default, never published by a machine."""
SENSITIVE = frozenset({FindingKind.ID_CARD, FindingKind.BANK_CARD, FindingKind.DOCUMENT})
"""Numbers a citizen is warned of before sending, and a machine leaves to a person."""

KEEP_OFFICE_PHONE = N_("答复中公布的办公电话")
KEEP_OWN_PHONE = N_("本单位公开的办公电话")
KEEP_OFFICE_PLACE = N_("答复中公布的办公地点")
KEEP_PUBLIC_NUMBER = N_("公共服务电话")
KEEP_OFFICE_MAIL = N_("答复中公布的办公邮箱")
KEEP_OFFICIAL = N_("履行职务的公职人员")


class Decision(StrEnum):
    """What was decided on a finding; ``open`` blocks publication and is masked meanwhile."""

    OPEN = "open"
    MASK = "mask"
    KEEP = "keep"


@dataclass(frozen=True)
class Sender:
    """The sender's own particulars, looked for wherever they stand; empty strings are absent."""

    name: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True)
class Mask:
    """Characters ``start`` to ``end`` (exclusive) of the original become ``replacement``."""

    start: int
    end: int
    replacement: str


@dataclass(frozen=True)
class Finding:
    """One place of the original text, by offsets in characters, and its proposed public text.

    ``text`` is the original slice. ``keep_reason`` says why machine review leaves it as it is (a key
    of the catalogue), and is empty where it is to be masked.
    """

    kind: FindingKind
    start: int
    end: int
    text: str
    mask: str
    keep_reason: str = ""

    def as_mask(self) -> Mask:
        """Return the mask of this finding."""
        return Mask(self.start, self.end, self.mask)


def default_decision(finding: Finding) -> Decision:
    """Mask everything but public service and office contacts."""
    return Decision.KEEP if finding.keep_reason else Decision.MASK


def mask_text(text: str, masks: Iterable[Mask]) -> str:
    """Return ``text`` with the range of every mask replaced.

    Masks may come in any order. Raises ValueError for a range that is empty, lies outside the
    text, or overlaps another one.
    """
    pieces: list[str] = []
    position = 0
    for mask in sorted(masks, key=lambda mask: (mask.start, mask.end)):
        if not 0 <= mask.start < mask.end <= len(text):
            raise ValueError(
                f"mask {mask.start}-{mask.end} does not fit a text of {len(text)} characters"
            )
        if mask.start < position:
            raise ValueError(f"mask {mask.start}-{mask.end} overlaps the one before it")
        pieces += (text[position : mask.start], mask.replacement)
        position = mask.end
    return "".join((*pieces, text[position:]))
