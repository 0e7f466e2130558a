"""What can be turned when a small encoder is made."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shape:
    """The network: layers, width of its states and of its gated inner layers, attention heads.

    `vocabulary` is how many characters it knows at most, `window` how many tokens it reads.
    """

    layers: int = 4
    width: int = 256
    inner: int = 512
    heads: int = 4
    vocabulary: int = 6500
    window: int = 128


@dataclass(frozen=True, slots=True)
class Recipe:
    """The course: tokens to read in all, tokens a step, share of words hidden, rates.

    `rate` is reached after `warmup` of the tokens and falls to zero in a straight line.
    """

    tokens: int = 16_000_000
    batch: int = 2048
    share: float = 0.25
    rate: float = 1e-3
    warmup: float = 0.03
    decay: float = 0.01
    seed: int = 0
    threads: int = 0  # 0: all there are
    aside: int = 100  # one text of so many is never read, to measure on
