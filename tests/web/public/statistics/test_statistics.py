"""Public statistics: rates with their parts, choices, comparison, open data, odd addresses."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import State
from portal.domain.periods import Period
from portal.domain.statistics.rates import Figures
from portal.models import RateFact, RoleGrant
from portal.web.statistics.charts import nice, trend_charts
from tests.builders import START, World, a_letter, a_published
from tests.conftest import Once
from tests.pages import Client, get

LATER = datetime.fromisoformat("2017-02-01T03:00:00+00:00")


@pytest.fixture(autouse=True)
def letters(session: Session, world: World, once: Once) -> Iterator[None]:
    """Seen from February 2017: five letters of June 2016, four closed, two published."""

    def arrive() -> None:
        for place in ("city", "township"):
            a_published(session, world, place=place)
        a_letter(session, world, State.CLOSED, place="city")
        a_letter(session, world, State.DECLINED, place="water", kind=Kind.COMPLAINT)
        a_letter(session, world, State.IN_PROGRESS, place="township")

    with time_machine.travel(LATER, tick=False):
        once(f"{__name__}.letters", arrive)
        yield


def test_the_page_shows_both_rates_with_their_parts(client: Client) -> None:
    """Without any choice the last year with letters is shown, each rate with what it divides."""
    page = get(client, "/statistics")
    assert "2016年来信办理情况" in page.text and "2016年12月31日" in page.text
    assert "80.00%" in page.text and "办结 4 ÷ 除以 收到 5" in page.text
    assert "50.00%" in page.text and "公示 2 ÷ 除以 办结 4" in page.text


def test_an_organisation_has_a_page_of_its_own(client: Client) -> None:
    """A district's page counts what is below it and leads up and down the tree."""
    page = get(client, "/statistics/district?period=2016")
    assert "临江区人民政府" in page.title and "办结 1 ÷ 除以 收到 2" in page.text
    assert any(link.startswith("/statistics/township") for link in page.links)


def test_the_page_says_how_letters_came(client: Client) -> None:
    """Each way with its letters of the period and the organisation; together they are those received."""
    page = get(client, "/statistics?period=2016")
    assert "来信怎样收到" in page.text and "网上写信 5" in page.text
    assert "网上写信 2" in get(client, "/statistics/district?period=2016").text
    assert "来信怎样收到" not in get(client, "/statistics?period=2015").text


def test_addresses_stand_once_below_a_path_of_a_proxy(client: Client) -> None:
    """Where the portal is served below a path, addresses of an organisation name the path once."""
    page = client.get("/statistics/district?period=2016", base_url="http://localhost/box")
    assert "/box/statistics/township" in page.text and "/box/box/" not in page.text


def test_an_organisation_can_be_asked_for_by_a_word_of_the_address(client: Client) -> None:
    """The form of the page names the organisation in the query; the same page answers."""
    page = get(client, "/statistics?organisation=district&period=2016")
    assert "临江区人民政府" in page.title


def test_a_quarter_a_month_and_a_kind_can_be_chosen(client: Client) -> None:
    """The form's year and part, or a period, and a kind narrow the figures."""
    assert "办结 4 ÷ 除以 收到 5" in get(client, "/statistics?year=2016&part=Q2").text
    assert "没有符合条件的来信" in get(client, "/statistics?year=2016&part=-03").text
    assert "办结 1 ÷ 除以 收到 1" in get(client, "/statistics?period=2016-06&kind=complaint").text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("period=2017", "尚未结束"),
        ("period=2050", "还没有开始"),
        ("period=1999", "没有符合条件的来信"),
        ("period=2016&as_of=2016-01-05", "尚未结束"),
        ("period=2016&as_of=2015-01-05", "早于这个时间段"),
    ],
)
def test_odd_moments_are_explained(client: Client, query: str, said: str) -> None:
    """The running year, the future, an empty year, too early a moment: each in clear words."""
    assert said in get(client, f"/statistics?{query}").text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("period=2016Q9", "季度应为"),
        ("period=%3Cscript%3E", "无法识别"),
        ("as_of=2099-01-01", "不能晚于今天"),
        ("as_of=31.12.2016", "无法识别"),
        ("kind=poem", "没有“poem”这个选项"),
        ("basis=x", "没有“x”这个选项"),
        ("rank=x", "没有“x”这个选项"),
        ("compare=20167", "无法识别"),
        ("with=nowhere", "没有这个单位"),
    ],
)
def test_what_cannot_be_read_is_named(client: Client, query: str, said: str) -> None:
    """A word of the address that makes no sense is named at its field; the page stays."""
    page = get(client, f"/statistics?{query}", 422)
    assert said in page.text and "<script>alert" not in page.html


