"""Where an answer begins to answer: greetings and set phrases before it are passed over.

Result lists and feeds show the start of a reply; in official letters the first two lines are
salutation and acknowledgement, which are of no use to a reader.
"""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"[^。！!？?：:；;\n]*[。！!？?：:；;\n]+")
_GREETING = re.compile(r"您好|你好|网友|来信人|市民|先生|女士|同志|尊敬")
_COURTESY = re.compile(r"收悉|如下|感谢|谢谢")
_SHORT, _LONG, _MOST = 24, 70, 8
_LEFT_OVER = 20


def answer_start(reply: str) -> str:
    """Return ``reply`` from its first sentence that is no greeting; whole if nothing is left."""
    at = 0
    for _ in range(_MOST):
        sentence = _SENTENCE.match(reply, at)
        if sentence is None or not _is_courtesy(sentence.group().strip()):
            break
        at = sentence.end()
    rest = reply[at:].lstrip()
    return rest if len(rest) >= _LEFT_OVER else reply.lstrip()


def _is_courtesy(sentence: str) -> bool:
    if len(sentence) <= 1:
        return True
    greets = len(sentence) <= _SHORT and _GREETING.search(sentence)
    return bool(greets or (len(sentence) <= _LONG and _COURTESY.search(sentence)))
