"""The words of simulated letters."""

from datetime import date
from pathlib import Path
from random import Random

from portal.adapters.csv_reader import open_csv
from portal.domain.letters.kinds import Kind
from portal.domain.organisations import OrganisationKind
from portal.tools.simulation.texts import Texts, read_corpus

CSV = (
    "title,content,reply,type\n"
    "路灯不亮,门口路灯坏了，请联系13812345678,您好，路灯已经安排维修，三日内恢复照明，谢谢来信。,求助\n"
    ",没有标题,,求助\n"
)


def test_a_corpus_gives_words_and_masks_what_identifies(tmp_path: Path) -> None:
    """Rows without a title are left out; a telephone number is masked in the public copy."""
    file = tmp_path / "letters.csv"
    file.write_text(CSV, encoding="utf-8")
    with open_csv(file) as source:
        found = read_corpus(source, 1)
    assert [kind for kind, _ in found] == [Kind.HELP]
    words = found[0][1]
    assert "13812345678" in words.text and "13812345678" not in "".join(words.public)
    assert [words.text[start:end] for _f, start, end, _k, _m in words.masks] == ["13812345678"]


def test_kinds_without_a_corpus_are_written_by_the_grammar(tmp_path: Path) -> None:
    """A corpus of one kind leaves the others to the grammar, the same for the same seed."""

    def write() -> str:
        texts = Texts(3)
        words = texts.wording(
            Random(1), Kind.COMPLAINT, OrganisationKind.TOWNSHIP, "", "石桥街道", date(2016, 1, 5)
        )
        assert words.public == (words.title, words.text, words.reply)
        return words.text + words.reply

    assert write() == write()
