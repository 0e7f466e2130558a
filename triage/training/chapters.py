"""What the report says, section by section: figures in, bilingual words and tables out."""

from collections.abc import Iterator, Mapping
from typing import Any

from triage.labels import SENTIMENT_CHINESE, URGENCY_CHINESE
from triage.training import plots
from triage.training.pages import Section, Table

_LONGEST = 300  # so many characters of a text are shown; report.json holds the whole
_HEADLINES = {
    "macro_f1": "问题宏平均 issue macro-F1",
    "micro_f1": "问题微平均 issue micro-F1",
    "exact_match": "问题全对 all issues right",
    "sentiment_kappa": "情绪κ sentiment kappa",
    "urgency_kappa": "紧急κ urgency kappa",
}
_DIMENSIONS = {
    "source": "来源 source",
    "channel": "渠道 channel",
    "length": "字数 length in characters",
    "script": "文字 script",
    "turn": "说法 turn",
    "author": "真实或编写 real or authored",
    "issues": "问题个数 number of issues",
}
_SMALL = "* 不足 30 条，只作参考。Fewer than 30 texts: proves nothing."
Figures = Mapping[str, Any]
Names = Mapping[str, str]  # of the labels, in Chinese


def title(figures: Figures) -> str:
    """Return the title of the report: which model it is about."""
    model = figures["model"]
    return f"评测报告 Evaluation: {model['name']} {model['version']}"


def sections(figures: Figures) -> list[Section]:
    """Return the report as sections, the most asked first."""
    makers = (_glance, _issues, _levels, _critical, _coverage, _calibration, _slices, _worst)
    return [make(figures) for make in makers]


def _glance(figures: Figures) -> Section:
    model, draws = figures["model"], figures["bootstrap"]
    words = [
        f"文本 texts: {figures['n']}；未能判断 could not be judged: {figures['left_out']}；"
        f"模型指纹 model hash: {model['hash']}；数据指纹 data hash: {figures['data_hash'][:16]}",
        "括号内为 95 % 区间，按文本自助重抽样得出："
        f"{draws['times']} 次，种子 {draws['seed']}。"
        f"In parentheses: 95 % intervals from {draws['times']} bootstrap draws of texts "
        f"(seed {draws['seed']}).",
        "宏平均只计数据中出现过的问题；κ 为二次加权。"
        "Macro-F1 is over the issues that occur in the data; kappas are quadratically weighted.",
    ]
    rows = [(name, figure(figures["overall"][key])) for key, name in _HEADLINES.items()]
    return Section("概况 At a glance", words, tables=[Table(("指标 figure", "值 value"), rows)])


def _issues(figures: Figures) -> Section:
    rows = [
        (
            _named(label, figures["names"]),
            str(row["n"]),
            str(row["given"]),
            *(figure(row[name]) for name in ("precision", "recall", "f1")),
        )
        for label, row in figures["issues"].items()
    ]
    head = (
        "问题 issue",
        "应有 wanted",
        "给出 given",
        "精确率 precision",
        "召回率 recall",
        "F1",
    )
    return Section("各类问题 Issues", tables=[Table(head, rows)])


def _levels(figures: Figures) -> Section:
    tables = [
        _confusion(figures["confusion"]["sentiment"], SENTIMENT_CHINESE, "情绪 Sentiment"),
        _confusion(figures["confusion"]["urgency"], URGENCY_CHINESE, "紧急程度 Urgency"),
    ]
    words = ["行为应有，列为给出。Rows: wanted; columns: given."]
    return Section("情绪与紧急程度 Sentiment and urgency", words, plots.CONFUSION, tables)


def _confusion(table: list[list[int]], names: Mapping[int, str], title_: str) -> Table:
    levels = [f"{level} {name}" for level, name in names.items()]
    rows = [(name, *map(str, row)) for name, row in zip(levels, table, strict=True)]
    return Table(("应有 wanted", *levels), rows, title_)


def _critical(figures: Figures) -> Section:
    part = figures["critical"]
    rows = [
        ("召回率 recall", figure(part["recall"])),
        ("精确率 precision", figure(part["precision"])),
        ("精确率 0.6 时的召回率 recall at precision 0.6", figure(part["recall_at_precision_60"])),
    ]
    words = [
        f"应为紧急（3 级）{part['n']} 条，给出 {part['given']} 条。"
        f"Urgency 3: {part['n']} wanted, {part['given']} given."
    ]
    table = Table(("指标 figure", "值 value"), rows)
    return Section("紧急消息 Critical messages", words, tables=[table])


