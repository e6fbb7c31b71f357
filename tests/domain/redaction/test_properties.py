"""Properties of folding and masking that hold for any text."""

import random
import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric

from portal.domain.redaction import FindingKind, PublicField, default_copy, detect, detect_letter
from portal.domain.redaction.folding import fold
from portal.domain.redaction.hits import digits_of

_odd = st.lists(
    st.one_of(
        st.sampled_from("陳張國為麗㈱①②１一幺〇\u200b\ufeff\n\r\t 　·&;#<>/"),
        st.sampled_from(["&nbsp;", "&#49;", "<br>", "</p>", "&amp;", "<b>"]),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=60,
).map("".join)
_separator = st.sampled_from(
    [
        "",
        "",
        " ",
        "-",
        "、",
        "，",
        ".",
        "·",
        "\n",
        "\u200b",
        " / ",
        "—",
        "&nbsp;",
        "_",
        "|",
        "…",
        "　",
    ]
)


def planted(rng: random.Random, kind: FindingKind) -> str:
    """An invented identifier of a kind, in digits."""
    if kind is FindingKind.MOBILE:
        return f"1{rng.randrange(3, 10)}" + "".join(rng.choices("0123456789", k=9))
    if kind is FindingKind.BANK_CARD:
        body = "622848" + "".join(rng.choices("0123456789", k=12))
        return body + luhn.calc_check_digit(body)
    body = f"500103{rng.randrange(1940, 2015)}0{rng.randrange(1, 10)}{rng.randrange(10, 29)}"
    body += f"{rng.randrange(1, 999):03}"
    return body + ric.calc_check_digit(body + "0")


@given(_odd)
def test_folding_leads_back_to_the_original(text: str) -> None:
    """Every folded character comes from a place of the text, in order, and folds to itself there."""
    folded = fold(text)
    position = 0
    for at in range(len(folded.plain)):
        start, end = folded.original_range(at, at + 1)
        assert 0 <= start < end <= len(text)
        assert start >= position
        position = start
    assert len(folded.plain) == len(folded.digits) == len(folded.lower)


@given(_odd)
def test_a_folded_text_folds_to_itself(text: str) -> None:
    """Folding leaves no invisible character and no full-width digit."""
    plain = fold(text).plain
    assert not any(unicodedata.category(char) in {"Cf", "Mn", "Me"} for char in plain)
    assert all(char.isascii() for char in plain if char.isdecimal())


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([FindingKind.MOBILE, FindingKind.ID_CARD, FindingKind.BANK_CARD]),
    st.integers(0, 10**6),
    st.lists(_separator, min_size=19, max_size=19),
    st.sampled_from(["身份证{}，请核查", "我的号码是{}。", "联系我：{}谢谢"]),
)
def test_a_planted_identifier_is_never_readable(
    kind: FindingKind, seed: int, separators: list[str], frame: str
) -> None:
    """Whatever stands between its digits, no mask shows more than a phone number's seven digits."""
    number = planted(random.Random(seed), kind)
    written = "".join(a + b for a, b in zip(number, separators, strict=False))
    written = written[: len(written) - len(separators[len(number) - 1]) or None]
    public = default_copy(frame.format(written))
    assert len(digits_of(fold(public).digits)) <= 7


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([FindingKind.MOBILE, FindingKind.ID_CARD]), st.integers(0, 10**6), _odd)
def test_masks_show_less_than_what_they_hide(kind: FindingKind, seed: int, around: str) -> None:
    """No mask is longer to read, digit by digit, than its place."""
    text = f"{around}号码{planted(random.Random(seed), kind)}，{around}"
    for finding in detect(text):
        assert len(digits_of(finding.mask)) <= max(7, len(digits_of(finding.text)) - 4)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["李明轩", "欧阳建国", "赵铁柱", "古丽米热·艾比布力"]),
    st.sampled_from(["我孩子{}病了", "我叫{}", "报告人：{}", "原告{}不服"]),
    st.sampled_from(["{}反映漏水", "关于{}的答复", "经查，{}与物业协商", "{}"]),
)
def test_a_name_found_once_is_masked_in_every_text(name: str, cue: str, elsewhere: str) -> None:
    """Title and reply hide what the letter gave away."""
    texts = {
        PublicField.TITLE: elsewhere.format(name),
        PublicField.TEXT: cue.format(name),
        PublicField.REPLY: f"您好，{elsewhere.format(name)}。",
    }
    found = detect_letter(texts)
    for field, text in texts.items():
        start = text.index(name)
        assert any(f.start <= start and start + len(name) <= f.end for f in found[field])
