"""Checks of the split: leakage between test, dev and the rest, and lists that have aged."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from triage.datasets.problems import Problem, error, warning
from triage.records import Example
from triage.training.corpus import folders_of
from triage.training.neighbours import ShingleIndex
from triage.training.splits import HELD_OUT, held_out, held_out_of

_TO_MEND = "删去其中一条 Remove one of each pair."


def held_problems(examples: Sequence[Example], paths: Sequence[Path]) -> Iterator[Problem]:
    """Yield what would make the figures on held-out texts untrue."""
    parts = held_out_of(paths)
    test, dev = ([e for e in examples if e.id in set(parts[name])] for name in ("test", "dev"))
    held = {e.id for e in test + dev}
    yield from warning(
        "not_split",
        () if held or not examples else map(str, paths),
        "还没有留出测试文本 no text is held out",
        "先划分 Split it before you train: triage data split.",
    )
    yield from _gone(examples, paths)
    yield from _leaks(test, dev)
    yield from _close([e for e in examples if e.id not in held], test + dev)


def _leaks(test: Sequence[Example], dev: Sequence[Example]) -> Iterator[Problem]:
    index = ShingleIndex([e.text for e in test])
    yield from error(
        "leak",
        (f"{test[near[0]].id} ~ {e.id}" for e in dev if (near := index.near(e.text))),
        "测试与开发两部分有几乎相同的文本 texts of test and dev are nearly the same",
        _TO_MEND,
    )
    customers = {e.customer for e in test if e.customer}
    yield from error(
        "customer_leak",
        (e.id for e in dev if e.customer in customers),
        "测试与开发两部分有同一客户 test and dev share a customer",
        _TO_MEND,
    )


def _close(rest: Sequence[Example], held: Sequence[Example]) -> Iterator[Problem]:
    index = ShingleIndex([e.text for e in held])
    customers = {e.customer for e in held if e.customer}
    yield from warning(
        "left_out",
        (e.id for e in rest if e.customer in customers or index.near(e.text)),
        "与留出的文本几乎相同或同一客户，训练时不用 "
        "texts close to a held-out one (nearly the same, or its customer) are not trained on",
        "不必处理 Nothing to do.",
    )


def _gone(examples: Sequence[Example], paths: Sequence[Path]) -> Iterator[Problem]:
    known = {e.id for e in examples}
    files = [folder / HELD_OUT for folder in folders_of(paths) if (folder / HELD_OUT).exists()]
    ids = (id_ for file in files for part in held_out(file).values() for id_ in part)
    yield from warning(
        "held_out_gone",
        (id_ for id_ in ids if id_ not in known),
        "留出名单里的文本不见了 held-out texts are no longer there",
        "放回去：以后的成绩才可比 Put them back, or figures cannot be compared with earlier ones.",
    )
