"""Which texts are read together: near in length, in an order of their own each epoch."""

from collections.abc import Iterator

import numpy as np

from triage.training.encoder.rows import POLARITY, Rows
from triage.training.encoder.settings import EncoderSettings
from triage.training.encoder.windows import Ids, Windows

_POOL = 64  # batches that are sorted among themselves
_WINDOWS = 4  # a batch has at most so many windows per text, unless one text has more


def drawn(rows: Rows, settings: EncoderSettings, epoch: int) -> Ids:
    """Return the rows read in an epoch, in a random order of (seed, epoch)."""
    rng = np.random.default_rng((settings.seed, epoch, 1))
    order = rng.permutation(len(rows))
    limit = settings.polarity_texts
    if limit is None:
        return order
    beside = rows.kinds[order] == POLARITY
    chosen: Ids = order[~beside | (np.cumsum(beside) <= limit)]
    return chosen


def batches(order: Ids, windows: Windows, settings: EncoderSettings, epoch: int) -> list[Ids]:
    """Part `order` into batches of texts of like length, and shuffle the batches."""
    rng = np.random.default_rng((settings.seed, epoch, 2))
    size = settings.batch
    pools = (order[k : k + size * _POOL] for k in range(0, len(order), size * _POOL))
    parts = [part for pool in pools for part in by_length(pool, windows, size)]
    return [parts[k] for k in rng.permutation(len(parts))]


def by_length(texts: Ids, windows: Windows, size: int) -> Iterator[Ids]:
    """Yield batches of at most `size` texts, the shortest first, fewer where they are long."""
    counts, longest = windows.counts[texts], windows.longest(texts)
    ranked = texts[np.lexsort((counts, longest))]
    start, room = 0, 0
    for end, count in enumerate(windows.counts[ranked].tolist()):
        if end > start and (end - start == size or room + count > size * _WINDOWS):
            yield ranked[start:end]
            start, room = end, 0
        room += count
    if start < len(ranked):
        yield ranked[start:]
