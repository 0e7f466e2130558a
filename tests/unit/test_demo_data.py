import json
import re
from collections import Counter
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from functools import cache, reduce
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from opencc import OpenCC

from triage.labels import ISSUES, Sentiment, Urgency

DEMO = Path(__file__).parents[2] / "data" / "demo"
WRITTEN_AT = datetime(2026, 11, 20, 17, 30)

CHANNELS = {"web", "app", "phone", "email", "wechat", "store", "onsite"}
SPEAKERS = {"customer", "auto", "agent", "note"}
EVENTS = {"waiting", "closed", "reopened", "follow_up"}
OUTCOMES = {"satisfied", "unsatisfied", "no_answer"}
WRONG = {"wrong_issue", "wrong_urgency", "wrong_mood", "wrong_queue"}
FIELDS = {"id", "days_ago", "channel", "customer", "subject", "order", "product", "turns"}
PROFILE = {"external_id", "name", "tier", "phone", "region"}
NOBODYS_PHONE = re.compile(r"1380000\d{4}|0900000\d{3}|8520000\d{4}")
PERSONAL = re.compile(r"(?<!\d)(?:1[3-9]\d(?:[- ]?\d{4}){2}|\d{17}[\dXx]|09\d{8})(?!\d)|\w@\w+\.\w")


@cache
def threads():
    lines = (DEMO / "threads.jsonl").read_text("utf-8").splitlines()
    return tuple(json.loads(line) for line in lines)


def turns(by=None):
    every = ((thread, turn) for thread in threads() for turn in thread["turns"])
    return [(thread, turn) for thread, turn in every if by in (None, turn["by"])]


