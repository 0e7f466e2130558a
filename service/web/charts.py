"""Where the lines and bars of small charts lie: drawn by the templates as SVG, without a script."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from triage.trends.facts import Floats

Values = Sequence[float | None]
_WIDTH = 100.0
_STEPS = (1, 2, 2.5, 5, 10)
_TICKS = 5


def ranged(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return each row with `bar`: where its n, its expected n and range lie, in 0 to 100.

    Rows have n, expected, low and high, each of the latter None where nothing is expected; all
    share one scale.
    """
    names = ("n", "expected", "low", "high")
    top = max((row[name] or 0 for row in rows for name in names), default=0) or 1
    return [
        {**row, "bar": {name: _place(row[name], 0, top) for name in names if row[name] is not None}}
        for row in rows
    ]


def curve(
    values: Values, low: Values = (), high: Values = (), *, height: float = 40.0
) -> dict[str, Any]:
    """Return a line with its band: `paths` and `bands` of SVG, in 0 to 100 by 0 to `height`.

    None interrupts the line. `top` is the value at the upper edge, 0 is at the lower one.
    """
    line, under, over = _numbers(values), _numbers(low), _numbers(high)
    known = np.concatenate([line, over, [0.0]])
    top = float(np.nanmax(known)) or 1.0
    x = np.linspace(0, _WIDTH, max(2, len(line)))[: len(line)]
    y, up, down = (height * (1 - some / top) for some in (line, over, under))
    paths = [_path(x[run], y[run]) for run in _runs(line)]
    bands = [_around(x[run], up[run], down[run]) for run in _runs(under + over)]
    return {"paths": paths, "bands": bands, "top": top, "height": height}


def forest(effects: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return effects with the places of their `low`, `effect` and `high`; ticks and the zero.

    One of which any is None is drawn nowhere (`at` None), and stands last.
    """
    known = [one for one in effects if None not in (one["low"], one["effect"], one["high"])]
    unknown = [{**one, "at": None} for one in effects if one not in known]
    ends = [one[name] for one in known for name in ("low", "high")]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    room = 0.04 * ((high - low) or 1)
    low, high = low - room, high + room
    rows = [
        {**one, "at": {name: _place(one[name], low, high) for name in ("low", "effect", "high")}}
        for one in known
    ]
    marks = [(value, _place(value, low, high)) for value in ticks(low, high)]
    return {"rows": [*rows, *unknown], "zero": _place(0, low, high), "ticks": marks}


def ticks(low: float, high: float, most: int = _TICKS) -> list[float]:
    """Return round numbers between two: at most so many."""
    raw = (high - low) / most
    size = 10.0 ** np.floor(np.log10(raw))
    step = next(float(size * part) for part in _STEPS if size * part >= raw)
    first = np.ceil(low / step)
    count = int(np.floor(high / step) - first) + 1
    return [round(float((first + k) * step), 10) + 0.0 for k in range(count)]


def _place(value: float, low: float, high: float) -> float:
    return round(_WIDTH * (value - low) / (high - low), 2)


def _numbers(values: Values) -> Floats:
    return np.array([np.nan if one is None else one for one in values], dtype=np.float64)


def _runs(values: Floats) -> Iterable[slice]:
    """Return the stretches without a gap."""
    known = np.concatenate([[False], ~np.isnan(values), [False]])
    turns = np.flatnonzero(np.diff(known.astype(np.int8)))
    return [slice(int(a), int(b)) for a, b in turns.reshape(-1, 2)]


def _points(x: Floats, y: Floats) -> str:
    return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))


def _path(x: Floats, y: Floats) -> str:
    # A line of one point cannot be seen.
    stroke = " h0.8" if len(x) == 1 else ""
    return f"M{_points(x, y)}{stroke}"


def _around(x: Floats, up: Floats, down: Floats) -> str:
    return f"M{_points(x, up)} L{_points(x[::-1], down[::-1])} Z"
