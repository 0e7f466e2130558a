"""How long a call takes, in seconds of a machine that is idle: other work is nobody's fault."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import process_time

import numpy as np

_IDLE = 0.014  # seconds the yardstick takes where nothing else runs


def pace() -> float:
    """Return how many times slower than an idle machine this one is now, at least 1."""
    return max(1.0, _fastest(_yardstick, rounds=3) / _IDLE)


def taken(call: Callable[[], object], *, times: int = 1, rounds: int = 2) -> float:
    """Return the processor seconds of a call on an idle machine: the best of some rounds."""
    call()  # what is imported or filled late

    def several() -> None:
        for _ in range(times):
            call()

    return _fastest(several, rounds=rounds) / times / pace()


def _fastest(call: Callable[[], object], *, rounds: int) -> float:
    took = []
    with _untraced():
        for _ in range(rounds):
            began = process_time()
            call()
            took.append(process_time() - began)
    return min(took)


@contextmanager
def _untraced() -> Iterator[None]:
    """Keep what counts covered lines out of what is timed."""
    tracer = sys.gettrace()
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(tracer)


def _yardstick() -> None:
    """Do a fixed piece of work, half of it in Python and half in numpy."""
    for number in range(60_000):
        str(number % 7)
    numbers = np.arange(200_000.0) % 977.0
    for _ in range(5):
        np.sort(numbers)
