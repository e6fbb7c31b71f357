"""The console's statistics: within reach only, every figure with its letters."""

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from sqlalchemy.orm import Session

from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import Publication, State
from portal.services.letters import submission
from tests.builders import START, World, a_letter, a_published, new_letter, send
from tests.conftest import Once
from tests.pages import Client, get
from tests.web.console.conftest import Staff


@pytest.fixture(autouse=True)
def letters(session: Session, world: World, once: Once) -> None:
    """Two letters of the district's township, one of the city department."""

    def arrive() -> None:
        a_published(session, world, place="township")
        a_letter(session, world, State.IN_PROGRESS, place="township")
        a_letter(session, world, State.CLOSED, place="city")

    once(f"{__name__}.letters", arrive)


def test_people_see_their_own_branch(staff: Staff) -> None:
    """A district's supervisor sees the district with what is below it."""
    page = get(staff("district_supervisor"), "/console/statistics?period=2016")
    assert "临江区人民政府" in page.title and "办结 1 ÷ 除以 收到 2" in page.text


def test_a_handler_sees_the_own_unit_only(staff: Staff) -> None:
    """A handler's reach does not include what is below the handler's organisation."""
    page = get(staff("district_handler"), "/console/statistics?period=2016")
    assert "本级" in page.text and "没有符合条件的来信" in page.text


@pytest.mark.parametrize("code", ["city", "office", "nowhere"])
def test_others_are_out_of_reach(staff: Staff, code: str) -> None:
    """The figures of another branch, of the one above, and of nobody are not found alike."""
    get(staff("district_supervisor"), f"/console/statistics?organisation={code}", 404)


def test_who_may_not_read_rates_is_refused(staff: Staff) -> None:
    """An administrator by that role alone has no statistics."""
    get(staff("office_administrator"), "/console/statistics", 403)
    get(staff("office_administrator"), "/console/statistics/letters", 403)


NUMBER = re.compile(r"[0-9][0-9,]*")


class _Links(HTMLParser):
    """Collects links to letters with the number that each of them shows."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, int]] = []
        self._at = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where a link leads."""
        address = dict(attrs).get("href") or ""
        self._at = address if tag == "a" and "/statistics/letters" in address else ""

    def handle_data(self, data: str) -> None:
        """Read the number in the link."""
        number = NUMBER.search(data)
        if self._at and number:
            self.found.append((self._at, int(number[0].replace(",", ""))))
            self._at = ""


def figures(html: str) -> dict[str, int]:
    """Return the number shown by each link to letters; the same address shows the same number."""
    reader = _Links()
    reader.feed(html)
    found = dict(reader.found)
    assert all(found[address] == number for address, number in reader.found)
    return found


@pytest.fixture
def more(session: Session, world: World, letters: None, once: Once) -> None:
    """One letter each declined, refused, rated, dispatched and returned, of another year."""

    def arrive() -> None:
        a_letter(session, world, State.DECLINED, place="water", kind=Kind.COMPLAINT)
        a_letter(session, world, publication=Publication.REFUSED, place="city")
        rated = a_letter(session, world, State.CLOSED, place="district")
        submission.rate(rated.id, 5, 4, "", START + timedelta(days=3))
        a_letter(session, world, State.RETURNED)
        a_letter(session, world, State.CLOSED, place="city", now=START - timedelta(days=365))
        for _ in range(30):
            send(new_letter(world["police"]))

    once(f"{__name__}.more", arrive)


def listed(client: Client, address: str) -> int:
    """Return how many letters a list has on all its pages."""
    rows: set[str] = set()
    for number in range(1, 4):
        links = get(client, f"{address}&page={number}").links
        rows |= {link for link in links if link.startswith("/console/letters/")}
    return len(rows)


@pytest.mark.parametrize(
    ("words", "least"),
    [
        ("period=2016", 38),
        ("period=2016&basis=period", 35),
        ("period=2016&view=answering", 35),
        ("period=2016-06&by=week", 38),
        ("period=2016&compare=last_year&with=city", 40),
        ("period=2016&organisation=district", 20),
        ("period=2016&kind=complaint", 12),
        ("period=2016&category=-&group=municipal_department", 14),
        ("period=2016&organisation=police&own=1", 4),
    ],
)
def test_every_number_leads_to_exactly_so_many_letters(
    staff: Staff, more: None, words: str, least: int
) -> None:
    """Each linked number of the page, of whatever part, opens a list of exactly so many letters."""
    client = staff("office_supervisor")
    found = figures(get(client, f"/console/statistics?{words}").html)
    assert len(found) >= least
    for address, number in found.items():
        assert listed(client, address) == number, address


