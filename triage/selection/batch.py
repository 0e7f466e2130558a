"""Choose a batch: a mix of doubtful, different and random texts, no two of them alike."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from triage.errors import InputError
from triage.scorers.base import Floats
from triage.selection.diverse import Points, farthest_first
from triage.selection.uncertain import Doubts, most_doubtful
from triage.training.neighbours import ShingleIndex

Strategy = Literal["uncertain", "diverse", "audit"]
STRATEGIES: tuple[Strategy, ...] = ("uncertain", "diverse", "audit")
Rows = NDArray[np.int64]
_UNCERTAIN_WIDTH = 5  # candidates for each place, before they are spread
_DIVERSE_WIDTH = 10


@dataclass(frozen=True, slots=True)
class Mix:
    """Shares of a batch by strategy, adding up to 1. The defaults: docs/selection.md."""

    uncertain: float = 0.8
    diverse: float = 0.1
    audit: float = 0.1

    @classmethod
    def parse(cls, text: str) -> "Mix":
        """Read `uncertain=0.6,diverse=0.3,audit=0.1`; shares are taken relative to their sum.

        Raises InputError for an unknown strategy, a share that is none, or nothing at all.
        """
        shares = dict.fromkeys(STRATEGIES, 0.0)
        for part in filter(None, text.split(",")):
            name, _, value = part.partition("=")
            strategy = next((s for s in STRATEGIES if s == name.strip()), None)
            if strategy is None:
                raise _bad_mix(f"There is no strategy {name.strip()!r}.")
            shares[strategy] = _share(value)
        whole = sum(shares.values())
        if not whole:
            raise _bad_mix("A mix of nothing.")
        return cls(*(shares[name] / whole for name in STRATEGIES))

    def counts(self, n: int) -> dict[Strategy, int]:
        """Return how many of `n` places each strategy has; they add up to `n`."""
        audit = round(n * self.audit)
        diverse = min(n - audit, round(n * self.diverse))
        return {"uncertain": n - audit - diverse, "diverse": diverse, "audit": audit}


def _share(value: str) -> float:
    try:
        share = float(value)
    except ValueError as error:
        raise _bad_mix(f"{value!r} is not a number.") from error
    if not 0 <= share < float("inf"):
        raise _bad_mix(f"A share of {value} is not possible.")
    return share


def _bad_mix(message: str) -> InputError:
    example = "uncertain=0.8,diverse=0.1,audit=0.1"
    return InputError(message, remedy=f"Write the mix like {example}.", code="bad_mix")


@dataclass(frozen=True, slots=True)
class Pool:
    """n texts to choose among. `usable` marks those that the model takes for feedback.

    The others are chosen by an audit, or where there are no more of the first. `seen_texts`
    and `seen` (their points) are labelled already.
    """

    texts: Sequence[str]
    points: Points
    doubts: Doubts
    usable: NDArray[np.bool_]
    seen_texts: Sequence[str]
    seen: Points


@dataclass(frozen=True, slots=True)
class Pick:
    """A chosen row. `distance`: to the nearest labelled or chosen text; `chance`: of an audit."""

    row: int
    strategy: Strategy
    distance: float | None = None
    chance: float | None = None


def choose(pool: Pool, n: int, *, mix: Mix | None = None, seed: int = 0) -> list[Pick]:
    """Return up to `n` picks; fewer where the rest is near what is labelled or chosen.

    The audit is drawn first and from all texts alike, whatever the model thinks of them: only
    so do its items say how well the model does on the pool. The same seed gives the same batch.
    """
    return _Choice(pool, seed)(n, mix or Mix())


class _Choice:
    """One choice: what is taken so far."""

    def __init__(self, pool: Pool, seed: int) -> None:
        self.pool = pool
        self.random = np.random.default_rng(seed)
        self.left = np.ones(len(pool.texts), dtype=np.bool_)
        self.usable = pool.usable
        self.known = ShingleIndex(pool.seen_texts)
        self.picks: list[Pick] = []

    def __call__(self, n: int, mix: Mix) -> list[Pick]:
        counts = mix.counts(n)
        self._audit(counts["audit"])
        self._spread("uncertain", counts["uncertain"])
        self._spread("diverse", counts["diverse"])
        # The model may be wrong about what is feedback, in a new trade above all.
        self.usable = np.ones_like(self.usable)
        for strategy in STRATEGIES[:2]:
            self._spread(strategy, n - len(self.picks) if counts[strategy] else 0)
        return sorted(self.picks, key=lambda pick: STRATEGIES.index(pick.strategy))

    def _audit(self, count: int) -> None:
        order = self.random.permutation(len(self.pool.texts)).tolist()
        chance = count / max(count, len(order))
        self._take(count, (Pick(row, "audit", chance=chance) for row in order))

    def _spread(self, strategy: Strategy, count: int) -> None:
        """Take texts of a strategy, from more candidates where too many of the first are alike."""
        wanted, width = len(self.picks) + count, count
        while len(self.picks) < wanted and (allowed := self.left & self.usable).any():
            rows, weight = self._candidates(strategy, allowed, width)
            self._take(wanted - len(self.picks), self._far(rows, weight, strategy))
            width *= 2

    def _candidates(
        self, strategy: Strategy, allowed: NDArray[np.bool_], count: int
    ) -> tuple[Rows, Floats]:
        if strategy == "diverse":
            # Of a random part: the farthest of all texts are mostly those that say nothing.
            rows = self.random.permutation(np.flatnonzero(allowed))[: count * _DIVERSE_WIDTH]
            return np.sort(rows), np.ones(len(rows))
        doubts = self.pool.doubts
        chosen = most_doubtful(doubts, allowed, count * _UNCERTAIN_WIDTH)
        rows = np.array(sorted(chosen), dtype=np.int64)
        total = doubts.total[rows]
        return rows, total / max(total.max(), 1e-12)

    def _far(self, rows: Rows, weight: Floats, strategy: Strategy) -> Iterator[Pick]:
        points = self.pool.points
        taken = points[[pick.row for pick in self.picks]]
        seen = np.concatenate([self.pool.seen, taken])
        for place, distance in farthest_first(points[rows], seen, weight=weight):
            yield Pick(int(rows[place]), strategy, distance)

    def _take(self, count: int, picks: Iterable[Pick]) -> None:
        wanted = len(self.picks) + count
        for pick in picks if count > 0 else ():
            text = self.pool.texts[pick.row]
            self.left[pick.row] = False
            if not self.known.near(text):
                self.known.add(text)
                self.picks.append(pick)
            if len(self.picks) >= wanted:
                return
