"""The macros say in the markup what they show."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import wtforms
from flask import Flask, render_template_string
from flask_babel import Babel, get_locale, lazy_gettext
from flask_wtf import CSRFProtect, FlaskForm
from jinja2 import FileSystemLoader, StrictUndefined
from markupsafe import Markup
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.web.core.language import marked
from portal.web.delivery.static_files import static_url
from portal.web.statistics.charts import Chart, Series, count_chart

ROOT = Path(__file__).parents[2]


class LetterForm(FlaskForm):  # type: ignore[misc]
    kind = wtforms.RadioField(
        "类别",
        choices=[SelectChoice("help", "求助"), SelectChoice("thanks", "感谢")],
        validators=[InputRequired(lazy_gettext("请选一类"))],
    )
    title = wtforms.StringField("标题", validators=[InputRequired("请写一个标题"), Length(max=60)])
    text = wtforms.TextAreaField("正文", validators=[Length(max=5000, message="正文太长")])
    phone = wtforms.TelField("手机", validators=[Optional()])
    consent = wtforms.BooleanField("同意公开")


@pytest.fixture
def app() -> Flask:
    app = Flask("look", static_folder=str(ROOT / "portal" / "static"))
    app.secret_key = "a key for these pages alone"
    app.jinja_loader = FileSystemLoader(ROOT / "templates")
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.globals.update(get_locale=get_locale, static_url=static_url)
    app.jinja_env.filters["marked"] = marked
    Babel(app, default_locale="zh_Hans_CN")
    CSRFProtect(app)
    return app


@pytest.fixture
def render(app: Flask) -> Iterator[Callable[..., str]]:
    with app.test_request_context("/", method="POST", data={"text": "字" * 5001, "title": "<b>"}):
        yield lambda source, **names: render_template_string(source, **names)


def form_page(render: Callable[..., str]) -> str:
    form = LetterForm(meta={"csrf": False})
    form.validate()
    return render(
        '{% from "components/forms.html" import field, error_summary %}{{ error_summary(form) }}'
        "{% for f in form %}{{ field(f, hint='说明') }}{% endfor %}",
        form=form,
    )


def test_error_stands_by_the_field(render: Callable[..., str]) -> None:
    """A wrong field points to its hint, its error and its count, and is marked invalid."""
    area = re.search(r"<textarea[^>]*>", form_page(render)).group(0)
    assert 'aria-describedby="text-hint text-error text-count"' in area
    assert 'aria-invalid="true"' in area


def test_what_was_typed_is_kept_whole(render: Callable[..., str]) -> None:
    """A text over the limit comes back whole and is not cut by the browser either."""
    page = form_page(render)
    assert "字" * 5001 in page
    assert "maxlength" not in page
    assert 'data-max="5000"' in page


def test_typed_markup_is_escaped(render: Callable[..., str]) -> None:
    """A title with a tag in it comes back as text."""
    page = form_page(render)
    assert "<b>" not in page
    assert "&lt;b&gt;" in page


def test_summary_leads_to_every_wrong_field(render: Callable[..., str]) -> None:
    """A summary links each error to a control that exists, translated messages included."""
    page = form_page(render)
    summary = page.split("</ul>")[0]
    targets = re.findall(r'href="#([\w-]+)"', summary)
    assert targets == ["kind-0", "text"]
    assert all(f'id="{target}"' in page for target in targets)
    assert "请选一类" in summary


def test_hidden_carries_the_token(render: Callable[..., str]) -> None:
    """A form carries its token and no visible field among the hidden ones."""
    page = render(
        '{% from "components/forms.html" import hidden %}{{ hidden(form) }}', form=LetterForm()
    )
    assert re.findall(r'name="(\w+)"', page) == ["csrf_token"]


@pytest.mark.parametrize(
    ("page", "pages", "shown"),
    [
        (1, 1, []),
        (1, 3, ["1", "2", "3"]),
        (7, 40, ["1", "…", "5", "6", "7", "8", "9", "…", "40"]),
        (4, 7, ["1", "2", "3", "4", "5", "6", "7"]),
        (40, 40, ["1", "…", "38", "39", "40"]),
    ],
)
def test_pages_are_elided(
    render: Callable[..., str], page: int, pages: int, shown: list[str]
) -> None:
    """A long row of pages shows the ends and the neighbours, each once."""
    html = render(
        '{% from "components/pagination.html" import pagination %}{{ pagination(page, pages, url) }}',
        page=page,
        pages=pages,
        url="/?page={}".format,
    )
    assert re.findall(r">(\d+|…)<", html) == shown


def test_a_state_is_a_word_with_a_shape(render: Callable[..., str]) -> None:
    """A chip shows its word and a shape that differs between states of one tone."""
    html = [
        render(
            '{% from "components/chips.html" import state_chip %}{{ state_chip(v, l, a) }}',
            v=value,
            l=label,
            a=axis,
        )
        for value, label, axis in [
            ("submitted", "待受理", "handling"),
            ("dispatched", "待签收", "handling"),
            ("withdrawn", "已撤回", "handling"),
            ("withdrawn", "已撤下", "publication"),
        ]
    ]
    assert "待受理" in html[0]
    assert len({re.search(r"#([\w-]+)\"", chip).group(1) for chip in html}) == 4


def test_a_letter_keeps_its_paragraphs(render: Callable[..., str]) -> None:
    """A letter's lines become paragraphs, without the blanks it was indented with."""
    html = render(
        '{% from "components/correspondence.html" import paragraphs %}{{ paragraphs(t) }}',
        t="　　第一段\r\n\r\n第二段 <i>",
    )
    assert html == Markup("<p>第一段</p><p>第二段 &lt;i&gt;</p>")


def test_a_chart_has_its_numbers_in_a_table(render: Callable[..., str]) -> None:
    """A line with a gap is drawn in two strokes, and the table says — for the gap."""
    html = render(
        '{% from "components/charts.html" import line_chart %}{{ line_chart("收到", chart) }}',
        chart=Chart(
            ["1月", "2月", "3月"], [Series("收到", [4, None, 2], ["4", "—", "2"])], 4, [(4, "4")]
        ),
    )
    path = re.search(r'<path class="line s1" d="(M[\d. ]+M[^"]*)"', html).group(1)
    assert path == "M16.67 0.0M83.33 50.0"
    assert re.findall(r'<td class="number">([^<]+)</td>', html) == ["4", "—", "2"]


def test_a_chart_without_numbers_still_draws(render: Callable[..., str]) -> None:
    """A chart of nothing but gaps or zeros shows its frame instead of failing."""
    html = render(
        '{% from "components/charts.html" import line_chart, bar_chart %}'
        '{{ line_chart("收到", chart) }}'
        '{{ bar_chart("空", [{"label": "甲", "value": none, "text": "—"}]) }}'
        '{{ bar_chart("零", [{"label": "甲", "value": 0, "text": "0"}]) }}',
        chart=count_chart([], [Series("a", [], [])]),
    )
    assert html.count("<figure") == 3


def test_a_table_names_its_columns_in_every_cell(render: Callable[..., str]) -> None:
    """A cell carries its column's name for narrow screens; lazy labels are taken whole."""
    html = render(
        '{% from "components/tables.html" import table, row, head, cell %}'
        "{% call table('表', [label, ('收到', 'number')]) %}"
        "{% call row() %}{{ head('甲') }}{{ cell('收到', 3, true) }}{% endcall %}{% endcall %}",
        label=lazy_gettext("单位"),
    )
    assert '<th scope="col">单位</th>' in html
    assert '<td data-label="收到" class="number">3</td>' in html
