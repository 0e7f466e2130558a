"""Names of persons: with a title, introduced, or after 联系人 and its like."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from triage.readings.people import find_people
from triage.resources import resource
from triage.text.alternation import alternatives
from triage.text.pii.kinds import Pii
from triage.text.pii.views import scan, simplified

# Surnames that are words of their own: after 联系人 or 我叫 only.
_RARE = (
    "车时全和单安古米丰娄储蒲麦岑查蓝敖晏佟仇班卓桑闻屠楚冉原路褚茅宗宣邓滕解应支昝莫经房干缪左吉嵇山富巫乌弓仰仲伊宫栾"
    "甘厉戎符束井印宿怀花水云公元双年盖益桂由党帅简相来商荣农召能仝丛越沙权阴占信初楼卞皮卢谈盘区匡戈连练刁尧都习揭衣邬"
)
_NO_GIVEN = (
    "的了是在我你他她它们这那不没有都也就还很与跟被把让给要说去到个么吗呢吧啊呀哦什怎于从向以及或而且但因所如果已经可将请问"
    "您谁哪几些每种次先姐号码址件系客店买卖退货款快递打电话手机叫住来上下后前里会能再又才只"
)
_TITLES = "先生|女士|小姐|同志|老师|师傅|经理|主任|医生|律师|阿姨|警官"
_LABELS = "联系人|联络人|收件人|收货人|寄件人|发件人|签收人|姓名|署名|签名|投诉人|反映人|举报人|申请人|持卡人|户名|入住人|预订人|预定人|订票人"
_WEAK = "负责人|经办人|当事人|业主|车主|机主|户主|乘客|旅客|住客|患者|病人|学生|家长|落款|法人|客户|名字|司机|骑手|快递员|客服"
_INTRODUCTIONS = (
    "我叫",
    "我名叫",
    "名叫",
    "本人叫",
    "我的名字是",
    "我的名字叫",
    "名字叫",
    "我的姓名是",
    "本人姓名",
    "本人姓名是",
)
_NO_ENDS = ("导游", "网游", "谢谢", "感谢")
_LOOSE = (
    "的了是我你他她它们无没不详请姓电话先女客同号码"  # after 联系人: hardly anything else stands
)
# Words that begin with what may be a surname.
_NO_NAMES = (
    "高中 高手 高级 高兴 高新 高铁 高管 高度 高质 高端 高价 马上 马桶 任何 于是 安排 安装 安全 安静 安心 金牌 金卡 金融 金额 白领 白金 白天"
    " 白羊 白衣 黄金 黄牛 黄色 黄钻 方便 方面 温柔 温馨 万分 万能 万一 江苏 江西 江南 云南 成都 常常 常见 常客 常年 单身 单位 单独 时候 时间"
    " 时尚 时代 全部 全款 全家 全程 全国 和平 和谐 和善 程序 段落 石油 石材 石家 史上 华为 华东 华南 华北 文明 文员 文化 周末 周一 周二 周三"
    " 周四 周五 周六 周日 周边 周围 易碎 易燃 明白 明天 明星 祝福 祝愿 祝您 强烈 张口 张家口 钱包 雷同 雷锋 古人 孔雀 梅花 毛病 毛衣 毛巾"
    " 海外 海南 海底 毕业 毕竟 季节 季度 姜汤 林业 林区 柳州 唐山 唐朝 汤圆 田园 田径 陶瓷 夏天 夏季 夏令 熊猫 熊孩 许多 许久 严重 严格 严肃"
    " 严厉 尤其 余额 余下 曾经 郑州 郑重 钟头 钟点 祖国 左右 武汉 武术 武警 项目 项链 向来 陈旧 陈列 陈述 乐意 路人 路过 房东 房主 房客 房管"
    " 车主 车间 车站 应届 应该 关于 关注 关系 管理 管家 包括 包装 包裹 计划 牛肉 牛奶 龙虾 龙头 米饭 米粉 沙发 水果 水管 水电 连续 连锁 解决"
    " 解释 谈话 费用 付费 商家 商户 商务 商城 司机 司法 杜绝 罗列 康复 宁波 宁夏 宁可 安徽 葛根 谷歌 庄园 甘肃 甘愿 凌晨 顾客 顾问 贵宾 贵州"
    " 贵司 童鞋 童装 儿童 柴油 申请 申诉 何时 何必 何况 何种 何地 宋体 尚未 卫生 盛大 盛情 巴士 苏州 苏宁 苏打 郭德 叶子 叶片 阳台 阳光 洪水"
    " 洪山 彭水 吴江 吴中 黎明 鲁班 韦德 侯机 景区 景点 景观 柏油 欧洲 欧美 欧式 甄选 曲线 曲目 游客 游戏 游泳 游乐 靳东 饶有 简单 简直 简易"
    " 相关 相信 公司 公园 公交 公安 公务 公寓 公共 元旦 双方 年轻 花园 花店 水平 由于 信用 信息 商品 农村 农民 能力 能够 支付 支持 原来 原因"
    " 路上 干净 干洗 干部 井盖 印象 宿舍 富士 山东 山西 山庄 吉林 左边 经理 经常 经济 莫名 应有 宗旨 楚天 闻到 查询 查看 麦当 米兰 古董 安检"
    " 和睦 时常 车位 单亲 党员 农户 家长 教师 汪汪 殷切 符合 荣幸 权益 权利 帅哥 皮肤 初中 初二 初三 楼下 楼上 楼主 伊利 富婆 屈臣 余生 尚品"
    " 童星 项先 戴尔 施工 施华 付款 卢浮 柯达 盛世 文旅 辛苦 辛勤 焦急 焦虑 祁门 毛坯 钱财 舒服 舒适 费力 梁上 凌乱 霍乱 阎王 纪念 纪律 纪委"
    " 管道 管委 谷物 谷雨 丁香 丁字 贺卡 贺岁 易购 武装 龚滩 康师 季军 冯小 明显 史前 陆续 陆地 孔子 孟子 曹操 关羽 张飞 刘备 诸葛亮 江湖 江景"
    " 范围 范本 方案 方式 方法 方向 石头 姚明 谭木 廖化 邹平 金属 金山 熊掌 白色 白酒 白白 崔永 邱县 秦岭 秦皇 江边 顾及 顾虑 侯门 邵阳 万达"
    " 万科 万家 段子 雷雨 钱塘 汤面 易车 武侠 乔迁 乔丹 赖账 文字 文具 文件 文章 樊城 兰州 殷实 施肥 陶艺 洪亮 翟先 颜色 颜值 倪虹 严查 牛逼 牛人"
    " 牛仔 温度 温泉 芦荟 季风 俞先 章程 鲁莽 葛优 伍佰 韦伯 毕设 聂耳 柳树 骆驼 岳父 岳母 齐全 梅雨 庄稼 庄重 涂料 涂层 舒心 耿直 卜卦 关键"
    " 关机 关门 苗条 苗木 盛夏 童年 欧盟 项上 曲折 游览 阳性 裴勇 屈服 鲍鱼 甘甜 甘草 景色 柏林 宁静 宁愿 柯南 阮囊 桂花 桂林 闵行 柴火 华丽"
    " 华人 华润 华联 简介 尚且 尚可 丛林 常规 常用 常住 常委 常德 管床 林狼 诸位 各位 谢谢 田老师红烧 游运"
)


@dataclass(frozen=True, slots=True)
class _Patterns:
    compound: frozenset[str]
    firsts: frozenset[str]  # of compound surnames, where they are no surnames alone
    words: frozenset[str]
    no_names: tuple[str, ...]
    told: tuple[re.Pattern[str], ...]
    titled: re.Pattern[str]
    familiar: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    raw = tomllib.loads(resource("data", "signals", "names.toml").read_text(encoding="utf-8"))
    compound = raw["compound"]
    common = "".join([*raw["surnames"].split(), *(name[0] for name in compound)])
    given = rf"[^\x00-\u4dff\ua000-\U0010ffff{_NO_GIVEN}]"
    rest = rf"(?:[{''.join(name[1] for name in compound)}]{given}{{2}}|{given}{{1,2}})"
    name, wide = rf"[{common}]{rest}", rf"[{common}{_RARE}]{rest}"
    stop = r"[\s,，。.!！?？;；、:：()（）/|\-—~～…\d\"“”」』】\[]"
    free = rf"[{common}{_RARE}][^\x00-\u4dff\ua000-\U0010ffff{_LOOSE}]{{1,2}}"
    strict = rf"(?={stop}|\Z|电话|手机|身份证)"
    end = rf"(?={stop}|\Z|电话|手机|身份证|联系|地址|微信|先生|女士|小姐|的|住|是|今年)"
    return _Patterns(
        frozenset(compound),
        frozenset(name[0] for name in compound) - frozenset(raw["surnames"]),
        frozenset(raw["words"]),
        tuple(_NO_NAMES.split()),
        (
            re.compile(f"(?:{alternatives(_INTRODUCTIONS)}) ?({wide}){end}"),
            re.compile(
                f"(?:{alternatives(('我是', '我就是', '本人是', '本人'))}) ?({name}){strict}"
            ),
            re.compile(
                f"(?:{alternatives(_LABELS.split('|'))})"
                f"(?: {{0,2}}[:：] {{0,2}}({free}){end}|(?:是|为|叫) ?({wide}){end}| ?({wide}){strict})"
            ),
            re.compile(f"(?:{alternatives(_WEAK.split('|'))})(?: ?[:：] ?|叫)({wide}){strict}"),
        ),
        re.compile(rf"{name}(?:{_TITLES})(?!姐)"),
        re.compile(rf"(?:[小老阿][{common}]|[{common}](?:[姐哥叔姨嫂]|某某?))\Z"),
    )


def find_names(text: str) -> Iterator[Pii]:
    """Yield names of persons; titles belong to them (王先生), words of roles do not (客服小李)."""
    plain = simplified(text)
    patterns = _patterns()
    for person in find_people(plain):
        if plain[max(person.start - 1, 0) : person.start + 1] in _NO_ENDS:
            continue
        familiar = patterns.familiar.search(plain, person.start, person.end)
        yield Pii("name", familiar.start() if familiar else person.start, person.end)
    if _title().search(plain):
        yield from _named(patterns.titled, plain)
    for pattern in patterns.told:
        yield from _named(pattern, plain)


@cache
def _title() -> re.Pattern[str]:
    return re.compile(alternatives(_TITLES.split("|")))


def _named(pattern: re.Pattern[str], plain: str) -> Iterator[Pii]:
    patterns = _patterns()

    def name(match: re.Match[str]) -> Pii | None:
        start, end = match.span(match.lastindex or 0)
        compound = plain[start : start + 2] in patterns.compound
        # 办公室主任: 公 begins the surname 公孙 and is none; 感谢胡萍老师: 谢 ends a word.
        fits = compound or (plain[start] not in patterns.firsts and end - start < 6)
        known = plain.startswith(patterns.no_names, start)
        word = max(start - 1, 0)
        ends_word = not match.lastindex and plain[word : start + 1] in patterns.words
        return Pii("name", start, end) if fits and not known and not ends_word else None

    yield from scan(pattern, plain, name)


def surname(name: str) -> int:
    """Return how many of the first characters of a found name are the surname, or stand for it."""
    return 2 if simplified(name[:2]) in _patterns().compound else 1
