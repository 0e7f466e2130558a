"""Pairs of models that are equally good by construction: who gives which answer is drawn."""

from dataclasses import replace

import numpy as np

from triage.training.tally import Bools, Tally

TOPS = {"sentiment": 4, "urgency": 3}


def another(rows: Tally, share: float, random: np.random.Generator) -> Tally:
    """Return what a model says that differs in about `share` of all decisions."""
    flips = random.random(rows.given.shape) < share
    return replace(rows, given=rows.given ^ flips, **_moved_levels(rows, share, random))


def _moved_levels(rows: Tally, share: float, random: np.random.Generator) -> dict[str, np.ndarray]:
    moved = {}
    for name, top in TOPS.items():
        levels = getattr(rows, name)
        steps = random.choice((-1, 1), len(rows)) * (random.random(len(rows)) < 3 * share)
        moved[name] = np.stack([levels[:, 0], np.clip(levels[:, 1] + steps, 0, top)], axis=1)
    return moved


def shuffled(one: Tally, two: Tally, random: np.random.Generator) -> tuple[Tally, Tally]:
    """Give each text's two answers to either model by a coin: then neither is better anywhere."""
    coin = random.random(len(one)) < 0.5
    return _mixed(one, two, coin), _mixed(one, two, ~coin)


def _mixed(one: Tally, two: Tally, first: Bools) -> Tally:
    names = ("given", *TOPS)
    parts = {n: np.where(first[:, None], getattr(one, n), getattr(two, n)) for n in names}
    return replace(one, **parts)