def test_odd_words_of_the_address_go_along_as_words(client: Client) -> None:
    """Words that the making of addresses knows change neither answer nor links of the page."""
    page = get(client, "/statistics?endpoint=x&_method=POST&_external=1&_scheme=mailto")
    data = [link for link in page.links if "/data.csv" in link]
    assert [link.split("?")[0] for link in data] == ["/statistics/data.csv"]


def test_an_unknown_organisation_is_not_found(client: Client) -> None:
    """A code that no organisation bears is a 404."""
    get(client, "/statistics/nowhere", 404)


def test_two_periods_stand_side_by_side(client: Client, session: Session, world: World) -> None:
    """A comparison shows both periods with their differences and a chart of both."""
    a_letter(session, world, State.CLOSED, place="city", now=START - timedelta(days=365))
    page = get(client, "/statistics?period=2016&compare=2015")
    assert "比较：2016年和2015年" in page.text
    assert "收到 5 1 +4 件 (+400.00%)" in page.text
    assert "办结率 80.00% 100.00% −20.00 个百分点" in page.text
    assert "各年" not in page.text and page.html.count('aria-label="收到的件数：') == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("year=2016&part=Q2&compare=last_year&compare_part=same", "2015年第二季度"),
        ("year=2016&part=Q2&compare=previous", "2016年第一季度"),
        ("year=2016&part=Q2&compare=2015&compare_part=same", "2015年第二季度"),
        ("year=2016&part=Q2&compare=2015&compare_part=year", "2016年第二季度和2015年"),
        ("year=2016&part=Q2&compare=2015&compare_part=-03", "2015年3月"),
        ("year=2016&part=&compare=last_year", "2015年"),
        ("period=2016-06&compare=2015Q3", "2015年第三季度"),
    ],
)
def test_the_other_period_is_chosen_by_words(client: Client, words: str, said: str) -> None:
    """The same a year before, the one before, a year with a part, and the old way in one word."""
    page = get(client, f"/statistics?{words}")
    assert "比较：" in page.text and said in page.text.split("比较：")[1][:40]


def test_the_form_leads_to_the_comparison(client: Client) -> None:
    """Whoever asked for a comparison jumps from the form over the key figures to it."""
    page = get(client, "/statistics?period=2016&compare=2015")
    assert "#compare-title" in page.links and page.html.count('id="compare-title"') == 1
    assert "#compare-title" not in get(client, "/statistics?period=2016").links


def test_any_two_organisations_stand_side_by_side(client: Client) -> None:
    """A township can be compared with a department, by its code or by words of its name."""
    page = get(client, "/statistics/township?period=2016&with=city")
    assert "比较：临江区石桥街道办事处和山城市城市管理局" in page.text
    page = get(client, "/statistics/city?period=2016&with_name=石桥街道")
    assert "比较：山城市城市管理局和临江区石桥街道办事处" in page.text
    assert get(client, "/statistics/city?with_name=临江区", 422).text.count("不止一个") == 2
    assert "没有名称中有“火星”的单位" in get(client, "/statistics?with_name=火星", 422).text


def test_what_an_office_does_is_offered_and_not_compared(client: Client) -> None:
    """A word for a duty is no name: the one office that does it is there to choose, no more."""
    page = get(client, "/statistics/city?period=2016&with_name=户口", 422)
    assert page.text.count("没有叫“户口”的单位") == 2
    assert '<option value="police">山城市公安局</option>' in page.html
    assert "比较：" not in page.text


