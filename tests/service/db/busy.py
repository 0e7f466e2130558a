"""A desk with a little of everything that views count, and what its views say."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import insert, text

from service.db.engine import writing
from service.db.trend_tables import ticket_topics, topics
from service.db.views import NAMES
from service.desk.commands import Close, Correct, Merge, Person, Rate, Reopen
from tests.service.desk.conftest import ANNA

SECRET_WORDS = ("没人管我", "13800001234", "王女士", "林晓")


def furnish(desk, clock):
    """Open six tickets on two days, work on them, and give them topics; return their ids."""
    wang = Person(name="王女士", phone="13800001234", tier="vip", region="上海")
    late = desk.open(
        "快递还没收到，没人管我，电话13800001234", channel="app", product="充电宝", customer=wang
    )
    torn = desk.open("衣服起球严重", channel="web", product="毛衣")
    rude = desk.open("客服骂人", channel="app")
    clock.forward(minutes=10)
    desk.say(late.ticket.id)
    clock.forward(minutes=20)
    desk.say(torn.ticket.id, name="林晓")
    desk.did(
        Correct(
            ANNA, ticket_id=torn.ticket.id, changes={"issues": ["delivery"]}, reason="wrong_issue"
        )
    )
    desk.did(Close(ANNA, ticket_id=rude.ticket.id))
    desk.did(Rate(ANNA, ticket_id=rude.ticket.id, expected=8, perceived=6))
    desk.did(Reopen(ANNA, ticket_id=rude.ticket.id))
    clock.forward(days=1)
    fine = desk.open("今天天气不错", channel="app")
    again = desk.open("快递还没收到", channel="web")
    gone = desk.open("快递还没收到啊", channel="web")
    desk.did(Merge(ANNA, ticket_id=again.ticket.id, source=gone.ticket.id))
    ids = [case.ticket.id for case in (late, torn, rude, fine, again, gone)]
    give_topics(desk, ids, clock())
    return ids


def give_topics(desk, ids, now):
    """Topic 1 was merged into 2, and 2 into 3, which a person named; 4 is hidden; 5 has no name."""
    made = [(1, None, False, 2), (2, None, False, 3), (3, "快递慢", False, None)]
    made += [(4, "闲聊", True, None), (5, None, False, None)]
    phrases = [["充电宝 发热", 3.5], ["烫手", 1.0]]
    rows = [
        {"id": key, "name": name, "phrases": phrases, "hidden": hidden, "merged_into": into,
         "size": 1, "first_at": now, "created_at": now}
        for key, name, hidden, into in made
    ]  # fmt: skip
    given = zip(ids, (1, 5, 5, 4, 2, 2), strict=True)
    with writing(desk.database) as connection:
        connection.execute(insert(topics), rows)
        connection.execute(
            insert(ticket_topics),
            [{"ticket_id": key, "topic_id": topic, "at": now} for key, topic in given],
        )


def told(database):
    """Return the rows of every view, sorted, in values that are the same on both databases."""
    return {view: rows_of(database, f"SELECT * FROM {view}") for view in NAMES}


def rows_of(database, query):
    """Return what a query gives: rows as mappings, sorted, in plain values."""
    with database.connect() as connection:
        rows = [dict(row) for row in connection.execute(text(query)).mappings()]
    plain = [{name: plain_of(value) for name, value in row.items()} for row in rows]
    return sorted(plain, key=str)


def plain_of(value):
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return round(value, 9) if isinstance(value, float) else value
