"""Checks of single texts: too short or too long, another language, personal data."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from triage.datasets.problems import Problem, warning
from triage.policy import Policy
from triage.records import Example
from triage.text.pii import find_pii

_SIGNS = 4  # fewer say nothing of the language
_HAN_SHARE, _OTHER_SHARE = 0.3, 0.2
_HAN = re.compile("[\u3400-\u9fff]")
_WORD = re.compile("[A-Za-z\u00c0-\u024f\u0400-\u04ff]+")
_KANA_HANGUL = re.compile("[\u3041-\u30ff\uac00-\ud7af]")


def text_problems(examples: Sequence[Example]) -> Iterator[Problem]:
    """Yield what is wrong with the texts one by one. Nothing here must be mended."""
    longest = Policy().max_chars
    yield from warning(
        "too_short",
        (e.id for e in examples if len(re.findall(r"\w", e.text)) < 2),
        "文本不到两个字 texts of less than two characters",
        "看看是不是读错了列；没有内容的删去 Check the column; remove what says nothing.",
    )
    yield from warning(
        "too_long",
        (e.id for e in examples if len(e.text) > longest),
        f"文本超过 {longest} 字，模型不读 texts too long to be judged",
        "截短，或在策略里调高 max_chars Shorten them, or raise max_chars in the policy.",
    )
    yield from warning(
        "other_language",
        (e.id for e in examples if is_other_language(e.text)),
        "看来不是中文 texts that do not look Chinese",
        "删去，或确认没有读错列或编码 Remove them, or check column and encoding.",
    )
    yield from _personal(examples)


def is_other_language(text: str) -> bool:
    """Whether a text has too few Chinese characters, or too many of Japanese or Korean.

    A word in other letters weighs as much as one character: 这个dashboard is Chinese.
    """
    han, other = len(_HAN.findall(text)), len(_KANA_HANGUL.findall(text))
    signs = han + other + len(_WORD.findall(text))
    if signs < _SIGNS:
        return False
    return han < _HAN_SHARE * signs or other > _OTHER_SHARE * signs


def _personal(examples: Sequence[Example]) -> Iterator[Problem]:
    found = {e.id: {pii.kind for pii in find_pii(e.text)} for e in examples}
    kinds = Counter(kind for some in found.values() for kind in some)
    told = ", ".join(f"{kind} {n}" for kind, n in kinds.most_common())
    yield from warning(
        "personal_data",
        (id_ for id_, some in found.items() if some),
        f"文本里有个人信息 texts hold personal data: {told}",
        "用 --mask 重新导入到新文件夹 Import with --mask into a new folder.",
    )
