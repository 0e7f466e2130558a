"""Tickets as columns in memory: what the database gives row by row, counted in milliseconds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from service.db.facts import CATEGORIES, NUMBERS, READ
from service.tickets.records import Status
from triage.trends.facts import UNKNOWN

Ids = NDArray[np.bytes_]
Codes = NDArray[np.int32]
_ID = "S32"


@dataclass(slots=True)
class Names:
    """The values behind the codes: they only ever grow. `models`: names by hash."""

    codes: dict[str, dict[str, int]] = field(default_factory=dict)
    models: dict[str, str] = field(default_factory=dict)

    def code(self, name: str, values: Iterable[str | None], n: int) -> Codes:
        """Return the codes of values, new ones for those that were never seen; -1 for None."""
        known = self.codes.setdefault(name, {})
        coded = (UNKNOWN if v is None else known.setdefault(v, len(known)) for v in values)
        return np.fromiter(coded, dtype=np.int32, count=n)

    def values(self, name: str) -> tuple[str, ...]:
        """Return the values of a column in the order of their codes."""
        return tuple(self.codes.get(name, ()))


@dataclass(frozen=True, slots=True)
class Stock:
    """n tickets in the order of their ids. `parts`: columns by name; `stays`: queue, seconds."""

    ids: Ids
    parts: Mapping[str, NDArray[Any]]
    stay_owners: Ids
    stay_queues: Codes
    stay_seconds: NDArray[np.float32]

    def without(self, ids: Ids) -> "Stock":
        """Return the stock without some tickets."""
        kept, stays = ~np.isin(self.ids, ids), ~np.isin(self.stay_owners, ids)
        return Stock(
            self.ids[kept],
            {name: part[kept] for name, part in self.parts.items()},
            self.stay_owners[stays],
            self.stay_queues[stays],
            self.stay_seconds[stays],
        )

    def rows(self, ids: Ids) -> NDArray[np.int64]:
        """Return where tickets stand, -1 for those that are not here."""
        if not len(self.ids):
            return np.full(len(ids), UNKNOWN, dtype=np.int64)
        places = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        return np.where(self.ids[places] == ids, places, UNKNOWN)


def stock_of(columns: Mapping[str, Sequence[Any]], names: Names) -> Stock:
    """Return the tickets of a chunk of rows, those that were merged away left out."""
    n = len(columns["ticket_id"])
    ids = as_ids(columns["ticket_id"])
    parts: dict[str, NDArray[Any]] = {"at": np.array(columns["at"], dtype=np.int64)}
    for name in (*CATEGORIES, "issues"):
        parts[name] = names.code(name, columns[name], n)
    for name in ("sentiment", "urgency"):
        levels = (UNKNOWN if level is None else level for level in columns[name])
        parts[name] = np.fromiter(levels, dtype=np.int8, count=n)
    for name in NUMBERS:
        parts[name] = np.array(columns[name], dtype=np.float32)  # None becomes NaN
    models = zip(columns["model_hash"], columns["model"], strict=True)
    names.models |= {hash_: model for hash_, model in set(models) if hash_ is not None}
    stock = Stock(ids, parts, *_stays(columns, names))
    merged = np.array([status == Status.MERGED for status in columns["status"]], dtype=np.bool_)
    return stock.without(ids[merged]) if merged.any() else stock


def _stays(
    columns: Mapping[str, Sequence[Any]], names: Names
) -> tuple[Ids, Codes, NDArray[np.float32]]:
    told = zip(columns["ticket_id"], columns["stays"], strict=True)
    stays = [(key, *stay) for key, text in told if text != "[]" for stay in orjson.loads(text)]
    owners = as_ids(stay[0] for stay in stays)
    queues = names.code("queue", (stay[1] for stay in stays), len(stays))
    return owners, queues, np.array([stay[2] for stay in stays], dtype=np.float32)


def as_ids(ids: Iterable[str]) -> Ids:
    """Return identifiers as they stand in a stock."""
    return np.array(list(ids), dtype=_ID)


def joined(stocks: Sequence[Stock]) -> Stock:
    """Return several stocks as one, in the order of their ids; no ticket is in two of them."""
    ids = np.concatenate([stock.ids for stock in stocks])
    parts = {
        name: np.concatenate([stock.parts[name] for stock in stocks]) for name in stocks[0].parts
    }
    if len(ids) > 1 and not (ids[:-1] < ids[1:]).all():
        order = np.argsort(ids, kind="stable")
        ids, parts = ids[order], {name: part[order] for name, part in parts.items()}
    return Stock(
        ids,
        parts,
        np.concatenate([stock.stay_owners for stock in stocks]),
        np.concatenate([stock.stay_queues for stock in stocks]),
        np.concatenate([stock.stay_seconds for stock in stocks]),
    )


def stock_of_one(name: str, ids: Iterable[str], values: Sequence[int]) -> Stock:
    """Return tickets of which one whole number is known."""
    part = {name: np.array(values, dtype=np.int64)}
    none = np.zeros(0, dtype=np.int32)
    return joined([Stock(as_ids(ids), part, as_ids(()), none, none.astype(np.float32))])


def empty(names: Names) -> Stock:
    """Return a stock of no tickets."""
    return stock_of(dict.fromkeys((*READ, *CATEGORIES, *NUMBERS), ()), names)
