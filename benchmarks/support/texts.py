"""Texts that customers wrote: the public collections, or the authored ones of data/seed."""

import json
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

SEED = Path(__file__).parents[2] / "data" / "seed"
_CHANNELS = ("web", "app", "wechat", "email", "phone")
_FILES = ("shopping.csv.gz", "waimai.csv.gz", "hotel.csv.gz")
_MOST_CHARS = 2000


def texts_of(collections: Path | None, count: int) -> list[str]:
    """Return `count` texts, a fixed stride through the collections; from the start if too few."""
    known = list(_collected(collections) if collections else _authored())
    return list(islice(cycle(known[:: max(1, len(known) // count)]), count))


def _collected(folder: Path) -> Iterator[str]:
    from triage.training.corpus import read_collection

    for name in _FILES:
        for row in read_collection(folder / name):
            if row["text"].strip():
                yield row["text"][:_MOST_CHARS]


def _authored() -> Iterator[str]:
    for file in sorted(SEED.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)["text"]


def ticket(number: int, text: str, *, customers: int = 0) -> dict[str, Any]:
    """Return the body of a request; `customers` > 0 shares the tickets among so many."""
    body: dict[str, Any] = {
        "text": text,
        "source": "bench",
        "external_id": f"bench-{number}",
        "channel": _CHANNELS[number % len(_CHANNELS)],
    }
    if customers:
        body["customer"] = {"external_id": f"c-{number * 7919 % customers}"}
    return body
