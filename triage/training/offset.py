"""Logistic regression that starts from another model's word: what must be added to it.

Minimises, over the coefficients w, the weighted sum of log(1 + exp(-y (z + x w))) plus
|w|² / 2C, where z are the log-odds of the other model. Where z is right already nothing is
learned; with little data little is added. Convex: its one minimum does not depend on the start.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from triage.scorers.base import Floats

# More of either moves no probability's second digit, and costs twice the time.
_STEPS, _ENOUGH = 80, 1e-6
_MEMORY = 5


@dataclass(frozen=True, slots=True)
class Problem:
    """Texts of one output: `matrix` n x columns, `offset`, `wanted` and `weight` of length n."""

    matrix: csr_matrix
    offset: Floats
    wanted: NDArray[np.bool_]
    weight: Floats

    def part(self, rows: NDArray[np.bool_]) -> "Problem":
        """Return the same of some of the texts."""
        return Problem(self.matrix[rows], self.offset[rows], self.wanted[rows], self.weight[rows])


def fit_offset(problem: Problem, strength: float) -> Floats:
    """Return the coefficients; `strength` is C. Zeros where there are no texts."""
    x, transposed = problem.matrix, problem.matrix.T.tocsr()
    if not x.shape[0]:
        return np.zeros(x.shape[1])
    sign = np.where(problem.wanted, 1.0, -1.0)

    def loss(w: Floats) -> tuple[float, Floats]:
        margin = sign * (problem.offset + x @ w)
        pull = -sign * problem.weight / (1 + np.exp(np.clip(margin, -60, 60)))
        value = float(problem.weight @ np.logaddexp(0, -margin)) + float(w @ w) / (2 * strength)
        return value, transposed @ pull + w / strength

    options = {"maxiter": _STEPS, "maxcor": _MEMORY, "ftol": _ENOUGH}
    found = minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B", options=options)
    result: Floats = found.x
    return result
