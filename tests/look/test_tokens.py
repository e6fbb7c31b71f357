"""The colours of the site are legible in both themes."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "portal" / "static" / "css"
TEXT = ("ink", "ink-soft", "accent", "accent-deep", "seal", "amber", "green")
GROUND = (
    "paper",
    "surface",
    "sunken",
    "accent-wash",
    "seal-wash",
    "amber-wash",
    "green-wash",
)
PAIRS = [
    *((text, ground, 4.5) for text in TEXT for ground in GROUND),
    ("on-accent", "accent", 4.5),
    ("on-accent", "accent-deep", 4.5),
    ("on-seal", "seal", 4.5),
    ("on-seal", "seal-deep", 4.5),
    ("on-mark", "mark", 4.5),
    ("line-strong", "paper", 3.0),
    ("line-strong", "surface", 3.0),
    ("focus", "paper", 3.0),
    *((f"series-{number}", "paper", 3.0) for number in range(1, 5)),
]


def themes() -> dict[str, dict[str, str]]:
    """Return the colours by theme; large type lays its own over those of the theme."""
    text = (CSS / "tokens.css").read_text("utf-8")
    pattern = re.compile(r"--([\w-]+): (#[0-9a-f]{6});")
    found: dict[str, dict[str, str]] = {}
    for theme, part in zip(
        ("light", "dark"), text.split("@media (prefers-color-scheme: dark)"), strict=True
    ):
        standard, large = (dict(pattern.findall(each)) for each in part.split(":root.large-type {"))
        found |= {theme: standard, f"{theme}, large type": {**standard, **large}}
    return found


def luminance(colour: str) -> float:
    """Relative luminance of a #rrggbb colour (WCAG 2.1)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", themes())
def test_contrast(theme: str) -> None:
    """A text is read on every ground at 4.5:1, a border, ring or chart line seen at 3:1."""
    colours = themes()[theme]
    weak = []
    for front, back, least in PAIRS:
        dark, light = sorted((luminance(colours[front]), luminance(colours[back])))
        ratio = (light + 0.05) / (dark + 0.05)
        if ratio < least:
            weak.append(f"{front} on {back}: {ratio:.2f} < {least}")
    assert not weak


def test_every_token_used_exists() -> None:
    """A style sheet names no custom property that nobody defines."""
    sheets = {path.name: path.read_text("utf-8") for path in CSS.glob("*.css")}
    defined = {name for text in sheets.values() for name in re.findall(r"(--[\w-]+)\s*:", text)}
    unknown = {
        f"{sheet}: {name}"
        for sheet, text in sheets.items()
        for name in re.findall(r"var\((--[\w-]+)", text)
        if name not in defined
    }
    assert not unknown


def test_colours_live_in_the_tokens_alone() -> None:
    """A colour is written in tokens.css (and black and white for paper) and nowhere else."""
    stray = {
        path.name: found
        for path in CSS.glob("*.css")
        if path.name not in ("tokens.css", "print.css")
        and (found := re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(", path.read_text("utf-8")))
    }
    assert not stray
