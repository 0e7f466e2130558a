"""From the tokens of a text to its log-odds: each token weighs in with what it says.

A text's log-odds of an output are the mean of its tokens' values, weighted by the softmax of
their weights over all its windows. So a long text is pooled as a whole, and each token's share
of the decision is known without further work.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from triage.scorers.base import Floats

Singles = NDArray[np.float32]
Places = NDArray[np.int64]


def pooled(weight: Singles, value: Singles, owner: Places, n: int) -> tuple[Floats, Floats]:
    """Return the log-odds of n texts (n x outputs) and each token's share of them.

    `weight`, `value`: tokens x outputs, the weights within ±5; `owner`: the text of each token,
    ascending. A text without tokens has log-odds of 0.
    """
    odds = np.zeros((n, value.shape[1]))
    if not len(owner):
        return odds, np.zeros(value.shape)
    having, first, sizes = np.unique(owner, return_index=True, return_counts=True)
    attention = np.exp(weight.astype(np.float64))
    attention /= np.repeat(np.add.reduceat(attention, first), sizes, axis=0)
    shares: Floats = attention * value
    odds[having] = np.add.reduceat(shares, first)
    return odds, shares


def summed(shares: Floats, group: Places, n: int) -> Floats:
    """Return the sums of the rows of `shares` by `group` (0 to n - 1), n x columns."""
    ends = np.arange(len(group) + 1)
    members = csr_matrix((np.ones(len(group)), group, ends), shape=(len(group), n))
    result: Floats = members.T @ shares
    return result