def test_while_a_period_runs_the_other_is_seen_from_the_same_day(
    client: Client, session: Session, world: World
) -> None:
    """Half a year is never compared with a whole one."""
    a_letter(session, world, State.CLOSED, place="city", now=START - timedelta(days=365))
    page = get(client, "/statistics?period=2016&as_of=2016-06-10&compare=last_year")
    assert "截至2016年6月10日" in page.text and "截至2015年6月10日" in page.text


def test_organisations_are_found_while_typing(client: Client) -> None:
    """The picker's answers carry the codes that addresses bear."""
    items = client.get("/statistics/organisations.json?q=石桥").get_json()["items"]
    assert [item["id"] for item in items] == ["township"]


def test_the_picker_names_units_without_staff_last(
    client: Client, session: Session, world: World
) -> None:
    """Whoever has nobody at work is marked and stands after the others."""
    everybody = client.get("/statistics/organisations.json").get_json()["items"]
    first = everybody[0]
    session.execute(sa.delete(RoleGrant).where(RoleGrant.organisation_id == world[first["id"]]))
    session.commit()
    items = client.get("/statistics/organisations.json").get_json()["items"]
    marked = [item["id"] for item in items if "暂无人员" in item["path"]]
    assert items[-len(marked) :] == [item for item in items if item["id"] in marked]
    assert first["id"] in marked and len(marked) < len(items)


def test_a_subject_narrows_the_page(client: Client, session: Session) -> None:
    """The figures of a subject, or of letters without one; a subject unknown has no letters."""
    session.execute(
        sa.update(RateFact).where(RateFact.outcome == "declined").values(category="供水")
    )
    session.commit()
    assert "办结 1 ÷ 除以 收到 1" in get(client, "/statistics?period=2016&category=供水").text
    assert "办结 3 ÷ 除以 收到 4" in get(client, "/statistics?period=2016&category=-").text
    assert "没有符合条件的来信" in get(client, "/statistics?period=2016&category=火星").text


def test_kinds_of_organisations_are_summed_and_lead_to_their_members(client: Client) -> None:
    """Departments, districts and enterprises have a row each, and a page of their members."""
    page = get(client, "/statistics?period=2016")
    assert "市级部门（2 个） 2 2 100.00%" in page.text
    assert "区县政府（1 个） 2 1 50.00%" in page.text
    (link,) = [a for a in page.links if a.endswith("group=district_government")]
    group = get(client, link)
    assert "办结 1 ÷ 除以 收到 2" in group.text and "临江区人民政府" in group.text
    assert not [a for a in group.links if a.startswith("/statistics/water")]


@pytest.mark.parametrize(
    ("period", "by", "parts"),
    [
        ("2016", "month", 12),
        ("2016", "quarter", 4),
        ("2016", "week", 52),
        ("2016", "day", 12),
        ("2016Q2", "", 13),
        ("2016Q2", "month", 3),
        ("2016-06", "week", 5),
        ("2016-W22", "", 7),
    ],
)
def test_the_trend_is_shown_by_the_parts_asked_for(
    client: Client, period: str, by: str, parts: int
) -> None:
    """Months, quarters, weeks or days, none left out; what does not fit is shown as usual."""
    found = client.get(f"/statistics/data.json?period={period}&by={by}").get_json()["parts"]
    assert len(found) == parts and sum(part["received"] for part in found) == 5


def test_all_years_stand_side_by_side(client: Client, session: Session, world: World) -> None:
    """Every year from the first to the last has a row that leads to its page."""
    a_letter(session, world, State.CLOSED, place="city", now=START - timedelta(days=730))
    page = get(client, "/statistics/years")
    assert "2016年 5 4 80.00% 2 50.00%" in page.text
    assert "2015年 0 0 — 0 —" in page.text and "2014年 1 1 100.00%" in page.text
    assert "/statistics?period=2014" in page.links and "最近 3 年" in page.text
    page = get(client, "/statistics/years?organisation=district")
    assert "2016年 2 1 50.00%" in page.text and "/statistics/district?period=2016" in page.links


