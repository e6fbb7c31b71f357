"""Folding changes into the versions of their months takes nothing away and adds nothing."""

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from portal.models import VERSIONS, RateChange, RateMonth, db
from portal.queries.statistics.cache import month_versions
from portal.services.core.unit import writing
from portal.services.statistics.precompute import fold
from tests.databases import ON_POSTGRES

AMOUNTS = {201605: [VERSIONS - 1, VERSIONS - 1, 7], 201606: [VERSIONS - 5, 2], 201701: [1]}


@pytest.fixture
def changed(session: Session) -> Session:
    """The session of a database with changes of three months, the largest there are."""
    with writing() as unit:
        for month, amounts in AMOUNTS.items():
            unit.add_all(RateChange(month=month, amount=amount) for amount in amounts)
    return session


@pytest.mark.parametrize("most", [1, 2, 100])
def test_versions_stay_while_changes_are_folded(changed: Session, most: int) -> None:
    """In whatever portions, versions are the sums of all amounts, and in the end no change is left."""
    versions = {month: sum(amounts) % VERSIONS for month, amounts in AMOUNTS.items()}
    assert month_versions(changed) == versions
    while fold(changed, most):
        assert month_versions(changed) == versions
    assert changed.scalar(sa.select(RateChange.id)) is None
    stored = dict(changed.execute(sa.select(RateMonth.month, RateMonth.version)).all())
    assert stored == versions


def test_versions_of_some_months_can_be_asked_for(changed: Session) -> None:
    """The limits of a span belong to it, folded or not."""
    for _ in range(2):
        assert list(month_versions(changed, 201606, 201701)) == [201606, 201701]
        assert list(month_versions(changed, 201607, 201612)) == []
        fold(changed)


@pytest.mark.skipif(not ON_POSTGRES, reason="SQLite has one writer at a time")
def test_a_second_worker_leaves_what_the_first_folds(app: Flask, changed: Session) -> None:
    """Two workers fold side by side, each change once."""
    versions = month_versions(changed)
    with writing() as unit:
        assert fold(unit) == 6
        with app.app_context():
            assert fold(db.session()) == 0
            assert month_versions(db.session()) == versions
    assert month_versions(changed) == versions
    assert fold(changed) == 0
