"""The words of agents' promises, read from their file once."""

import re
import tomllib
from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from triage.resources import resource
from triage.text.alternation import alternatives
from triage.text.script import to_simplified

# The same length each, so that positions stay those of the text given.
_RESPELLED = {
    "回覆": "回复",
    "答覆": "答复",
    "工作天": "工作日",
    "听日": "明天",
    "礼拜天": "礼拜日",
}
_RESPELLED_SIGNS = {ord("０") + n: ord("0") + n for n in range(10)} | str.maketrans(
    "：～你妳", ":~您您"
)


@dataclass(frozen=True, slots=True)
class Rules:
    """Acts of each kind, and the expressions that tell a promise from other talk."""

    acts: re.Pattern[str]
    done: re.Pattern[str]
    kinds: Mapping[str, str]
    weak: Set[str]
    said: Mapping[str, re.Pattern[str]]


@cache
def rules(path: Path | None = None) -> Rules:
    """Read the words of agents' promises; None reads the file in the box."""
    source = path or resource("data", "signals", "commitments.toml")
    raw = tomllib.loads(source.read_text(encoding="utf-8"))
    kinds = {word: kind for kind, words in raw["acts"].items() for word in words}
    done = {word: kind for kind, words in raw["done"].items() for word in words}
    return Rules(
        acts=_words(kinds, raw["unless"], raw["unless_before"]),
        done=_words(kinds | done, raw["unless"], raw["unless_before"]),
        kinds=kinds | done,
        weak=frozenset(raw["weak"]["words"]),
        said={name: _said(parts, raw["parts"]) for name, parts in raw["said"].items()},
    )


def _said(expressions: list[str], parts: Mapping[str, str]) -> re.Pattern[str]:
    for name, part in parts.items():
        expressions = [expression.replace(f"{{{name}}}", part) for expression in expressions]
    plain = all(word[0].isalpha() and word[1:2] not in {"?", "*"} for word in expressions)
    return re.compile(alternatives(expressions) if plain else "|".join(expressions))


def _words(
    kinds: Mapping[str, str], after: Mapping[str, str], before: Mapping[str, list[str]]
) -> re.Pattern[str]:
    longest_first = sorted(kinds, key=len, reverse=True)
    return re.compile(alternatives(_guarded(word, after, before) for word in longest_first))


def _guarded(word: str, after: Mapping[str, str], before: Mapping[str, list[str]]) -> str:
    """Return the expression of a word that is none beside certain others: 退款进度, 装修."""
    guards = "".join(f"(?<!{other})" for other in before.get(word, ()))
    return word + (f"(?!{after[word]})" if word in after else "") + guards


def plain_form(text: str) -> str:
    """Return the text in Simplified characters, narrow digits and 您 for 你, the same length."""
    plain = to_simplified(text)
    if _respelled().search(plain):
        plain = plain.translate(_RESPELLED_SIGNS)
    for word, other in _RESPELLED.items():
        if word in plain:
            plain = plain.replace(word, other)
    return plain


@cache
def _respelled() -> re.Pattern[str]:
    return re.compile(f"[{''.join(map(chr, _RESPELLED_SIGNS))}]")
