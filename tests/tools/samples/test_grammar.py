"""The grammar writes varied, deterministic letters without personal data."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from random import Random

import pytest

from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import TITLE_MAX
from portal.domain.letters.subjects import SUBJECTS
from portal.domain.organisations import OrganisationKind
from portal.tools.samples.grammar import LetterGrammar
from portal.tools.samples.organisations import sample_organisations
from portal.tools.samples.vocabulary import topics

GRAMMAR = LetterGrammar(2016)
TREE = sample_organisations()


def test_vocabulary_is_wide() -> None:
    """Several hundred issues over more than thirty topics keep a year from repeating itself."""
    issues = {phrase for topic in topics() for phrase in topic.issues}
    assert len(topics()) >= 30
    assert len(issues) >= 300


def test_every_topic_has_a_known_category_and_every_category_a_topic() -> None:
    """Filters by category never come up empty, and no topic invents a label."""
    assert {topic.category for topic in topics()} == set(SUBJECTS)


def test_the_same_seed_writes_the_same_letters() -> None:
    """A simulation can be repeated to the letter."""

    def write(seed: int) -> list[tuple[str, str, str]]:
        grammar, rng = LetterGrammar(seed), Random(seed)
        drafts = [
            grammar.letter(rng, kind, OrganisationKind.CITY_OFFICE) for kind in Kind for _ in "abc"
        ]
        return [(draft.title, draft.text, grammar.reply(rng, draft)) for draft in drafts]

    assert write(7) == write(7)
    assert write(7) != write(8)


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("organisation_kind", list(OrganisationKind))
def test_letters_and_replies_are_complete(kind: Kind, organisation_kind: OrganisationKind) -> None:
    """Every kind of letter to every kind of organisation fills its slots and keeps its length."""
    rng = Random(1)
    for _ in range(200):
        draft = GRAMMAR.letter(rng, kind, organisation_kind)
        reply = GRAMMAR.reply(rng, draft, signature="渝中区民政局", day=date(2016, 12, 31))
        assert draft.kind is kind
        assert draft.category in SUBJECTS
        assert 4 <= len(draft.title) <= TITLE_MAX
        assert 25 <= len(draft.text) <= 400
        assert 50 <= len(reply) <= 600
        assert reply.endswith("渝中区民政局\n2016年12月31日")
        assert not re.search(r"[{}]|。。|，，|。，|，。|None", draft.title + draft.text + reply)


def test_no_letter_names_a_telephone_or_a_person_number() -> None:
    """A simulated year holds no number that could be somebody's."""
    rng = Random(3)
    for kind in Kind:
        for _ in range(300):
            draft = GRAMMAR.letter(rng, kind, OrganisationKind.DISTRICT_GOVERNMENT)
            reply = GRAMMAR.reply(rng, draft)
            assert not re.search(r"\d{7,}", draft.title + draft.text + reply)


def test_ten_thousand_letters_hardly_repeat() -> None:
    """Among ten thousand complaints nearly every text is different."""
    rng = Random(5)
    drafts = [
        GRAMMAR.letter(rng, Kind.COMPLAINT, OrganisationKind.CITY_OFFICE) for _ in range(10_000)
    ]
    assert len({draft.text for draft in drafts}) >= 9_900
    assert Counter(draft.title for draft in drafts).most_common(1)[0][1] <= 10


@pytest.mark.parametrize(
    ("code", "category"),
    [("ent-metro", "交通运输"), ("cq-wjw", "卫生计生"), ("500112-jyw", "教育文体")],
)
def test_an_organisation_gets_letters_of_its_remit(code: str, category: str) -> None:
    """The metro hears about transport, health offices about health, schools about schooling."""
    organisation = next(o for o in TREE if o.code == code)
    rng = Random(9)
    drafts = [GRAMMAR.letter(rng, Kind.COMPLAINT, organisation.kind, code=code) for _ in range(50)]
    assert {draft.category for draft in drafts} == {category}


def test_a_township_gets_letters_from_its_own_streets() -> None:
    """A letter to a township names that township, a letter to a district that district."""
    rng = Random(11)
    for organisation in TREE:
        if organisation.kind is OrganisationKind.TOWNSHIP and organisation.code < "500105":
            draft = GRAMMAR.letter(rng, Kind.COMPLAINT, organisation.kind, code=organisation.code)
            assert organisation.short_name in draft.text


def test_every_organisation_can_get_a_letter() -> None:
    """No organisation of the tree is without a topic."""
    rng = Random(13)
    for organisation in TREE:
        assert GRAMMAR.letter(rng, Kind.HELP, organisation.kind, code=organisation.code).text
