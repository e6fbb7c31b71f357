"""Which column of a foreign file holds which part of a letter."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence

from portal.domain.redaction.folding import fold


class ImportFault(Exception):
    """The import cannot begin; the message names what is at fault and what to do."""


_LABEL_ENDS = re.compile(r"\s+|[*:]|\((?:必填|选填|required|optional)\)")
REQUIRED = ("title", "text")

RECOGNISED: dict[str, tuple[str, ...]] = {
    "id": ("编号", "信件编号", "序号", "letter_id", "letter_no"),
    "kind": ("type", "类别", "信件类别", "类型", "信件类型"),
    "title": ("标题", "主题", "信件标题", "subject"),
    "text": ("content", "内容", "正文", "信件内容", "来信内容", "letter", "body"),
    "organisation": ("departments", "department", "单位", "办理单位", "答复单位", "受理单位"),
    "category": ("分类", "主题分类"),
    "name": ("user", "sender", "姓名", "来信人", "网友", "昵称"),
    "phone": ("mobile", "电话", "手机", "联系电话", "手机号码"),
    "email": ("e-mail", "mail", "邮箱", "电子邮箱"),
    "received_at": ("asked_at", "asked_on", "received_on", "来信时间", "来信日期", "提交时间"),
    "reply": ("answer", "答复", "回复", "答复内容", "回复内容"),
    "replied_at": ("replied_on", "answered_at", "answered_on", "答复时间", "答复日期", "回复时间"),
}
"""Our column names, each with the headings of other systems that mean the same."""


def map_columns(header: Sequence[str], given: Mapping[str, str]) -> dict[str, int]:
    """Return for each of our columns found in ``header`` its position.

    ``given`` (ours → theirs) goes before what is recognised. Raises :class:`ImportFault` for an
    unknown name on either side, for missing columns, all of them named, and for one that is
    needed and occurs twice. Columns that nothing is read from may be called as they like.
    """
    places = {_heading(name): i for i, name in reversed(list(enumerate(header)))}
    found: dict[str, int] = {}
    for ours, theirs in given.items():
        if ours not in RECOGNISED:
            raise ImportFault(f"there is no column {ours!r} of ours; ours are: {_ours()}")
        if _heading(theirs) not in places:
            near = difflib.get_close_matches(theirs, header, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise ImportFault(f"the file has no column {theirs!r}{hint} It has: {_list(header)}")
        found[ours] = places[_heading(theirs)]
    for ours, others in RECOGNISED.items():
        if ours not in found:
            names = (name for name in (ours, *others) if name in places)
            if (name := next(names, None)) is not None:
                found[ours] = places[name]
    check_once(header, found.values())
    missing = [name for name in REQUIRED if name not in found]
    if missing:
        raise ImportFault(
            f"no column for {' and '.join(missing)} was found; the file has: {_list(header)}. "
            f"Say which it is, such as --column {missing[0]}={header[0]}"
        )
    return found


def check_once(header: Sequence[str], used: Iterable[int]) -> None:
    """Raise :class:`ImportFault` where the heading of a ``used`` column stands for two."""
    for place in used:
        if sum(_heading(name) == _heading(header[place]) for name in header) > 1:
            raise ImportFault(
                f"the column {header[place]!r} occurs twice; rename the one that is not meant"
            )


def _heading(name: str) -> str:
    """Return ``name`` without script, width, case, blanks, and what forms add to their labels."""
    return _LABEL_ENDS.sub("", fold(name).plain.casefold())


def _ours() -> str:
    return _list(tuple(RECOGNISED))


def _list(names: Sequence[str]) -> str:
    return ", ".join(name or "(no name)" for name in names)
