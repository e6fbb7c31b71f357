"""Letters to measure the index on: the shared real ones where there are any, else built ones."""

import csv
import json
import os
import random
import re
from collections.abc import Iterator
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from portal.domain.letters.kinds import Kind
from portal.tools.samples.grammar import LetterGrammar
from portal.tools.samples.organisations import sample_organisations
from search_index.engine import Change, Document

DATA = Path(
    os.environ.get("LETTERBOX_SHARED_DATA") or Path(__file__).parents[3] / "shared" / "data"
)
"""Folder of real letters, beside the project unless LETTERBOX_SHARED_DATA says otherwise."""

SOURCES = (
    ("hunan-letters-with-replies.csv", "replied_at", "投诉"),
    ("beijing-letters-with-replies.csv", "replied_on", "咨询"),
)
PLACES = [
    "渝中",
    "江北",
    "南岸",
    "沙坪坝",
    "九龙坡",
    "大渡口",
    "北碚",
    "巴南",
    "渝北",
    "涪陵",
    "万州",
    "黔江",
    "长寿",
    "江津",
    "合川",
]
MATTERS = [
    "公积金提取",
    "公交线路",
    "物业收费",
    "落户手续",
    "供暖温度",
    "医保报销",
    "噪音扰民",
    "道路积水",
    "电梯停用",
]
SENTENCES = [
    "多次反映没有结果",
    "请有关部门尽快处理",
    "已经影响居民生活",
    "工作人员现场查看",
    "按照规定办理",
]


def letters(count: int) -> tuple[str, list[Document]]:
    """Return the name of the source and up to ``count`` documents."""
    rows = list(_real()) or list(_built(count))
    name = "real letters" if (DATA / "letters").is_dir() else "built letters"
    step = max(1, len(rows) // count)
    return name, rows[::step][:count]


def evaluation(name: str) -> list[dict[str, Any]]:
    """Return the rows of one evaluation file."""
    path = DATA / "evaluation" / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def nothing(_: dict[int, int]) -> tuple[Change, ...]:
    """Replay of a rebuild during which nothing happens."""
    return ()


class Grown:
    """Any number of letters of about 700 characters, made of the sentences of the source.

    Sentences are drawn at random, so that every size has the words of real letters in their real
    frequencies. The same seed gives the same letters.
    """

    LENGTH = 696
    _END = re.compile(r"(?<=[。！？；\n])")

    @cached_property
    def _source(self) -> tuple[list[str], list[str]]:
        rows = list(_real()) or list(_built(2_000))
        sentences = [
            sentence
            for row in rows
            for sentence in self._END.split(row.text + "\n" + row.reply)
            if 4 < len(sentence) < self.LENGTH
        ]
        return [row.title for row in rows], sentences

    def titles(self) -> list[str]:
        """Return the titles of the source."""
        return self._source[0]

    def documents(self, count: int, seed: int = 2016) -> Iterator[Document]:
        """Yield ``count`` letters, numbered from 1."""
        titles, sentences = self._source
        chance = random.Random(seed)
        kinds = ("咨询", "投诉", "建议", "求助")
        for number in range(1, count + 1):
            text = ""
            while len(text) < self.LENGTH:
                text += chance.choice(sentences)
            text = text[: self.LENGTH]
            half = self.LENGTH // 2
            member = 2 + chance.randrange(110)
            day = date(2012 + chance.randrange(8), 1 + number % 12, 1 + number % 28)
            yield Document(
                *(number, 1, chance.choice(titles), text[:half], text[half:]),
                *(chance.choice(kinds), (1, member, 200 + chance.randrange(20) + 20 * member), day),
                f"t{chance.randrange(15)}",
            )


class Simulated:
    """Any number of letters as the simulation of a year writes them; the same seed gives the same ones."""

    def titles(self) -> list[str]:
        """Return the titles of some of the letters."""
        return [document.title for document in self.documents(2_000)]

    def documents(self, count: int, seed: int = 2016) -> Iterator[Document]:
        """Yield ``count`` letters, numbered from 1."""
        grammar, chance = LetterGrammar(2016), random.Random(seed)
        members = [each for each in sample_organisations() if each.level == 1]
        kinds = {Kind.CONSULTATION: "咨询", Kind.COMPLAINT: "投诉", Kind.SUGGESTION: "建议"}
        kinds[Kind.HELP] = "求助"
        for number in range(1, count + 1):
            place = chance.randrange(len(members))
            member, kind = members[place], chance.choice(list(kinds))
            draft = grammar.letter(chance, kind, member.kind, code=member.code)
            day = date(2012 + chance.randrange(8), 1 + number % 12, 1 + number % 28)
            reply = grammar.reply(chance, draft, signature=member.name, day=day)
            yield Document(
                *(number, 1, draft.title, draft.text, reply, kinds[kind]),
                *((1, 2 + place), day, f"t{chance.randrange(15)}"),
            )


def _real() -> Iterator[Document]:
    number = 0
    for name, day, kind in SOURCES:
        path = DATA / "letters" / name
        if not path.is_file():
            return
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                number += 1
                answered = date.fromisoformat((row[day] or "2019-01-01")[:10])
                texts = row["title"], row["content"], row["reply"]
                yield _document(number, texts, kind, answered)


def _built(count: int) -> Iterator[Document]:
    chance = random.Random(2016)
    for number in range(1, count + 1):
        place, matter = chance.choice(PLACES), chance.choice(MATTERS)
        letter = "，".join(f"{place}{matter}{s}" for s in chance.choices(SENTENCES, k=20))
        reply = "。".join(f"关于{matter}，{s}" for s in chance.choices(SENTENCES, k=15))
        day = date(2015 + number % 2, 1 + number % 12, 1 + number % 28)
        yield _document(number, (f"{place}{matter}", letter, reply), "咨询", day)


def _document(number: int, texts: tuple[str, str, str], kind: str, day: date) -> Document:
    organisations = (1, 2 + number % 100, 200 + number % 1000)
    return Document(number, 1, *texts, kind, organisations, day)
