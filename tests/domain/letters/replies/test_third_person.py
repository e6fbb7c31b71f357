"""Replies that write about the sender."""

import pytest

from portal.domain.letters.replies.third_person import about_the_sender


@pytest.mark.parametrize(
    "text",
    [
        "该市民的诉求不属实。",
        "此位网友多次致电。",
        "经与信访人沟通,问题已解决。",
        "来信人所说的路灯已修好。",
        "投诉人没有提供发票。",
        "网友反映的路口已装红绿灯。",
        "接到市民投诉后,我局到了现场。",
        "关于网民提出的公交线路。",
        "来信人:您好,现答复来信人如下。",
    ],
)
def test_sentence_about_the_sender_is_returned(text: str) -> None:
    """Whatever the sender is called, the sentence is quoted."""
    assert about_the_sender(f"您好。{text}路灯已修好。") == [text]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "您反映的路灯已修好。",
        "尊敬的来信人:您好!",
        "来信人您好,现答复如下。",
        "网友“小河边”:您好!",
        "尊敬的市民朋友们,路灯已修好。",
        "尊敬的投诉人;",
        "曾有网友投诉同一路口。",
        "多位投诉人签了名。",
        "广大市民反映良好。",
        "市民反映强烈的路口已改造。",
        "被投诉人已停业。",
        "凡来信人都会收到短信。",
        "信访人应当出示证件。",
        "投诉人可以申请复核。",
        "依照《信访工作条例》,信访人提出的事项由属地办理。",
        "投诉人员已散去。",
    ],
)
def test_salutations_people_in_general_and_laws_are_left_alone(text: str) -> None:
    """Only who wrote this letter is meant."""
    assert about_the_sender(text) == []


def test_sentences_come_in_their_order_and_each_by_itself() -> None:
    """Two sentences make two."""
    assert about_the_sender("该网友来过。路已通。\n举报人已知悉") == [
        "该网友来过。",
        "举报人已知悉",
    ]