def test_a_district_leads_to_its_answers_and_to_writing(client: Client, world: World) -> None:
    """The page of an organisation leads to its archive entries and to a letter to it."""
    links = get(client, "/statistics/district").links
    assert f"/archive?organisation={world['district']}" in links
    assert f"/write?organisation={world['district']}" in links


def test_the_life_of_an_organisation_is_told(
    client: Client, session: Session, world: World
) -> None:
    """Founded in mid-year, closed, continued by another, renamed: each in clear words."""
    place = world.organisation("water")
    place.founded_on, place.closed_on = date(2016, 3, 1), date(2017, 1, 15)
    place.successor_id = world["city"]
    session.commit()
    page = get(client, "/statistics/water?period=2016")
    assert "成立于2016年3月1日，数字从那时算起" in page.text and "收到 1" in page.text
    assert "已于2017年1月15日停用" in page.text and "由山城市城市管理局承接" in page.text
    assert f"/write?organisation={world['water']}" not in page.links
    assert "在这个时段之后" in get(client, "/statistics/water?period=2015").text


def test_the_view_of_answering_organisations_has_no_closure_rate(client: Client) -> None:
    """Counted by who answered, letters closed are no part of letters received."""
    page = get(client, "/statistics?period=2016&view=answering")
    assert "办结 4 ÷ 除以 收到 5" not in page.text and "公示 2 ÷ 除以 办结 4" in page.text


def test_open_data_reproduces_the_page(client: Client) -> None:
    """JSON and CSV hold the counts from which every rate of the page follows."""
    found = client.get("/statistics/data.json?period=2016").get_json()
    total = Figures(**found["total"])
    assert total.closure.text == "80.00%" and found["formula"]["closure_rate"]
    for table in ("parts", "kinds", "categories", "groups", "organisations"):
        rows = [{n: row[n] for n in found["total"]} for row in found[table]]
        assert sum((Figures(**row) for row in rows), Figures()) == total
    text = client.get("/statistics/data.csv?period=2016").get_data().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [r["received"] for r in rows if r["table"] == "total"] == ["5"]
    assert [r["received"] for r in rows if r["table"] == "category"] == ["5"]
    parts = [int(r["closed"]) for r in rows if r["table"] in ("own", "organisation")]
    assert sum(parts) == 4


def test_open_data_reproduce_days_means_and_reasons(client: Client) -> None:
    """The distribution gives the median of the page, sums and counts the means, codes the reasons."""
    page = get(client, "/statistics?period=2016")
    found = client.get("/statistics/data.json?period=2016").get_json()
    beyond = found["beyond"]
    assert beyond["closing_days"] == {"0": 4} and "办结用时中位数 0 个工作日 4 件" in page.text
    assert beyond["hops"] == {"count": 5, "total": 0} and "平均转办次数 0.00" in page.text
    assert sum(beyond["refusals"].values()) == 0
    assert set(found["formula"]) > {"closing_median", "hops", "attitude"}
    text = client.get("/statistics/data.csv?period=2016").get_data().decode("utf-8-sig")
    rows = {(r["table"], r["row"]): r for r in csv.DictReader(io.StringIO(text))}
    assert rows["closing_days", "0"]["letters"] == "4"
    assert (rows["hops", ""]["letters"], rows["hops", ""]["sum"]) == ("5", "0")


def test_what_a_basis_does_not_count_is_no_nought(client: Client) -> None:
    """By happening, extensions, returns and redos are left open and the rest has its own words."""
    address = "period=2016&basis=period"
    found = client.get(f"/statistics/data.json?{address}").get_json()
    empty = {name for name, count in found["total"].items() if count is None}
    assert empty == {"extended", "redone", "returned"} and not empty & set(found["definitions"])
    text = client.get(f"/statistics/data.csv?{address}").get_data().decode("utf-8-sig")
    total = next(r for r in csv.DictReader(io.StringIO(text)) if r["table"] == "total")
    assert (total["closed"], total["extended"], total["withdrawn"]) == ("4", "", "0")
    page = get(client, f"/statistics?{address}").text
    assert "不论来信何时收到" in found["definitions"]["closed"]
    assert found["definitions"]["published"] in page


