"""Recall and precision on the labelled corpus, and properties that hold for any text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.redaction import Finding, FindingKind, PublicField, Sender, detect, mask_text
from portal.domain.redaction.hits import digits_of
from tests.fixtures.redaction_corpus import MAKERS, NEGATIVES, cases

CASES = 600
RECALL = 0.99
SENDER = Sender("欧阳建国", "13912345678", "ouyang.jianguo@qq.com")

_fragment = st.one_of(
    st.builds(
        lambda kind, seed: next(cases(kind, 1, seed)).text,
        st.sampled_from(sorted(MAKERS)),
        st.integers(0, 10**6),
    ),
    st.text("0123456789一二三幺０１ -.—·+*()转", max_size=30),
    st.text("王李张建国主任经理我叫本人某和于欧阳：，\n", max_size=12),
    st.text("渝京AFDx镇村栋单元号室楼路1一 -", max_size=16),
    st.text("ab1.@＠#qcom微信QQ：\u200b", max_size=20),
    st.text(max_size=12),
    st.sampled_from(["欧阳建国", "13912345678", "ouyang.jianguo", "电话：", "身份证", "卡号"]),
)
_text = st.lists(_fragment, max_size=8).map("".join)


def masked(text: str, findings: list[Finding]) -> str:
    """The text with everything masked that has no reason to stay."""
    return mask_text(text, [f.as_mask() for f in findings if not f.keep_reason])


@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_recall_on_the_labelled_corpus(kind: FindingKind) -> None:
    """At least 99 of 100 secrets are covered whole by a finding of their kind."""
    missed = [
        case.text
        for case in cases(kind, CASES)
        if not any(
            f.kind is kind and f.start <= case.start and case.end <= f.end
            for f in detect(case.text)
        )
    ]
    assert len(missed) <= CASES * (1 - RECALL), missed[:5]


@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_nothing_of_a_secret_but_its_mask_is_published(kind: FindingKind) -> None:
    """The public text never shows all digits of a number that was found."""
    for case in cases(kind, CASES):
        findings = detect(case.text)
        covering = [f for f in findings if f.start <= case.start and case.end <= f.end]
        for finding in covering:
            assert case.digits not in finding.mask
            assert len(digits_of(finding.mask)) < max(len(case.digits) - 3, 5)


@pytest.mark.parametrize("text", NEGATIVES)
def test_what_looks_like_a_secret_and_is_none_stays(text: str) -> None:
    """Dates, document numbers, amounts, codes, routes and titles are no findings."""
    assert detect(f"您好，{text}，请答复。") == []
    assert detect(text, field=PublicField.REPLY) == []


@settings(max_examples=300, deadline=None)
@given(_text)
def test_findings_are_ordered_apart_and_true_to_the_original(text: str) -> None:
    """Findings are sorted, never overlap, and quote the text that they cover."""
    position = 0
    for finding in detect(text, sender=SENDER):
        assert position <= finding.start < finding.end <= len(text)
        assert finding.text == text[finding.start : finding.end]
        position = finding.end


@settings(max_examples=400, deadline=None)
@given(_text, st.sampled_from(PublicField))
def test_the_public_text_holds_nothing_more_to_mask(text: str, field: PublicField) -> None:
    """Redacting a redacted text finds nothing."""
    findings = detect(text, sender=SENDER, field=field)
    public = masked(text, findings)
    again = [f for f in detect(public, sender=SENDER, field=field) if not f.keep_reason]
    assert masked(public, again) == public


@settings(max_examples=200, deadline=None)
@given(_text)
def test_masks_never_repeat_what_they_hide(text: str) -> None:
    """No mask contains the digits that it replaces."""
    for finding in detect(text, sender=SENDER):
        hidden = digits_of(finding.text)
        assert len(hidden) < 7 or hidden not in digits_of(finding.mask)


@settings(max_examples=100, deadline=None)
@given(_text)
def test_everything_around_a_finding_is_published_unchanged(text: str) -> None:
    """Between masks the public text is the original, character by character."""
    findings = detect(text, sender=SENDER)
    public = mask_text(text, [f.as_mask() for f in findings])
    position = offset = 0
    for finding in findings:
        width = finding.start - position
        assert public[offset : offset + width] == text[position : finding.start]
        offset += width + len(finding.mask)
        position = finding.end
    assert public[offset:] == text[position:]
