"""Forms and their fields: values with types, and errors that find their place."""

from collections.abc import Iterator
from datetime import date

import pytest
from flask.testing import FlaskClient

from portal.domain.errors import InvalidInput
from portal.domain.letters.kinds import Kind
from portal.web.core.fields import DayField, EnumField, EnumListField, LineField, TextField
from portal.web.core.forms import Form

WRONG = "这个单位已停止接收来信，请另选单位。"


class Sample(Form):
    """A form with a field of each sort."""

    line = LineField("line")
    text = TextField("text")
    kind = EnumField("kind", Kind, "choose a kind", hints={Kind.HELP: "in need"})
    other = EnumListField("other", Kind, "none")
    day = DayField("day")


class Forgiving(Sample):
    """The same form with a place for errors of no field."""

    fallback = "text"


@pytest.fixture
def posted(client: FlaskClient) -> Iterator[None]:
    """A request that sends the form as careless people fill it."""
    data = {"line": " two \n lines ", "text": "a\r\nb", "kind": "help", "other": "", "day": "x"}
    with client.application.test_request_context("/", method="POST", data=data):
        yield


@pytest.fixture
def empty(client: FlaskClient) -> Iterator[None]:
    """A request that sends a form without fields."""
    with client.application.test_request_context("/", method="POST", data={"kind": "no kind"}):
        yield


@pytest.mark.usefixtures("posted")
def test_texts_are_clean_and_choices_are_words_of_the_domain() -> None:
    """What was typed has its type as soon as the form is read."""
    form = Sample()
    assert (form.line.data, form.text.data) == ("two lines", "a\nb")
    assert form.kind.value is Kind.HELP
    assert form.other.data is None


@pytest.mark.usefixtures("empty")
def test_what_is_missing_is_an_empty_text_and_no_value() -> None:
    """A text not sent is empty; a choice not sent or unknown has no value and says so."""
    form = Sample()
    assert (form.line.data, form.text.data) == ("", "")
    assert not form.validate()
    assert form.kind.errors == ["choose a kind"]
    with pytest.raises(ValueError, match="kind"):
        _ = form.kind.value


@pytest.mark.usefixtures("posted")
def test_a_date_that_is_none_is_said_in_the_words_of_the_page() -> None:
    """A date that cannot be read says how to write one, and has no value."""
    form = Sample()
    assert not form.validate()
    assert form.day.errors == ["请按年-月-日填写日期，例如 2016-12-31。"]
    form.day.data = date(2016, 12, 31)
    assert form.day.value == date(2016, 12, 31)


@pytest.mark.usefixtures("posted")
def test_an_error_stands_at_its_field() -> None:
    """What a service finds wrong is said at the field it names, and nothing before it is lost."""
    form = Sample()
    form.validate()
    form.put(InvalidInput("day", WRONG))
    assert form.day.errors[1:] == [WRONG]


@pytest.mark.usefixtures("posted")
def test_an_error_of_no_field_stands_above_or_where_the_form_wants_it() -> None:
    """An error of a field that the form lacks is never lost."""
    form, forgiving = Sample(), Forgiving()
    for each in (form, forgiving):
        each.put(InvalidInput("organisation", WRONG))
    assert form.form_errors == [WRONG]
    assert list(forgiving.text.errors) == [WRONG]


@pytest.mark.usefixtures("posted")
def test_hints_speak_of_the_choices() -> None:
    """Hints stand under the value they belong to."""
    assert Sample().kind.hints == {"help": "in need"}
