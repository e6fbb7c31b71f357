"""Writers of one process stand in line, and a line that stands still grows no longer."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from portal.services.core.turns import NoTurn, Turns
from tests.servers import wait_for

LONG = 60.0


@contextmanager
def waiting(turns: Turns, done: list[str], name: str) -> Iterator[threading.Thread]:
    """Have somebody wait for a turn and note what came of it."""
    before = len(turns._line)

    def wait() -> None:
        try:
            with turns.turn():
                done.append(name)
        except NoTurn:
            done.append(f"{name} was told")

    thread = threading.Thread(target=wait)
    thread.start()
    wait_for(lambda: len(turns._line) > before or not thread.is_alive(), "a place in line")
    yield thread
    thread.join()


def test_turns_come_in_the_order_of_coming() -> None:
    """Who has waited longest is next."""
    turns, done = Turns(LONG, LONG), list[str]()
    with ExitStack() as stack, turns.turn():
        for name in "abcd":
            stack.enter_context(waiting(turns, done, name))
        assert done == []
    assert done == ["a", "b", "c", "d"]


def test_behind_a_standstill_only_the_first_waits() -> None:
    """Who is not next in a line that does not move is told; the next one gets the turn."""
    turns, done = Turns(LONG, 0.0), list[str]()
    with ExitStack() as stack, turns.turn():
        stack.enter_context(waiting(turns, done, "next"))
        with waiting(turns, done, "another") as thread:
            thread.join(LONG)
        assert done == ["another was told"]
    assert done == ["another was told", "next"]


def test_nobody_waits_for_ever() -> None:
    """The next one is told, too, when its time is over, and leaves the line."""
    turns = Turns(0.0, LONG)
    with turns.turn(), pytest.raises(NoTurn), turns.turn():
        pass
    with turns.turn():
        pass


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_turn_ends_with_an_error(error: type[BaseException]) -> None:
    """Whoever fails gives the turn on."""
    turns = Turns(0.0, 0.0)

    def fail() -> None:
        with turns.turn():
            raise error

    attempts: list[Callable[[], None]] = [fail, fail]
    for attempt in attempts:
        with pytest.raises(error):
            attempt()
