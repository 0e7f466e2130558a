"""The model card: written by code from the manifest and the measured figures."""

from collections.abc import Mapping
from typing import Any

from triage.labels import CHINESE

_HEAD = """# {name} {version}

读中文客户反馈，给出问题类别、情绪与紧急程度。
Reads Chinese customer feedback: issues, sentiment, urgency.

Written by `triage train`; do not edit by hand.

- Kind 种类: {kind}, features `{features}`, tokeniser {tokeniser}
- Trained on 训练数据: {labelled} labelled texts ({sources}), {polarity} texts with polarity only
- Data hash 数据指纹: `{data_hash}`; seed 随机种子: {seed}
- Held out 留出: {test} texts that training never saw, by near-duplicate group
"""

_LIMITS = """
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
    head = _HEAD.format(
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
    parts = [_slice(name, figures) for name, figures in metrics.get("test", {}).items()]
    return head + "".join(parts) + _LIMITS


def _slice(name: str, figures: Mapping[str, Any]) -> str:
    issues, critical = figures["issues"], figures["critical"]
    rows = "".join(
        f"| {CHINESE.get(label, label)} `{label}` | {row['precision']:.3f} | {row['recall']:.3f} "
        f"| {row['f1']:.3f} | {row['n']} |\n"
        for label, row in issues["per_label"].items()
    )
    return (
        f"\n## Held-out texts: {name} (n = {figures['n']})\n\n"
        "| issue 问题 | precision 精确率 | recall 召回率 | F1 | n |\n|---|---|---|---|---|\n"
        f"{rows}\nIssue macro-F1 {issues['macro_f1']:.3f}, micro-F1 {issues['micro_f1']:.3f}; "
        f"sentiment kappa {_f(figures['sentiment_kappa'])}; urgency kappa "
        f"{_f(figures['urgency_kappa'])}; urgency 3: recall {_f(critical['recall'])}, precision "
        f"{_f(critical['precision'])} (n = {critical['n']}); sent to review "
        f"{figures['review_share']:.0%}.\n"
    )


def _f(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
