from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from service.routing.facts import Facts
from service.routing.route import route
from tests.service.routing.rulebooks import book, holds, one

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(hour, minute=0, day=2, zone=SHANGHAI):
    return datetime(2026, 3, day, hour, minute, tzinfo=zone)  # 2026-03-02 is a Monday


SETS = [
    ("issues: delivery", {"issues": {"delivery"}}, {"issues": {"other"}}),
    ("issues: [delivery, other]", {"issues": {"other"}}, {}),
    (
        "issues: {all: [delivery, other]}",
        {"issues": {"delivery", "other", "staff_attitude"}},
        {"issues": {"other"}},
    ),
    ("issues: {none: [other]}", {"issues": {"delivery"}}, {"issues": {"delivery", "other"}}),
    ("issues: {any: [delivery], none: [other]}", {"issues": {"delivery"}}, {}),
    ("issues: {empty: true}", {}, {"issues": {"other"}}),
    ("issues: {empty: false}", {"issues": {"other"}}, {}),
    ("suggested: delivery", {"suggested": {"delivery"}}, {"issues": {"delivery"}}),
    ("signals: [legal, fraud]", {"signals": {"fraud"}}, {"signals": {"waiting"}}),
    ("remedy: {all: [refund, apology]}", {"remedy": {"refund", "apology"}}, {"remedy": {"refund"}}),
    ("tags: vip", {"tags": {"vip"}}, {"tags": {"other"}}),
]


@pytest.mark.parametrize(("condition", "yes", "no"), SETS)
def test_a_set_of_facts_is_asked_for_any_all_none_or_nothing(condition, yes, no):
    def frozen(facts):
        return {key: frozenset(value) for key, value in facts.items()}

    assert holds(f"{{{condition}}}", **frozen(yes))
    assert not holds(f"{{{condition}}}", **frozen(no))


SINGLE = [
    ("stage: in_sale", {"stage": "in_sale"}, {"stage": "pre_sale"}),
    ("script: [hant, mixed]", {"script": "mixed"}, {"script": "hans"}),
    ("neglect: {none: [none]}", {"neglect": "log"}, {"neglect": "none"}),
    ("status: waiting", {"status": "waiting"}, {"status": "open"}),
    ("clock: resolution", {"clock": "resolution"}, {"clock": ""}),
    ("queue: {any: [quality]}", {"queue": "quality"}, {"queue": "other"}),
    ("queue: {empty: true}", {"queue": ""}, {"queue": "other"}),
    ("owner: {empty: false}", {"owner": "张伟"}, {"owner": ""}),
    ("channel: {none: [store]}", {"channel": "web"}, {"channel": "store"}),
    ("tier: vip", {"tier": "vip"}, {"tier": ""}),
    ("review: true", {"review": True}, {"review": False}),
    ("in_scope: false", {"in_scope": False}, {"in_scope": True}),
]


@pytest.mark.parametrize(("condition", "yes", "no"), SINGLE)
def test_a_single_fact_is_asked_for_its_value(condition, yes, no):
    events = "on: [ticket.created, clock.breached]\n"
    assert holds(f"{{{condition}}}", events, **yes)
    assert not holds(f"{{{condition}}}", events, **no)


NUMBERS = [
    ("sentiment: {max: 2}", {"sentiment": 2}, {"sentiment": 3}),
    ("urgency: {min: 2}", {"urgency": 2}, {"urgency": 1}),
    ("urgency: 3", {"urgency": 3}, {"urgency": 2}),
    ("urgency: {min: 1, max: 2}", {"urgency": 2}, {"urgency": 3}),
    ("repeats: {min: 2}", {"repeats": 2}, {"repeats": 1}),
    ("reopened: {min: 1}", {"reopened": 1}, {"reopened": 0}),
    ("scores: {delivery: {min: .5, max: .9}}", {"scores": {"delivery": 0.9}}, {"scores": {}}),
    ("scores: {delivery: {max: .5}}", {"scores": {"delivery": 0.1}}, {"scores": {"other": 0.1}}),
    (
        "scores: {delivery: {min: .5}, other: {max: .1}}",
        {"scores": {"delivery": 0.5, "other": 0.1}},
        {"scores": {"delivery": 0.5, "other": 0.2}},
    ),
    ("waiting: {min: 30m}", {"waiting": timedelta(minutes=30)}, {"waiting": timedelta(minutes=29)}),
    ("waiting: {max: 1d2h}", {"waiting": timedelta(hours=26)}, {"waiting": timedelta(hours=27)}),
    ("waiting: {min: 0m}", {"waiting": timedelta(0)}, {"waiting": None}),
]


