"""A plugin of pytest: the product with one more kind of letter, made as the recipe says."""

import sys
from pathlib import Path
from types import ModuleType

NAME = "portal.domain.letters.kinds"
FILE = Path(__file__).parents[2] / "portal/domain/letters/kinds.py"
MEMBER = '    THANKS = "thanks", N_("感谢"), N_("对单位或工作人员表示感谢")\n'
ROW = "    Kind.THANKS: LetterKind("


def install() -> None:
    """Put the table of kinds with ``Kind.PRIVATE`` in the place of the product's."""
    source = FILE.read_text("utf-8")
    assert MEMBER in source and ROW in source
    source = source.replace(
        MEMBER, f'{MEMBER}    PRIVATE = "private", "密件", "只给领导看的信"\n'
    ).replace(
        ROW,
        f"    Kind.PRIVATE: LetterKind((_LETTERBOX,), publishable=False, share=1),\n{ROW}",
    )
    module = ModuleType(NAME)
    module.__file__ = str(FILE)
    sys.modules[NAME] = module
    exec(compile(source, FILE, "exec"), module.__dict__)  # noqa: S102


install()
