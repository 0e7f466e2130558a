"""Who writes: known by external id or by the keyed hash of a phone, never guessed from a name."""

import json
from datetime import timedelta

import pytest

from service.db.tables import customers, identifiers
from service.desk.commands import OpenTicket, Person
from tests.service.desk.conftest import ANNA, MONDAY

PHONE = "13800001234"


def opened(*persons, **options):
    return [OpenTicket(ANNA, text="快递没到", customer=one, **options) for one in persons]


def customer_ids(desk, *persons):
    return [desk.do(command).case.ticket.customer_id for command in opened(*persons)]


def test_a_customer_is_known_by_external_id(desk):
    one, two, other = customer_ids(desk, Person("c1"), Person("c1"), Person("c2"))
    assert one == two != other


def test_a_customer_is_known_by_phone_however_written(desk):
    one, two = customer_ids(desk, Person(phone=PHONE), Person(phone="+86 138-0000-1234"))
    assert one == two


def test_a_phone_told_later_is_known_from_then_on(desk):
    ids = customer_ids(desk, Person("c1"), Person("c1", PHONE), Person(phone=PHONE))
    assert len(set(ids)) == 1


def test_who_shares_a_phone_keeps_an_id_of_their_own(desk):
    one, two, again = customer_ids(
        desk, Person("c1", PHONE, "王女士"), Person("c2", PHONE, "王先生"), Person("c1")
    )
    assert one == again != two
    found = {row["external_id"]: row["name"] for row in desk.rows(customers)}
    assert found == {"c1": "王女士", "c2": "王先生"}


def test_who_was_known_by_phone_only_gets_the_id_told_later(desk):
    one, two, three = customer_ids(desk, Person(phone=PHONE), Person("c1", PHONE), Person("c1"))
    assert one == two == three


def test_a_name_alone_makes_nobody_known_again(desk):
    one, two = customer_ids(desk, Person(name="王女士"), Person(name="王女士"))
    assert one != two


def test_what_changed_is_taken_over_and_what_is_untold_stays(desk):
    customer_ids(desk, Person("c1", name="王女士", tier="normal", region="上海"))
    customer_ids(desk, Person("c1", tier="vip"))
    row = desk.rows(customers)[0]
    assert (row["name"], row["tier"], row["region"]) == ("王女士", "vip", "上海")


def test_one_customer_twice_in_a_batch_is_one_customer(desk):
    results = desk.run(opened(Person("c1"), Person("c1", tier="vip"), Person("c1", PHONE)))
    assert len({item.case.ticket.customer_id for item in results}) == 1
    row = desk.rows(customers)[0]
    assert row["tier"] == "vip"
    assert row["phone_hash"]


def test_a_phone_number_is_nowhere_but_in_the_text(desk):
    desk.did(opened(Person("c1", PHONE), order="DD2026030201")[0])
    for table in (customers, identifiers):
        assert PHONE not in json.dumps([dict(r) for r in desk.rows(table)], default=str)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"customer": Person("c1")}, {"customer": Person("c1")}),
        ({"customer": Person(phone=PHONE)}, {"text": f"没到，打我电话{PHONE}"}),
        ({"order": "DD2026030201"}, {"text": "订单号DD2026030201还没到"}),
        ({"text": f"电话{PHONE}，没到"}, {"text": f"还是没到！我的手机：{PHONE}"}),
    ],
    ids=["customer", "phone and text", "order and text", "text and text"],
)
@pytest.mark.parametrize("together", [False, True])
def test_a_repeat_is_counted(desk, first, second, together):
    commands = [OpenTicket(ANNA, **{"text": "快递没到", **one}) for one in (first, second)]
    done = desk.run(commands) if together else [desk.do(one) for one in commands]
    assert [desk.load(item.ticket_id).ticket.repeats for item in done] == [0, 1]


def test_strangers_are_no_repeat(desk):
    desk.open(customer=Person("c1"))
    assert desk.open(customer=Person("c2")).ticket.repeats == 0
    assert desk.open().ticket.repeats == 0


def test_repeats_count_ninety_days_back_from_the_ticket(desk):
    for days in (-400, -350, -100, 0):
        case = desk.open(at=MONDAY + timedelta(days=days), customer=Person("c1"))
        assert case.ticket.repeats == {-400: 0, -350: 1, -100: 0, 0: 0}[days]


def test_a_repeat_raises_urgency_by_rule(desk):
    desk.open("快递没收到", customer=Person("c1"))
    ticket = desk.open("快递还是没收到", customer=Person("c1")).ticket
    assert "repeat" in ticket.tags
    assert (ticket.urgency, ticket.priority) == (2, 2)


def test_the_same_words_of_one_customer_are_proposed_for_merging(desk):
    text = "我买的电饭煲用了两天就坏了，质量太差"
    first = desk.open(text, customer=Person("c1")).ticket.id
    again = desk.open(f"{text}！！", customer=Person("c1")).ticket
    other = desk.open("送货的师傅没礼貌", customer=Person("c1")).ticket
    stranger = desk.open(text, customer=Person("c2")).ticket
    assert again.similar_to == first
    assert other.similar_to is stranger.similar_to is None
