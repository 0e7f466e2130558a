"""Arrays as JSON says them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

_DIGITS = 6  # significant ones


def plain(value: float | None) -> float | None:
    """Return a number with six significant digits; None for NaN and infinities."""
    if value is None or not np.isfinite(value):
        return None
    return float(f"{value:.{_DIGITS}g}")


def plain_all(values: NDArray[np.number[Any]]) -> list[float | None]:
    """Return numbers as `plain` has them."""
    return [plain(value) for value in np.asarray(values, dtype=np.float64).tolist()]


def whole_all(values: NDArray[np.integer[Any]]) -> list[int]:
    """Return counts."""
    return [int(value) for value in values]


def times(moments: Sequence[datetime]) -> list[str]:
    """Return times as ISO with their offset."""
    return [moment.isoformat() for moment in moments]
