"""``letterbox simulate`` and ``letterbox report``, as an operator runs them."""

import json
from pathlib import Path

import pytest

from portal.reporting.formats import FORMATS
from tests.cli.conftest import Command, one_line

YEAR = ("simulate", "--year", 2016, "--no-index")
SMALL = (*YEAR, "--received", 120, "--closed", 105, "--published", 74)


def test_a_simulated_year_is_reported_with_its_counts(command: Command) -> None:
    """What was asked of the simulation is what the report says."""
    made = command(*SMALL)
    assert made.exit_code == 0, made.output
    assert "closed 105件 (87.50%), published 74件 (70.48%)" in made.output
    said = command("report", 2016).output
    assert "59个市级部门、38个区县、12个重点企业" in said
    assert "共收到群众来信120件，办结信件105件，办结率87.50%" in said
    assert "互联网公示信件74件，挂网率70.48%" in said


@pytest.mark.any_database
def test_every_format_is_written_to_its_file(command: Command, tmp_path: Path) -> None:
    """Each format goes to the file that --output names; JSON can be read again."""
    command(*SMALL)
    for form in FORMATS:
        file = tmp_path / f"report.{form}"
        result = command("report", 2016, "--format", form, "--output", file)
        assert result.exit_code == 0 and file.stat().st_size > 500
    assert json.loads((tmp_path / "report.json").read_text())["total"]["received"] == 120


@pytest.mark.any_database
def test_the_same_seed_gives_the_same_report(
    command: Command, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Two simulations with one seed give the same report; another seed differs."""
    reports = []
    for seed in (7, 7, 8):
        instance = tmp_path_factory.mktemp("instance")
        there = {"LETTERBOX_INSTANCE": str(instance), "DATABASE_URL": ""}
        assert command(*SMALL, "--seed", seed, **there).exit_code == 0
        reports.append(command("report", 2016, "--format", "json", **there).stdout)
    assert reports[0] == reports[1] != reports[2]


def test_an_empty_year_is_reported_in_clear_words(command: Command) -> None:
    """A year without letters, and the future, are no errors."""
    assert "没有收到群众来信" in command("report", 2003).output
    assert "还没有开始" in command("report", 2090).output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("report", "twenty"), "twenty"),
        (("report", 2016, "--as-of", "2099-01-01"), "--as-of: The as-of date cannot be later"),
        (("report", 2016, "--as-of", "2016-13-01"), "--as-of: The as-of date “2016-13-01”"),
        (("report", 10), "YEAR 10: The year must be between 1900 and 2199"),
        (("report", 99999), "YEAR 99999"),
        (
            (*YEAR, "--received", 10, "--closed", 11, "--published", 1),
            "--closed: The number closed",
        ),
        ((*YEAR, "--received", 10, "--closed", 9, "--published", 10), "--published: The number"),
        ((*YEAR, "--received", 0, "--closed", 0, "--published", 0), "--received: The number"),
        ((*YEAR, "--received", 9, "--closed", -1, "--published", 0), "--closed: A number"),
        ((*YEAR, "--received", "9万", "--closed", 1, "--published", 0), "'9万'"),
        (
            (*SMALL, "--disclosure", "999999,0,0,0"),
            "--disclosure: All years together must not exceed",
        ),
        (
            ("simulate", "--year", 2007, *SMALL[3:], "--disclosure", "5,0,0,0"),
            "--disclosure: The Regulation on Open Government Information took effect on 1 May 2008",
        ),
        (
            ("simulate", "--year", 1066, "--received", 9, "--closed", 9, "--published", 9),
            "--year '1066': years go from 1900 to 2199",
        ),
        (
            ("simulate", "--year", 99999, "--received", 9, "--closed", 9, "--published", 9),
            "--year '99999'",
        ),
        (
            ("simulate", "--years", "2016-2012", "--received", 9, "--closed", 9, "--published", 9),
            "--year '2016-2012'",
        ),
        (
            ("simulate", "--year", 2099, "--received", 9, "--closed", 9, "--published", 9),
            "--year: 2099 has not ended yet",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    command: Command, words: tuple[object, ...], said: str
) -> None:
    """A count that contradicts another, a year to come or a word for a number ends with 2."""
    result = command(*words)
    assert result.exit_code == 2 and said in one_line(result)


def test_an_instance_in_use_is_not_simulated_into(command: Command) -> None:
    """Another simulation of the same instance is refused."""
    command(*SMALL)
    result = command(*SMALL, "--seed", 2)
    assert result.exit_code == 1 and "Set LETTERBOX_INSTANCE to a new folder" in one_line(result)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "letters.csv: the file is empty"),
        (b"title,content\n", "letters.csv: the file holds no letter"),
        (b"a,b\n1,2\n", "letters.csv: no column for title and text was found; the file has: a, b"),
        (b"title,content\n\xff\xfe\xfa,x\n", "letters.csv: its encoding is unclear"),
    ],
)
def test_a_corpus_that_cannot_be_used_is_named(
    command: Command, tmp_path: Path, content: bytes, said: str
) -> None:
    """A corpus without letters, without columns or in another encoding ends with 2, by its name."""
    corpus = tmp_path / "letters.csv"
    corpus.write_bytes(content)
    result = command(*SMALL, "--corpus", corpus)
    assert result.exit_code == 2 and "--corpus" in one_line(result) and said in one_line(result)
    assert "--column" not in one_line(result)


def test_an_output_that_cannot_be_written_is_named(command: Command, tmp_path: Path) -> None:
    """A report for a folder that is not there ends with 1 and names the file."""
    file = tmp_path / "nowhere" / "report.txt"
    result = command("report", 2016, "--output", file)
    assert result.exit_code == 1 and f"--output {file}" in one_line(result)


def test_texts_can_be_sampled_from_real_letters(command: Command, tmp_path: Path) -> None:
    """A corpus gives the words; what identifies a person is masked in public."""
    corpus = tmp_path / "letters.csv"
    corpus.write_text(
        "title,content,reply\n"
        "路灯不亮,梧桐小区门口路灯坏了，请联系13812345678,"
        "您好，路灯已经安排维修，三日内恢复照明，感谢您的来信。\n",
        encoding="utf-8",
    )
    assert command(*SMALL, "--corpus", corpus).exit_code == 0
    empty = tmp_path / "empty.csv"
    empty.write_text("title,content\n", encoding="utf-8")
    there = {"LETTERBOX_INSTANCE": str(tmp_path / "other"), "DATABASE_URL": ""}
    result = command(*SMALL, "--corpus", empty, **there)
    assert result.exit_code == 2 and "--corpus" in one_line(result)
