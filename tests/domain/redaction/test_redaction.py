"""Findings, decisions and the public text."""

import pytest

from portal.domain.redaction import (
    FINDING_LABELS,
    KEEP_OFFICE_PHONE,
    KEEP_OFFICE_PLACE,
    KEEP_OWN_PHONE,
    KEEP_PUBLIC_NUMBER,
    TEXT_LIMIT,
    Decision,
    FindingKind,
    Mask,
    PublicField,
    Sender,
    default_copy,
    default_decision,
    detect,
    detect_letter,
    mask_text,
)

SENDER = Sender("张三", "13812345678", "zhangsan88@qq.com")


def public(text: str, sender: Sender | None = None, field: PublicField = PublicField.TEXT) -> str:
    """The text that machine review publishes."""
    return default_copy(text, sender=sender, field=field)


def test_labels_cover_every_kind() -> None:
    """Every kind of finding has a label for the page."""
    assert set(FINDING_LABELS) == set(FindingKind)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("手机13812345678。", "手机138****5678。"),
        ("手机+86 138-1234-5678。", "手机138****5678。"),
        ("拨打一三八一二三四五六七八一直不通", "拨打138****5678一直不通"),
        ("拨打一三八一二三四五六七八，3号楼", "拨打138****5678，3号楼"),
        ("电话138\n00001111", "电话138****1111"),
        ("电话138OOOO1111", "电话138****1111"),
        ("账号：50050103360000001234", "账号：***"),
        ("护照E12345678", "护照***"),
        ("WJ渝12345", "WJ·***"),
        ("邮箱zhangsan at qq dot com", "邮箱z***@qq.com"),
        ("身份证500101199003070010", "身份证***"),
        ("身份证500101900307001", "身份证***"),
        ("卡号6222021234567890128", "卡号***"),
        ("座机023-63151234转801", "座机023-****"),
        ("家里63151234没人接", "家里****没人接"),
        ("香港+852 2345 6789", "香港+852 ****"),
        ("邮箱zhang.wei＠qq．com", "邮箱z***@qq.com"),
        ("邮箱wei(at)qq点com", "邮箱w***@qq.com"),
        ("车牌渝a·12345", "车牌渝A·***"),
        ("车牌渝AD12345停在路边", "车牌渝A·***停在路边"),
        ("加QQ：123456789", "加QQ：***"),
        ("微信号zhang_wei1988", "微信号***"),
        ("微信公众号cqfabu123456", "微信公众号cqfabu123456"),
    ],
)
def test_each_kind_has_its_mask(text: str, expected: str) -> None:
    """A secret is replaced by the mask in use for its kind, and the rest stays."""
    assert public(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("住龙湖花园小区3栋2单元501", "住***"),
        ("住龙湖花园小区3-2-501", "住***"),
        ("家住人民路123号附5号", "家住***"),
        ("我住古镇路3号", "我住***"),
        ("家住大坪正街88号阳光小区3栋2单元501，很吵", "家住***，很吵"),
        ("大坪正街88号（阳光小区）3栋2单元501", "***"),
        ("渝中区大坪街道大坪正街88号阳光小区二期3栋", "渝中区大坪街道***"),
        ("住在和平路12号，路过为民路", "住在***，路过为民路"),
        ("区政府3楼305室", "区政府***"),
        ("阳光小区和人民路没有路灯", "阳光小区和人民路没有路灯"),
        ("石桥镇红旗村三组的路", "石桥镇***的路"),
        ("大石坝街道石油村12号", "大石坝街道***"),
        ("英利大厦12楼1201", "***"),
        ("红旗小区5号楼2门301的住户", "***的住户"),
        ("甲栋一单元七楼二号", "***"),
        ("住宅共12栋，有3栋住宅漏水", "住宅共12栋，有3栋住宅漏水"),
        ("3室2厅一卫", "3室2厅一卫"),
        ("轨道3号线、5号窗口", "轨道3号线、5号窗口"),
    ],
)
def test_addresses_end_at_the_township(text: str, expected: str) -> None:
    """A house number goes with its road and compound; district and township stay."""
    assert public(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("王建国主任答应过", "王某某主任答应过"),
        ("我叫李强今天去办事", "我叫李某某今天去办事"),
        ("和李明经理说过", "和李某某经理说过"),
        ("欧阳建国老师", "欧阳某某老师"),
        ("我叫陈大文，男", "我叫陈某某，男"),
        ("姓名：阿不都拉·热西提", "姓名：阿某某"),
        ("联系人：刘小兵 电话", "联系人：刘某某 电话"),
        ("我丈夫周强，现年40岁", "我丈夫周某某，现年40岁"),
        ("盼复！\n此致\n敬礼\n吴小莉\n2016年3月1日", "盼复！\n此致\n敬礼\n吴某某\n2016年3月1日"),
        ("请尽快处理。\n凌君艳 2018年9月28日", "请尽快处理。\n凌某某 2018年9月28日"),
        ("请尽快处理。凌君艳 2018年9月28日", "请尽快处理。凌某某 2018年9月28日"),
        ("请尽快处理。\n凌君艳，2018.9.28", "请尽快处理。\n凌某某，2018.9.28"),
        ("请尽快处理。\n方便时 2018年9月28日", "请尽快处理。\n方便时 2018年9月28日"),
        ("凌君艳 2018年9月28日去过窗口。", "凌君艳 2018年9月28日去过窗口。"),
        ("张先生、王主任、李女士", "张先生、王主任、李女士"),
        ("公司张经理和高中老师", "公司张经理和高中老师"),
        ("感谢家庭医生，感谢支教老师", "感谢家庭医生，感谢支教老师"),
        ("重庆市长寿区业主任意停车", "重庆市长寿区业主任意停车"),
    ],
)
def test_full_names_are_masked_and_titles_stay(text: str, expected: str) -> None:
    """A full name keeps its surname; a surname with a title or a form of address stays."""
    assert public(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("本人张三，张 三，张\u200b三", "本人张某某，张某某，张某某"),
        ("张三李四", "张某某李四"),
        ("电话138 1234 5678", "电话138****5678"),
        ("号码００８６１３８１２３４５６７８", "号码138****5678"),
        ("1381234567813900001111", "138****5678"),
        ("邮箱ZhangSan88@QQ.com", "邮箱z***@qq.com"),
        ("我的账户zhangsan88登不上", "我的账户***登不上"),
        ("张先生您好", "张先生您好"),
    ],
)
def test_the_senders_own_particulars_are_masked_anywhere(text: str, expected: str) -> None:
    """The sender's name and contacts are masked in every spelling, without any cue."""
    assert public(text, SENDER) == expected


