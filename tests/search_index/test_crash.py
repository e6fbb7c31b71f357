import subprocess
import sys
from pathlib import Path

from search_index.engine import Upsert
from tests.search_index.builders import document, engine_with, found

ROOT = Path(__file__).parents[2]
WRITER = """
import sys
from pathlib import Path
from search_index.engine import Upsert
from search_index.embedded.whoosh_engine import WhooshEngine
from tests.search_index.builders import document
engine = WhooshEngine(Path(sys.argv[1]))
for n in range(int(sys.argv[2]), 10**6):
    engine.apply([Upsert(document(n))])
    print(n, flush=True)
"""


def test_a_killed_writer_loses_nothing_acknowledged(tmp_path: Path) -> None:
    """An indexer killed again and again while it writes leaves a whole index and a free lock."""
    engine = engine_with(tmp_path, document(1))
    acknowledged = 1
    for round_ in range(6):
        command = [sys.executable, "-c", WRITER, str(tmp_path / "index"), str(acknowledged + 1)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
            assert process.stdout is not None
            for _ in range(round_ + 2):
                acknowledged = int(process.stdout.readline())
            process.kill()
            for line in process.stdout:
                acknowledged = int(line)
        engine.check(thorough=True)
        indexed = set(engine.ids_and_revisions())
        assert set(range(1, acknowledged + 1)) <= indexed
        assert indexed <= set(range(1, acknowledged + 2))
        acknowledged = max(indexed)
    engine.apply([Upsert(document(acknowledged + 1, text="最后一封"))])
    assert found(engine, "最后一封") == [acknowledged + 1]