@pytest.mark.parametrize(("condition", "yes", "no"), NUMBERS)
def test_both_bounds_of_a_number_belong_to_it_and_what_is_unknown_is_never_within(
    condition, yes, no
):
    assert holds(f"{{{condition}}}", **yes)
    assert not holds(f"{{{condition}}}", **no)


@pytest.mark.parametrize(
    ("hour", "minute", "expected"),
    [(22, 0, True), (23, 59, True), (3, 0, True), (7, 59, True), (8, 0, False), (21, 59, False)],
)
def test_a_time_of_day_may_cross_midnight(hour, minute, expected):
    assert holds('{time_of_day: {from: "22:00", to: "08:00"}}', at=at(hour, minute)) is expected


@pytest.mark.parametrize(("hour", "expected"), [(9, True), (17, True), (18, False), (8, False)])
def test_a_time_of_day_ends_before_its_end(hour, expected):
    assert holds("{time_of_day: {from: 09:00, to: 18:00}}", at=at(hour)) is expected


def test_the_time_of_day_is_that_of_the_zone_of_the_file():
    evening_in_utc = at(15, zone=UTC)  # 23:00 in Shanghai
    condition = '{time_of_day: {from: "22:00", to: "08:00"}}'
    assert holds(condition, at=evening_in_utc)
    assert not holds(condition, "time_zone: UTC\n", at=evening_in_utc)


def test_the_weekday_is_that_of_the_zone_of_the_file():
    sunday_in_utc = at(20, day=1, zone=UTC)  # 04:00 on Monday in Shanghai
    assert holds("{weekday: [mon]}", at=sunday_in_utc)
    assert holds("{weekday: {none: [sat, sun]}}", at=sunday_in_utc)
    assert holds("{weekday: sun}", "time_zone: UTC\n", at=sunday_in_utc)


def test_without_a_time_no_hour_and_no_weekday_holds():
    assert not holds("{time_of_day: {from: 00:00, to: 23:59}}")
    assert not holds("{weekday: [mon, tue, wed, thu, fri, sat, sun]}")


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        ("{text: 发票}", "我要發票"),
        ("{text: 發票}", "我要发票"),
        ("{text: {contains: [收據, 發票]}}", "开发票"),
        ("{text: {contains: [Invoice]}}", "no INVOICE yet"),
        ("{text: {matches: '發票|收據'}}", "没有收据"),
        ("{text: {matches: '[一-龥]{3}'}}", "开发票"),
        ("{text: {contains: [发票], matches: '[0-9]+元'}}", "發票少了20元"),
    ],
)
def test_words_match_in_both_scripts_and_both_cases(condition, text):
    assert holds(condition, text=text)


def test_a_word_and_an_expression_must_both_be_there():
    assert not holds("{text: {contains: [发票], matches: '[0-9]+元'}}", text="发票没开")
    assert not holds("{text: [发票, 收据]}", text="没有问题")


@pytest.mark.parametrize(
    ("condition", "entities", "expected"),
    [
        ("{entities: order_number}", {"order_number": ("A1",)}, True),
        ("{entities: {any: [order_number, phone]}}", {"amount": ("5",)}, False),
        ("{entities: {all: [order_number, phone]}}", {"order_number": ("A1",)}, False),
        ("{entities: {none: [phone]}}", {"order_number": ("A1",)}, True),
        ("{entities: {empty: true}}", {}, True),
        ("{entities: {values: {product: 電視}}}", {"product": ("电视机",)}, True),
        ("{entities: {values: {product: [电视]}}}", {"person": ("电视",)}, False),
        (
            "{entities: {values: {order_number: {matches: '^TM'}}}}",
            {"order_number": ("X9", "TM8")},
            True,
        ),
        (
            "{entities: {any: [phone], values: {product: 电视}}}",
            {"product": ("电视",)},
            False,
        ),
    ],
)
def test_entities_are_asked_for_their_kind_and_their_value(condition, entities, expected):
    assert holds(condition, entities=entities) is expected


