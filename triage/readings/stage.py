"""Where the customer stands: before buying, waiting for the goods, or after."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from triage.text.alternation import alternatives

StageKind = Literal["pre_sale", "in_sale", "after_sale", "unknown"]


@dataclass(frozen=True, slots=True)
class Stage:
    """The stage and the words that tell it; None where nothing does."""

    kind: StageKind
    start: int | None = None
    end: int | None = None


# Every alternative begins with a plain character: then a text without any is passed over fast.
_NOT_GOODS = "退款|退费|钱|回复|回信|答复|电话|短信|通知|发票|邮件|消息|补|赔|验证码|任何"
_CL = "[^,。!?;\n]"
# Ordered, not here yet, and still wanted.
_PENDING = (
    f"没收到(?!{_NOT_GOODS})|没有收到(?!{_NOT_GOODS})|未收到(?!{_NOT_GOODS})|没拿到|没等到"
    "|没到货|没发货|没送到|没送来|没出餐|没发出|没揽收|没派送|没有发货|没有送到"
    "|还没到(?![位账时])|还没送|还没发"
    "|未发货|未收货|未送达|未到货|不发货|不派送|还不送|怎么不送|迟迟不[发送到]"
    "|迟迟[没未](?:发|送|到)"
    "|什么时候(?:能|才能|可以|会)?(?:发货|到货|送|到(?!账))|多久(?:能|才能)?(?:发货|送到)"
    "|几时(?:到|送)|还在(?:路上|运输|理货)"
    "|运输中|派送中|待发货|待收货|待揽收|怎么还[不没](?:到|送|发)|物流(?:信息)?(?:一直|都"
    "|还)?[没不](?:有)?(?:更新|动)"
    "|尽快发货|快点发货|尽快送|快点送|改地址|改一下地址|改收货地址"
)
# In the customer's hands: received, used, broken, under repair.
_GOT = (
    "收到(?<![没未有]收到)(?!吗)|拿到手|到手(?<![没未]到手)|到货(?<![没未收]到货)(?!吗|付款"
    "|时间)|签收|拆开|拆箱|开箱|用了|用着|用起来"
    "|穿了|穿着|戴了|吃了|喝了|吃完|喝完|吃起来|喝起来|住了|入住|退房|买回|装好|装上|坏了"
    "|不能用|用不了|维修|返修|报修|少发|漏发|发错|送错|少送"
    "|破损|过敏|拉肚子|不给退|不给换|不给修|买的|买了|上次买|回购|再次购买|第二次买"
)
_ASKED = "退款|退货|退钱|换货|退换|售后|投诉|差评|好评"
# Not bought yet.
_BEFORE = (
    (
        "想买|想要买|想入手|想下单|想订|想预订|打算[买入下订购办]|准备[买入下订购办]"
        "|考虑[买入下订购办]|还没买|没下单|买之前|买前|下单前|购买前|购买之前"
        "|有没有(?:货|现货|房|优惠|活动)|有货[吗么?]|有现货|有优惠[吗么?]|有活动[吗么?]"
        "|还有货|还有房|还有票|还有名额|怎么买|怎么卖|怎么收费"
        "|怎么预[约订]|哪里买|哪里可以买|什么价|包邮[吗么?]|发什么快递|能便宜|能优惠"
        "|能不能便宜|什么时候(?:能|会)?(?:有货|上架|上新|打折|补货)"
        "|推荐哪|选哪|买哪[款个种]|哪款|穿多大|什么码|支持{_CL}{{1,12}}[吗么?]|可以(?:预订"
        "|预约|订|货到付款){_CL}{{0,6}}[吗么?]"
        "|坏了{_CL}{{0,3}}[能可给包]{_CL}{{0,4}}[退换修]{_CL}{{0,3}}[吗么?]"
        "|不合适{_CL}{{0,3}}[能可给包]{_CL}{{0,4}}[退换]"
        "|不喜欢{_CL}{{0,3}}[能可给包]{_CL}{{0,4}}[退换]"
        "|不满意{_CL}{{0,3}}[能可给包]{_CL}{{0,4}}[退换]"
    )
    .replace("{_CL}", _CL)
    .replace("{{", "{")
    .replace("}}", "}")
)
_ASKS = (
    f"请问{_CL}{{0,25}}[吗么呢?]|想问|想了解|多少钱|适合{_CL}{{0,10}}[吗么?]|能用[吗么?]"
    "|几天能到|几天到|咨询(?!客服|[了过均未电])"
)
_ORDERED = "下单|下了单|付款|已付|拍下|预订|订了|预约了|催单"
# Questions to an office are no questions before buying.
_OFFICE = "书记|领导|政府|市长|局长|部门|社保|公积金|户口|街道|村|学校|小区|物业|政策"
_OPINION = (
    "好吃|难吃|味道|口感|好用|难用|质量|服务|态度|房间|送餐|送货|送得|送的|快递|包装|东西"
    "|卫生|环境|正品"
    "|划算|满意|失望|舒服|耐用|分量|速度|推荐|商家|送达|送到"
)


_UNKNOWN = Stage("unknown")


@dataclass(frozen=True, slots=True)
class _Cues:
    strong: re.Pattern[str]  # the first two characters of all but opinions
    pending: re.Pattern[str]
    got: re.Pattern[str]
    before: re.Pattern[str]
    asked: re.Pattern[str]
    asks: re.Pattern[str]
    ordered: re.Pattern[str]
    opinion: re.Pattern[str]
    office: re.Pattern[str]


@cache
def _cues() -> _Cues:
    told = (_PENDING, _GOT, _BEFORE, _ASKED, _ASKS, _ORDERED, _OPINION)
    firsts = dict.fromkeys(cue[:2] for cues in told[:-1] for cue in _branches(cues))
    pending, got, before, asked, asks, ordered, opinion = (
        re.compile(alternatives(_branches(cues))) for cues in told
    )
    strong, office = re.compile(alternatives(firsts)), re.compile(_OFFICE)
    return _Cues(strong, pending, got, before, asked, asks, ordered, opinion, office)


def _branches(pattern: str) -> list[str]:
    """Split an alternation at its outermost bars."""
    branches, depth = [""], 0
    for char in pattern:
        depth += (char == "(") - (char == ")")
        if char == "|" and depth == 0:
            branches.append("")
        else:
            branches[-1] += char
    return branches


def stage_of(text: str) -> Stage:
    """Return where the customer stands: pre_sale, in_sale, after_sale or unknown."""
    cues = _cues()
    if not cues.strong.search(text):
        found = cues.opinion.search(text)
        return Stage("after_sale", *found.span()) if found else _UNKNOWN
    wished = cues.before.search(text)
    held = cues.got.search(text)
    if held and wished and wished.start() <= held.start() < wished.end():
        held = cues.got.search(text, wished.end())  # 坏了能退吗 breaks nothing
    if held:
        return Stage("after_sale", *held.span())
    if found := cues.pending.search(text):
        return Stage("in_sale", *found.span())
    if wished:
        return Stage("pre_sale", *wished.span())
    return _weaker(text, cues)


def _weaker(text: str, cues: _Cues) -> Stage:
    """Return what an opinion, a question or a mere mention of the order tells."""
    weaker: tuple[tuple[StageKind, re.Pattern[str]], ...] = (
        ("after_sale", cues.asked),
        ("pre_sale", cues.asks),
        ("after_sale", cues.opinion),
        ("in_sale", cues.ordered),
    )
    for kind, cue in weaker:
        found = cue.search(text)
        if found and not (cue is cues.asks and cues.office.search(text)):
            return Stage(kind, *found.span())
    return _UNKNOWN
