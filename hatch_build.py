"""Build hook: compiles the message catalogues, so that a wheel speaks every language."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueHook(BuildHookInterface):  # type: ignore[type-arg]
    """Compile ``*.po`` beside itself before anything is packed."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write one ``.mo`` for each catalogue under ``portal/translations``."""
        for source in sorted(Path(self.root, "portal", "translations").rglob("*.po")):
            with source.open("rb") as file:
                catalogue = read_po(file)
            with source.with_suffix(".mo").open("wb") as target:
                write_mo(target, catalogue)
