"""What a refusal says, in Chinese and English: the figure before and after, n, and the test."""

from collections.abc import Iterable, Iterator

from triage.errors import ModelError, TamperedModelError, TokeniserMismatchError
from triage.registry.checks import BOOTSTRAP, Check
from triage.registry.gate import Family, Reason, ReasonCode
from triage.taxonomy import Taxonomy

FIGURES = {
    "macro_f1": ("问题宏平均 F1", "macro-F1"),
    "micro_f1": ("问题微平均 F1", "micro-F1"),
    "exact_match": ("问题全对的比例", "exact match"),
    "sentiment_kappa": ("情绪 κ", "sentiment kappa"),
    "urgency_kappa": ("紧急程度 κ", "urgency kappa"),
    "f1": ("F1", "F1"),
    "recall": ("召回率", "recall"),
    "pass_rate": ("通过率", "pass rate"),
}
DIMENSIONS = {
    "script": ("字体", "script"),
    "channel": ("渠道", "channel"),
    "length": ("字数", "length"),
    "capability": ("能力", "capability"),
}
_TESTS = {BOOTSTRAP: "配对自助法"}
_SIGN_ZH = "精确符号检验"
_SHOWN = 8  # of the lost cases; the report names all


def not_loaded(error: ModelError) -> Reason:
    """Return why a folder that does not load is refused."""
    code, zh = _loading(error)
    return Reason(code, f"{zh}：{error.message}", error.message)


def _loading(error: ModelError) -> tuple[ReasonCode, str]:
    if isinstance(error, TamperedModelError):
        return "tampered", "模型文件被改动过"
    if isinstance(error, TokeniserMismatchError):
        return "tokeniser", "分词器或词典不是训练时的那个"
    if error.code == "other_features":
        return "features", "特征与本版本不同"
    return "unreadable", "模型文件夹读不了"


def labels_missing(missing: Iterable[str], taxonomy: Taxonomy) -> Reason:
    """Return that the candidate knows fewer labels than the champion."""
    codes = list(missing)
    names = "、".join(taxonomy.zh(code) for code in codes)
    return Reason(
        "labels",
        f"候选模型没有这些标签：{names}"
        "（在 taxonomy.yaml 里保留它们再训练，或用 --override 说明理由）",
        f"The candidate lacks labels of the champion: {', '.join(codes)} (keep them in "
        "taxonomy.yaml and train again, or say why not with --override).",
    )


def too_few(n: int, least: int) -> Reason:
    """Return that there are too few held-out texts to say anything."""
    return Reason(
        "too_few_texts",
        f"留出的文本只有 {n} 条，不足 {least} 条，看不出好坏（用 --data 给出数据）",
        f"Only {n} held-out texts; fewer than {least} prove nothing (name data with --data).",
    )


def beyond_noise(part: Family, taxonomy: Taxonomy) -> Iterator[Reason]:
    """Yield a reason for each failed check, the least likely first."""
    for k in sorted(part.failed, key=lambda k: part.checks[k].p):
        check, bound = part.checks[k], part.failed[k]
        zh, en = _place(check, taxonomy)
        test_zh, test_en = _evidence(check, bound)
        yield Reason(check.code, f"{zh}变差：{test_zh}", f"{en} is worse: {test_en}", check, bound)


def _place(check: Check, taxonomy: Taxonomy) -> tuple[str, str]:
    zh, en = FIGURES[check.figure]
    if check.code == "label":
        return f"标签「{taxonomy.zh(check.value)}」的 {zh} ", f"{check.value} {en}"
    if check.code == "critical_recall":
        return "紧急信息（紧急程度 3）的召回率", "Recall of critical messages (urgency 3)"
    if check.code == "behaviour":
        return "行为测试整体的通过率", "The pass rate of the behavioural suite"
    if check.dimension:
        of_zh, of_en = DIMENSIONS[check.dimension]
        return f"{of_zh} {check.value} 的{zh}", f"{en} of {of_en} {check.value}"
    return f"整体的{zh}", f"Overall {en}"


def _evidence(check: Check, bound: float) -> tuple[str, str]:
    moved = f"{check.before:.3f} → {check.after:.3f}"
    chance = f"p = {check.p:.2g} ≤ {bound:.2g}"
    zh = f"{moved}（n = {check.n}，{_TESTS.get(check.test, _SIGN_ZH)}，{chance}）"
    en = f"{moved} (n = {check.n}, {check.test}, {chance})"
    if not check.lost:
        return zh, en
    more = len(check.lost) - _SHOWN
    names = ", ".join(check.lost[:_SHOWN]) + (f" … +{more}" if more > 0 else "")
    tally = f"{len(check.lost)} − {len(check.won)}"
    return f"{zh}；失去 − 赢得 {tally}：{names}", f"{en}; lost − won {tally}: {names}"
