"""Sentences of a reply that write about the sender, as 来信人 or 该市民, in place of addressing them as 您.

Salutations, people in general (有网友投诉, 广大市民反映) and what a law says of petitioners are not meant.
"""

from __future__ import annotations

import re

from portal.domain.letters.replies.sentences import sentences

_ROLE = "(?:来信|信访|投诉|反映|举报|诉求|来电|留言|上访|写信)人"
_READER = "网友|网民|市民|群众"
_SALUTATION = re.compile(
    rf"^(?:尊敬的|亲爱的|各位|\s)*(?:{_ROLE}|{_READER})(?:朋友|同志|先生|女士|们)*"
    r"(?:[“\"‘'][^”\"’']{0,20}[”\"’'])?\s*(?:[您你]们?好|[:,;!]|$)"
)
_ABOUT = re.compile(
    rf"[该此][位名]?(?:{_ROLE}|{_READER})|"
    rf"(?<![位个些有被凡]){_ROLE}(?!们|员|应当|应该|可以|可向|有权|不服|不得|须|必须|需)|"
    r"(?<![位个些多分有大])(?:网友|网民|市民)(?:所?反[映应](?!强烈|较|良好)|来信|投诉|所述|所称|提出)"
)
_LAW = re.compile("《|条例|规定|办法|依法保护")


def about_the_sender(text: str) -> list[str]:
    """Return the sentences of a reply that write about its sender in the third person, in their order."""
    return [
        sentence
        for sentence in sentences(text)
        if not _LAW.search(sentence) and _ABOUT.search(_SALUTATION.sub("", sentence))
    ]
