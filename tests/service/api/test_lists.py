"""Lists by HTTP: tickets filtered and sorted on both databases, customers, tasks, queues."""

import pytest

from tests.service.api.test_tickets import act, detail, opened
from tests.service.conftest import problem

NIGHT = "2026-11-20T22:00:00+08:00"


def listed(desk, query=""):
    reply = desk.ask("agent", "GET", f"/v1/tickets?{query}")
    assert reply.status_code == 200, reply.text
    return reply.json()


def ids(page):
    return [item["id"] for item in page["items"]]


@pytest.fixture
def shelf(each_desk):
    """Five tickets on a desk of their own, on each database in turn, by name."""
    made = {
        "late": opened(each_desk, "还没发货100%", channel="web", at="2026-11-01T08:00:00Z"),
        "worn": opened(each_desk, "起球_严重", channel="app", tags=["a%", "坏"], at=NIGHT),
        "glass": opened(each_desk, "饭里有玻璃，孩子在医院", at="2026-11-02T08:00:00Z"),
        "fine": opened(each_desk, "很满意，下次还来", external_id="e-9"),
        "mine": opened(each_desk, "还没发货", customer={"external_id": "c-77", "name": "李先生"}),
    }
    act(each_desk, made["worn"], "assign", owner="林晓")
    act(each_desk, made["fine"], "close")
    return each_desk, {ticket["id"]: name for name, ticket in made.items()}


def found(shelf, query):
    desk, names = shelf
    return {names[key] for key in ids(listed(desk, query + "&limit=200")) if key in names}


FILTERS = {
    "issue=delivery": {"late", "mine"},
    "channel=web": {"late"},
    "tag=a%25": {"worn"},
    "tag=坏": {"worn"},
    "tag=a_": set(),
    "owner=林晓": {"worn"},
    "urgency=3": {"glass"},
    "status=closed": {"fine"},
    "status=closed&status=open": {"late", "worn", "glass", "fine", "mine"},
    "text=发货": {"late", "mine"},
    "text=100%25": {"late"},
    "text=球_严": {"worn"},
    "text=%25": {"late"},
    "text=e-9": {"fine"},
    "since=2026-11-20T13:59:59Z&until=2026-11-20T14:00:01Z": {"worn"},
    "until=2026-11-02T08:00:00Z": {"late"},
    "since=2026-11-02T16:00:00%2B08:00&until=2026-11-03T00:00:00Z": {"glass"},
}


def test_each_filter_of_the_list_finds_what_it_says(shelf):
    assert {query: found(shelf, query) for query in FILTERS} == FILTERS


@pytest.mark.parametrize("most", [1, 2, 3, 5])
def test_the_list_is_cut_at_a_mood(desk, most):
    rows = listed(desk, "limit=200")["items"]
    expected = {row["id"] for row in rows if row["sentiment"] and row["sentiment"] <= most}
    assert set(ids(listed(desk, f"limit=200&sentiment={most}"))) == expected


def test_a_list_by_customer_takes_the_id_of_the_ticket(shelf):
    desk, names = shelf
    mine = next(key for key, name in names.items() if name == "mine")
    customer = detail(desk, {"id": mine})["ticket"]["customer_id"]
    assert found(shelf, f"customer={customer}") == {"mine"}


def test_the_list_is_sorted_as_asked(shelf):
    desk, _ = shelf
    rows = {sort: listed(desk, f"sort={sort}&limit=200")["items"] for sort in SORTED}
    for sort, key in SORTED.items():
        assert [key(row) for row in rows[sort]] == sorted(key(row) for row in rows[sort]), sort
    assert ids({"items": rows["newest"]}) != ids({"items": rows["oldest"]})


SORTED = {
    "due": lambda row: row["due_at"] or "9",
    "oldest": lambda row: row["created_at"],
    "newest": lambda row: [-ord(char) for char in row["created_at"]],
    "urgent": lambda row: (-row["urgency"], -row["priority"]),
}


def test_pages_of_the_list_make_up_the_whole(shelf):
    desk, _ = shelf
    whole, seen, offset = listed(desk, "limit=200"), [], 0
    while offset is not None:
        page = listed(desk, f"limit=3&offset={offset}")
        assert page["total"] == whole["total"]
        seen += ids(page)
        offset = page["next"]
    assert seen == ids(whole)
    assert len(set(seen)) == whole["total"]