def test_conditions_nest():
    nested = """
    - name: it
      if:
        all:
          - urgency: {min: 1}
          - any:
              - tier: vip
              - not: {channel: web}
      then: {tags: [yes]}
    """
    fired = [
        bool(route(Facts(urgency=urgency, tier=tier, channel=channel), book(nested)).fired)
        for urgency, tier, channel in [
            (1, "vip", "web"),
            (1, "", "phone"),
            (1, "", "web"),
            (0, "vip", "phone"),
        ]
    ]
    assert fired == [True, True, False, False]


def test_keys_beside_each_other_must_all_hold():
    assert holds("{tier: vip, urgency: 2}", tier="vip", urgency=2)
    assert not holds("{tier: vip, urgency: 2}", tier="vip", urgency=1)


def reason(condition, head="", **facts):
    (told,) = route(Facts(**facts), one(condition, head)).reasons
    return told.zh, told.en


def test_a_reason_tells_what_was_found_and_what_was_asked():
    zh, en = reason("{issues: [delivery, other], urgency: {min: 1}}", issues={"other"}, urgency=2)
    assert zh == "问题：其他投诉；紧急程度 2（≥ 1）"
    assert en == "issues: other; urgency 2 (≥ 1)"


def test_a_reason_names_only_the_alternatives_that_held():
    zh, en = reason("{any: [{tier: vip}, {channel: web}]}", tier="vip")
    assert (zh, en) == ("客户等级：vip", "tier: vip")


@pytest.mark.parametrize(
    ("condition", "facts", "zh", "en"),
    [
        (
            "{not: {any: [{tier: vip}, {review: true}]}}",
            {},
            "并非（客户等级：vip，或需要复核：是）",
            "not (tier: vip or review: true)",
        ),
        (
            "{not: {all: [{tier: vip}, {any: [{urgency: 3}, {urgency: {max: 1}}]}]}}",
            {},
            "并非（客户等级：vip，且（紧急程度 = 3，或紧急程度 ≤ 1））",
            "not (tier: vip and (urgency = 3 or urgency ≤ 1))",
        ),
        (
            "{issues: {all: [other], none: [delivery]}}",
            {"issues": {"other"}},
            "问题：其他投诉全有；没有物流配送",
            "issues: all of other; none of delivery",
        ),
        ("{queue: {empty: true}}", {}, "队列：空", "queue: none at all"),
        ("{stage: [unknown]}", {}, "阶段：不明", "stage: unknown"),
        (
            "{waiting: {min: 30m, max: 2d}}",
            {"waiting": timedelta(hours=27, minutes=5)},
            "已等待 1d3h（30m–2d）",
            "waiting 1d3h (30m–2d)",
        ),
        (
            "{waiting: {max: 2d}}",
            {"waiting": timedelta(0)},
            "已等待 0m（≤ 2d）",
            "waiting 0m (≤ 2d)",
        ),
        (
            "{scores: {delivery: {min: 0.5}, other: {max: 1}}}",
            {"scores": {"delivery": 0.75, "other": 0.5}},
            "概率物流配送 0.75（≥ 0.5），概率其他投诉 0.5（≤ 1）",
            "scores delivery 0.75 (≥ 0.5), scores other 0.5 (≤ 1)",
        ),
        (
            "{text: {contains: [退款, 退钱], matches: 不退}}",
            {"text": "不退款"},
            "原文含“退款”“退钱”，符合 不退",
            "text contains ['退款', '退钱'] and matches 不退",
        ),
        (
            '{time_of_day: {from: "22:00", to: "08:00"}}',
            {"at": at(23)},
            "时刻 22:00–08:00",
            "time of day 22:00–08:00",
        ),
        ("{entities: phone}", {"entities": {"phone": ("1",)}}, "提到：电话", "entities: phone"),
    ],
)
def test_every_kind_of_condition_can_be_said(condition, facts, zh, en):
    assert reason(condition, **facts) == (zh, en)


def test_a_rule_without_a_condition_always_fires():
    outcome = route(Facts(), book("- {name: it, then: {queue: other}}"))
    assert [(told.zh, told.en) for told in outcome.reasons] == [("总是", "always")]