def length(after):
    days, hours, minutes = re.fullmatch(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?", after).groups("0")
    return timedelta(days=int(days), hours=int(hours), minutes=int(minutes))


def opened(thread):
    return WRITTEN_AT - timedelta(days=thread["days_ago"])


def is_open_after(turn, *, before):
    if turn.get("event") == "closed":
        return False
    return before or turn.get("event") == "reopened" or turn.get("outcome") == "unsatisfied"


def is_open(thread):
    return reduce(lambda state, turn: is_open_after(turn, before=state), thread["turns"], True)


def unanswered():
    return [t for t in threads() if all(turn["by"] != "agent" for turn in t["turns"])]


def from_hong_kong_or_taiwan():
    return [t for t in threads() if t["customer"]["region"] in ("香港", "台湾")]


def mentioning(word):
    return [t for t in threads() if word in json.dumps(t, ensure_ascii=False)]


def colleagues():
    rows = (DEMO / "README.md").read_text("utf-8")
    return re.findall(r"^\| (\S+) \| ([A-D]\d{3}) \| `(\w+)`", rows, re.MULTILINE)


def test_ids_count_up_from_the_oldest_conversation():
    assert [t["id"] for t in threads()] == [f"demo-{n:03d}" for n in range(1, len(threads()) + 1)]
    assert all(older["days_ago"] >= newer["days_ago"] for older, newer in pairwise(threads()))


def test_every_conversation_has_the_fields_of_the_format_and_no_other():
    for thread in threads():
        assert set(thread) - {"correct"} == FIELDS, thread["id"]
        assert set(thread["customer"]) == PROFILE, thread["id"]


def test_channels_and_tiers_are_of_the_closed_sets_and_all_occur():
    assert {t["channel"] for t in threads()} == CHANNELS
    assert {turn["channel"] for _, turn in turns() if "channel" in turn} <= CHANNELS
    assert {t["customer"]["tier"] for t in threads()} == {"normal", "vip", "new"}


def test_a_customer_is_described_alike_in_every_conversation():
    described = {}
    for thread in threads():
        customer = thread["customer"]
        assert described.setdefault(customer["external_id"], customer) == customer


def test_no_phone_number_can_be_anybodys_and_no_two_customers_share_one():
    phones = {t["customer"]["external_id"]: t["customer"]["phone"] for t in threads()}
    known = [phone for phone in phones.values() if phone is not None]
    assert len(set(known)) == len(known) > len(phones) / 2
    assert all(NOBODYS_PHONE.fullmatch(phone) for phone in known)


def test_no_text_holds_a_phone_number_an_identity_number_or_an_address_of_mail():
    found = [
        (t["id"], turn["text"]) for t, turn in turns() if PERSONAL.search(turn.get("text", ""))
    ]
    assert found == []


@pytest.mark.parametrize(
    "text", ["打13912345678", "139-1234-5678", "身份证11010519491231002X", "a.b@qq.com"]
)
def test_the_search_for_personal_numbers_finds_one(text):
    assert PERSONAL.search(text)


def test_a_conversation_begins_with_the_customer():
    for thread in threads():
        first = thread["turns"][0]
        assert (first["by"], first["after"]) == ("customer", "0m"), thread["id"]


def test_what_is_said_has_a_text_and_what_a_colleague_says_has_a_name():
    for thread, turn in turns():
        assert turn["by"] in SPEAKERS | {"event"}, thread["id"]
        named = turn["by"] in ("agent", "note")
        keys = {"text"} if turn["by"] in SPEAKERS else {"event", "outcome", "expected", "perceived"}
        allowed = {"by", "after", "channel"} | keys | ({"name"} if named else set())
        assert set(turn) <= allowed, (thread["id"], turn)
        assert ("name" in turn) == named
        assert ("text" in turn) == (turn["by"] in SPEAKERS)


def test_customers_write_two_to_three_hundred_characters():
    lengths = [len(turn["text"].strip()) for _, turn in turns("customer")]
    assert 250 < max(lengths) <= 300
    assert 1 <= min(lengths) <= 2


def test_nothing_happens_after_now():
    for thread in threads():
        took = sum((length(turn["after"]) for turn in thread["turns"]), timedelta())
        # days_ago is rounded to four places, about nine seconds.
        assert opened(thread) + took <= WRITTEN_AT + timedelta(seconds=9), thread["id"]


def test_events_follow_upon_one_another_as_in_a_log():
    """Only what is open closes, only what is closed is followed up or reopened."""
    for thread in threads():
        state = True
        for turn in thread["turns"]:
            event = turn.get("event")
            assert event is None or state == (event in ("closed", "waiting")), thread["id"]
            state = is_open_after(turn, before=state)


def test_whoever_writes_after_closing_reopens():
    for thread in threads():
        state = True
        for turn, following in pairwise([*thread["turns"], {}]):
            if turn["by"] == "customer" and not state:
                assert following.get("event") == "reopened", thread["id"]
            state = is_open_after(turn, before=state)


def test_events_and_outcomes_are_of_the_closed_sets_and_all_occur():
    assert {turn["event"] for _, turn in turns("event")} == EVENTS
    assert {turn["outcome"] for _, turn in turns() if "outcome" in turn} == OUTCOMES
    assert all(("outcome" in turn) == (turn["event"] == "follow_up") for _, turn in turns("event"))


def test_satisfaction_is_answered_in_pairs_from_one_to_ten():
    asked = [turn for _, turn in turns("event") if {"expected", "perceived"} & set(turn)]
    assert len(asked) > 100
    for turn in asked:
        assert turn["event"] in ("closed", "follow_up")
        assert {turn["expected"], turn["perceived"]} <= set(range(1, 11))


def test_what_colleagues_set_right_is_of_the_closed_sets_and_every_reason_occurs():
    assert {t["correct"]["reason"] for t in threads() if "correct" in t} == (
        WRONG | {"missed_issue", "sarcasm"}
    )
    for thread in threads():
        if correct := thread.get("correct"):
            assert set(correct) == {"issues", "sentiment", "urgency", "reason"}, thread["id"]
            assert set(correct["issues"]) <= set(ISSUES)
            assert correct["sentiment"] in set(Sentiment)
            assert correct["urgency"] in set(Urgency)


def test_the_page_lists_everybody_who_writes_and_nobody_else():
    listed = colleagues()
    assert {name for name, _, _ in listed} == {
        turn["name"] for _, turn in turns() if "name" in turn
    }
    assert len({number for _, number, _ in listed}) == 8
    assert Counter(desk for *_, desk in listed) == dict.fromkeys(
        ("delivery", "quality", "onsite", "care"), 2
    )


def test_the_page_counts_what_the_file_holds():
    visits = Counter(thread["customer"]["external_id"] for thread in threads())
    page = (DEMO / "README.md").read_text("utf-8")
    counted = [int(n) for n in re.findall(r"^\| [^|]+ \| (\d+) \|$", page, re.MULTILINE)]
    assert counted == [
        len(threads()),
        len(visits),
        sum(times > 1 for times in visits.values()),
        sum(map(is_open, threads())),
        len(unanswered()),
        len(from_hong_kong_or_taiwan()),
        sum("outcome" in turn for _, turn in turns()),
        sum("correct" in t for t in threads()),
    ]


def test_sixty_days_are_spanned_and_no_week_is_empty():
    ages = [t["days_ago"] for t in threads()]
    assert 59 < max(ages) <= 60
    assert 0.01 <= min(ages) < 0.02
    assert {int(age // 7) for age in ages} == set(range(9))


def test_several_came_in_the_last_hours_and_nobody_has_answered_them():
    assert sum(t["days_ago"] < 0.25 for t in unanswered()) >= 8


def test_customers_write_by_day_and_on_weekdays():
    days = Counter(opened(t).weekday() for t in threads())
    hours = [opened(t).hour for t in threads()]
    assert sum(days[day] for day in range(5)) / 5 > (days[5] + days[6]) / 2
    assert sum(8 <= hour < 22 for hour in hours) > 0.9 * len(hours)
    assert any(hour >= 22 or hour < 8 for hour in hours)


def test_double_eleven_brings_a_bump():
    sale = (WRITTEN_AT - datetime(2026, 11, 11)).total_seconds() / 86400
    before = sum(sale <= t["days_ago"] for t in threads()) / (60 - sale)
    week = sum(sale - 7 < t["days_ago"] < sale for t in threads()) / 7
    assert week > 2 * before


def test_one_product_defect_is_told_nine_times_in_four_days():
    ages = [t["days_ago"] for t in mentioning("Q20")]
    assert len(ages) == len({t["customer"]["external_id"] for t in mentioning("Q20")}) == 9
    assert max(ages) - min(ages) < 4


def test_one_station_is_complained_of_again_and_again():
    ages = [t["days_ago"] for t in mentioning("云桥路")]
    assert len(ages) >= 6
    assert sum(5 < age < 9 for age in ages) >= 5


def test_one_complaint_came_by_two_channels_and_no_other_text_twice():
    alike = [
        (a, b)
        for a, b in combinations(threads(), 2)
        if (match := SequenceMatcher(None, *(t["turns"][0]["text"] for t in (a, b)))).quick_ratio()
        > 0.6
        and match.ratio() > 0.6
    ]
    assert len(alike) == 1
    one, other = alike[0]
    assert one["customer"] == other["customer"]
    assert one["order"] == other["order"]
    assert one["channel"] != other["channel"]


def test_no_colleague_says_the_same_thing_twice():
    said = Counter(turn["text"] for _, turn in turns() if turn["by"] in ("agent", "note"))
    assert [text for text, times in said.items() if times > 1] == []


def test_an_order_belongs_to_one_customer_and_some_come_up_again():
    owners = {}
    for thread in threads():
        if thread["order"] is not None:
            owners.setdefault(thread["order"], []).append(thread["customer"]["external_id"])
    assert all(len(set(customers)) == 1 for customers in owners.values())
    assert sum(len(customers) > 1 for customers in owners.values()) >= 3


def test_hong_kong_and_taiwan_write_traditional_characters():
    to_simplified, to_traditional = OpenCC("t2s"), OpenCC("s2tw")
    for thread in from_hong_kong_or_taiwan():
        text = thread["turns"][0]["text"]
        assert to_simplified.convert(text) != text, thread["id"]
        kept = sum(a == b for a, b in zip(to_traditional.convert(text), text, strict=True))
        assert kept > 0.9 * len(text), thread["id"]
