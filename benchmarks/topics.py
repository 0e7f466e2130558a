"""How long topics take, and how steady they are, on real reviews.

    python -m benchmarks.topics --collections FOLDER [--texts 100000] [--bertopic]

Texts are those of shopping.csv.gz and waimai.csv.gz, drawn with repetition. Times are of the
whole way from text to named topics, by the clock and of the processor; memory is the most that
the process ever held.
"""

import argparse
import csv
import gzip
import resource
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from triage.trends.facts import Ints
from triage.trends.topics import BerTopics, OwnTopics, TopicModel, to_bytes
from triage.trends.topics.words import clauses_of

_FILES = ("shopping.csv.gz", "waimai.csv.gz")
_COMPARED = 20_000  # texts, beside BERTopic


def read(collections: Path) -> tuple[list[str], list[str]]:
    """Return the texts and their categories."""
    pairs = [pair for name in _FILES for pair in _rows(collections / name)]
    return [text for text, _ in pairs], [category for _, category in pairs]


def _rows(path: Path) -> Iterator[tuple[str, str]]:
    csv.field_size_limit(1 << 24)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            yield row["text"], row["cat"]


def agreement(one: Ints, other: Ints) -> float:
    """Return the adjusted Rand index of two groupings, of the texts that both group."""
    both = (one >= 0) & (other >= 0)
    pairs = Counter(zip(one[both].tolist(), other[both].tolist(), strict=True))
    rows, columns = Counter(one[both].tolist()), Counter(other[both].tolist())
    same = sum(map(_pairs, pairs.values()))
    a, b = (sum(map(_pairs, counts.values())) for counts in (rows, columns))
    expected = a * b / _pairs(int(both.sum()))
    return (same - expected) / ((a + b) / 2 - expected)


def _pairs(n: int) -> float:
    return n * (n - 1) / 2


def purity(assigned: Ints, categories: Sequence[str]) -> float:
    """Return the share of grouped texts whose category is the commonest of their topic."""
    counts: dict[int, Counter[str]] = {}
    for topic, category in zip(assigned.tolist(), categories, strict=True):
        if topic >= 0:
            counts.setdefault(topic, Counter())[category] += 1
    right = sum(max(found.values()) for found in counts.values())
    return right / sum(sum(found.values()) for found in counts.values())


def speed(texts: Sequence[str], categories: Sequence[str]) -> None:
    """Print how long each step takes, how much memory, how pure topics are."""
    began = perf_counter()
    clauses_of(texts)
    cut = perf_counter() - began
    began, busy = perf_counter(), process_time()
    model, assigned = TopicModel.fit(texts)
    whole, worked = perf_counter() - began, process_time() - busy
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(texts)} texts: {whole:.1f} s, of which words {cut:.1f} s; {most:.0f} MiB")
    print(f"  {worked:.1f} s of processor time: what it takes where nothing else runs")
    print(f"  {len(model.topics)} topics, {np.mean(assigned < 0):.1%} of no topic")
    print(f"  purity by category {purity(assigned, categories):.3f}")
    print(f"  state {len(to_bytes(model)) / 1e6:.1f} MB")


def steadiness(texts: Sequence[str]) -> None:
    """Print what becomes of ids when a tenth more texts come, and when all are fitted anew."""
    first = len(texts) * 10 // 11
    model, before = TopicModel.fit(texts[:first])
    began = perf_counter()
    grown = model.update(texts[first:])
    seconds, known = perf_counter() - began, len(model.live) - len(grown.opened)
    print(f"{len(texts) - first} more: {seconds:.1f} s, {len(grown.opened)} topics opened")
    began = perf_counter()
    found = model.refit(texts)
    same = (found.assigned[:first] == before)[(before >= 0) & (found.assigned[:first] >= 0)]
    print(
        f"fitted anew: {perf_counter() - began:.1f} s; of {known} topics {len(found.kept)} kept, "
        f"{len(found.retired)} retired, {len(found.opened)} opened; "
        f"{same.mean():.1%} of texts under the same id"
    )


def compare(texts: Sequence[str], categories: Sequence[str]) -> None:
    """Print our groups beside those of BERTopic on the same texts."""
    found = {}
    for name, clusterer in (("own", OwnTopics()), ("bertopic", BerTopics())):
        began = perf_counter()
        found[name] = clusterer.fit(texts)
        seconds, groups = perf_counter() - began, found[name].assigned
        print(
            f"{name:9} {seconds:6.1f} s  {groups.max() + 1:4} topics  "
            f"{np.mean(groups < 0):6.1%} of none  purity {purity(groups, categories):.3f}"
        )
    print(f"agreement (ARI) {agreement(found['own'].assigned, found['bertopic'].assigned):.3f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--collections", type=Path, required=True)
    parser.add_argument("--texts", type=int, default=100_000)
    parser.add_argument("--bertopic", action="store_true")
    options = parser.parse_args()
    texts, categories = read(options.collections)
    rows = np.random.default_rng(0).integers(len(texts), size=options.texts)
    chosen, kinds = [texts[k] for k in rows], [categories[k] for k in rows]
    speed(chosen, kinds)
    part = np.random.default_rng(1).permutation(len(texts))[:_COMPARED]
    steadiness([texts[k] for k in part])
    if options.bertopic:
        compare([texts[k] for k in part], [categories[k] for k in part])


if __name__ == "__main__":
    main()
