"""What was bought, where the text says so plainly: 买的洗衣机, 下单的蓝牙耳机."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from triage.readings.spans import Entity
from triage.resources import resource

_LONGEST = 8
_MEASURES = "台个件双部条款套把瓶盒箱袋包本张只辆副对斤份床支枚盆束罐桶杯节块串种"
# A noun phrase holds none of these: they begin or belong to something else.
_NO_NOUN = (
    "的了是就但都还也在和跟到没不很用才给被我有你他她它这那又吧呢吗啊一哪好几次此回来点每各什么多"
    r",。!?;:、\n \"“”()（）"
)


# One character names a thing only where the phrase plainly ends after it.
_END = "[的,。!?;\\s坏是很有掉破质颜还就才不没到了]|\\Z"


@cache
def _pattern(path: Path | None = None) -> re.Pattern[str]:
    source = path or resource("data", "signals", "goods.toml")
    raw = tomllib.loads(source.read_text(encoding="utf-8"))
    heads = "|".join(sorted(raw["heads"], key=len, reverse=True))
    parts = "|".join(
        f"{head}(?![{after}])(?={_END})" for head, after in raw["heads_unless"].items()
    )
    return re.compile(
        "(?:了|过|的|到)?(?:这|那)?(?:[一二两三四五六七八九十几0-9]{1,3})?"
        f"(?:[{_MEASURES}](?![{_MEASURES}]))?(?:的)?"
        f"(?P<noun>[^{_NO_NOUN}]{{0,6}}(?:{heads}|{parts}))"
    )


@cache
def _bought() -> re.Pattern[str]:
    return re.compile(
        "买(?![单家卖菜])|购买|购入|网购|入手|下单|订购|订的|订了|拍的|拍了|淘的|淘了"
    )


def find_goods(text: str) -> Iterator[Entity]:
    """Yield what was bought: a short noun phrase that ends in a known kind of goods."""
    for match in _bought().finditer(text):
        found = _pattern().match(text, match.end())
        if found and found.end("noun") - found.start("noun") <= _LONGEST:
            yield Entity("product", *found.span("noun"), found["noun"])
