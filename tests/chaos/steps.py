"""What the faults have in common: a row of the table, and writing before, during and after one."""

import contextlib
import time
from collections.abc import Callable
from typing import NamedTuple

from tests.chaos.citizen import Citizen
from tests.chaos.instance import Instance, Writers, losses
from tests.servers import Server, wait_for

AT_LEAST = 25
"""Letters acknowledged before a fault, so that it finds the letterbox at work."""
Fault = Callable[[Server], contextlib.AbstractContextManager[None]]


class Row(NamedTuple):
    """A fault, what it cost, and whether that is what is promised; ``None`` where it was not brought about."""

    name: str
    figure: str
    good: bool | None


def through(
    name: str,
    instance: Instance,
    fault: Fault,
    seconds: float,
    *,
    reads: bool = True,
    user: tuple[str, ...] = (),
) -> Row:
    """Write before, during and after a fault that lasts ``seconds``; the server is not restarted.

    A citizen begins a letter before the fault, sends it during the fault, and sends what comes back
    again after it. ``reads`` says whether pages must be served meanwhile, ``user`` is put before the
    command that serves.
    """
    with instance.serving(*user) as server:
        writers, citizen = Writers(instance, server), Citizen(server.address)
        citizen.begin()
        writers.wait_for_more(AT_LEAST)
        with fault(server):
            end, pages, slowest = time.monotonic() + seconds, set[int](), 0.0
            given_back = citizen.send()
            while (asked := time.monotonic()) < end:
                pages.add(server.status("/archive", 15))
                slowest = max(slowest, time.monotonic() - asked)
                time.sleep(0.5)
        begun = time.monotonic()
        writers.wait_for_more(8)
        back = time.monotonic() - begun
        sent = citizen.send()
        writers.stop()
        well, said = instance.wait_until_well()
    lost, doubled = losses(instance, writers)
    statuses = ", ".join(f"{status}: {n}" for status, n in sorted(writers.refused.items()))
    form = f"form {given_back.status}, {'kept' if given_back.kept else 'LOST'}, then {sent.status}"
    figure = (
        f"pages {', '.join(map(str, sorted(pages)))}, the slowest {slowest:.1f} s; "
        f"refused {statuses or 'none'}; {form}; writing {back:.1f} s after the fault: "
        f"{cost(lost, doubled, well, said)}"
    )
    good = not lost and not doubled and well and 500 not in writers.refused
    kept = given_back.status == 503 and given_back.kept and sent.is_taken
    return Row(name, figure, good and kept and (not reads or pages == {200}))


def cost(lost: int, doubled: int, well: bool, said: str) -> str:
    """Return in words what was lost, doubled, and whether ``letterbox check`` finds all well."""
    index = "index = archive" if well else f"index or check: {said[-80:]!r}"
    return f"lost {lost}, doubled {doubled}, {index}"


def waited(state: Callable[[], bool], seconds: float) -> bool:
    """Return whether ``state`` becomes true within ``seconds``."""
    try:
        wait_for(state, "a state", seconds)
    except AssertionError:
        return False
    return True
