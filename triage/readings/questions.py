"""Whether a message asks something: 什么时候到, 明天几点来, 能退吗."""

import re
from functools import cache

_ASKS = (
    "[?？]|[吗嗎么麼呢咩](?=$|[,。!;，！；…~\\s])|什么时候|什麼時候|啥时候|几时|幾時|几点|幾點|多久|多少|多长|"
    "怎么办|怎麼辦|咋办|咋整|怎么样|怎样|如何|为什么|為什麼|为啥|凭什么|哪里|哪裡|哪儿|哪天|哪个|谁|"
    "能不能|可不可以|可否|是不是|有没有|有沒有|行不行|要不要|会不会|點解|幾耐|邊度|"
    "(?:请|麻烦|帮我?|能否|希望|赶紧|赶快|快点|尽快|催).{0,8}(?:查|看|说|回|处理|解决|安排|发|退|换|修|联系)"
)
# 不知道怎么样 and 没什么 ask nothing; neither does 随便什么时候.
_NOT = re.compile("没什么|没有?多少|不管|无论|随便|都行|都可以")


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(_ASKS)


def asks(text: str) -> bool:
    """Tell whether a message, in either script, asks or requests something."""
    return bool(_pattern().search(text)) and not _NOT.search(text)
