"""Whether probabilities can be believed: reliability bins and calibration error."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from triage.training.bootstrap import Floats
from triage.training.slices import SMALL
from triage.training.tally import Ints, Tally

BINS = 10


def reliability(scores: Floats, wanted: NDArray[np.bool_]) -> dict[str, Any]:
    """Return, for ten bins of equal width, the mean score and the share that came true.

    `ece` is the mean distance of the two, each bin weighted by its texts.
    """
    bins = np.minimum((scores * BINS).astype(int), BINS - 1)
    n = np.bincount(bins, minlength=BINS)
    said = np.bincount(bins, weights=scores, minlength=BINS)
    true = np.bincount(bins, weights=wanted, minlength=BINS)
    rows = [_bin(k, n[k], said[k], true[k]) for k in range(BINS) if n[k]]
    ece = float(np.abs(said - true).sum() / max(len(scores), 1))
    return {"n": len(scores), "ece": round(ece, 4), "bins": rows}


def _bin(number: int, n: int, said: float, true: float) -> dict[str, Any]:
    return {
        "from": number / BINS,
        "to": (number + 1) / BINS,
        "n": int(n),
        "score": round(float(said / n), 4),
        "share": round(float(true / n), 4),
    }


def per_label(part: Tally, scripts: dict[str, Ints]) -> dict[str, Any]:
    """Return the reliability of each label, over all texts with issues and within each script."""
    known = part.known[:, 0]
    labelled = {name: rows[known[rows]] for name, rows in scripts.items()}
    return {
        label: reliability(part.scores[known, k], part.wanted[known, k])
        | {"scripts": _per_script(part, k, labelled)}
        for k, label in enumerate(part.labels)
    }


def _per_script(part: Tally, column: int, scripts: dict[str, Ints]) -> dict[str, Any]:
    return {
        name: reliability(part.scores[rows, column], part.wanted[rows, column])
        | {"small": len(rows) < SMALL}
        for name, rows in scripts.items()
    }


def log_loss(part: Tally) -> Floats:
    """Return the sum over issues of each text's log loss."""
    # Scores are rounded to four places: a 0 may stand for anything below half a step.
    scores = np.clip(part.scores, 5e-5, 1 - 5e-5)
    loss: Floats = -np.log(np.where(part.wanted, scores, 1 - scores)).sum(axis=1)
    return loss


def worst(part: Tally, number: int) -> list[int]:
    """Return the rows with a wrong issue whose scores were furthest off, the worst first."""
    order = np.argsort(-log_loss(part), kind="stable")
    return [int(row) for row in order if part.any_wrong[row]][:number]