def test_a_subject_is_no_formula_in_a_table(client: Client, session: Session) -> None:
    """A subject that a spreadsheet would take for a formula is defused."""
    session.execute(sa.update(RateFact).values(category="=1+1"))
    session.commit()
    text = client.get("/statistics/data.csv?period=2016").get_data().decode("utf-8-sig")
    assert "'=1+1" in text and ",=1+1" not in text


def test_a_figure_of_the_past_stays(client: Client) -> None:
    """Seen from the day the letters came in, nothing is closed."""
    day = START.date().isoformat()
    page = get(client, f"/statistics?period=2016&as_of={day}&basis=period")
    assert "收到 5 件" in page.text


@pytest.mark.parametrize("most", [0, 1, 10, 11, 12_313, 99_999, 100_001])
def test_axes_end_at_round_numbers(most: int) -> None:
    """The upper end of an axis is even, holds the largest value and is not far above it."""
    assert nice(most) >= most and nice(most) % 2 == 0 and nice(most) <= max(10, 2 * most)


def test_the_page_speaks_english(client: Client) -> None:
    """The page comes in English too; counts of letters read as counts, not as things to do."""
    page = get(client, "/en/statistics?period=2016")
    assert page.lang == "en"
    assert "Returned 0 letters Redone 0 letters Withdrawn 0 letters" in page.text


def test_known_subjects_are_translated_and_others_are_marked(
    client: Client, session: Session
) -> None:
    """On an English page a subject that comes along is English, any other is marked as Chinese."""
    session.execute(sa.update(RateFact).values(category="交通运输"))
    declined = RateFact.outcome == "declined"
    session.execute(sa.update(RateFact).where(declined).values(category="江上摆渡"))
    session.commit()
    html = get(client, "/en/statistics?period=2016").html
    assert ">Transport</a>" in html and ">Transport</option>" in html and "交通运输</" not in html
    assert '<span lang="zh-CN">江上摆渡</span>' in html
    assert '<option value="江上摆渡" lang="zh-CN">江上摆渡</option>' in html
    assert "<span lang" not in get(client, "/statistics?period=2016").html


def test_a_line_says_what_is_shown(client: Client) -> None:
    """The form folds into a line that says what the figures are about, and opens on an error."""
    form = '<details class="asking no-print"'
    page = get(client, "/statistics?period=2016")
    assert "2016年 · 全部单位 · 按月 换条件" in page.text and f"{form}>" in page.html
    words = "period=2016-06&kind=complaint&category=-&basis=period&compare=previous"
    said = "2016年6月 · 全部单位 · 投诉 · 未分类 · 按日 · 按发生统计 · 有比较 换条件"
    assert said in get(client, f"/statistics?{words}").text
    assert "2016年 · 按月 换条件" in get(client, "/statistics/district?period=2016").text
    assert f"{form} open>" in get(client, "/statistics?kind=poem", 422).html


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            "period=2016&by=day",
            "2016年的图表不能“按日”分段，现在是“按月”；可以选的有：按月、按季度、按周。要看得更细",
        ),
        (
            "period=2016Q2&by=quarter",
            "2016年第二季度的图表不能“按季度”分段，现在是“按周”；可以选的有：按周、按月。",
        ),
        ("period=2016-06-01&by=month", "2016年6月1日不能再“按月”分段，所以没有图表。"),
    ],
)
def test_parts_that_do_not_fit_are_explained(client: Client, words: str, said: str) -> None:
    """Where the chart cannot show the parts asked for, a sentence says which it shows instead."""
    assert said in get(client, f"/statistics?{words}").text
    assert "分段，" not in get(client, "/statistics?period=2016&by=week").text


