"""Names in Latin letters: behind English words that introduce one, and the sender's in pinyin."""

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module

from portal.domain.redaction.hits import Hit
from portal.domain.redaction.kinds import FindingKind
from portal.domain.redaction.masks import COVER
from portal.domain.redaction.names.surnames import SURNAMES

_CUE = re.compile(
    r"(?:[Mm]y (?:full )?name is|[Nn]ame(?:d| is|:)|I am|I'm|I’m|[Ss]ignature:|[Ss]igned,?|[Ss]incerely,?|[Rr]egards,?|[Yy]ours,?|[Ff]aithfully,?|[Cc]ontact(?: person)?:"
    r"|(?:[Mm]y|[Hh]is|[Hh]er|[Oo]ur) (?:son|daughter|husband|wife|father|mother|child|friend|neighbou?r|landlord|tenant|boss|colleague|brother|sister),?(?: is| named| called)?"
    r"|(?:[Hh]ello|[Hh]i),? this is|[Cc]ourier|[Dd]river|[Tt]eacher|[Dd]octor|[Mm]anager|[Oo]fficer|[Oo]wner|[Ll]andlord|[Nn]eighbou?r|Mr\.?|Mrs\.?|Ms\.?|Miss|Dr\.?|英文名?|拼音|我(?:自己)?|[叫是名人:])\s{0,3}(?:Mr\.?|Mrs\.?|Ms\.?|Miss)? ?"
)
_NAME = re.compile(
    r"([A-Z][a-z]{1,6}|[A-Z]{2,6})(?:[ \-'’]{1,2}(?:[A-Z][a-z]{0,10}|[A-Z]{2,10}|[a-z]{2,6}(?![a-z ]))){1,2}(?![A-Za-z])"
)
# my son Diego
_ENGLISH_KIN = re.compile(
    r"\b(?:[Mm]y|[Hh]is|[Hh]er|[Oo]ur) (?:son|daughter|husband|wife|father|mother|child|friend|neighbou?r|brother|sister|baby)"
    r"(?:,| is called| called| named)? (?!Is |Was |Has |And |Who |The |In |At |On |From |Chinese|I\b)([A-Z][a-z]{2,11})(?![A-Za-z]| [A-Z])"
)
# wo jiao li na: a letter in pinyin.
_IN_PINYIN = re.compile(
    r"(?<![a-z])(?:(?:wo|ta) ?jiao|(?:ming ?zi|xing ?ming) ?(?:shi|jiao)?|(?:lao ?gong|lao ?po|er ?zi|n[uvü] ?er|ma ?ma|ba ?ba|hai ?zi|lin ?ju) ?(?:jiao|shi)?)[: ]{1,2}"
    r"(?!jiao |shi )([a-z]{1,6} ?[a-z]{1,6}(?: [a-z]{1,6})?)(?![a-z])",
    re.IGNORECASE,
)
_GAP = r"[ \t\-_.,'’·\n]{0,2}"


def find_pinyin_names(text: str) -> Iterator[Hit]:
    """Yield names in Latin letters behind words that introduce one."""
    for match in _ENGLISH_KIN.finditer(text):
        yield Hit(FindingKind.NAME, *match.span(1), f"{match[1][0]}{COVER}")
    for match in _IN_PINYIN.finditer(text):
        if match[1].split()[0].lower() in _surname_readings():
            yield Hit(FindingKind.NAME, *match.span(1), f"{match[1][0].upper()}{COVER}")
    for cue in _CUE.finditer(text):
        name = _NAME.match(text, cue.end())
        if name is None:
            continue
        words = re.findall("[A-Za-z]+", name[0])
        # "I am Very Angry" is no name; a stated name is one whatever it looks like.
        stated = (
            cue[0].startswith(("英文", "拼音"))
            or "ame" in cue[0]
            or cue[0].startswith("M")
            or "this is" in cue[0]
        )
        if stated or {words[0].lower(), words[-1].lower()} & _surname_readings():
            yield Hit(FindingKind.NAME, name.start(), name.end(), f"{name[0][0]}{COVER}")


def pinyin_patterns(name: str) -> list[str]:
    """Return patterns for a Chinese name in pinyin, surname first or last."""
    given_from = 2 if len(name) > 3 else 1
    surnames, given = _readings(name[:given_from]), _readings(name[given_from:])
    last = _GAP.join(given)
    return [
        rf"(?<![A-Za-z]){order}(?![A-Za-z])"
        for first in {
            _GAP.join(surnames),
            *([] if given_from == 2 else _surname_alternatives(name[0])),
        }
        for order in (first + _GAP + last, last + _GAP + first)
    ]


def _readings(characters: str) -> list[str]:
    syllables: list[str] = _pypinyin().lazy_pinyin(characters)
    return [syllable.replace("v", "[uvü]") for syllable in syllables]


def _surname_alternatives(surname: str) -> set[str]:
    (readings,) = _pypinyin().pinyin(surname, style=0, heteronym=True)
    return {reading.replace("v", "[uvü]") for reading in readings}


@cache
def _surname_readings() -> frozenset[str]:
    return frozenset("".join(_readings(surname)) for surname in SURNAMES)


@cache
def _pypinyin():  # type: ignore[no-untyped-def]
    # Its dictionaries take a fifth of a second to load, and only some letters need them.
    return import_module("pypinyin")
