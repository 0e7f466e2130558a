"""The model card: written by code from the manifest and the measured figures."""

from collections.abc import Mapping
from typing import Any

from triage.artifact import taxonomy
from triage.taxonomy import Taxonomy

_HEAD = """# {name} {version}

读中文客户反馈，给出问题类别、情绪与紧急程度。
Reads Chinese customer feedback: issues, sentiment, urgency.

Written by `triage train`; do not edit by hand.

- Kind 种类: {kind}, features `{features}`, tokeniser {tokeniser}
{parent}- Trained on 训练数据: {labelled} labelled texts ({sources}),
  {polarity} texts with polarity only
- Data hash 数据指纹: `{data_hash}`; seed 随机种子: {seed}
- Held out 留出: {test} texts that training never saw, by near-duplicate group
"""
_PARENT = """- Corrected from 由此修正: {name} {version} (`{hash}`)
"""
_SECTIONS = {
    "test": "Held-out texts",
    "cross_validated": "Cross-validated 交叉验证 (too few texts to hold any out)",
    "box": "Authored held-out texts of the box 自带的留出文本",
}

_LIMITS = """
## Limits 局限

- Where a text is like its examples this model follows their labels, right or wrong; elsewhere
  it is its base. 像样例的文本按样例的标签，其余与原模型相同。
- Sarcasm without a fact in it is often read literally. 不带事实的反讽常被按字面理解。
- Not for judging employees, and not a medical, legal or safety authority.
  不可用于考核员工，也不能代替医疗、法律或安全判断。
"""
_LIMITS_OF_ALL = """
## Limits 局限

- The labels were read by language models under one guideline: they bound consistency, not truth.
  标签由语言模型按同一规范阅读得出，衡量的是一致性。
- Reviews of food delivery, shopping and hotels and messages to officials are over-represented;
  measure on your own texts before you automate (`triage evaluate`).
  外卖、网购、酒店评论和政务留言占多数；自动化之前请先用自己的数据评测。
- Sarcasm without a fact in it is often read literally. 不带事实的反讽常被按字面理解。
- Not for judging employees, and not a medical, legal or safety authority.
  不可用于考核员工，也不能代替医疗、法律或安全判断。
"""


def write(manifest: Mapping[str, Any], metrics: Mapping[str, Any]) -> str:
    """Return the card as Markdown."""
    data, words = manifest["data"], manifest["tokeniser"]
    parent = manifest.get("parent")
    head = _HEAD.format(
        parent=_PARENT.format(**parent) if parent else "",
        name=manifest["name"],
        version=manifest["version"],
        kind=manifest["kind"],
        features=manifest["feature_name"],
        tokeniser=f"{words['name']} {words['version']}",
        labelled=data["labelled"],
        sources=", ".join(f"{k} {v}" for k, v in sorted(data["sources"].items())),
        polarity=data["polarity"],
        data_hash=data["hash"][:16],
        seed=manifest["seed"],
        test=data["test"],
    )
    names = taxonomy(manifest)
    parts = [
        _slice(f"{title}: {name}", figures, names)
        for key, title in _SECTIONS.items()
        for name, figures in metrics.get(key, {}).items()
    ]
    return head + "".join(parts) + (_LIMITS if parent else _LIMITS_OF_ALL)


def _slice(name: str, figures: Mapping[str, Any], names: Taxonomy) -> str:
    issues, critical = figures["issues"], figures["critical"]
    rows = "".join(
        f"| {names.zh(label)} `{label}` | {row['precision']:.3f} | {row['recall']:.3f} "
        f"| {row['f1']:.3f} | {row['n']} |\n"
        for label, row in issues["per_label"].items()
    )
    return (
        f"\n## {name} (n = {figures['n']})\n\n"
        "| issue 问题 | precision 精确率 | recall 召回率 | F1 | n |\n|---|---|---|---|---|\n"
        f"{rows}\nIssue macro-F1 {_f(issues['macro_f1'])}, micro-F1 {_f(issues['micro_f1'])}; "
        f"sentiment kappa {_f(figures['sentiment_kappa'])}; urgency kappa "
        f"{_f(figures['urgency_kappa'])}; urgency 3: recall {_f(critical['recall'])}, precision "
        f"{_f(critical['precision'])} (n = {critical['n']}); sent to review "
        f"{figures['review_share']:.0%}.\n"
    )


def _f(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
