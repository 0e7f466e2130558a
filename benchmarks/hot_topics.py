"""Hot topics of dated messages to officials, beside what the votes say.

    python -m benchmarks.hot_topics --collections FOLDER [--top 10] [--markdown]

Messages are those of gov.csv.gz that gov_meta.csv.gz dates. Heat is told from texts and times
alone: n / (n + 20) of the messages of a topic (few say little), times how crowded they are: the
largest share of them that any four weeks hold, times how many different days and authors they
have. The votes (likes and dislikes of its messages) are looked at afterwards.
"""

import argparse
import csv
import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import perf_counter

import numpy as np
from scipy.stats import spearmanr

from triage.trends.facts import Ints
from triage.trends.topics import Options, TopicModel

_WINDOW = 28 * 86_400  # seconds
_FEW = 20
_FORMS = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d")


@dataclass(frozen=True, slots=True)
class Message:
    """A dated message with its votes."""

    text: str
    at: float
    author: str
    votes: int


@dataclass(frozen=True, slots=True)
class Hot:
    """A topic with its heat and its votes; `one`: the share of these that one message has."""

    id: int
    name: str
    n: int
    days: int
    span: int
    heat: float
    votes: int
    one: float


def read(collections: Path) -> list[Message]:
    """Return the dated messages; those whose time cannot be read are left out."""
    texts = {row["id"]: row["text"] for row in _rows(collections / "gov.csv.gz")}
    found = []
    for row in _rows(collections / "gov_meta.csv.gz"):
        at = _moment(row["created_at"])
        if at is not None and row["id"] in texts:
            votes = int(float(row["likes"] or 0)) + int(float(row["dislikes"] or 0))
            found.append(Message(texts[row["id"]], at, row["author"], votes))
    return found


def _rows(path: Path) -> list[dict[str, str]]:
    csv.field_size_limit(1 << 24)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def _moment(text: str) -> float | None:
    for form in _FORMS:
        try:
            return datetime.strptime(text.strip(), form).timestamp()
        except ValueError:
            continue
    return None


def heat(at: Sequence[float], authors: Sequence[str]) -> float:
    """Return how hot messages are: many, close in time, by different people on different days."""
    times = np.sort(np.array(at))
    n = len(times)
    inside = np.searchsorted(times, times + _WINDOW, side="right") - np.arange(n)
    days = len({int(moment // 86_400) for moment in times})
    return n * n / (n + _FEW) * float(inside.max() / n) * days / n * len(set(authors)) / n


def hot_topics(messages: Sequence[Message], assigned: Ints, names: dict[int, str]) -> list[Hot]:
    """Return every topic, the hottest first."""
    found = []
    for topic in np.unique(assigned[assigned >= 0]).tolist():
        own = [messages[k] for k in np.flatnonzero(assigned == topic)]
        at = [one.at for one in own]
        warm = heat(at, [one.author for one in own])
        days = len({int(moment // 86_400) for moment in at})
        span = int((max(at) - min(at)) // 86_400) + 1
        votes = sum(one.votes for one in own)
        most = max(one.votes for one in own) / max(votes, 1)
        found.append(Hot(topic, names[topic], len(own), days, span, warm, votes, most))
    return sorted(found, key=lambda one: -one.heat)


def report(found: Sequence[Hot], top: int, *, markdown: bool) -> None:
    """Print the hottest topics beside their rank by votes, and how the two agree."""
    by_votes = sorted(found, key=lambda one: -one.votes)
    ranks = {one.id: rank for rank, one in enumerate(by_votes, 1)}
    hottest = {one.id: rank for rank, one in enumerate(found, 1)}
    for title, chosen in (("最热 hottest", found), ("票数最多 most votes", by_votes)):
        print(f"\n{title}\n")
        _print(_HEAD, markdown=markdown)
        if markdown:
            _print(["---"] * len(_HEAD), markdown=True)
        for one in chosen[:top]:
            places = (hottest[one.id], ranks[one.id])
            share = f"{one.one:.0%}"
            _print([*places, one.n, one.days, one.votes, share, one.name], markdown=markdown)
    heats, votes, sizes = ([getattr(o, name) for o in found] for name in ("heat", "votes", "n"))
    print(f"\nrank correlation of heat and votes {spearmanr(heats, votes).statistic:.2f}")
    print(f"rank correlation of size and votes {spearmanr(sizes, votes).statistic:.2f}")
    print(f"of the 5 with most votes {sum(hottest[o.id] <= 10 for o in by_votes[:5])} in our 10")
    print(f"of our 5 hottest {sum(ranks[o.id] <= 10 for o in found[:5])} in the 10 with most votes")
    print(f"by chance {5 * 10 / len(found):.1f} of 5")


_HEAD = ("热序 heat", "票序 votes", "n", "天 days", "票 votes", "一条占 of one", "话题 topic")


def _print(cells: Sequence[object], *, markdown: bool) -> None:
    told = " | ".join(map(str, cells))
    print(f"| {told} |" if markdown else told)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--collections", type=Path, required=True)
    parser.add_argument("--top", type=int, default=10)
    parser.add_argument("--most", type=int)
    parser.add_argument("--markdown", action="store_true")
    options = parser.parse_args()
    messages = read(options.collections)
    began = perf_counter()
    model, assigned = TopicModel.fit(
        [one.text for one in messages],
        times=[one.at for one in messages],
        options=Options(most=options.most),
    )
    found = hot_topics(messages, assigned, {t.id: t.name for t in model.topics.values()})
    seconds = perf_counter() - began
    sizes = np.array([one.n for one in found])
    print(f"{len(messages)} dated messages, {seconds:.1f} s, {len(found)} topics")
    print(f"{np.mean(assigned < 0):.1%} of no topic; sizes {np.percentile(sizes, [10, 50, 90])}")
    report(found, options.top, markdown=options.markdown)


if __name__ == "__main__":
    main()
