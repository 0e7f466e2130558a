"""A trial of rules as plain text, for the terminal."""

from collections.abc import Iterator, Sequence
from typing import Literal

from rich.cells import cell_len

from service.routing.rulebook import Rulebook
from service.routing.trial import TrialReport

Language = Literal["zh", "en"]
_WORDS = {
    "rule": ("规则", "rule"),
    "fired": ("命中", "fires"),
    "share": ("占比", "share"),
    "examples": ("例子", "examples"),
    "queue": ("队列", "queue"),
    "tickets": ("工单", "tickets"),
    "from": ("原队列", "was in"),
    "to": ("新队列", "goes to"),
    "uncaught": ("没有规则命中", "no rule fires"),
    "never": ("从不命中的规则", "rules that never fire"),
    "changed": ("会换队列", "would change queue"),
    "of": ("，共", " of "),
    "nowhere": ("（无队列）", "(no queue)"),
    "none": ("没有", "none"),
}
_LEFT = frozenset({"rule", "examples", "queue", "from", "to"})


def render(report: TrialReport, rulebook: Rulebook, language: Language = "zh") -> str:
    """Return the report as tables of plain text, Chinese characters counted as two columns."""
    word = {key: pair[language == "en"] for key, pair in _WORDS.items()}
    never = ", ".join(report.never) or word["none"]
    changed = f"{report.changed}{word['of']}{report.placed}"
    blocks = [
        f"{word['tickets']}: {report.tickets}",
        _table(("rule", "fired", "share", "examples"), _rules(report, word["uncaught"]), word),
        _table(("queue", "tickets", "share"), _queues(report, rulebook, language), word),
        f"{word['never']}: {never}\n{word['changed']}: {changed}",
    ]
    if report.moves:
        blocks.append(_table(("from", "to", "tickets"), _moves(report, rulebook, language), word))
    return "\n\n".join(blocks) + "\n"


def _rules(report: TrialReport, uncaught: str) -> Iterator[Sequence[str]]:
    for rule in report.rules.values():
        share = f"{report.share(rule.fired):.1%}"
        yield rule.name, str(rule.fired), share, " ".join(rule.examples)
    if report.uncaught:
        share, examples = f"{report.share(report.uncaught):.1%}", report.uncaught_examples
        yield f"({uncaught})", str(report.uncaught), share, " ".join(examples)


def _queues(report: TrialReport, rulebook: Rulebook, language: Language) -> Iterator[Sequence[str]]:
    for name, number in report.queues.most_common():
        yield _queue(name, rulebook, language), str(number), f"{report.share(number):.1%}"


def _moves(report: TrialReport, rulebook: Rulebook, language: Language) -> Iterator[Sequence[str]]:
    for (before, after), number in report.moves.most_common():
        yield _queue(before, rulebook, language), _queue(after, rulebook, language), str(number)


def _queue(name: str, rulebook: Rulebook, language: Language) -> str:
    if not name:
        return _WORDS["nowhere"][language == "en"]
    queue = rulebook.queues.get(name)  # a queue of earlier days may be gone
    return name if queue is None else f"{queue.en if language == 'en' else queue.zh} {name}"


def _table(keys: Sequence[str], rows: Iterator[Sequence[str]], word: dict[str, str]) -> str:
    cells = [[word[key] for key in keys], *map(list, rows)]
    widths = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
    cells.insert(1, ["-" * width for width in widths])
    return "\n".join(_line(row, widths, keys) for row in cells)


def _line(row: Sequence[str], widths: Sequence[int], keys: Sequence[str]) -> str:
    padded = []
    for text, width, key in zip(row, widths, keys, strict=True):
        gap = " " * (width - cell_len(text))
        padded.append(text + gap if key in _LEFT else gap + text)
    return "  ".join(padded).rstrip()
