"""Chinese texts with gaps, kept as data in the domain and translated where they are shown.

A plain label is a string marked with ``N_``. A text that carries values is a ``Message``: the pages
show ``gettext(message.template) % message.values``, so that the catalogue holds one entry for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Message:
    """A text with gaps: ``template`` has ``%(name)s`` placeholders, ``values`` fills them."""

    template: str
    values: Mapping[str, str | int] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the text in Chinese, with its gaps filled."""
        return self.template % self.values