def test_many_subjects_are_folded(client: Client, session: Session) -> None:
    """Of more than twenty subjects the first ten are shown and the rest unfolds, none twice."""
    kept = session.scalars(sa.select(RateFact)).first()
    assert kept is not None
    known = {c.key: getattr(kept, c.key) for c in RateFact.__table__.columns if c.key != "id"}
    session.execute(sa.insert(RateFact), [known | {"category": f"主题{n:02}"} for n in range(25)])
    session.commit()
    page = get(client, "/statistics?period=2016")
    assert "其余 16 个分类和合计" in page.text
    assert all(page.html.count(f">主题{n:02}</a>") == 1 for n in range(25))


@pytest.mark.parametrize(
    "name",
    ["period", "as_of", "kind", "basis", "view", "group", "by", "rank", "organisation", "with"],
)
def test_open_data_are_never_about_something_else(client: Client, name: str) -> None:
    """A parameter that cannot be read is named instead of being replaced by a default."""
    answer = client.get(f"/statistics/data.json?{name}=zzz")
    assert answer.status_code == 400
    assert list(answer.get_json()["errors"]) == [name]
    table = client.get(f"/statistics/data.csv?{name}=zzz")
    assert (table.status_code, table.mimetype) == (400, "text/plain")
    assert table.get_data(as_text=True).startswith(f"{name}: ")


def test_open_data_say_by_which_parts_they_are_told(client: Client) -> None:
    """A year cannot be given by days: the data say that they give months instead."""
    found = client.get("/statistics/data.json?period=2016&by=day").get_json()
    assert (found["period"], found["by"]) == ("2016", "month")


def test_a_part_without_a_year_is_one_of_the_last_year(client: Client) -> None:
    """A quarter named without its year is not taken for the whole year."""
    assert client.get("/statistics/data.json?part=Q2").get_json()["period"] == "2016Q2"
    assert client.get("/statistics/data.json?part=Q9").status_code == 400


def test_a_long_code_is_compared_whole(client: Client, session: Session, world: World) -> None:
    """A code of 64 characters names its organisation, and one that only begins alike does not."""
    code = "x" * 64
    world.organisation("city").code = code
    session.commit()
    assert "比较：全部单位和山城市城市管理局" in get(client, f"/statistics?with={code}").text
    assert "办结 2 ÷ 除以 收到 2" in get(client, f"/statistics?organisation={code}").text
    get(client, f"/statistics?with={code}y", 422)
    get(client, f"/statistics?organisation={code}y", 404)


def test_letters_are_told_by_subject(client: Client) -> None:
    """The page has a row for each category; letters without one are named as such."""
    page = get(client, "/statistics?period=2016")
    assert "按主题分类" in page.text and "未分类" in page.text


def test_before_the_first_letter_the_page_says_so(client: Client, session: Session) -> None:
    """Where no letter ever came in nobody is told to choose another year."""
    session.execute(sa.delete(RateFact))
    session.commit()
    text = get(client, "/statistics").text
    assert "还没有来信 收到第一封信以后，这里就有数字。" in text
    assert "请另选年份" not in text and "尚未结束" not in text


def test_months_to_come_have_no_value(app: Flask) -> None:
    """A month after the as-of day is a gap in the chart, not a fall to 0."""
    trend = [(Period(2016, month=month), Figures(received=3)) for month in (5, 6, 7)]
    with app.test_request_context():
        counts = trend_charts([], trend, date(2016, 6, 15))[0].lines[0]
    assert counts.values == [3, 3, None]
    assert counts.texts[-1] == "—"


def test_the_bars_leave_out_the_office_at_the_top(
    client: Client, session: Session, world: World
) -> None:
    """Letters that wait at the office itself are in the table, not among the bars compared."""
    for _ in range(3):
        a_letter(session, world, place="office")
    for place in ("city", "police"):
        a_letter(session, world, place=place)
    page = get(client, "/statistics?year=2016")
    chart = page.text.split("来信最多的单位")[1].split("各单位办理情况")[0]
    assert "（本级）" not in chart
    assert "（本级）" in page.text
