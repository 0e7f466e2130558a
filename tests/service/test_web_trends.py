"""The pages of trends, without a browser: what stands in them and where they lead."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import insert
from starlette.datastructures import QueryParams

from service.db import trend_tables as tables
from service.desk.commands import Correct
from service.people.roles import Role
from service.web.drivers import effects_page
from service.web.topics import change_told
from service.web.trend_address import blank, read_address, windows
from tests.service.web_desk import WANG, Pages

LATE, GLAD = "快递还没收到", "很满意，谢谢"
PATHS = ("/overview", "/trends", "/topics", "/drivers", "/quality")


@pytest.fixture
def pages(client):
    return Pages(client)


@pytest.fixture
def filled(pages):
    """A desk with late parcels by phone, and one that is glad."""
    now = datetime.now(UTC)
    for k in range(4):
        pages.open(LATE, f"late-{k}", at=now - timedelta(days=k), channel="phone", product="水壶")
    pages.open(GLAD, "glad", at=now - timedelta(days=1), channel="web", customer=WANG)
    return pages


def address(path, **query):
    return read_address(path, QueryParams(query))


# Addresses


def test_an_address_keeps_every_filter_and_drops_what_no_page_knows():
    query = "by=issue&channel=web&channel=phone&channel=web&x=1&issue=&from=2026-11-01"
    asked = read_address("/trends", QueryParams(query))
    assert asked.filters == (("channel", "web"), ("channel", "phone"))
    assert asked.wanted == {"channel": ["web", "phone"]}
    assert asked.get("from") == "2026-11-01"
    assert "x=" not in asked.link()


def test_a_link_changes_one_name_and_keeps_the_rest():
    asked = address("/trends", by="issue", channel="web", key="delivery")
    assert asked.link(key=None) == "/trends?by=issue&channel=web"
    assert asked.link("/topics", by=None, key=None) == "/topics?channel=web"
    assert asked.without("channel", "web") == "/trends?by=issue&key=delivery"


def test_the_address_of_the_json_has_the_window_and_the_filters_only():
    asked = address("/trends", by="issue", channel="web", show="shares", assume="few")
    assert asked.api("counts", period="day") == "/v1/trends/counts?by=issue&channel=web&period=day"
    assert "what=counts" in asked.api("export", what="counts", format="csv")


def test_the_inbox_is_asked_for_the_filters_and_what_was_chosen_besides():
    found = address("/trends", issue="delivery").inbox("a", "b", issue="product_quality")
    assert parse_qs(urlsplit(found).query) == {
        "status": ["all"],
        "since": ["a"],
        "until": ["b"],
        "is_issue": ["delivery"],
        "also_issue": ["product_quality"],
    }


def test_the_first_and_the_last_bucket_end_with_the_window():
    assert windows(["a", "b", "c"], "A", "z") == [("A", "b"), ("b", "c"), ("c", "z")]
    assert windows([], "A", "z") == []


def test_a_form_that_was_left_blank_is_known():
    assert blank(QueryParams("by=issue&channel="))
    assert not blank(QueryParams("by=issue"))


# Pages


@pytest.mark.parametrize("path", PATHS)
def test_an_empty_desk_has_every_page(pages, path):
    assert "—" in pages.get(path) or "没有" in pages.get(path)


@pytest.mark.parametrize("path", PATHS)
def test_the_navigation_has_one_entry_that_is_current_on_every_page(filled, path):
    text = filled.get(path)
    assert re.search(r'<a href="/overview" aria-current="page">趋势', text)
    assert text.count('aria-current="page"') >= 2


@pytest.mark.parametrize("path", ["/trends", "/topics", "/drivers", "/quality"])
def test_blanks_of_a_form_leave_the_address(filled, path):
    reply = filled.client.get(f"{path}?channel=&issue=delivery", follow_redirects=False)
    assert (reply.status_code, reply.headers["location"]) == (303, f"{path}?issue=delivery")


@pytest.mark.parametrize(
    ("query", "status"),
    [("by=colour", 422), ("period=month", 422), ("assume=all", 422), ("urgency=9", 400)],
)
def test_an_address_that_cannot_be_meant_is_told_so(filled, query, status):
    assert f"{query.split('=')[0]}:" in filled.get(f"/trends?{query}", status=status)


def test_a_window_that_is_none_is_told_so(filled):
    assert "from:" in filled.get("/trends?from=yesterday", status=422)


def test_an_unknown_outcome_is_told_so(filled):
    assert "outcome" in filled.get("/drivers?outcome=fame", status=422)


def test_the_tables_count_and_lead_to_the_tickets(filled):
    text = filled.get("/trends")
    row = re.search(
        r'<th scope="row"><a href="([^"]+)">物流配送.*?<td class="number">(\d+)', text, re.S
    )
    assert row[2] == "4"
    inbox = filled.get(unescape(row[1]))
    assert "共 4 张" in inbox


def test_a_filter_is_a_chip_that_can_be_taken_off(filled):
    text = filled.get("/trends?channel=phone&by=product")
    assert "渠道：电话" in text
    assert 'href="/trends?by=product"' in text
    assert "水壶" in text


def test_hostile_values_of_an_address_stay_text(filled):
    text = filled.get("/trends", params={"product": '"><script>hack()</script>'})
    assert "<script>hack" not in text


def test_what_is_expected_is_listed_for_the_group_that_was_asked_for(filled):
    assert (
        "预期" in re.search(r'id="buckets".*?</thead>', filled.get("/trends?key=delivery"), re.S)[0]
    )
    plain = re.search(r'id="buckets".*?</thead>', filled.get("/trends"), re.S)[0]
    assert "预期" not in plain
    assert "预期" not in re.search(r'id="buckets".*?</thead>', filled.get("/trends?key=x"), re.S)[0]


def test_the_silent_are_counted_only_under_a_named_assumption(filled):
    assert "位不满意的客户" not in filled.words("/trends")
    assert "位不满意的客户" in filled.words("/trends?assume=few")


def test_only_who_may_export_sees_the_links(filled):
    assert "format=csv" in filled.get("/trends")
    key = filled.key(Role.READER)
    text = filled.get("/trends", headers={"Authorization": f"Bearer {key}"})
    assert "format=csv" not in text


def test_a_long_table_is_cut_and_says_so(filled):
    since = (datetime.now(UTC) - timedelta(days=80)).date()
    text = filled.get(f"/trends?period=hour&by=product&from={since}")
    assert "只列最近" in text
    assert text.count("<tr>") < 1600


def test_corrections_show_in_the_quality_of_the_model(filled):
    ticket = filled.ids["late-1"]
    right = {"changes": {"urgency": 2}, "reason": "wrong_urgency"}
    assert not isinstance(filled.desk.do(Correct("person:x", ticket_id=ticket, **right)), Exception)
    text = filled.words("/quality")
    assert re.search(r"紧急程度 urgency 1 1", text)
    assert "100.0%" in text


def test_today_counts_what_came_today(filled):
    text = filled.words("/overview")
    assert re.search(r"今天 Today \d+ 张工单", text)


# Drivers


def test_effects_stand_by_their_size_and_say_their_interval():
    figures = [("a", 1.0, 0.5, 1.5), ("b", -3.25, -5, -1.5), ("c", None, None, None)]
    found = [
        {"key": key, "effect": effect, "low": low, "high": high}
        for key, effect, low, high in figures
    ]
    rows = effects_page({"effects": found})["drawn"]["rows"]
    assert [(row["key"], row["told"]) for row in rows] == [
        ("b", "-3.2 [-5.0, -1.5]"),
        ("a", "+1.0 [+0.5, +1.5]"),
        ("c", "—"),
    ]


@pytest.mark.parametrize(
    ("now", "before", "told"),
    [(4, 2, "+100%"), (1, 2, "-50%"), (3, 0, "+∞"), (0, 0, "—"), (2, 2, "+0%")],
)
def test_a_change_has_its_sign(now, before, told):
    assert change_told(now, before) == told


# Topics, and what emerges


@pytest.fixture
def known(filled):
    """The same desk with two topics of two tickets each, and an alert about one of them."""
    now, ids = datetime.now(UTC), [filled.ids[f"late-{k}"] for k in range(4)]
    named = {1: [["快递", 1.0], ["没收到", 0.5]], 2: [["包裹", 1.0]]}
    common = {"hidden": False, "size": 2, "first_at": now, "created_at": now}
    alert = {
        "window": 3,
        "n": 5,
        "expected": 0.5,
        "ratio": 10.0,
        "p": 1e-6,
        "first_seen": "2026-11-20",
        "last_day": now.date().isoformat(),
        "products": [{"key": "水壶", "n": 4}],
        "channels": [{"key": "phone", "n": 4}],
        "tickets": ids,
        "all_terms": ["没收到"],
    }
    row = {"id": "b_1", "day": now.date(), "at": now, "terms": ["没收到"], "body": alert}
    given = [{"ticket_id": id_, "topic_id": 1 + k // 2, "at": now} for k, id_ in enumerate(ids)]
    with filled.runtime.database.begin() as connection:
        rows = [{"id": key, "phrases": words, **common} for key, words in named.items()]
        connection.execute(insert(tables.topics), rows)
        connection.execute(insert(tables.ticket_topics), given)
        connection.execute(insert(tables.emergences), row)
    return filled


def act(pages, path, status=303, **fields):
    reply = pages.client.post(path, data=fields, follow_redirects=False)
    assert reply.status_code == status, reply.text
    return reply.headers.get("location", "")


def test_topics_have_their_tickets_and_lead_to_them(known):
    text = known.get("/topics")
    row = re.search(r'<td class="number"[^>]*><a href="([^"]+)">2</a>', text)
    assert "共 2 张" in known.get(unescape(row[1]))
    assert "快递 · 没收到" in text


def test_a_topic_is_renamed_and_gets_its_own_words_back(known):
    assert act(known, "/topics/1/name", name="快递慢") == "/topics/1"
    text = known.words("/topics/1")
    assert "<h1>快递慢" in known.get("/topics/1")
    assert "→ 快递慢" in text
    act(known, "/topics/1/name")
    assert "<h1>快递 · 没收到" in known.get("/topics/1")


def test_a_merge_moves_the_count_and_can_be_undone(known):
    assert act(known, "/topics/2/merge", into="1") == "/topics/1"
    text = known.words("/topics/1")
    assert re.search(r"4 张工单", text)
    assert "并进来的" in text
    assert "包裹" not in known.words("/topics").partition("更新于")[2]
    assert "已并入" in known.words("/topics/2")
    act(known, "/topics/2/split")
    assert re.search(r"2 张工单", known.words("/topics/1"))


def test_a_hidden_topic_is_listed_where_one_asks_for_it(known):
    act(known, "/topics/2/hidden", hidden="yes")
    assert "包裹" not in known.words("/topics")
    assert "包裹 已隐藏" in known.words("/topics?hidden=1")
    act(known, "/topics/2/hidden", hidden="no")
    assert "包裹" in known.words("/topics")


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("/topics/9/name", {"name": "x"}, 404),
        ("/topics/1/merge", {"into": "9"}, 404),
        ("/topics/1/merge", {}, 422),
        ("/topics/1/hidden", {"hidden": "perhaps"}, 422),
        ("/topics/1/split", {}, 400),
        ("/topics/x/split", {}, 422),
        ("/overview/emerging/b_9", {"verdict": "useful"}, 404),
        ("/overview/emerging/b_1", {"verdict": "fine"}, 422),
    ],
)
def test_what_cannot_be_done_to_a_topic_is_told(known, path, fields, status):
    act(known, path, status, **fields)


def test_a_topic_that_there_is_not_is_told(known):
    known.get("/topics/9", status=404)


def test_a_reader_sees_topics_and_alerts_and_changes_nothing(known):
    headers = {"Authorization": f"Bearer {known.key(Role.READER)}"}
    assert 'id="deeds"' not in known.get("/topics/1", headers=headers)
    overview = known.get("/overview", headers=headers)
    assert "没收到" in overview
    assert "false_alarm" not in overview
    for path in ("/topics/1/name", "/overview/emerging/b_1"):
        reply = known.client.post(path, data={"verdict": "known"}, headers=headers)
        assert reply.status_code == 403


def test_an_alert_is_shown_with_examples_until_somebody_judges_it(known):
    text = known.words("/overview")
    assert re.search(r"最近 3 天 5 位客户，预期 0.5 ×10", text)
    assert "水壶 4" in text
    assert known.get("/overview").count('href="/tickets/') == 3
    assert act(known, "/overview/emerging/b_1", verdict="useful") == "/overview"
    assert "5 位客户" not in known.words("/overview")


# Languages


def test_english_hides_chinese_and_is_remembered(filled):
    text = filled.get("/trends?lang=en")
    assert '<html lang="en">' in text
    main = re.sub(r"<[^>]*>", " ", text[text.index("<main") : text.index("</main>")])
    assert not re.search("[一-鿿]", main.replace("水壶", ""))
    assert '<html lang="en">' in filled.get("/inbox")
    assert '<html lang="zh-CN">' in filled.get("/inbox?lang=zh")
    assert '<html lang="zh-CN">' in filled.get("/overview")


def test_a_language_that_there_is_not_is_chinese(filled):
    assert '<html lang="zh-CN">' in filled.get("/overview?lang=fr")


def test_the_switch_keeps_the_filters(filled):
    text = unescape(filled.get("/trends?channel=phone"))
    assert re.search(r'class="switch" href="/trends\?channel=phone&lang=en"', text)
