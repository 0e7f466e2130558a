"""Checks of texts against one another: one id twice, duplicates, contradictions, crowds."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence

from triage.datasets.problems import Problem, error, warning
from triage.records import Example
from triage.training.neighbours import near_groups

_CROWD, _CROWD_SHARE = 20, 0.2  # so many texts of one customer, and this share of all


def same_problems(examples: Sequence[Example]) -> Iterator[Problem]:
    """Yield what contradicts or repeats itself; `where` joins the ids with ` = `."""
    yield from _one_id(examples)
    exact = _grouped(examples, [" ".join(e.text.split()) for e in examples])
    yield from _contradictions(exact)
    yield from warning(
        "duplicate",
        (_ids(group) for group in exact if len({e.id for e in group}) > 1),
        "完全相同的文本 groups of texts that are the same",
        "留一条即可 Keep one of each; they count more than once.",
    )
    near = _grouped(examples, near_groups([e.text for e in examples]))
    near = [group for group in near if len({" ".join(e.text.split()) for e in group}) > 1]
    yield from _near(near)
    yield from _crowd(examples)


def _one_id(examples: Sequence[Example]) -> Iterator[Problem]:
    groups = _grouped(examples, [e.id for e in examples])
    yield from error(
        "id_twice",
        (group[0].id for group in groups if len({e.text for e in group}) > 1),
        "同一编号，不同文本 one id stands for several texts",
        "给每条文本自己的编号 Give each text its own id.",
    )


def _contradictions(exact: Sequence[Sequence[Example]]) -> Iterator[Problem]:
    issues = [group for group in exact if _differ(group, lambda e: e.issues)]
    yield from error(
        "conflict",
        map(_ids, issues),
        "同样的文本，问题标签不同 the same text with other issues",
        "决定哪个对，改成一致 Decide which is right and make them agree.",
    )
    levels = [g for g in exact if g not in issues and _differ_in_level(g)]
    yield from warning(
        "level_conflict",
        map(_ids, levels),
        "同样的文本，情绪或紧急程度不同 the same text with another sentiment or urgency",
        "改成一致 Make them agree.",
    )


def _near(near: Sequence[Sequence[Example]]) -> Iterator[Problem]:
    yield from warning(
        "near_duplicate",
        map(_ids, near),
        "几乎相同的文本 groups of texts that are nearly the same",
        "不必处理：划分时整组在一起 Nothing to do: a split keeps each group together.",
    )
    yield from warning(
        "near_conflict",
        (_ids(group) for group in near if _differ(group, lambda e: e.issues)),
        "几乎相同的文本，问题标签不同 nearly the same texts with other issues",
        "看一眼是否标错 Look whether one of them is a slip.",
    )


def _crowd(examples: Sequence[Example]) -> Iterator[Problem]:
    counts = Counter(e.customer for e in examples if e.customer)
    yield from warning(
        "crowd",
        (
            f"{name} × {n}"
            for name, n in counts.items()
            if n >= _CROWD and n > _CROWD_SHARE * len(examples)
        ),
        "一个客户占了太多文本，可能是占位值 one customer has a great share of the texts",
        "若不是真客户，清空这一列 Empty that field if it is nobody: a split keeps them together.",
    )


def _grouped(examples: Sequence[Example], keys: Sequence[object]) -> list[list[Example]]:
    groups: defaultdict[object, list[Example]] = defaultdict(list)
    for example, key in zip(examples, keys, strict=True):
        groups[key].append(example)
    return [group for group in groups.values() if len(group) > 1]


def _differ(group: Sequence[Example], key: Callable[[Example], object]) -> bool:
    """Whether the examples have several values; what is not known agrees with anything."""
    return len({value for e in group if (value := key(e)) is not None}) > 1


def _differ_in_level(group: Sequence[Example]) -> bool:
    return _differ(group, lambda e: e.sentiment) or _differ(group, lambda e: e.urgency)


def _ids(group: Sequence[Example]) -> str:
    return " = ".join(dict.fromkeys(e.id for e in group[:3]))