def _coverage(figures: Figures) -> Section:
    part = figures["coverage"]
    seventy, review = part["at_70"], part["review"]
    words = [
        f"只自动处理最有把握的 70 %：{figure(seventy['any_error'])} 的文本至少错一个问题。"
        f"With the surest 70 % automated, {figure(seventy['any_error'])} of them have a wrong "
        f"issue; {figure(seventy['label_error'])} of the labels are wrong.",
        "把握：各问题 max(p, 1-p) 的最小值。"
        "Confidence of a text: the least max(p, 1-p) over its issues.",
        f"按复核标记：{figure(review['coverage'])} 不送复核，"
        f"其中 {figure(review['any_error'])} 有错。"
        f"By the review flag: {figure(review['coverage'])} go without review, of which "
        f"{figure(review['any_error'])} have a wrong issue ({figure(review['label_error'])} of "
        "the labels).",
    ]
    rows = [
        (f"{point['coverage']:.0%}", *(f"{point[key]:.3f}" for key in _CURVE))
        for point in part["curve"][9::10]
    ]
    table = Table(("自动处理 automated", *_CURVE.values()), rows)
    return Section("自动处理多少，错多少 Coverage and risk", words, plots.COVERAGE, [table])


_CURVE = {
    "confidence": "最低把握 least confidence",
    "any_error": "有错的文本 texts with a wrong issue",
    "label_error": "错的标签 wrong labels",
}


def _calibration(figures: Figures) -> Section:
    parts = figures["calibration"]
    scripts = {name: row for part in parts.values() for name, row in part["scripts"].items()}
    columns = [f"{name} (n = {_count(row)})" for name, row in scripts.items()]
    rows = [
        (
            _named(label, figures["names"]),
            f"{part['ece']:.3f}",
            *(f"{part['scripts'][name]['ece']:.3f}" for name in scripts),
        )
        for label, part in parts.items()
    ]
    words = [
        "ECE：十个等宽区间上，概率与实际比例之差的加权平均；文本少时偏高。"
        "ECE: mean distance of probability and share in ten equal-width bins, weighted by "
        "texts; few texts push it up.",
        _SMALL,
    ]
    table = Table(("ECE", f"全部 all (n = {figures['n']})", *columns), rows)
    return Section("概率可信吗 Calibration", words, plots.CALIBRATION, [table])


def _slices(figures: Figures) -> Section:
    tables = [
        Table((_DIMENSIONS[name], "n", *_HEADLINES.values()), list(_slice_rows(parts)))
        for name, parts in figures["slices"].items()
    ]
    return Section("分组 Slices", [_SMALL], tables=tables)


def _slice_rows(parts: Figures) -> Iterator[tuple[str, ...]]:
    for name, part in parts.items():
        yield name, _count(part), *(figure(part[key]) for key in _HEADLINES)


def _worst(figures: Figures) -> Section:
    head: tuple[str, ...] = ("编号 id", "应有 wanted", "给出 given", "概率 scores", "损失 loss")
    if figures["texts"]:
        head += ("依据 evidence", "原文 text")
    rows = [_worst_row(row, figures["names"]) for row in figures["worst"]]
    words = [
        "按各问题对数损失之和排列。By the sum of log losses over issues.",
    ]
    if not figures["texts"]:
        words.append("本报告不含原文。This report was made without the texts.")
    table = Table(head, rows, text_columns=len(head))
    return Section(f"错得最远的 {len(rows)} 条 The worst errors", words, tables=[table])


def _worst_row(row: Figures, names: Names) -> tuple[str, ...]:
    scores = ", ".join(f"{label} {score:.2f}" for label, score in row["scores"].items())
    wanted, given = _names(row["wanted"], names), _names(row["given"], names)
    cells = (row["id"], wanted, given, scores, f"{row['loss']:.2f}")
    if "text" not in row:
        return cells
    quotes = "；".join(f"{item['for']}: “{item['quote']}”" for item in row["evidence"])
    text = row["text"]
    return (*cells, quotes, text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")


def figure(value: Mapping[str, float | None]) -> str:
    """Return a figure with its interval as a person reads it."""
    if value["value"] is None:
        return "–"
    if value["low"] is None:
        return f"{value['value']:.3f}"
    return f"{value['value']:.3f} ({value['low']:.3f}…{value['high']:.3f})"


def _count(part: Figures) -> str:
    return f"{part['n']}{' *' if part['small'] else ''}"


def _named(label: str, names: Names) -> str:
    return label if names[label] == label else f"{names[label]} {label}"


def _names(labels: list[str], names: Names) -> str:
    return "、".join(names.get(label, label) for label in labels) or "无 none"
