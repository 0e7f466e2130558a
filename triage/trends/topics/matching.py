"""Which old topic each new group is: the pairs that share the most texts."""

import numpy as np
from scipy.optimize import linear_sum_assignment

from triage.trends.facts import Ints

LEAST_OVERLAP = 0.2  # of the texts of either that both have: less is another topic


def partners(old: Ints, new: Ints) -> dict[int, int]:
    """Return for new groups the old topic that each goes on from; both say -1 for none.

    `old` and `new` tell the topic of the same n texts. Pairs are chosen together (Hungarian
    method) to have the most texts in common, as a share of the texts of either (Jaccard).
    """
    old_ids, new_ids = (np.unique(ids[ids >= 0]) for ids in (old, new))
    if not len(old_ids) or not len(new_ids):
        return {}
    both = (old >= 0) & (new >= 0)
    rows, columns = np.searchsorted(old_ids, old[both]), np.searchsorted(new_ids, new[both])
    common = np.zeros((len(old_ids), len(new_ids)))
    np.add.at(common, (rows, columns), 1)
    sizes_old = np.bincount(np.searchsorted(old_ids, old[old >= 0]), minlength=len(old_ids))
    sizes_new = np.bincount(np.searchsorted(new_ids, new[new >= 0]), minlength=len(new_ids))
    shared = common / (sizes_old[:, None] + sizes_new[None, :] - common)
    pairs = zip(*linear_sum_assignment(shared, maximize=True), strict=True)
    return {
        int(new_ids[column]): int(old_ids[row])
        for row, column in pairs
        if shared[row, column] >= LEAST_OVERLAP
    }
