"""Answers of Open311 as JSON or XML, errors in the form of the standard."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec
from xml.etree import ElementTree

from flask import Response, request
from flask_babel import force_locale

from portal.domain.languages import LANGUAGES
from portal.web.api.problems import TITLES, preferred_locale
from portal.web.core.failures import Failure
from portal.web.core.language import say
from portal.web.delivery.caching import revalidated
from portal.web.delivery.xml import only_xml

P = ParamSpec("P")
ONE = {
    "services": "service",
    "service_requests": "request",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
    "errors": "error",
}
"""Name of the element for one of a list, by that of the list."""
_XML, _JSON = "text/xml; charset=utf-8", "application/json; charset=utf-8"


def answer(name: str, body: Any, status: int = 200) -> Response:
    """Return ``body`` in the format of the address; ``name`` is the root of the XML."""
    if request.path.endswith(".xml"):
        response = Response(_document(name, body), status, content_type=_XML)
    else:
        text = json.dumps(body, ensure_ascii=False)
        response = Response(text, status, content_type=_JSON)
    response.vary.add("Accept-Language")
    if status != 200 or request.method == "POST":
        response.headers["Cache-Control"] = "no-store"
        return response
    return revalidated(response)


def _document(name: str, body: Any) -> bytes:
    root = ElementTree.Element(name)
    _fill(root, body)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _fill(element: ElementTree.Element, value: Any) -> None:
    if isinstance(value, dict):
        for name, part in value.items():
            _fill(ElementTree.SubElement(element, name), part)
    elif isinstance(value, list):
        for part in value:
            _fill(ElementTree.SubElement(element, ONE[element.tag]), part)
    elif value is not None:
        element.text = only_xml(str(value).lower() if isinstance(value, bool) else str(value))


def error(failure: Failure) -> Response:
    """Return ``failure`` as the standard has it: a list of codes with descriptions."""
    locale = preferred_locale()
    usual = TITLES.get(failure.status) or TITLES[500 if failure.status >= 500 else 400]
    with force_locale(locale):
        said = say(failure.message or usual[1])
    if failure.parameter:
        said = f"{failure.parameter}: {said}"
    errors = [{"code": str(failure.status), "description": said}]
    response = answer("errors", errors, failure.status)
    response.headers.update(failure.headers)
    response.headers["Content-Language"] = LANGUAGES[locale].tag
    return response


def spoken(view: Callable[P, Response]) -> Callable[P, Response]:
    """Run a view in the language that the reader asks for."""

    @wraps(view)
    def run(*args: P.args, **kwargs: P.kwargs) -> Response:
        with force_locale(preferred_locale()):
            return view(*args, **kwargs)

    return run
