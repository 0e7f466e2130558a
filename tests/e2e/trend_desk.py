"""A desk with sixty days of authored tickets: what the pages of trends show."""

from datetime import UTC, datetime, timedelta
from random import Random

from pytest import MonkeyPatch

from service.desk.commands import AddMessage, Close, Correct, FinishFollowUp, OpenTicket, Person

AGENT = "person:张敏"
DAYS = 60
_TEXTS = {
    "late": "快递还没收到，等了好几天。",
    "quality": "质量太差，用了一周就坏了。",
    "rude": "客服态度太差，问什么都不理。",
    "glad": "很满意，谢谢。",
}
_HOT = (
    "充电宝发烫，充电的时候外壳都烫手，质量太差。",
    "昨晚给手机充电，充电宝发烫得拿不住，质量太差。",
    "刚买的充电宝发烫，会不会爆炸？质量太差。",
    "充电宝发烫，孩子碰到被烫了一下，质量太差。",
    "用了两次充电宝发烫，外壳都软了，质量太差。",
    "充电宝发烫到烫手，放桌上一股焦味，质量太差。",
    "出差路上充电宝发烫，不敢放包里，质量太差。",
)
_CHANNELS = ("web", "wechat", "phone")
_PRODUCTS = ("充电宝", "水壶", "台灯")
_REGIONS = ("北京", "上海", "广东", "四川")
_PEOPLE = tuple(
    Person(f"c-{k}", name=f"客户{k}", tier=("vip", "normal")[k % 2], region=_REGIONS[k % 4])
    for k in range(200)
)


def fill(runtime, days=DAYS):
    """Open the tickets of every day to now, answer most, close some; find what they are about."""
    desk = runtime.desk
    dice, now = Random(6), datetime.now(UTC)
    commands = [one for day in range(days, -1, -1) for one in _day(dice, now, day)]
    opened = _run(desk, commands)
    _work(desk, dice, opened, now)
    _look(runtime)
    return len(opened)


def _look(runtime):
    """Find topics, and what comes up, without waiting until the tickets have settled."""
    with MonkeyPatch.context() as patch:
        for module in ("topics", "emerging"):
            patch.setattr(f"service.desk.{module}._LATE", timedelta(seconds=-60))
        while runtime.topics.grow():
            pass
        runtime.emerging.keep(runtime.emerging.look())


def _day(dice, now, back):
    """Yield a day's tickets; in the last three many chargers run hot."""
    weekend = (now - timedelta(days=back)).weekday() >= 5
    kinds = ["late", "quality", "rude", "glad"]
    for number in range(3 if weekend else 6):
        yield _open(dice, now, back, number, dice.choice(kinds), dice.choice(_PRODUCTS))
    for number in range(10, 17 if back < 3 else 10):
        yield _open(dice, now, back, number, "hot", "充电宝")


def _open(dice, now, back, number, kind, product):
    at = now - timedelta(days=back, minutes=dice.randrange(1, 600))
    return OpenTicket(
        "system",
        at,
        text=_TEXTS.get(kind) or _HOT[number % len(_HOT)],
        channel=dice.choice(_CHANNELS),
        customer=dice.choice(_PEOPLE),
        product=product,
        external_id=f"{kind}-{back}-{number}",
    )


def _work(desk, dice, opened, now):
    replies, endings, calls, corrections = [], [], [], []
    for done, at in opened:
        if now - at < timedelta(days=1) or dice.random() < 0.1:
            continue
        answered = at + timedelta(minutes=dice.randrange(5, 600))
        of = {"ticket_id": done.ticket_id}
        text = "已为您处理，请查收。"
        replies.append(AddMessage(AGENT, answered, text=text, author="agent", name="张敏", **of))
        endings.append(Close(AGENT, answered + timedelta(hours=2), **of))
        calls.append(_call(dice, answered + timedelta(hours=5), of))
        if dice.random() < 0.15:
            right = {"changes": {"urgency": 1}, "reason": "wrong_urgency"}
            corrections.append(Correct(AGENT, answered + timedelta(hours=1), **right, **of))
    _run(desk, replies)
    _run(desk, corrections)
    _run(desk, endings)
    desk.run(calls)  # who did not complain is not called


def _call(dice, at, of):
    perceived = dice.choice((4, 6, 8, 9))
    outcome = "satisfied" if perceived > 5 else "unsatisfied"
    return FinishFollowUp(AGENT, at, outcome=outcome, expected=8, perceived=perceived, **of)


def _run(desk, commands):
    found = desk.run(commands)
    wrong = [one for one in found if isinstance(one, Exception)]
    assert not wrong, wrong[0]
    return [(done, command.at) for done, command in zip(found, commands, strict=True)]
