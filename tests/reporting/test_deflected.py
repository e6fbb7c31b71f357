"""Deflected letters in the annual report: told apart in every format, the sentence untouched."""

import io
import json
from dataclasses import replace

import pytest
from docx import Document
from openpyxl import load_workbook

from portal.domain.annual_report import Deflected
from portal.domain.periods import Period
from portal.domain.statistics.rates import DEFINITIONS
from portal.reporting.formats import FORMATS
from tests.reporting.test_formats import SENTENCE_2016, a_report

MONTHS = tuple((part, 3) for part in Period(2016).split("month"))
DEFLECTED = Deflected(36, MONTHS, (("d1", "山城市城市管理局", 30), ("d2", "=山城水务集团", 6)))
REPORT = replace(a_report(), deflected=DEFLECTED)
SAID = "另有36次，读者在已公示的答复中找到答案，表示问题已经解决、不再写信；不计入上述件数和比率。"
NAME = DEFINITIONS["avoided"].name


def words(form: str) -> str:
    """Return what a format says, as text."""
    content = FORMATS[form](REPORT)
    if form == "docx":
        document = Document(io.BytesIO(content))
        cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
        return "\n".join([*(p.text for p in document.paragraphs), *cells])
    if form == "xlsx":
        book = load_workbook(io.BytesIO(content))
        return "\n".join(str(c.value) for sheet in book for row in sheet for c in row if c.value)
    return content.decode()


@pytest.mark.parametrize("form", ["text", "md", "docx", "xlsx"])
def test_documents_tell_it_in_a_sentence_of_its_own(form: str) -> None:
    """The paragraph stands as it was; what stands apart follows it as another one."""
    lines = words(form).splitlines()
    assert lines.index(SAID) > lines.index(SENTENCE_2016)


@pytest.mark.parametrize("form", ["text", "md", "docx", "xlsx", "csv"])
def test_tables_tell_it_by_organisation(form: str) -> None:
    """Every format names the count, and the organisations whose answers helped."""
    found = words(form)
    assert NAME in found and "山城市城市管理局" in found


def test_json_keeps_it_out_of_the_total() -> None:
    """The JSON has total, months and organisations of its own, and none of it in the figures."""
    found = json.loads(words("json"))
    assert found["avoided"]["total"] == sum(found["avoided"]["months"].values()) == 36
    assert found["avoided"]["organisations"] == {"d1": 30, "d2": 6}
    assert "avoided" not in found["total"] and NAME in found["definitions"]


def test_ten_thousand_are_told_in_ten_thousands() -> None:
    """A large count is written as the report writes letters."""
    many = replace(REPORT, deflected=Deflected(12_345))
    assert many.deflected_sentence.startswith("另有1.23万次，")


def test_a_year_without_any_says_nothing() -> None:
    """Where no letter was deflected there is no sentence and no table, and a plain 0."""
    none = a_report()
    text = FORMATS["text"](none).decode()
    assert none.deflected_sentence == "" and text.count(NAME) == 1
