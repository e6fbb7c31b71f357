"""The words of messages: complete, short, without a letter's text, and refused where broken."""

from datetime import date
from pathlib import Path

import pytest

from portal.adapters.message_words import message_words
from portal.domain.languages import LANGUAGES, SOURCE
from portal.domain.messages.links import opened, sign
from portal.domain.messages.occasions import (
    AFTER,
    ON_REQUEST,
    TO_SENDERS,
    TO_STAFF,
    Announced,
    Occasion,
)
from portal.domain.messages.wording import (
    LETTERS_MOST,
    About,
    BadWords,
    Words,
    example,
    gaps_of,
    in_language,
    read_frame,
    read_words,
)
from portal.gaps import fill, gaps

SITE, ADDRESS = "山城市公开信箱", "https://letters.example"
KEY = b"k" * 32


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Words]:
    """The shipped words."""
    found, faults = message_words(tmp_path_factory.mktemp("instance"))
    assert faults == []
    return found


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("occasion", Occasion)
def test_every_occasion_has_its_words(
    words: dict[str, Words], locale: str, occasion: Occasion
) -> None:
    """Each message is complete in each language, leads to its page and leaves no gap open."""
    filled = words[locale].fill(example(occasion, SITE, ADDRESS))
    link = f"{ADDRESS}/letters/20161206-00001-7"
    in_sms = "204816" if occasion in (Occasion.LOST_CODE, Occasion.VERIFYING) else link
    assert link in filled.text and link in filled.html and in_sms in filled.sms
    assert gaps(filled.subject + filled.text + filled.html + filled.sms) == set()
    assert 0 < len(filled.subject) <= 60
    assert f'<html lang="{LANGUAGES[locale].tag}">' in filled.html
    stops = occasion not in ON_REQUEST
    assert (f"{ADDRESS}/stop/" in filled.text, f"{ADDRESS}/stop/" in filled.html) == (stops, stops)


def test_values_are_escaped_in_html_and_stay_on_one_line_in_subjects(
    words: dict[str, Words],
) -> None:
    """A site called after an element shows it; a value with a line break begins no line of a header."""
    about = About(Occasion.ANSWERED, "<b>&", f"{ADDRESS}/x", number="1\r\nBcc: a@b.example")
    filled = words[SOURCE].fill(about)
    assert "&lt;b&gt;&amp;" in filled.html and "<b>" not in filled.html
    assert "\n" not in filled.subject and "\r" not in filled.subject
    assert "stop" not in filled.html


def test_dates_are_written_as_the_language_does(words: dict[str, Words]) -> None:
    """A date stands as in a sentence; where there is none stands a dash."""
    assert words["zh_CN"].day(date(2016, 12, 3)) == "2016年12月3日"
    assert words["en"].day(date(2016, 12, 3)) == "3 December 2016"
    assert words["en"].day(None) == "—"


def test_a_mail_names_twenty_letters_at_most(words: dict[str, Words]) -> None:
    """A long list of letters is cut, with a mark."""
    many = tuple((f"n{number}", None) for number in range(LETTERS_MOST + 1))
    about = About(Occasion.OVERDUE, SITE, ADDRESS, letters=many)
    text = words[SOURCE].fill(about).text
    assert f"n{LETTERS_MOST - 1}" in text and f"n{LETTERS_MOST}" not in text and "…" in text
    exact = About(Occasion.OVERDUE, SITE, ADDRESS, letters=many[:LETTERS_MOST])
    assert "…" not in words[SOURCE].fill(exact).text


