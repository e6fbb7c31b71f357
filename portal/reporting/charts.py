"""Charts of the report as pictures: drawn as SVG, rendered without a system library."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import resvg_py

from portal.domain.annual_report import AnnualReport
from portal.domain.statistics.rates import Figures

FONT = "Noto Sans CJK SC"
_INK, _SOFT, _RULE = "#1f2a2e", "#5a666b", "#d9ddd9"
_BLUE, _ORANGE, _GREEN = "#0b5f6b", "#c2701c", "#4b6fb5"
"""Three hues that stay apart for colour-blind eyes and in grey print."""
_WIDE, _HIGH, _LEFT, _TOP, _FOOT = 960, 400, 84, 56, 56


Series = tuple[str, Sequence[int], str]
"""The name, the values and the colour of what is drawn."""


def monthly(report: AnnualReport) -> bytes:
    """Return the letters received, closed and published by month of receipt, as a PNG."""
    cells = [(f"{period.month}月", figures) for period, figures in report.months]
    return _chart("各月来信的办理情况（件）", cells)


def kinds(report: AnnualReport) -> bytes:
    """Return the letters by kind, as a PNG."""
    return _chart("各类来信的办理情况（件）", [(kind.label, f) for kind, f in report.kinds])


def _chart(title: str, cells: Sequence[tuple[str, Figures]]) -> bytes:
    series: list[Series] = [
        ("收到", [f.received for _, f in cells], _BLUE),
        ("办结", [f.closed for _, f in cells], _ORANGE),
        ("公示", [f.published for _, f in cells], _GREEN),
    ]
    return _png(_bars(title, [label for label, _ in cells], series))


def _png(svg: str) -> bytes:
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            font_family=FONT,
            sans_serif_family=FONT,
            zoom=2.0,
            background="#ffffff",
        )
    )


def _nice(most: int) -> int:
    """Return the next round number above ``most``, for the top of the axis."""
    if most <= 4:
        return 4
    size: int = 10 ** (len(str(most)) - 1)
    return next(size * k for k in (1, 2, 4, 6, 8, 12, 16) if size * k >= most)


def _bars(title: str, labels: Sequence[str], series: Sequence[Series]) -> str:
    top = _nice(max((max(values, default=0) for _, values, _ in series), default=0))
    height, width = _HIGH - _TOP - _FOOT, _WIDE - _LEFT - 24
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDE}" height="{_HIGH}" '
        f'font-family="{FONT}" font-size="16">',
        _word(_LEFT, 28, title, weight=700, size=20),
    ]
    for step in range(5):
        y = _TOP + height * (4 - step) / 4
        parts.append(f'<path d="M{_LEFT} {y}H{_WIDE - 24}" stroke="{_RULE}" stroke-width="1"/>')
        parts.append(_word(_LEFT - 10, y + 6, f"{top * step // 4:,}", anchor="end", colour=_SOFT))
    slot = width / max(1, len(labels))
    bar = slot * 0.78 / max(1, len(series))
    for at, label in enumerate(labels):
        left = _LEFT + slot * (at + 0.11)
        for order, (_name, values, colour) in enumerate(series):
            tall = height * values[at] / top
            parts.append(
                f'<rect x="{left + bar * order:.1f}" y="{_TOP + height - tall:.1f}" '
                f'width="{bar - 1:.1f}" height="{tall:.1f}" fill="{colour}"/>'
            )
        middle = _LEFT + slot * (at + 0.5)
        parts.append(_word(middle, _HIGH - 30, label, anchor="middle"))
    parts += _legend(series)
    return "".join([*parts, "</svg>"])


def _legend(series: Sequence[Series]) -> list[str]:
    parts, x = [], _WIDE - 24 - 90 * len(series)
    for name, _values, colour in series:
        parts.append(f'<rect x="{x}" y="15" width="16" height="16" fill="{colour}"/>')
        parts.append(_word(x + 24, 29, name))
        x += 90
    return parts


def _word(
    x: float,
    y: float,
    text: str,
    *,
    anchor: str = "start",
    colour: str = _INK,
    weight: int = 400,
    size: int = 16,
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" '
        f'font-weight="{weight}" font-size="{size}">{escape(text)}</text>'
    )
