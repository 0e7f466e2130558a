"""Addresses: a road, a compound or a village with a number, and what stands before and after."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from triage.text.alternation import alternatives
from triage.text.pii.kinds import Pii

_HAN = "\u4e00-\u9fff"
_ZH = "一二三四五六七八九十百零〇"
_NUM = rf"(?:[甲乙丙丁附]?[0-9]{{1,5}}(?:[-之][0-9A-Z]{{1,4}})?[A-Za-z甲乙丙丁]?|[A-Za-z][0-9]{{0,4}}|[{_ZH}]{{1,5}})"
_UNIT = (
    rf"(?:[东西南北中東]?{_NUM} ?(?:号楼|號樓|号院|栋|棟|幢|座|单元|單元|门|梯|楼|樓|层|層|室|房|户|戶|铺|舖|鋪"
    r"|号|號|期|区|區|组|組)(?:[A-Za-z0-9]{1,4}[室座房铺舖])?"
    r"|[东西南北東][座户戶]|[0-9]{1,3}[Ff](?![A-Za-z])|(?:-[0-9]{1,4})+|之[0-9]{1,3}|地[下库庫]室?)"
)
_ROOM = r"(?:(?<=[楼樓栋棟幢座元层層])[0-9]{2,4}(?:-[0-9]{1,4})?(?![0-9元块塊年月日天个個人多.%]))?"
_ESTATES = (
    "小区|小區|社区|社區|花园|花園|花苑|家园|家園|佳园|佳苑|公寓|大厦|大廈|广场|廣場|新村|邨|名苑|雅苑|嘉苑|嘉园|华庭|華庭|豪庭"
    "|名城|新城|山庄|山莊|别墅|別墅|宿舍|家属院|大院|公馆|公館|府邸|名邸|屋苑|屋邨|大楼|大樓|写字楼|商厦|国际|中心|工业园|工業園"
    "|产业园|科技园|物流园|创业园|苑|轩|軒|湾|灣|城|居|阁|閣|府|里"
)
_VILLAGES = "村|屯|庄|寨|莊"


@dataclass(frozen=True, slots=True)
class _Core:
    """What makes an address of a place: its expression, and what its name must be."""

    kind: str
    pattern: re.Pattern[str]


@cache
def has_number() -> re.Pattern[str]:
    """Return what finds a number of a house, a building or a room; no address is without."""
    return re.compile(rf"[0-9A-Za-z{_ZH}] ?[号號栋棟幢弄巷座单單室房组組队社]|-[0-9]|[楼樓]")


@cache
def _cores() -> tuple[_Core, ...]:
    tail = rf"(?:[{_HAN}]{{2,10}}?(?:{_ESTATES})(?={_UNIT}))?(?:[ ,，]?{_UNIT}){{0,7}}{_ROOM}"
    building = rf"{_NUM} ?(?:号楼|號樓|号院|栋|棟|幢|座|单元|單元|号|號)|[0-9A-Z]{{1,5}} ?[室房]|[0-9]{{1,3}}-[0-9]{{1,2}}-[0-9]{{2,4}}"
    roads = (
        rf"(?:{alternatives(('路', '街', '道', '巷', '胡同'))})"
        rf"(?:[东西南北中東]|[东西南北中東上下]?{_NUM}?段)?(?: ?{_NUM}巷)?(?: ?{_NUM}弄)?"
        rf" ?(?:(?<=弄)|{_NUM} ?(?:号|號|弄)(?![线線口楼]|出口|公交|地铁))"
    )
    estates = rf"(?:{alternatives(_ESTATES.split('|'))})(?:{_NUM}[期区區]|[东西南北中東][区區])? ?(?:{building})"
    villages = rf"[{_VILLAGES.replace('|', '')}] ?{_NUM} ?(?:组|組|队|隊|社|号|號|巷|屯)"
    return (
        _Core("road", re.compile(roads + tail)),
        _Core("estate", re.compile(estates + tail)),
        _Core("village", re.compile(villages + tail)),
    )


_STOPS = (
    "快递|包裹|我家|我们|我|你们|你|您|他们|他|她们|她|它|咱们|咱|在|住|位于|位於|到|至(?![诚善])|送|寄|发往|由|去|回(?![龙民族龍])|给|給"
    "|的|了|是|有|把|被|往|和(?![平田顺順县林硕静布睦谐])|与|與|跟|及|或|就|也|还|還|请|請|将(?![台军])|對|对|这|這|那|该|該|某"
    "|此|本小|本市|本人|一条|两条|几条|条|條|说|說|看(?!丹)|要|想|于(?![都田洪家])|於|沿|等|每|哪|什么|不|很|从(?!化)|從|以"
    "|地址|住址|附近|旁边|旁|对面|隔壁|公司|酒店|饭店|餐厅|银行|超市|医院|单位|商家|卖家|师傅|客服|投诉|反映|举报|关于|业主|居民|老板"
    "|收货|收件|联系|客户|家住|家里|小哥|后来|昨天|今天|明天|因为|但|而|又|只|被|让|上班|工作|请问|代表|距离|穿过|解决|来临|改造|地处|过|自(?![贡流])|并非|影响|清理|拆除|为(?!民)|為(?!民)|谨"
)
_NO_ROADS = (
    "道 马 馬 公 网 網 思 铁 鐵 半 一 后 後 电 電 套 门 門 走 赶 迷 拐 线 線 問 问 一条 两条 逛 大 小 人行 跑 车 車 味 知 通 频 頻 渠"
    " 报 報 管 轨 赛 难 得 讨 航 水 柏油 高速 主干 干 主 辅 輔 支 顺 上 下 中 隧 街 步行 商业 老 新 岔 弯 各 几 当 让 力 地 厚 公交"
    " 线下 专用 快速 单行 双向 过 桥 十字 交叉 三岔 下沉 消防 绿"
)
_NO_NAMES = "小区 楼 层 门 房 期 新 老 大 中 家 整个 里面 里 外面 市 区 县 镇 乡 村 号 房间 店 商 客 隔 中间 全"


@cache
def _stop() -> re.Pattern[str]:
    return re.compile(alternatives(sorted(_STOPS.split("|"), key=len, reverse=True)))


@cache
def _run() -> re.Pattern[str]:
    return re.compile(rf"(?:[{_HAN}A-Za-z0-9]|(?<=[省市区區县縣镇鎮]) (?=[{_HAN}]))+\Z")


@cache
def _left_over() -> re.Pattern[str]:
    return re.compile(rf"(?:[0-9]+(?![{_HAN}]*[期])|[A-Za-z](?![0-9]*[市区區县縣])| )+")


@cache
def _township() -> re.Pattern[str]:
    return re.compile("[镇乡县市区旗鎮鄉縣區]")


def find_addresses(view: str) -> Iterator[Pii]:
    """Yield addresses of a folded text, from the province as far as it is written."""
    if not has_number().search(view):
        return
    for core in _cores():
        last = 0
        for match in core.pattern.finditer(view):
            start = _start(view, match.start(), last)
            if start < match.start() and _is_place(core.kind, view[start : match.start()]):
                yield Pii("address", start, match.end())
            last = match.end()


def _start(view: str, position: int, first: int) -> int:
    """Return where the names before `position` start: at most 30 characters back."""
    run = _run().search(view, max(first, position - 30), position)
    if not run:
        return position
    start = run.start()
    for stop in _stop().finditer(view, start, position):
        start = stop.end()
    over = _left_over().match(view, start, position)
    return over.end() if over else start


def _is_place(kind: str, name: str) -> bool:
    """Whether what stands before 路, 小区 or 村 is the name of a place."""
    own = re.split("[省市区區县縣镇鎮]", name)[-1].strip()
    if kind == "road":
        return own not in _NO_ROADS.split() and not own[-1:].isascii()
    if kind == "village":
        return bool(own) and bool(_township().search(name))
    return len(own) >= 2 and own not in _NO_NAMES.split()


@cache
def _district() -> re.Pattern[str]:
    return re.compile(
        rf"(?:[{_HAN}]{{2,8}}?(?:省|自治区|自治區|特别行政区|特別行政區))?(?:[{_HAN}A-Z]{{1,8}}?(?:市|自治州|地区|盟))?"
        rf"(?:香港|澳門|澳门)?(?:九龍|九龙|新界|港島|港岛|香港島|香港岛)?"
        rf"(?:[{_HAN}A-Z]{{1,8}}?(?:(?<![小社园園校厂廠])[区區]|县|縣|旗))?"
    )


def district(address: str) -> int:
    """Return how many of the first characters name province, city and district only."""
    match = _district().match(address)
    return match.end() if match else 0
