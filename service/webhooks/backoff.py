"""When a message that was not delivered is tried again.

Nine waits follow ten attempts: 5 s, 30 s, 2 min, 10 min, 30 min, 2 h, 6 h, 12 h, 24 h. The last
attempt falls 44 h 43 min after the first, with jitter at most 53 h 40 min: a receiver that
broke on Friday evening and is mended on Sunday afternoon misses nothing. Then the message
is a dead letter.
"""

from datetime import datetime, timedelta
from random import Random

WAITS: tuple[timedelta, ...] = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)
LONGEST_WAIT = WAITS[-1]
# Up to a fifth longer, never shorter: messages that failed together come back spread out.
JITTER = 0.2


def next_attempt(
    attempt: int, now: datetime, rng: Random, *, retry_after: timedelta | None = None
) -> datetime | None:
    """Return when to try again after failed attempt number `attempt`, or None: a dead letter.

    Attempts count from 1. `retry_after` is what the receiver asked for; the later of the two
    holds. Raises ValueError for an attempt below 1.
    """
    if attempt < 1:
        raise ValueError(f"Attempts count from 1, not {attempt}.")
    if attempt > len(WAITS):
        return None
    wait = WAITS[attempt - 1] * (1 + rng.random() * JITTER)
    return now + max(wait, retry_after or wait)
