"""A small grammar that writes letters and replies for the simulation of whole years.

Words come from ``grammar.toml`` (topics of city life) and ``frames.toml`` (sentences); places are
invented once per grammar. A :class:`random.Random` is always handed in, so the same seed gives
the same letters. Nothing here names a person, a telephone number or an address.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from random import Random
from typing import NamedTuple

from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import TITLE_MAX
from portal.domain.organisations import OrganisationKind
from portal.tools.samples.drawing import pick
from portal.tools.samples.toml_rows import read
from portal.tools.samples.vocabulary import (
    DISTRICT_CODE,
    TOWNSHIP_CODE,
    Topic,
    areas,
    offices_of,
    scenes,
    topics,
)

_PREFIXES = {
    OrganisationKind.MUNICIPAL_DEPARTMENT: ("cq-",),
    OrganisationKind.KEY_ENTERPRISE: ("ent-",),
    OrganisationKind.DISTRICT_DEPARTMENT: ("d-",),
    OrganisationKind.SUB_UNIT: ("cq-", "d-", "ent-"),
    OrganisationKind.CITY_OFFICE: ("local", "city"),
    OrganisationKind.DISTRICT_GOVERNMENT: ("local",),
    OrganisationKind.TOWNSHIP: ("local",),
}


GENERAL = Kind.HELP
"""The kind whose sentences serve for kinds that have none of their own."""


class Draft(NamedTuple):
    """A letter as written: ``subject`` is the phrase it turns on, which its reply takes up."""

    title: str
    text: str
    category: str
    topic: Topic
    kind: Kind
    subject: str


class LetterGrammar:
    """A grammar of letters and replies; ``seed`` decides which places exist in its city."""

    def __init__(self, seed: int) -> None:
        frames = read("frames.toml")
        self._letter: Mapping[str, list[str]] = frames["letter"]
        self._title: Mapping[str, list[str]] = frames["title"]
        self._reply: Mapping[str, list[str]] = frames["reply"]
        self._scenes = scenes(Random(seed), frames["places"])  # noqa: S311
        self._areas = areas()
        self._towns = sorted(
            {area for code, area in self._areas.items() if len(code) == TOWNSHIP_CODE}
        )
        self._by_office: dict[str, tuple[Topic, ...]] = {}
        self._writers: dict[Kind, Callable[[Random, Topic, str], tuple[str, str]]] = {
            Kind.CONSULTATION: self._consultation,
            Kind.COMPLAINT: self._complaint,
            Kind.SUGGESTION: self._suggestion,
            Kind.WRONGDOING: self._report,
            Kind.THANKS: self._thanks,
        }

    def letter(
        self, rng: Random, kind: Kind, organisation_kind: OrganisationKind, *, code: str = ""
    ) -> Draft:
        """Return a letter of ``kind`` such as an organisation of ``organisation_kind`` gets.

        ``code`` of a demo organisation narrows the topics to its remit and the places to its
        district; without it both are drawn from the whole city.
        """
        choices = self._topics_of(organisation_kind, code)
        topic = pick(rng, choices)
        area = self._area(rng, code)
        place = area if topic.scene == "none" else area + pick(rng, self._scenes[topic.scene])
        subject, text = self._writers.get(kind, self._help)(rng, topic, place)
        title = pick(rng, self._title.get(kind.value, self._title[GENERAL.value]))
        filled = title.format(place=place, since=self._since(rng, topic), **_slots(kind, subject))
        greeting = pick(rng, self._letter["greetings"])
        return Draft(filled[:TITLE_MAX], greeting + text, topic.category, topic, kind, subject)

    def reply(
        self, rng: Random, draft: Draft, *, signature: str = "", day: date | None = None
    ) -> str:
        """Return a reply to ``draft``, signed with ``signature`` and the civil date ``day``."""
        frames, topic = self._reply, draft.topic
        parts = [pick(rng, frames["openings"]), "\n"]
        if draft.kind is Kind.CONSULTATION:
            explain = pick(rng, frames["explain"])
            parts.append(explain.format(ask=draft.subject, rule="；".join(topic.rules)))
            parts.append(pick(rng, frames["howto"]))
        elif draft.kind is Kind.SUGGESTION:
            parts.append(pick(rng, frames["accepted"]).format(suggestion=draft.subject))
            parts.append(self._rule(rng, topic))
        elif draft.kind is Kind.WRONGDOING:
            parts += [pick(rng, frames["reported"]), self._rule(rng, topic)]
        elif draft.kind is Kind.THANKS:
            parts += [pick(rng, frames["thanked"]), pick(rng, frames["promised"])]
        else:
            parts.append(pick(rng, frames["findings"]).format(issue=draft.subject))
            parts += [self._done(rng, topic), self._rule(rng, topic)]
        parts += ["\n", pick(rng, frames["closings"])]
        if signature:
            parts.append(f"\n\n{signature}")
        if day is not None:
            parts.append(f"\n{day.year}年{day.month}月{day.day}日")
        return "".join(parts)

    def _topics_of(self, kind: OrganisationKind, code: str) -> tuple[Topic, ...]:
        offices = offices_of(code) or _PREFIXES[kind]
        key = "|".join(offices)
        if key not in self._by_office:
            exact = bool(code)
            found = tuple(
                topic
                for topic in topics()
                if any(
                    office == mine if exact else office.startswith(mine)
                    for office in topic.offices
                    for mine in offices
                )
            )
            local = tuple(topic for topic in topics() if "local" in topic.offices)
            self._by_office[key] = found or local
        return self._by_office[key]

    def _area(self, rng: Random, code: str) -> str:
        for length in (TOWNSHIP_CODE, DISTRICT_CODE):
            area = self._areas.get(code[:length])
            if area is not None:
                return area
        return pick(rng, self._towns)

    def _since(self, rng: Random, topic: Topic) -> str:
        frame = "since_paper" if topic.scene == "none" else "since"
        return pick(rng, self._letter[frame]).format(n=int(rng.random() * 8) + 2)

    def _say(self, rng: Random, frame: str, **slots: str) -> str:
        return pick(rng, self._letter[frame]).format(n=int(rng.random() * 5) + 3, **slots)

    def _complaint(self, rng: Random, topic: Topic, place: str) -> tuple[str, str]:
        issue = pick(rng, topic.issues)
        facts = self._say(rng, "facts", place=place, issue=issue, since=self._since(rng, topic))
        effect = pick(rng, topic.effects)
        return issue, f"{facts}{effect}。{self._say(rng, 'tried')}{self._say(rng, 'demands')}"

    def _help(self, rng: Random, topic: Topic, place: str) -> tuple[str, str]:
        issue = pick(rng, topic.issues)
        effect = pick(rng, topic.effects)
        start = f"{self._say(rng, 'selves')}{place}{issue}，{self._since(rng, topic)}，{effect}。"
        return issue, f"{start}{self._say(rng, 'tried')}{self._say(rng, 'pleas')}"

    def _consultation(self, rng: Random, topic: Topic, place: str) -> tuple[str, str]:
        ask = pick(rng, topic.asks)
        start = f"{self._say(rng, 'selves')}住在{place}，{self._say(rng, 'questions', ask=ask)}"
        return ask, start + self._say(rng, "question_ends")

    def _suggestion(self, rng: Random, topic: Topic, place: str) -> tuple[str, str]:
        suggestion = pick(rng, topic.suggestions)
        start = self._say(rng, "observations", place=place)
        reason = self._say(rng, "suggestion_reasons", effect=pick(rng, topic.effects))
        return (
            suggestion,
            f"{start}{self._say(rng, 'suggestion_frames', suggestion=suggestion)}{reason}",
        )

    def _report(self, rng: Random, topic: Topic, place: str) -> tuple[str, str]:
        wrong = pick(rng, topic.wrongs)
        start = self._say(rng, "report_frames", place=place, wrong=wrong)
        return wrong, f"{start}{self._say(rng, 'evidence')}{self._say(rng, 'protection')}"

    def _thanks(self, rng: Random, topic: Topic, place: str) -> tuple[str, str]:
        deed = pick(rng, topic.deeds)
        start = self._say(rng, "thanks_frames", place=place, deed=deed)
        return deed, f"{start}{self._say(rng, 'selves')}住在{place}。{self._say(rng, 'feelings')}"

    def _done(self, rng: Random, topic: Topic) -> str:
        first = int(rng.random() * len(topic.measures))
        measure, other = topic.measures[first], topic.measures[first - 1]
        n = int(rng.random() * 60) + 3
        return pick(rng, self._reply["did"]).format(
            measure=measure.format(n=n, yuan=n * 130),
            other=other.format(n=n // 2 + 2, yuan=n * 80),
        )

    def _rule(self, rng: Random, topic: Topic) -> str:
        return pick(rng, self._reply["rules"]).format(rule=pick(rng, topic.rules))


def _slots(kind: Kind, subject: str) -> dict[str, str]:
    """Return ``subject`` under the name that the title frames of ``kind`` use for it."""
    names = {
        Kind.CONSULTATION: "ask",
        Kind.SUGGESTION: "suggestion",
        Kind.WRONGDOING: "wrong",
        Kind.THANKS: "deed",
    }
    return {names.get(kind, "issue"): subject}
