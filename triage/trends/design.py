"""What a ticket is described by when we ask what moves its outcome: causes and circumstances."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

import numpy as np

from triage.trends.facts import UNKNOWN, Bools, Facts, Floats, Ints
from triage.trends.periods import Period, edges, local_days, place
from triage.trends.ridge import Block, packed

CIRCUMSTANCES = ("channel", "queue", "product", "tier")
SLOW = "slow_reply"
FAILURES = (SLOW, "broken_promise", "missed_clock", "handed_off")
SLOWEST = 0.75  # a first reply later than that of this share of the tickets is slow
_NUISANCE = ""
_LEVELS, _RARE = 50, 30  # kept of a column; tickets from which a value is one of its own

Number = Callable[[str], Floats]


@dataclass(frozen=True, slots=True)
class Design:
    """Blocks of columns; the first column is of ones. `slow_s`: seconds from which it is slow."""

    blocks: list[Block]
    slow_s: float

    @property
    def names(self) -> list[str]:
        """Return the name of each column, empty for circumstances."""
        return [name for block in self.blocks for name in block.names]


def design(facts: Facts, kept: Ints | slice, *, zone: tzinfo, slow_s: float | None) -> Design:
    """Return the columns of the kept rows: issues, failures of the service, circumstances.

    Circumstances are channel, queue, product, tier, urgency, whether there was a reply, month
    and weekday in the zone. `slow_s`: seconds of working time; None: the slowest quarter.
    """

    def number(name: str) -> Floats:
        return facts.number(name)[kept]

    replied = number("first_reply_worked_s")
    if np.isnan(replied).all():
        replied = number("first_reply_s")
    slow = _slowest(replied) if slow_s is None else slow_s
    blocks = [_issues(facts.labels, facts.issues[kept]), _failures(number, replied, slow)]
    blocks.append(_one_hot(facts.urgency[kept].astype(np.int64) + 1))
    blocks += [_values(facts.column(name).codes[kept]) for name in CIRCUMSTANCES]
    blocks += _calendar(facts.at[kept], zone)
    return Design(packed(blocks), slow)


def _slowest(replied: Floats) -> float:
    told = replied[~np.isnan(replied)]
    told.sort()  # faster than to look for one rank
    return float(told[int(SLOWEST * (len(told) - 1))]) if len(told) else np.inf


def _issues(labels: tuple[str, ...], issues: Bools) -> Block:
    codes, patterns = _patterns(issues)
    table = np.column_stack((np.ones(len(patterns)), patterns))
    return Block(codes, table, (_NUISANCE, *labels))


def _patterns(rows: Bools) -> tuple[Ints, Floats]:
    """Return of each row which of the distinct rows it is, and the distinct rows."""
    bits = np.packbits(rows, axis=1, bitorder="little")
    if bits.shape[1] > 2:
        found, codes = np.unique(bits, axis=0, return_inverse=True)
        return codes.reshape(-1).astype(np.int64), _unpacked(found, rows.shape[1])
    key = bits[:, 0].astype(np.int64)  # a look-up is faster than to sort
    if bits.shape[1] == 2:
        key |= bits[:, 1].astype(np.int64) << 8
    seen = np.bincount(key, minlength=1 << 16) > 0
    found = np.flatnonzero(seen).astype("<u2").view(np.uint8).reshape(-1, 2)
    return (np.cumsum(seen) - 1)[key], _unpacked(found, rows.shape[1])


def _unpacked(found: np.ndarray[tuple[int, int], np.dtype[np.uint8]], width: int) -> Floats:
    bits = np.unpackbits(found, axis=1, bitorder="little", count=width)
    return bits.astype(np.float64)


def _failures(number: Number, replied: Floats, slow: float) -> Block:
    """Return the failures of the service; that nobody replied (yet) is a circumstance."""
    flags = (
        replied > slow,
        number("promises_broken") > 0,
        number("clocks_missed") > 0,
        number("handoffs") > 0,
        np.isnan(replied),
    )
    codes = np.zeros(len(replied), dtype=np.int64)
    for at, flag in enumerate(flags):
        codes |= flag.astype(np.int64) << at
    table = (np.arange(1 << len(flags))[:, None] >> np.arange(len(flags)) & 1).astype(np.float64)
    return Block(codes, table, (*FAILURES, _NUISANCE))


def _one_hot(codes: Ints) -> Block:
    levels = int(codes.max(initial=0)) + 1
    return Block(codes, np.eye(levels), (_NUISANCE,) * levels)


def _values(codes: np.ndarray[tuple[int], np.dtype[np.int32]]) -> Block:
    """Return a level for each frequent value, one for the rest and one for none."""
    counts = np.bincount(codes - UNKNOWN)[1:]
    frequent = np.argsort(-counts, kind="stable")[:_LEVELS]
    frequent = frequent[counts[frequent] >= _RARE]
    level = np.ones(len(counts) + 1, dtype=np.int64)
    level[0] = 0
    level[frequent + 1] = np.arange(len(frequent)) + 2
    return _one_hot(level[codes - UNKNOWN])


def _calendar(at: Ints, zone: tzinfo) -> list[Block]:
    first, last = (datetime.fromtimestamp(int(moment), UTC) for moment in (at.min(), at.max() + 1))
    bounds = edges(Period.DAY, first, last, zone)
    days = local_days(bounds, zone)
    months = np.array([day.year * 12 + day.month for day in days], dtype=np.int64)
    weekdays = np.array([day.weekday() for day in days], dtype=np.int64)
    day = place(at, bounds)
    return [_one_hot((months - months[0])[day]), _one_hot(weekdays[day])]
