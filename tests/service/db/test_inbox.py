"""The lists: each filter, each order, each count."""

from datetime import timedelta

import pytest

from service.db.inbox import SORTS, Filter, count_live, issues_of, list_tickets, queue_counts
from service.desk.commands import Assign, Close, Person, Tag
from tests.service.desk.conftest import ANNA, MONDAY


@pytest.fixture
def ids(desk, clock):
    """Three tickets that differ in everything."""
    vip = Person("c1", name="王女士", tier="vip")
    parcel = desk.open("快递还没收到", channel="web", customer=vip, external_id="E-1").ticket.id
    clock.forward(minutes=20)
    danger = desk.open("质量差，漏电起火了", channel="phone").ticket.id
    clock.forward(hours=3)
    thanks = desk.open("谢谢，很满意", channel="app").ticket.id
    desk.say(thanks)
    desk.look(parcel)
    desk.did(Assign(ANNA, ticket_id=parcel, owner="林晓"))
    desk.did(Close(ANNA, ticket_id=danger))
    return {"parcel": parcel, "danger": danger, "thanks": thanks}


def listed(desk, ids, sort="newest", **wanted):
    with desk.database.connect() as connection:
        page = list_tickets(connection, Filter(**wanted), sort=sort)
        assert count_live(connection, Filter(**wanted)) == page.total == len(page.rows)
    names = {value: key for key, value in ids.items()}
    return [names[row["id"]] for row in page.rows]


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({}, {"parcel", "danger", "thanks"}),
        ({"status": ("open",)}, {"parcel", "thanks"}),
        ({"status": ("open", "resolved")}, {"parcel", "danger", "thanks"}),
        ({"status": ("merged",)}, set()),
        ({"queue": "delivery"}, {"parcel"}),
        ({"queue": "nope"}, set()),
        ({"owner": "林晓"}, {"parcel"}),
        ({"issue": "product_quality"}, {"danger"}),
        ({"urgency": 3}, {"danger"}),
        ({"priority": 3}, {"danger"}),
        ({"sentiment": 2}, {"parcel", "danger"}),
        ({"channel": "app"}, {"thanks"}),
        ({"breached": True}, {"parcel"}),
        ({"neglected": True}, {"parcel"}),
        ({"waiting": True}, {"parcel"}),
        ({"waiting": False}, {"danger", "thanks"}),
        ({"review": True}, {"parcel"}),
        ({"text": "漏电"}, {"danger"}),
        ({"text": "E-1"}, {"parcel"}),
        ({"since": MONDAY + timedelta(minutes=20)}, {"danger", "thanks"}),
        ({"until": MONDAY + timedelta(minutes=20)}, {"parcel"}),
        ({"channel": "web", "queue": "delivery", "waiting": True}, {"parcel"}),
    ],
    ids=str,
)
def test_a_filter_leaves_what_fits(desk, ids, wanted, names):
    assert set(listed(desk, ids, **wanted)) == names


def test_the_tickets_of_one_customer(desk, ids):
    customer = desk.load(ids["parcel"]).ticket.customer_id
    assert listed(desk, ids, customer=customer) == ["parcel"]


def test_a_list_shows_the_name_and_tier_of_the_customer(desk, ids):
    with desk.database.connect() as connection:
        row = list_tickets(connection, Filter(queue="delivery")).rows[0]
    assert (row["customer_name"], row["tier"]) == ("王女士", "vip")


def test_a_ticket_is_found_by_its_id(desk, ids):
    assert listed(desk, ids, text=ids["thanks"]) == ["thanks"]


@pytest.mark.parametrize("text", ["100%", "a_b", "c\\d", "%", "_"])
def test_special_signs_of_a_search_mean_themselves(desk, text):
    ids = {"other": desk.open("快递没到1000 axb cd").ticket.id}
    ids["found"] = desk.open(f"快递没到{text}！").ticket.id
    assert listed(desk, ids, text=text) == ["found"]


def test_a_search_does_not_mind_capitals(desk):
    ids = {"found": desk.open("我的iPhone没到").ticket.id}
    assert listed(desk, ids, text="IPHONE") == ["found"]


@pytest.mark.parametrize("tag", ["vip", "大客户", 'say "hi"', "back\\slash", "50%", "a_b"])
def test_a_tag_is_found_whole_and_with_its_own_signs(desk, tag):
    ids = {"found": desk.open().ticket.id, "other": desk.open().ticket.id}
    desk.did(Tag(ANNA, ticket_id=ids["found"], add=(tag,)))
    desk.did(Tag(ANNA, ticket_id=ids["other"], add=(f"{tag}x", f"x{tag}", "axb", "500")))
    assert listed(desk, ids, tag=tag) == ["found"]


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("newest", ["thanks", "danger", "parcel"]),
        ("oldest", ["parcel", "danger", "thanks"]),
        ("urgent", ["danger", "parcel", "thanks"]),
        ("due", ["parcel", "thanks", "danger"]),
    ],
)
def test_a_list_has_an_order(desk, ids, sort, names):
    assert listed(desk, ids, sort) == names
    assert sort in SORTS


def test_pages_follow_each_other_without_gap_or_double(desk):
    made = {desk.open().ticket.id for _ in range(5)}
    seen, offset = [], 0
    with desk.database.connect() as connection:
        while offset is not None:
            page = list_tickets(connection, Filter(), limit=2, offset=offset)
            assert page.total == 5
            seen += [row["id"] for row in page.rows]
            offset = page.next
    assert len(seen) == 5
    assert set(seen) == made


def test_the_issues_of_many_tickets(desk, ids):
    with desk.database.connect() as connection:
        found = issues_of(connection, list(ids.values()))
    assert found[ids["parcel"]] == ["delivery"]
    assert found[ids["thanks"]] == []


def test_queues_count_what_is_live_late_unseen_and_waiting(desk, ids):
    desk.open("？？")
    with desk.database.connect() as connection:
        counts = queue_counts(connection)
    assert counts["delivery"] == {"live": 1, "breached": 1, "review": 1, "waiting": 1}
    assert counts["review"]["review"] == counts["review"]["live"] == 1
    assert "quality" not in counts
