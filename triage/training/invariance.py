"""How often a verdict changes when only the form of a text changes.

Format changes (script, width, spaces, case, emoji, greeting, masked numbers) should change at
most 2 % of the verdicts, one to three per cent of wrong characters at most 8 %.
"""

import hashlib
import random
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from opencc import OpenCC

from triage.engine import Triage
from triage.records import Example, Feedback, Verdict

Change = Callable[[str, random.Random], str]
_GREETING = "您好，"
_SIGNATURE = "\n谢谢，祝工作顺利。"
_FULL = str.maketrans({chr(k): chr(k + 0xFEE0) for k in range(0x21, 0x7F)})
# Characters that are typed for one another: same or nearly the same sound.
_ALIKE = (
    "的得地 在再 做作 已以 他她它 那哪 是事试 有又 里理 快块 到道 买卖 后候 发法 还环 没每 等灯 "
    "了乐 客刻 服福 退腿 货或 送宋 质制 量亮 态太 度肚 差茶 坏怀 说硕 话画 收手 东冬 西希"
)


def _swap(text: str, rng: random.Random) -> str:
    table = {c: group.replace(c, "") for group in _ALIKE.split() for c in group}
    chars = list(text)
    count = max(1, round(len(chars) * rng.uniform(0.01, 0.03)))
    for position in rng.sample(range(len(chars)), min(count, len(chars))):
        char = chars[position]
        chars[position] = (
            rng.choice(table[char]) if char in table else rng.choice((char, "", char * 2))
        )
    return "".join(chars)


def _masked(text: str, rng: random.Random) -> str:
    return re.sub(r"\d{5,}", lambda match: match.group()[:2] + "*" * (len(match.group()) - 2), text)


def _converted(config: str) -> Change:
    converter = OpenCC(config)
    return lambda text, rng: str(converter.convert(text))


def changes() -> Mapping[str, tuple[str, Change]]:
    """Return every change of form by name, each with its kind: `format` or `noise`."""
    return {
        "traditional": ("format", _converted("s2t")),
        "simplified": ("format", _converted("t2s")),
        "full_width": ("format", lambda text, rng: text.translate(_FULL)),
        "upper_case": ("format", lambda text, rng: text.upper()),
        "spaces_between": (
            "format",
            lambda text, rng: re.sub(r"(?<=[一-龥])(?=[一-龥])", " ", text),
        ),
        "emoji_after": ("format", lambda text, rng: text + "🙂"),
        "greeting": ("format", lambda text, rng: _GREETING + text),
        "signature": ("format", lambda text, rng: text + _SIGNATURE),
        "numbers_masked": ("format", _masked),
        "zero_width": ("format", lambda text, rng: "\u200b".join(text)),
        "wrong_characters": ("noise", _swap),
    }


def measure(engine: Triage, examples: Sequence[Example]) -> dict[str, dict[str, Any]]:
    """Return, per change, how many texts it altered and the share of verdicts that moved.

    A verdict moves when its set of issues or its urgency does.
    """
    before = _keys(engine, [e.text for e in examples])
    report = {}
    for name, (kind, change) in changes().items():
        texts = [change(e.text, _seeded(e.id)) for e in examples]
        altered = [k for k, e in enumerate(examples) if texts[k] != e.text]
        after = _keys(engine, [texts[k] for k in altered])
        moved = sum(before[k] != key for k, key in zip(altered, after, strict=True))
        share = round(moved / len(altered), 4) if altered else None
        report[name] = {"kind": kind, "n": len(altered), "moved": share}
    return report


def _seeded(name: str) -> random.Random:
    return random.Random(hashlib.sha256(name.encode()).hexdigest())


def _keys(engine: Triage, texts: Sequence[str]) -> list[Any]:
    results = engine.pipe(Feedback(str(k), text) for k, text in enumerate(texts))
    return [(r.issues, r.urgency) if isinstance(r, Verdict) else r.code for r in results]
