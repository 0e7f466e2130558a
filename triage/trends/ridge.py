"""Least squares of many rows on few categories, with errors that respect who wrote the rows.

Rows are never spread out: each holds a code per block, and a table per block says what the columns
are for a code. Cross-products are then counts of pairs of codes, times small tables.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise

import numpy as np

from triage.trends.facts import Bools, Floats, Ints

_CELLS = 1024  # of a merged block: its pairs with another still lie in the cache
_ROWS = 32  # in a cell on average: with fewer, tables cost more than they save
_ALIKE = 1e-3  # of its variance that must be left to a direction when all else is told


@dataclass(frozen=True, slots=True)
class Block:
    """Columns that depend on one code: row i holds `table[codes[i]]`, one value per name."""

    codes: Ints
    table: Floats
    names: tuple[str, ...]

    def beside(self, other: "Block") -> "Block":
        """Return both as one block, whose codes are pairs."""
        cells = len(other.table)
        here = np.repeat(self.table, cells, axis=0)
        there = np.tile(other.table, (len(self.table), 1))
        codes = self.codes * cells + other.codes
        return Block(codes, np.hstack((here, there)), self.names + other.names)


def packed(blocks: Sequence[Block]) -> list[Block]:
    """Return the same columns in fewer blocks, none with too many cells; the first stays first."""
    most = min(_CELLS, len(blocks[0].codes) // _ROWS)
    bins = [blocks[0]]
    for block in sorted(blocks[1:], key=lambda item: -len(item.table)):
        room = (at for at, one in enumerate(bins) if len(one.table) * len(block.table) <= most)
        at = next(room, None)
        if at is None:
            bins.append(block)
        else:
            bins[at] = bins[at].beside(block)
    return bins


@dataclass(frozen=True, slots=True)
class Products:
    """X'X and X'y of the columns of all blocks in their order, y'1 and n."""

    gram: Floats
    moment: Floats
    total: float
    n: int


def products(blocks: Sequence[Block], y: Floats) -> Products:
    """Return the cross-products of all columns."""
    rows = [[_cross(one, other) for other in blocks[:at]] for at, one in enumerate(blocks)]
    size = [len(block.names) for block in blocks]
    gram = np.zeros((sum(size), sum(size)))
    ends = list(pairwise(np.cumsum([0, *size])))
    for at, (start, end) in enumerate(ends):
        gram[start:end, start:end] = _square(blocks[at])
        for cross, (left, right) in zip(rows[at], ends, strict=False):
            gram[start:end, left:right] = cross
            gram[left:right, start:end] = cross.T
    moment = np.concatenate([_moment(block, y) for block in blocks])
    return Products(gram, moment, float(y.sum()), len(y))


def _cross(one: Block, other: Block) -> Floats:
    shape = len(one.table), len(other.table)
    pairs = np.bincount(one.codes * shape[1] + other.codes, minlength=shape[0] * shape[1])
    result: Floats = one.table.T @ (pairs.reshape(shape).astype(np.float64) @ other.table)
    return result


def _square(block: Block) -> Floats:
    counts = np.bincount(block.codes, minlength=len(block.table)).astype(np.float64)
    result: Floats = (block.table.T * counts) @ block.table
    return result


def _moment(block: Block, y: Floats) -> Floats:
    result: Floats = block.table.T @ np.bincount(block.codes, y, minlength=len(block.table))
    return result


@dataclass(frozen=True, slots=True)
class Separation:
    """Which of the columns of interest can be told apart, and how much the others blur each."""

    apart: Bools
    inflation: Floats


def separation(gram: Floats, penalty: Floats, wanted: Ints, n: int) -> Separation:
    """Tell which `wanted` columns keep variance of their own once all other columns are known.

    `inflation` is the variance inflation factor. The first column is that of ones.
    """
    rest = np.setdiff1d(np.arange(len(gram)), wanted)
    cross = gram[np.ix_(rest, wanted)]
    share = np.linalg.solve(gram[np.ix_(rest, rest)] + np.diag(penalty[rest]), cross)
    left = gram[np.ix_(wanted, wanted)] - cross.T @ share
    left -= share.T @ (penalty[rest, None] * share)  # what the penalty alone would tell
    spread = np.diag(gram)[wanted] - gram[0, wanted] ** 2 / n
    scale = 1 / np.sqrt(np.where(spread > 0, spread, 1))
    values, vectors = np.linalg.eigh(left * scale * scale[:, None])
    lost = values < _ALIKE
    apart = (spread > 0) & ((vectors[:, lost] ** 2).sum(axis=1) < 0.01)
    inverse = (vectors**2 / np.where(lost, np.inf, values)).sum(axis=1)
    return Separation(apart, np.where(apart, inverse, np.inf))


@dataclass(frozen=True, slots=True)
class Fit:
    """Coefficients of the columns of interest with their covariance; `clusters` - 1 is its df."""

    values: Floats
    covariance: Floats
    clusters: int


def fit(
    blocks: Sequence[Block],
    y: Floats,
    known: Products,
    *,
    penalty: Floats,
    wanted: Ints,
    cluster: Ints,
) -> Fit:
    """Return least squares with `penalty` on each squared coefficient, 0 for those of interest.

    The covariance is the sandwich that allows any dependence among the rows of one cluster,
    corrected for few clusters as usual (CR1). `cluster` holds codes from 0.
    """
    inverse = np.linalg.inv(known.gram + np.diag(penalty))
    beta = inverse @ known.moment
    weights = np.column_stack((inverse[:, wanted], beta))
    sums = _sums_by_cluster(blocks, y, weights, cluster)
    clusters = int(np.count_nonzero(np.bincount(cluster)))
    told = len(beta) - float(penalty @ np.diag(inverse))  # columns, less what is penalised away
    factor = clusters / max(clusters - 1, 1) * (known.n - 1) / max(known.n - told, 1)
    return Fit(beta[wanted], factor * (sums @ sums.T), clusters)


def _sums_by_cluster(blocks: Sequence[Block], y: Floats, weights: Floats, cluster: Ints) -> Floats:
    """Return, by coefficient and cluster, what its rows add: weights times residuals, summed.

    The last column of `weights` are the coefficients themselves, which tell the residuals.
    """
    ends = np.cumsum([len(block.names) for block in blocks])[:-1]
    parts = zip(blocks, np.split(weights, ends), strict=True)
    tables = [np.ascontiguousarray((block.table @ part).T) for block, part in parts]

    def column(at: int) -> Floats:
        # One small table at a time: it stays in the fastest cache.
        looked = (table[at][block.codes] for table, block in zip(tables, blocks, strict=True))
        return reduce(lambda total, part: np.add(total, part, out=total), looked)

    residual = y - column(-1)
    size = int(cluster.max()) + 1
    sums = np.empty((weights.shape[1] - 1, size))
    for at in range(len(sums)):
        sums[at] = np.bincount(cluster, column(at) * residual, minlength=size)
    return sums
