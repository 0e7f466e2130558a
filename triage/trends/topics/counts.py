"""How many texts each topic has, by issue or by product."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from triage.trends.topics.records import NO_TOPIC

Values = str | Iterable[str] | None


def counts_by(assigned: Iterable[int], values: Sequence[Values]) -> Mapping[int, Counter[str]]:
    """Return for each topic how many of its texts have each value, the commonest first.

    `values`: of each text one value (a product), several (its issues), or none; a text without
    a topic (-1) counts for none.
    """
    found: dict[int, Counter[str]] = {}
    for topic, value in zip(assigned, values, strict=True):
        if topic != NO_TOPIC:
            found.setdefault(int(topic), Counter()).update(_each(value))
    return {topic: Counter(dict(_ordered(found[topic]))) for topic in sorted(found)}


def _each(value: Values) -> Iterable[str]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else set(value)


def _ordered(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