def test_no_gap_can_hold_a_letters_text() -> None:
    """The fields that words may have are number, day, links, digits, counts, public entries and the site's name."""
    known = {"site", "link", "number", "code", "limit", "count", "letters", "figures", "entries"}
    assert set().union(*(gaps_of(each) for each in Occasion)) == known


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[answered", "x.toml: "),
        ("answered = 1", "x.toml: answered: must be a table"),
        ("[answerd]\ntext = 'a'", "x.toml: answerd: there are no such words"),
        ("[answered]\nbody = 'a'", "x.toml: answered.body: there is no such part"),
        ("[answered]\ntext = '{nummer}'", r"x.toml: answered.text: unknown field \{nummer\}"),
        ("[answered]\ntext = '{limit}'", r"answered.text: unknown field \{limit\}"),
        ("[answered]\ntext = ' '", "answered.text: must be a text"),
        ("[answered]\ntext = 7", "answered.text: must be a text"),
        (f"[answered]\nsubject = '{'长' * 41}'", "answered.subject: is longer than 40"),
        (f"[answered]\nsms = '{'长' * 141}'", "answered.sms: is longer than 140"),
        ("[answered]\nsubject = '''a\nb'''", "answered.subject: must be one line"),
        ("[figures]\nvotes = '{n}'", "figures.votes: there is no such part"),
    ],
)
def test_words_that_cannot_be_used_are_named(content: str, said: str) -> None:
    """A mistake is named with file, table and part."""
    with pytest.raises(BadWords, match=said):
        read_words("x.toml", content)


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        ("<p>{body}{link}{stop}", "<p> is not closed"),
        ("{body}{link}{stop}</p>", "</p> closes nothing"),
        ("<b><i>{body}{link}{stop}</b></i>", "</b> closes nothing"),
        ("{body}{link}{stop}{colour}", r"unknown field \{colour\}"),
        ("{body}{link}", r"\{stop\} is missing"),
        ("<script>{body}{link}{stop}</script>", "<script> is not for mails"),
    ],
)
def test_a_frame_with_broken_markup_is_refused(frame: str, said: str) -> None:
    """HTML around mails must be whole and hold what every mail needs."""
    with pytest.raises(BadWords, match=said):
        read_frame("frame.html", frame)


def test_an_operator_replaces_single_texts(tmp_path: Path) -> None:
    """A file of the instance replaces what it holds; everything else stays."""
    folder = tmp_path / "messages"
    folder.mkdir()
    (folder / "zh_CN.toml").write_text("[answered]\nsubject = '{number} 办好了'\n", "utf-8")
    (folder / "frame.html").write_text("<p>{body}</p>{link}{stop}", "utf-8")
    found, faults = message_words(tmp_path)
    assert faults == []
    filled = found[SOURCE].fill(example(Occasion.ANSWERED, SITE, ADDRESS))
    assert filled.subject == "20161206-00001-7 办好了"
    assert "已经答复" in filled.text
    assert filled.html.startswith("<p><p>")


def test_a_broken_file_leaves_the_shipped_words(tmp_path: Path) -> None:
    """Each file that cannot be used is named once, and its messages go out in the shipped words."""
    folder = tmp_path / "messages"
    folder.mkdir()
    (folder / "zh_CN.toml").write_text("[answered]\nsubject = '{x}'\n", "utf-8")
    (folder / "en.toml").write_bytes(b"\xff\xfe")
    (folder / "frame.html").write_text("<p>", "utf-8")
    found, faults = message_words(tmp_path)
    assert len(faults) == 3
    assert "messages/zh_CN.toml: answered.subject" in faults[1]
    assert "已经答复" in found[SOURCE].fill(example(Occasion.ANSWERED, SITE, ADDRESS)).subject


def test_an_unknown_language_gets_the_source_language(words: dict[str, Words]) -> None:
    """A language that is no longer there has the words of the source."""
    assert in_language(words, "xx").locale == SOURCE
    assert in_language(words, "en").locale == "en"


def test_a_link_opens_for_its_purpose_and_key_alone() -> None:
    """A signed link is good for what it was signed for, unchanged."""
    token = sign(KEY, "stop", "letter-20161206-00001-7")
    assert opened(KEY, "stop", token) == "letter-20161206-00001-7"
    assert len(token.rpartition(".")[2]) == 20
    for other in (
        token[:-1],
        token.replace("7.", "8."),
        "." + token[-20:],
        "",
        "letter",
        token + "a",
    ):
        assert opened(KEY, "stop", other) is None
    assert opened(KEY, "verify", token) is None
    assert opened(b"x" * 32, "stop", token) is None


def test_gaps_are_filled_once() -> None:
    """A value with braces is no gap; braces of JSON stand for themselves."""
    assert fill('{"a": "{x}{y}"}', {"x": "{y}", "y": "2"}) == '{"a": "{y}2"}'
    assert gaps('{"a": {"b": "{x}"}} {X} {}') == {"x"}
    with pytest.raises(KeyError):
        fill("{x}", {})


def test_everybody_learns_what_the_table_says() -> None:
    """Senders learn of nine things, staff of those that come to them; nothing else is announced."""
    senders = {each.sender for each in AFTER.values()} - {None}
    staff = {each.staff for each in AFTER.values()} - {None}
    assert senders == set(TO_SENDERS) - {Occasion.REMINDED, Occasion.CONSENT_NEEDED}
    assert staff == set(TO_STAFF) - {Occasion.DUE_SOON, Occasion.OVERDUE}
    assert Announced() not in AFTER.values()
