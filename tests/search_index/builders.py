"""Documents for the tests of the index, written for them."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from search_index.embedded.whoosh_engine import WhooshEngine
from search_index.engine import Change, Document, SearchRequest

LETTERS = (
    (
        "公积金提取需要哪些材料",
        "我在渝中区购房，想提取住房公积金还贷款。",
        "请携带购房合同到窗口办理。",
    ),
    (
        "１２３路公交线路能否延长",
        "小区到地铁站没有公交，老人出行不便。",
        "线路延长已列入明年计划。",
    ),
    ("物业收费过高", "物业公司擅自涨价，业主要求公示收费标准。", "已责令物业公司公示收费标准。"),
    ("孩子落户怎么办理", "孩子在外地出生，想把户口落在本市。", "请到户籍所在地派出所申请落户。"),
    ("冬季供暖温度不够", "供暖以来室内只有14度，多次报修无果。", "换热站已检修，供暖恢复正常。"),
)


def document(entry_id: int, /, **changes: object) -> Document:
    """Return one of the letters under ``entry_id``, with ``changes`` to its fields."""
    title, text, reply = LETTERS[(entry_id - 1) % len(LETTERS)]
    fields: dict[str, object] = {
        "entry_id": entry_id,
        "revision": 1,
        "title": title,
        "text": text,
        "reply": reply,
        "kind": "咨询",
        "organisation_ids": (1,),
        "answered_on": date(2016, 3, 1),
    }
    return Document(**(fields | changes))  # type: ignore[arg-type]


def nothing(_: dict[int, int]) -> Iterable[Change]:
    """Replay of a rebuild during which nothing was published."""
    return ()


def engine_with(directory: Path, *documents: Document) -> WhooshEngine:
    """Return an engine over a fresh index of ``documents`` in ``directory``."""
    engine = WhooshEngine(directory / "index")
    engine.rebuild(documents, replay=nothing)
    return engine


def found(engine: WhooshEngine, text: str, **options: object) -> list[int]:
    """Return the entry ids of the first page of hits, in order."""
    request = SearchRequest(text, **options)  # type: ignore[arg-type]
    return [hit.entry_id for hit in engine.search(request).hits]