def test_the_years_lead_to_their_letters(staff: Staff, more: None) -> None:
    """The numbers of each year open its letters, and the year its page."""
    client = staff("office_supervisor")
    page = get(client, "/console/statistics/years")
    found = figures(page.html)
    assert len(found) == 5 and "/console/statistics?period=2015" in page.links
    for address, number in found.items():
        assert listed(client, address) == number, address


def test_another_branch_is_compared_without_its_letters(staff: Staff) -> None:
    """Figures of another branch are public; letters behind them stay out of reach."""
    page = get(staff("district_supervisor"), "/console/statistics?period=2016&with=city")
    assert "比较：临江区人民政府和山城市城市管理局" in page.text
    assert not [a for a in page.links if "organisation=city" in a and "/letters" in a]


def test_the_own_letters_stand_apart_from_those_below(
    staff: Staff, session: Session, world: World
) -> None:
    """The links of 本级 open the organisation's own letters without those below it."""
    a_letter(session, world, State.IN_PROGRESS, place="district")
    client = staff("office_supervisor")
    page = get(client, "/console/statistics?period=2016&organisation=district")
    own = {a for a in page.links if "own=1" in a and "measure=received" in a}
    assert own
    for address in own:
        found = get(client, address)
        assert len({a for a in found.links if a.startswith("/console/letters/")}) == 1


def test_a_list_says_what_it_is_narrowed_to(staff: Staff, more: None) -> None:
    """A list of letters names the coded reason or the working days that it is about."""
    client = staff("office_supervisor")
    letters = "/console/statistics/letters?period=2016"
    page = get(client, f"{letters}&measure=refused&reason=no_value")
    assert "不予公示：" in page.text
    assert "计算办结用时：收到当天" in get(client, f"{letters}&measure=answered&days=0-0").text
    assert "31 个工作日以上" in get(client, f"{letters}&measure=answered&days=31-").text


def test_letters_out_of_sight_are_counted_but_not_listed(staff: Staff, session: Session) -> None:
    """A reader of rates without sight of a letter sees that it counts, not what it says."""
    page = get(
        staff("district_handler"),
        "/console/statistics/letters?period=2016&measure=received",
    )
    assert "没有您可以查看的信件" in page.text


def test_a_year_without_letters_leads_to_one_with(staff: Staff) -> None:
    """Where nothing was received the page says so and leads to the last year with letters."""
    page = get(staff("office_supervisor"), "/console/statistics?period=1999")
    assert "没有符合条件的来信" in page.text
    assert "/console/statistics?period=2016" in page.links


def test_an_unknown_measure_is_not_found(staff: Staff) -> None:
    """A measure that is not counted has no letters."""
    client = staff("office_supervisor")
    get(client, "/console/statistics/letters?measure=secrets", 404)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("period=2016Q9", "季度应为 1 至 4"),
        ("kind=poem", "没有“poem”这个选项"),
        ("with=nowhere", "没有这个单位"),
        ("as_of=2099-01-01", "不能晚于今天"),
        ("reason=whim", "没有“whim”这个选项"),
        ("days=soon", "工作日数“soon”无法识别"),
    ],
)
def test_what_a_list_cannot_read_is_named(staff: Staff, words: str, said: str) -> None:
    """A word of a list's address that makes no sense is named, and the list by default stays."""
    client = staff("office_supervisor")
    page = get(client, f"/console/statistics/letters?measure=received&{words}", 422)
    assert said in page.text and "共 3 件" in page.text


@pytest.mark.parametrize("path", ["", "/years", "/letters"])
def test_an_organisation_nobody_knows_is_not_found(staff: Staff, path: str) -> None:
    """All pages of the statistics answer alike where the organisation does not exist."""
    client = staff("office_supervisor")
    get(client, f"/console/statistics{path}?measure=received&organisation=nowhere", 404)


def test_the_years_name_what_they_cannot_read(staff: Staff) -> None:
    """A kind of letter that does not exist is named above the years."""
    page = get(staff("office_supervisor"), "/console/statistics/years?kind=poem", 422)
    assert "没有“poem”这个选项" in page.text and "2016年 3" in page.text


def test_quality_is_told_with_its_counts(staff: Staff) -> None:
    """Durations, hops and ratings stand with the number of letters they rest on."""
    page = get(staff("office_supervisor"), "/console/statistics?period=2016")
    assert "办结用时中位数" in page.text and "服务态度平均分" in page.text
