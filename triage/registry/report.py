"""The report of a gate: JSON for programs, Markdown for people, kept beside the models."""

import json
from pathlib import Path

from triage.files.writers import whole_file
from triage.records import ModelName
from triage.registry.checks import Check
from triage.registry.gate import Family, Gate
from triage.registry.history import Override
from triage.registry.listing import GATES
from triage.registry.reasons import DIMENSIONS, FIGURES
from triage.training.pages import Section, Table, markdown

_FAMILIES = {
    "texts": "留出文本 Held-out texts",
    "behaviour": "行为测试 Behavioural suite",
}
_HEAD = (
    "判断 verdict",
    "哪里 where",
    "指标 figure",
    "n",
    "前 before",
    "后 after",
    "p",
    "看得见 seen",
)


def write_report(
    root: Path, key: str, gate: Gate, *, at: str, by: str, override: Override | None
) -> Path:
    """Write `gates/KEY.json` and `gates/KEY.md`; return the first. Raises OutputError."""
    told = {
        "at": at,
        "by": by,
        "promoted": gate.passed or override is not None,
        "override": None if override is None else {"by": override.by, "reason": override.reason},
        **gate.to_dict(),
    }
    path = root / GATES / f"{key}.json"
    _write(path.with_suffix(".md"), to_markdown(gate, at=at, by=by, override=override))
    _write(path, json.dumps(told, ensure_ascii=False, indent=2) + "\n")
    return path


def _write(path: Path, text: str) -> None:
    with whole_file(path) as file:
        file.write(text.encode())


def to_markdown(gate: Gate, *, at: str, by: str, override: Override | None) -> str:
    """Return the report for people: the verdict and its reasons first, every check after."""
    champion = "–" if gate.champion is None else _model(gate.champion)
    sections = [Section(_verdict(gate, override), [f"{at} · {by}", *_reasons(gate, override)])]
    if gate.families:
        sections.append(Section("在什么上面量的 Measured on", _measured(gate)))
    if gate.new_labels:
        sections.append(_new_labels(gate))
    sections += [_section(part) for part in gate.families]
    return markdown(f"关卡 Gate: {champion} → {_model(gate.candidate)}", sections)


def _model(name: ModelName) -> str:
    return f"{name.name} {name.version} ({name.hash})"


def _verdict(gate: Gate, override: Override | None) -> str:
    if gate.passed:
        return "通过 Passed"
    return "未通过 Refused" if override is None else "未通过，但被人放行 Refused, and overridden"


def _reasons(gate: Gate, override: Override | None) -> list[str]:
    lines = [f"{reason.code}: {reason.zh}。{reason.en}" for reason in gate.reasons]
    if override is not None:
        lines.append(f"放行 overridden by {override.by}: {override.reason}")
    return lines


def _measured(gate: Gate) -> list[str]:
    where = "；".join(f"{path}: {n}" for path, n in gate.sources.items())
    return [
        f"{gate.n} 条留出的文本 held-out texts ({where})。",
        f"每项指标配对自助重抽样 {gate.sampling.times} 次，种子 {gate.sampling.seed}。"
        f"{gate.sampling.times} paired bootstrap draws, seed {gate.sampling.seed}.",
    ]


def _new_labels(gate: Gate) -> Section:
    rows = [
        (row.label, str(row.n), *map(_number, (row.precision, row.recall, row.f1)))
        for row in gate.new_labels
    ]
    head = ("标签 label", "n", "精确 precision", "召回 recall", "F1")
    return Section("新标签 New labels", tables=[Table(head, rows)])


def _section(part: Family) -> Section:
    level, bound = f"{part.level:.0%}", f"{part.bound:.2g}"
    words = (
        f"{len(part.checks)} 项检查，其中 {part.counted} 项两个模型判断不同到可能不通过；"
        f"同样好的模型在这里被误拒的机会不超过 {level}（Holm），最小的 p 须低于 {bound}。"
        f"{len(part.checks)} checks, {part.counted} on which the models differ enough to fail; "
        f"equally good models are refused here with a chance of at most {level} (Holm); the "
        f"smallest p must be below {bound}."
    )
    rows = [_row(part, k) for k in sorted(range(len(part.checks)), key=lambda k: _order(part, k))]
    lost = [f"失去的用例 cases lost: {', '.join(c.lost)}" for c in part.checks if _lost_whole(c)]
    title = _FAMILIES[part.name]
    return Section(title, [words, *lost], tables=[Table(_HEAD, rows, text_columns=3)])


def _lost_whole(check: Check) -> bool:
    return check.code == "behaviour" and bool(check.lost)


def _order(part: Family, k: int) -> tuple[bool, float]:
    return k not in part.failed, part.checks[k].p


def _row(part: Family, k: int) -> tuple[str, ...]:
    check = part.checks[k]
    seen = check.seen_from(part.bound)
    return (
        "更差 worse" if k in part.failed else "–",
        _place(check),
        FIGURES[check.figure][1],
        str(check.n),
        _number(check.before),
        _number(check.after),
        f"{check.p:.2g}",
        "–" if seen is None else f"−{seen:.3f}",
    )


def _place(check: Check) -> str:
    if check.code == "label":
        return f"标签 label: {check.value}"
    if check.code == "critical_recall":
        return "紧急程度 urgency 3"
    if not check.dimension:
        return "全部 all"
    return f"{' '.join(DIMENSIONS[check.dimension])}: {check.value}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
