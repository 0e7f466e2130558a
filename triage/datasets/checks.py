"""Check a dataset before it is trained on: what must be mended, and what to know."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from triage.datasets.held_checks import held_problems
from triage.datasets.problems import Problem, error, warning
from triage.datasets.same_checks import same_problems
from triage.datasets.text_checks import text_problems
from triage.errors import DataError
from triage.records import Example
from triage.taxonomy import Label, Taxonomy
from triage.training.corpus import example_of, raw_rows, taxonomy_of

RARE, FEW = 10, 30


@dataclass(frozen=True, slots=True)
class Checked:
    """How many examples were read, and what is wrong with them, errors first."""

    n: int
    problems: tuple[Problem, ...]

    @property
    def fine(self) -> bool:
        """Whether nothing must be mended; there may be warnings."""
        return not any(problem.level == "error" for problem in self.problems)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        problems = [problem.to_dict() for problem in self.problems]
        return {"n": self.n, "fine": self.fine, "problems": problems}


def check(paths: Sequence[Path]) -> Checked:
    """Check datasets as they would be trained on together.

    Raises DataError only where there is nothing to check: no such path, no readable taxonomy.
    """
    taxonomy = taxonomy_of(paths)
    rows = list(raw_rows(paths))
    unknown = _unknown(rows, taxonomy)
    examples, broken = _examples(rows, taxonomy, unknown)
    found = chain(
        _row_problems(rows, broken, unknown, taxonomy),
        _empty(examples, paths),
        same_problems(examples),
        held_problems(examples, paths),
        _label_problems(examples, taxonomy),
        text_problems(examples),
    )
    problems = sorted(found, key=lambda problem: problem.level)  # "error" before "warning"
    return Checked(len(examples), tuple(problems))


Rows = Sequence[tuple[str, dict[str, Any] | DataError]]


def _unknown(rows: Rows, taxonomy: Taxonomy) -> Mapping[str, list[str]]:
    """Return the places of each label that the taxonomy does not know."""
    places: dict[str, list[str]] = {}
    for place, row in rows:
        issues = row.get("issues") if isinstance(row, dict) else None
        for label in issues if isinstance(issues, list) else ():
            if isinstance(label, str) and label not in taxonomy.codes:
                places.setdefault(label, []).append(place)
    return places


def _examples(
    rows: Rows, taxonomy: Taxonomy, unknown: Mapping[str, list[str]]
) -> tuple[list[Example], list[DataError]]:
    # Unknown labels are told once, with their counts, not row by row.
    lenient = Taxonomy((*taxonomy.labels, *(Label(code, code, code) for code in unknown)))
    examples, broken = [], []
    for place, row in rows:
        try:
            if isinstance(row, DataError):
                raise row
            if "text" in row or "hash" not in row:
                examples.append(example_of(row, place, lenient))
        except DataError as problem:
            broken.append(problem)
    return examples, broken


def _row_problems(
    rows: Rows, broken: Sequence[DataError], unknown: Mapping[str, list[str]], taxonomy: Taxonomy
) -> Iterator[Problem]:
    yield from error(
        "broken_row",
        (str(problem) for problem in broken),
        "读不了的行 rows that cannot be read",
        "按各行所说改正或删去 Mend or remove them as each one says.",
    )
    known = ", ".join(taxonomy.codes)
    for label, places in sorted(unknown.items()):
        yield from error(
            "unknown_label",
            places,
            f"不认识的标签 unknown label {label!r}",
            f"改正，或写进 taxonomy.yaml Mend it, or add it there. Known: {known}.",
        )
    yield from warning(
        "no_text",
        (place for place, row in rows if isinstance(row, dict) and _lacks_text(row)),
        "只有指纹没有原文，没有检查 rows without their texts were not checked",
        "先取回原文 Fetch the texts first: triage data join.",
    )


def _lacks_text(row: Mapping[str, Any]) -> bool:
    return "hash" in row and "text" not in row


def _empty(examples: Sequence[Example], paths: Sequence[Path]) -> Iterator[Problem]:
    if any(example.issues is not None for example in examples):
        return
    yield from error(
        "no_labels",
        map(str, paths),
        "没有一条有问题标签 no text has its issues labelled",
        "导入有标签的数据 Import labelled data: triage data import.",
    )


def _label_problems(examples: Sequence[Example], taxonomy: Taxonomy) -> Iterator[Problem]:
    counts = Counter(label for e in examples for label in e.issues or ())
    for code in taxonomy.codes:
        if counts[code] >= FEW:
            continue
        rare = counts[code] < RARE
        yield Problem(
            "rare_label" if rare else "few_label",
            "warning",
            counts[code],
            f"{taxonomy.zh(code)} {code}: 只有 {counts[code]} 条，"
            + ("学不会也量不准 too few to learn or to measure" if rare else "偏少 few"),
            f"再标一些，至少 {FEW} 条 Label more, {FEW} at least: triage select chooses which.",
        )