def test_a_page_behind_the_last_is_empty(desk):
    page = listed(desk, "offset=1000000")
    assert (page["items"], page["next"]) == ([], None)


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "offset=-1", "sort=x", "status=gone", "urgency=4", "since=x"]
)
def test_a_filter_of_the_wrong_kind_is_refused_by_name(desk, query):
    error = problem(desk.ask("agent", "GET", f"/v1/tickets?{query}"), 422)
    assert error["message"].startswith(f"query.{query.split('=')[0]}")


# Customers, tasks, queues


def test_the_file_of_a_customer_holds_what_the_desk_knows(desk):
    who = {"external_id": "c-5", "name": "赵先生", "tier": "vip", "phone": "13900002222"}
    ticket = opened(desk, "等了三天还没发货", customer=who)
    act(desk, ticket, "messages", 201, author="agent", text="24小时内给您回电")
    act(desk, ticket, "close", expected=10, perceived=5)
    told = desk.ask("agent", "GET", "/v1/customers/c-5").json()
    assert (told["customer"]["name"], told["customer"]["tier"]) == ("赵先生", "vip")
    assert (told["tickets"]["total"], told["issues"]) == (1, {"delivery": 1})
    assert (len(told["promises"]), len(told["follow_ups"])) == (1, 1)
    assert told["satisfaction"]["mean"] == 50
    own = told["customer"]["id"]
    assert desk.ask("agent", "GET", f"/v1/customers/{own}").json() == told


def test_a_name_alone_is_masked_for_readers_too(desk):
    opened(desk, "还没发货", customer={"external_id": "c-6", "name": "欧阳小明"})
    reply = desk.ask("reader", "GET", "/v1/customers/c-6")
    assert reply.json()["customer"]["name"] == "欧***"
    ticket = reply.json()["tickets"]["items"][0]
    told = desk.ask("reader", "GET", f"/v1/tickets/{ticket['id']}").text
    assert "小明" not in told


def test_the_name_of_a_writing_customer_is_masked_but_not_the_agents(desk):
    ticket = opened(desk)
    act(desk, ticket, "messages", 201, text="还没好", name="李小红")
    act(desk, ticket, "messages", 201, author="agent", text="在查", name="张敏")
    told = desk.ask("reader", "GET", f"/v1/tickets/{ticket['id']}").json()["messages"]
    assert [message["name"] for message in told] == [None, "李**", "张敏"]


def test_open_follow_up_calls_are_listed_until_they_are_made(desk):
    ticket = opened(desk, "还没发货")
    act(desk, ticket, "close")
    listing = "/v1/follow-ups?limit=1000"
    open_ = {row["ticket_id"] for row in desk.ask("agent", "GET", listing).json()["items"]}
    act(desk, ticket, "follow-up", outcome="satisfied")
    left = {row["ticket_id"] for row in desk.ask("agent", "GET", listing).json()["items"]}
    assert open_ - left == {ticket["id"]}


@pytest.mark.parametrize(("kept", "state"), [(True, "kept"), (False, "broken")])
def test_a_person_says_whether_a_promise_was_kept(desk, kept, state):
    ticket = opened(desk, "还没发货")
    act(desk, ticket, "messages", 201, author="agent", text="24小时内给您回电")
    promise = detail(desk, ticket)["promises"][0]
    act(desk, ticket, f"promises/{promise['id']}", kept=kept)
    assert detail(desk, ticket)["promises"][0]["state"] == state


def test_the_ledger_of_promises_counts_the_kept(desk):
    told = desk.ask("agent", "GET", "/v1/promises").json()
    kept, broken = (told["counts"].get(state, 0) for state in ("kept", "broken"))
    assert told["counts"]["open"] == len(told["items"]) > 0
    assert told["kept_share"] == (kept / (kept + broken) if kept + broken else None)


def test_every_queue_of_the_rules_is_counted(desk):
    before = {row["queue"]: row["live"] for row in queues(desk)}
    opened(desk, "还没发货")
    after = {row["queue"]: row["live"] for row in queues(desk)}
    assert after == before | {"delivery": before["delivery"] + 1}


def queues(desk):
    return desk.ask("agent", "GET", "/v1/queues").json()["items"]
