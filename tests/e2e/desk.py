"""A desk with a few authored tickets in every state that the pages show."""

from datetime import UTC, datetime, timedelta

from service.desk.commands import (
    AddMessage,
    Assign,
    Close,
    Look,
    OpenTicket,
    Person,
    Wait,
)

AGENT = "person:张敏"
HOSTILE = (
    "\"><script>window.hacked=1</script><img src=x onerror='window.hacked=1'>"
    "{{7*7}} &amp; 快递三天没收到😡👨‍👩‍👧𠮷"
)
_PEOPLE = {
    "wang": Person(external_id="c-1", name="王女士", tier="vip", phone="13800001234"),
    "li": Person(external_id="c-2", name="李先生", tier="normal"),
    "chen": Person(external_id="c-3", name="陳小姐", tier="normal", region="台湾"),
}
_OPENED = (
    (
        "glass",
        0.2,
        "phone",
        "wang",
        "孩子喝了两口说嗓子扎，吐出来一看是玻璃碴，我们在去医院的路上。",
    ),
    ("late", 60, "web", "li", "😡等了三天还没发货，打了两次电话都没人接！订单号DD2026111100"),
    (
        "again",
        20,
        "web",
        "li",
        "等了三天还没发货，打了两次电话都没人接！订单号DD2026111100，怎么回事",
    ),
    ("rude", 3, "wechat", "chen", "這家客服態度真的很差，退費問了三次都不理人。"),
    ("kettle", 30, "email", "wang", "水壶用了一周就漏水，要求换新的，别再让我自己修。"),
    ("thanks", 5, "app", "chen", "客服很耐心，退款当天就到账了，谢谢！"),
    ("hostile", 1, "web", "li", HOSTILE),
    ("unsure", 8, "store", "chen", "包装有点瘪，东西好像没坏，还没打开看，先说一声吧。"),
    ("fridge", 100, "phone", "wang", "冰箱不制冷，师傅来了一趟说缺配件，之后再没人联系我。"),
)


def fill(desk):
    """Open the tickets; return their ids by name."""
    now = datetime.now(UTC)
    ids = {}
    for name, hours, channel, person, text in _OPENED:
        at = now - timedelta(hours=hours)
        order = "DD2026111100" if person == "li" and "订单" in text else None
        done = _do(
            desk,
            OpenTicket(
                "system",
                at,
                text=text,
                channel=channel,
                customer=_PEOPLE[person],
                order=order,
                external_id=name,
            ),
        )
        ids[name] = done.ticket_id
    _work(desk, ids, now)
    for id_ in ids.values():
        _do(desk, Look("system", ticket_id=id_))
    return ids


def _work(desk, ids, now):
    ago = lambda hours: now - timedelta(hours=hours)  # noqa: E731
    promise = "非常抱歉，24小时内给您回电，明天安排师傅上门。"
    sent = {"author": "agent", "name": "张敏"}
    _do(desk, AddMessage(AGENT, ago(90), ticket_id=ids["fridge"], text=promise, **sent))
    again = "到现在还没人回电话，我要打12315！"
    _do(desk, AddMessage("system", ago(2), ticket_id=ids["fridge"], text=again))
    _do(desk, Assign(AGENT, ago(2), ticket_id=ids["fridge"], owner="张敏"))
    reply = "非常抱歉，今天就给您发货，三个工作日内送到。"
    _do(desk, AddMessage(AGENT, ago(1), ticket_id=ids["again"], text=reply, **sent))
    ask = "麻烦拍一张漏水的照片，我们马上给您换新。"
    _do(desk, AddMessage(AGENT, ago(28), ticket_id=ids["kettle"], text=ask, **sent))
    _do(desk, Wait(AGENT, ago(28), ticket_id=ids["kettle"]))
    solved = {"ticket_id": ids["rude"]}
    _do(desk, AddMessage(AGENT, ago(2), text="已經退費並向您致歉。", **sent, **solved))
    _do(desk, Close(AGENT, ago(1), **solved))


def _do(desk, command):
    done = desk.do(command)
    assert not isinstance(done, Exception), (command, done)
    return done
