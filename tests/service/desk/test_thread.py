"""One verdict on all that a customer said: the newest first, each quote on its own message."""

from datetime import timedelta

import pytest

from service.db.tables import verdicts
from service.tickets.thread import Message, placed, settled_now, thread_of
from tests.service.desk.conftest import MONDAY, kinds, last


def message(number, text, author="customer", **options):
    at = MONDAY + timedelta(minutes=number)
    return Message(f"m{number}", author, text, at, **options)


def test_the_newest_message_comes_first():
    thread = thread_of([message(1, "一"), message(3, "三"), message(2, "二")], 100)
    assert thread.text == "三\n二\n一"
    assert [m.id for m in thread.messages] == ["m3", "m2", "m1"]


def test_only_the_customer_is_judged():
    others = [message(2, "您好", "agent"), message(3, "已收到", "auto"), message(4, "急", "note")]
    assert thread_of([message(1, "没到"), *others], 100).text == "没到"


def test_old_messages_beyond_the_limit_are_left_out_but_never_the_newest():
    said = [message(1, "甲" * 6), message(2, "乙" * 6)]
    assert thread_of(said, 14).text == "乙" * 6 + "\n" + "甲" * 6
    assert thread_of(said, 13).text == "乙" * 6
    assert thread_of(said, 3).text == "乙" * 6


def test_what_was_settled_cuts_the_past_off():
    said = [message(1, "没到"), message(2, "解决了", settled=True), message(3, "又坏了")]
    assert thread_of(said, 100).text == "又坏了"
    assert thread_of(said[:2], 100).text == "解决了\n没到"


def quotes(thread, text):
    start = thread.text.index(text)
    found = {"kind": "x", "text": text, "start": start, "end": start + len(text)}
    empty = dict.fromkeys(("signals", "remedy", "entities", "aspects", "promises"), ())
    return placed({**empty, "evidence": [found]}, thread)["evidence"][0]


@pytest.mark.parametrize(("text", "id_"), [("没人管", "m3"), ("😡😡", "m2"), ("坏了", "m1")])
def test_a_quote_lies_on_its_own_message(text, id_):
    said = [message(1, "😭坏了"), message(2, "气死😡😡"), message(3, "👨‍👩‍👧没人管")]
    found = quotes(thread_of(said, 100), text)
    own = next(m for m in said if m.id == id_)
    assert found["message_id"] == id_
    assert own.text[found["start"] : found["end"]] == found["text"] == text


def test_a_quote_over_the_end_of_a_message_is_cut_there():
    said = [message(1, "坏了"), message(2, "没到")]
    thread = thread_of(said, 100)
    assert quotes(thread, "到\n坏")["text"] == "到"
    after = quotes(thread, "\n坏了")
    assert (after["message_id"], after["start"], after["text"]) == ("m1", 0, "坏了")


def test_an_old_message_does_not_settle_the_newest():
    """Its quote stands early in it, where the newest one has other words."""
    thread = thread_of([message(1, "解决了"), message(2, "可是今天又坏了，怎么办")], 100)
    signal = {"kind": "settled", "message_id": "m1", "start": 0, "end": 3}
    assert not settled_now({"signals": [signal]}, thread)
    assert settled_now({"signals": [{**signal, "message_id": "m2"}]}, thread)
    assert not settled_now({"unjudged": "empty"}, thread)


def test_evidence_of_a_conversation_is_found_in_its_messages(desk):
    ticket = desk.open("😤😤快递还没收到").ticket.id
    desk.hear(ticket, "你们态度太差😡")
    case = desk.hear(ticket, "质量也不好")
    texts = {m.id: m.text for m in case.messages}
    found = case.verdict.body["evidence"]
    assert {item["message_id"] for item in found} == set(texts)
    for item in found:
        assert texts[item["message_id"]][item["start"] : item["end"]] == item["text"] != ""


def test_every_message_of_the_customer_is_judged_anew_and_every_verdict_kept(desk):
    ticket = desk.open("快递还没收到").ticket.id
    case = desk.hear(ticket, "质量也不好")
    assert case.issues == ("delivery", "product_quality")
    assert desk.count(verdicts) == 2
    assert case.verdict.message_id == case.messages[-1].id
    changed = last(case, "verdict.changed")
    assert changed.actor == f"model:keyword@{'0' * 12}"
    assert changed.data["verdict"] == case.verdict.id == case.ticket.verdict_id
    assert not changed.data["first"]


def test_a_verdict_that_says_the_same_is_kept_but_is_no_event(desk):
    ticket = desk.open("快递还没收到").ticket.id
    case = desk.hear(ticket, "快递还没收到")
    assert kinds(case).count("verdict.changed") == 1
    assert desk.count(verdicts) == 2
    assert case.ticket.verdict_id == case.verdict.id


@pytest.mark.parametrize("author", ["agent", "auto", "note"])
def test_what_the_desk_writes_is_not_judged(desk, author):
    ticket = desk.open("快递还没收到").ticket.id
    desk.say(ticket, "质量的确不好，态度也差", author=author)
    case = desk.load(ticket)
    assert case.issues == ("delivery",)
    assert desk.count(verdicts) == 1


@pytest.mark.parametrize("text", ["？？", "。", "……"])
def test_what_cannot_be_judged_is_kept_and_goes_to_review(desk, text):
    case = desk.open(text)
    assert case.messages[0].text == text
    assert case.ticket.review
    assert case.ticket.queue == "review"


def test_an_empty_word_after_a_complaint_changes_nothing(desk):
    ticket = desk.open("快递还没收到").ticket.id
    case = desk.hear(ticket, "？？")
    assert case.issues == ("delivery",)


def test_what_is_too_long_goes_to_review(desk):
    case = desk.open("好" * 30_000)
    assert case.verdict.body["unjudged"] == "text_too_long"
    assert case.ticket.review
    assert case.ticket.sentiment is None
