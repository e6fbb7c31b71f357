"""The languages that the pages speak.

A language is a row of :data:`LANGUAGES` and a catalogue in ``portal/translations``, in the folder
of the same name. The source text of the first one needs no catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the pages.

    ``tag`` is its BCP 47 tag, ``name`` what its readers call it, ``day`` the Babel pattern of a
    date in a sentence, ``direction`` that of its script (``ltr`` or ``rtl``).
    """

    tag: str
    name: str
    day: str
    direction: str = "ltr"

    @property
    def primary(self) -> str:
        """The tag without script and region."""
        return self.tag.partition("-")[0]


LANGUAGES: dict[str, Language] = {
    "zh_CN": Language("zh-CN", "中文", "y年M月d日"),
    "en": Language("en", "English", "d MMMM y"),
}
"""Every language by its locale, in the order of the switch."""
SOURCE = "zh_CN"
"""The locale of the source text; letters and replies are written in it too."""
COMMAND_LINE = "en"
"""The locale in which commands speak."""