@pytest.mark.parametrize(
    ("length", "found"), [(6, False), (7, True), (19, True), (20, True), (21, False)]
)
def test_a_senders_number_has_seven_to_twenty_digits(length: int, found: bool) -> None:
    """A number that is shorter or longer is no telephone number and is not looked for."""
    number = "40203040506070809010203"[:length]
    kinds = [f.kind for f in detect(f"附{number}", sender=Sender("王某", phone=number))]
    assert (FindingKind.SENDER_CONTACT in kinds) is found


def test_a_mistyped_identity_number_does_not_hide_the_next() -> None:
    """Of two numbers run together the second is found though the first has a wrong check digit."""
    (finding,) = detect("我的500101199003071231500101199003071236号")
    assert (finding.kind, finding.start, finding.end) == (FindingKind.ID_CARD, 2, 38)


def test_sender_findings_have_their_own_kinds() -> None:
    """A reviewer sees that a name or number is the sender's own."""
    kinds = [f.kind for f in detect("张三 13812345678", sender=SENDER)]
    assert kinds == [FindingKind.SENDER_NAME, FindingKind.SENDER_CONTACT]


@pytest.mark.parametrize("name", ["匿名", "张先生", "市民", "", "王"])
def test_a_sender_without_a_real_name_hides_no_words(name: str) -> None:
    """A form of address given as a name is not looked for in the text."""
    assert detect("匿名的市民张先生和王女士", sender=Sender(name)) == []


@pytest.mark.parametrize(
    ("text", "field", "reason"),
    [
        ("咨询电话：023-63151234", PublicField.REPLY, KEEP_OFFICE_PHONE),
        ("咨询电话：023-63151234", PublicField.TEXT, ""),
        ("您的电话023-63151234我们已拨打", PublicField.REPLY, ""),
        ("来信人（电话：023-63151234）反映属实", PublicField.REPLY, ""),
        ("请联系：渝中区023-63151234", PublicField.REPLY, KEEP_OFFICE_PHONE),
        ("咨询电话：13812345678", PublicField.REPLY, ""),
        ("全国热线400-123-4567", PublicField.TEXT, KEEP_PUBLIC_NUMBER),
        ("请前往人民路232号办理", PublicField.REPLY, KEEP_OFFICE_PLACE),
        ("请前往人民路232号3单元5室", PublicField.REPLY, ""),
        ("经查，您家住在人民路232号", PublicField.REPLY, ""),
        ("我住人民路232号", PublicField.TEXT, ""),
    ],
)
def test_a_reply_keeps_office_contacts_with_a_reason(
    text: str, field: PublicField, reason: str
) -> None:
    """Only what an office announces in its reply, or a public service number, is kept."""
    (finding,) = detect(text, field=field)
    assert finding.keep_reason == reason
    assert default_decision(finding) == (Decision.KEEP if reason else Decision.MASK)


