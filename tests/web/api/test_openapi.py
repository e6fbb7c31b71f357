"""The OpenAPI document, and requests that are made of it."""

from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as limited
from schemathesis import GenerationMode
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import positive_data_acceptance
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.web.core.safety import limiter
from tests.archive import bring_up_to_date, published, withdraw
from tests.builders import World
from tests.web.api.tokens import a_token

Api = tuple[BaseSchema, dict[str, str]]
"""The document, and the headers of every request."""
EXAMPLES = 40
"""Requests of each kind that are made of each operation."""


@pytest.fixture
def document(app: Flask, session: Session, world: World, settings: Settings) -> Api:
    """The document of a site with a published and a withdrawn entry, without a limit."""
    published(session, world)
    withdraw(session, world, published(session, world))
    bring_up_to_date(settings)
    limiter.enabled = False
    token = a_token(world, settings.key("code"))
    session.rollback()
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    return schema, {"Accept-Encoding": "identity", "Authorization": f"Bearer {token}"}


UNKNOWABLE: dict[str, list[Any]] = {"/letters": [positive_data_acceptance]}
"""Which telephone numbers and mail hosts there can be, no schema says."""
OPERATIONS = [
    ("/entries", "GET"),
    ("/entries/{id}", "GET"),
    ("/search", "GET"),
    ("/refusals", "GET"),
    ("/letters", "POST"),
    ("/letters/{number}", "GET"),
]


def test_the_operations_are_those_of_the_document(client: FlaskClient, world: World) -> None:
    """The list above is complete."""
    paths = client.get("/api/v1/openapi.json").get_json()["paths"]
    assert sorted((path, method.upper()) for path in paths for method in paths[path]) == sorted(
        OPERATIONS
    )


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_answer_is_as_documented(
    document: Api, path: str, method: str, mode: GenerationMode
) -> None:
    """Requests with right and wrong values get a documented status and body, and never a crash."""

    schema, headers = document

    @given(case=schema[path][method].as_strategy(generation_mode=mode))
    @limited(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), derandomize=True)
    def run(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(headers=headers, excluded_checks=UNKNOWABLE.get(path, []))

    run()
