"""XML documents that are the same for every reader, whatever the language of their address."""

from __future__ import annotations

import re

from flask import Response, current_app, request
from flask_babel import force_locale

from portal.domain.languages import SOURCE
from portal.web.core.settings import settings
from portal.web.delivery.caching import revalidated

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def only_xml(text: str) -> str:
    """Return ``text`` without the characters that no XML document may hold."""
    return _NOT_XML.sub("", text)


def xml_document(template: str, mimetype: str, **values: object) -> Response:
    """Render ``template``, which gets ``site``, ``base`` and ``here`` (path and query) too."""
    known = {"site": settings().site_name, "base": settings().public_url}
    known["here"] = request.full_path.rstrip("?")
    with force_locale(SOURCE):
        # Not render_template, which adds values that depend on the visitor.
        text = current_app.jinja_env.get_template(template).render(**known, **values)
    return revalidated(Response(only_xml(text), mimetype=mimetype))
