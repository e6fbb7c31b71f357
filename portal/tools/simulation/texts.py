"""The texts of simulated letters: the built-in grammar, or real letters sampled from CSV files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from portal.adapters.csv_reader import CsvSource
from portal.domain.letters.kinds import KINDS, KINDS_BY_WORD, Kind
from portal.domain.letters.states import STORED_TITLE_MAX, TEXT_MAX
from portal.domain.organisations import OrganisationKind
from portal.domain.redaction import PublicField, default_masks, mask_text
from portal.services.core.typed_text import clean
from portal.services.importing.columns import map_columns
from portal.tools.samples.drawing import pick
from portal.tools.samples.grammar import GENERAL, LetterGrammar

_ORDINARY = tuple(kind for kind, row in KINDS.items() if row.share >= 10)
"""Kinds given to letters of a corpus that names none."""
Masks = tuple[tuple[PublicField, int, int, str, str], ...]
_SHORTEST_REPLY = 20


@dataclass(frozen=True, slots=True)
class Wording:
    """Title, letter and reply as written and as the public may read them.

    ``masks`` are field, start, end, kind and replacement of what is masked.
    """

    title: str
    text: str
    reply: str
    category: str | None
    public: tuple[str, str, str]
    masks: Masks = ()


class Texts:
    """The source of wordings; letters of a ``corpus`` bring their replies along."""

    def __init__(self, seed: int, corpus: Sequence[tuple[Kind | None, Wording]] = ()) -> None:
        self._grammar = LetterGrammar(seed)
        self._corpus: dict[Kind, list[Wording]] = defaultdict(list)
        for kind, wording in corpus:
            for each in (kind,) if kind else _ORDINARY:
                self._corpus[each].append(wording)

    def wording(
        self, chance: Random, kind: Kind, place: OrganisationKind, code: str, signed: str, day: date
    ) -> Wording:
        """Return the wording of a letter of ``kind`` to ``place``; ``signed`` answers on ``day``."""
        known = self._corpus.get(kind)
        if known:
            return pick(chance, known)
        draft = self._grammar.letter(chance, kind, place, code=code)
        reply = self._grammar.reply(chance, draft, signature=signed, day=day)
        public = (draft.title, draft.text, reply)
        return Wording(*public, draft.category, public)

    def again(self, chance: Random, known: Wording) -> Wording:
        """Return the letter of another sender on the matter of ``known``, with the same reply."""
        added = pick(chance, _ALSO)
        if len(known.text) + len(added) > TEXT_MAX:
            return known
        title, text, reply = known.public
        return replace(known, text=known.text + added, public=(title, text + added, reply))


_ALSO = (
    "\n我们这里好几户都有同样的情况，请一并处理。",
    "\n听说邻居也写过信，我也反映一次，希望引起重视。",
    "\n以上情况属实，盼早日答复。",
)


def read_corpus(source: CsvSource, seed: int) -> list[tuple[Kind | None, Wording]]:
    """Return the usable letters of a CSV file, each with what must be masked in public.

    Rows without title or text, or too long, are left out; a letter without a reply gets one from
    the grammar. Raises :class:`~portal.services.importing.columns.ImportFault` where the columns
    are not recognised.
    """
    columns = map_columns(source.header, {})
    grammar, chance = LetterGrammar(seed), Random(seed)  # noqa: S311
    found: list[tuple[Kind | None, Wording]] = []
    for row in source.rows:
        if row.problem:
            continue
        raw = {name: clean(row.fields[i]) for name, i in columns.items()}
        title, text, reply = raw["title"], raw["text"], raw.get("reply", "")
        if not title or not text or len(title) > STORED_TITLE_MAX or len(text) > TEXT_MAX:
            continue
        kind = KINDS_BY_WORD.get(raw.get("kind", ""))
        if not _SHORTEST_REPLY <= len(reply) <= TEXT_MAX:
            draft = grammar.letter(chance, kind or GENERAL, OrganisationKind.DISTRICT_GOVERNMENT)
            reply = grammar.reply(chance, draft)
        found.append((kind, _masked(title, text, reply)))
    return found


def _masked(title: str, text: str, reply: str) -> Wording:
    """Mask what the detectors find, by the default rules of an import."""
    originals = {PublicField.TITLE: title, PublicField.TEXT: text, PublicField.REPLY: reply}
    masks: list[tuple[PublicField, int, int, str, str]] = []
    public: list[str] = []
    for field, original in originals.items():
        found = default_masks(original, field=field)
        masks += [(field, f.start, f.end, str(f.kind), f.mask) for f in found]
        public.append(mask_text(original, [f.as_mask() for f in found]))
    return Wording(title, text, reply, None, (public[0], public[1], public[2]), tuple(masks))