def test_a_list_of_office_phones_is_kept_whole() -> None:
    """Numbers that follow an announced one in a list are office phones as well."""
    text = "投诉电话：渝中区：023-63151234；江北区：023-67671234；南岸区：023-62621234"
    assert public(text, field=PublicField.REPLY) == text


def test_the_senders_phone_is_masked_in_a_reply_too() -> None:
    """The sender's own landline is never taken for an office phone."""
    sender = Sender(phone="023-63151234")
    assert public("联系电话：023-63151234", sender, PublicField.REPLY) == "联系电话：****"


@pytest.mark.parametrize("number", ["110", "12345", "12315", "10086", "96096"])
def test_short_public_numbers_are_no_findings(number: str) -> None:
    """A hotline that everybody may call identifies nobody."""
    assert detect(f"请拨打{number}", field=PublicField.REPLY) == []


def test_overlaps_become_one_finding_named_by_the_longest() -> None:
    """A mobile number inside an e-mail address is one finding: the address."""
    (finding,) = detect("信箱13812345678@qq.com", sender=SENDER)
    assert (finding.kind, finding.text) == (FindingKind.EMAIL, "13812345678@qq.com")


def test_offsets_count_characters_of_the_original() -> None:
    """Invisible and compatibility characters shift nothing."""
    text = "\ufeff㈱① １\u200b３８ー１２３４ 電話：１３８\u200b１２３４５６７８。"
    (finding,) = detect(text)
    assert text[finding.start : finding.end] == finding.text == "１３８\u200b１２３４５６７８"


def test_masks_come_in_any_order() -> None:
    """Masks are applied by place, whatever their order."""
    assert mask_text("甲乙丙丁", [Mask(2, 3, "**"), Mask(0, 1, "")]) == "乙**丁"


@pytest.mark.parametrize(
    "masks",
    [
        [Mask(0, 2, "*"), Mask(1, 3, "*")],
        [Mask(0, 2, "*"), Mask(0, 2, "*")],
        [Mask(2, 2, "*")],
        [Mask(-1, 2, "*")],
        [Mask(3, 5, "*")],
    ],
)
def test_masks_that_do_not_fit_are_refused(masks: list[Mask]) -> None:
    """An overlapping, empty or outlying mask is an error, not a damaged text."""
    with pytest.raises(ValueError, match="mask"):
        mask_text("甲乙丙丁", masks)


def test_a_text_beyond_the_limit_is_refused() -> None:
    """The cap on length is stated in the error."""
    with pytest.raises(ValueError, match=str(TEXT_LIMIT)):
        detect("一" * (TEXT_LIMIT + 1))


@pytest.mark.parametrize(
    ("reply", "kept"),
    [
        ("经座机023-63151234核实", True),
        ("已从住宅旁的63151234回电", True),
        ("家里（023）6315－1234转8016", True),
        ("值班手机13800138000", True),
        ("家里63151235", False),
        ("家里02163151234", False),
        ("手机13900138000", False),
    ],
)
def test_a_reply_keeps_the_numbers_of_who_answers(reply: str, kept: bool) -> None:
    """The organisation's own telephones stay whatever the sentence says, in a reply alone."""
    texts = {PublicField.REPLY: reply, PublicField.TEXT: reply}
    own = ["023-6315 1234、13800138000"]
    found = detect_letter(texts, office_phones=own)
    assert [f.keep_reason == KEEP_OWN_PHONE for f in found[PublicField.REPLY]] == [kept]
    assert [f.keep_reason for f in found[PublicField.TEXT]] == [""]


def test_a_sender_with_the_number_of_the_office_is_masked() -> None:
    """What the sender gave as their own number is hidden though the office has it too."""
    sender = Sender(phone="02363151234")
    texts = {PublicField.REPLY: "请拨023-63151234"}
    (found,) = detect_letter(texts, sender=sender, office_phones=["023-63151234"])[
        PublicField.REPLY
    ]
    assert found.keep_reason == ""
