"""How sure a figure is: texts drawn again with replacement, all draws at once, seeded."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
TIMES = 1000
_CELLS = 2_000_000  # so many weights are held at once, however many texts there are
_INTERVAL = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its 95 % interval; None where it has no meaning."""

    value: float | None
    low: float | None = None
    high: float | None = None

    def to_dict(self) -> dict[str, float | None]:
        """Return the JSON form."""
        return asdict(self)

    @property
    def beyond_noise(self) -> bool:
        """Whether the interval leaves 0 out: what a difference must do to count."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def resample(
    n: int, statistic: Callable[[Floats], Floats], *, times: int = TIMES, seed: int = 0
) -> Floats:
    """Return `statistic` of the texts as they are (row 0) and of `times` draws of them.

    `statistic` gets weights, one row per draw and one column per text, and returns one row
    per draw. The same n, times and seed draw the same texts: so are two models paired.
    """
    return np.concatenate([statistic(weights) for weights in _weights(n, times, seed)])


def _weights(n: int, times: int, seed: int) -> Iterator[Floats]:
    yield np.ones((1, n))
    random = np.random.default_rng(seed)
    step = max(1, _CELLS // max(n, 1))
    for start in range(0, times, step):
        rows = min(step, times - start)
        drawn = random.integers(n, size=(rows, n)) + n * np.arange(rows)[:, None]
        yield np.bincount(drawn.ravel(), minlength=rows * n).reshape(rows, n).astype(np.float64)


def figure(values: Floats) -> Figure:
    """Make a figure of what `resample` returned: its row 0, and the middle 95 % of the rest."""
    if np.isnan(values[0]):
        return Figure(None)
    drawn = values[1:][~np.isnan(values[1:])]
    if not len(drawn):
        return Figure(_r(values[0]))
    low, high = np.percentile(drawn, _INTERVAL)
    return Figure(_r(values[0]), _r(low), _r(high))


def divide(above: Floats, below: Floats) -> Floats:
    """Divide; what is divided by nothing is no number."""
    out = np.full(np.broadcast_shapes(above.shape, below.shape), np.nan)
    np.divide(above, below, out=out, where=below != 0)
    return out


def _r(value: float) -> float:
    return round(float(value), 4) + 0.0  # no -0.0
