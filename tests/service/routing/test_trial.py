import json

import pytest

from service.routing.facts import Facts
from service.routing.trial import read_verdicts, trial
from service.routing.trial_table import render
from tests.service.routing.rulebooks import book
from triage import Triage
from triage.batch import run
from triage.errors import FileFormatError

RULES = """
- {name: vip, if: {tier: vip}, then: {queue: quality}}
- {name: 催单, if: {channel: web}, then: {queue: service}}
- {name: never, if: {tier: gold}, then: {queue: other}}
"""
TICKETS = [
    Facts(id="a", tier="vip", queue="quality"),
    Facts(id="b", tier="vip", channel="web", queue="other"),
    Facts(id="c", tier="vip", queue="gone"),
    Facts(id="d", tier="vip"),
    Facts(id="e", queue="review"),
    Facts(id="f"),
]


def report():
    return trial(book(RULES), iter(TICKETS))


def test_a_trial_counts_how_often_each_rule_would_fire_with_the_first_examples():
    found = report()
    assert found.tickets == 6
    assert [(rule.name, rule.fired, rule.examples) for rule in found.rules.values()] == [
        ("vip", 4, ["a", "b", "c"]),
        ("催单", 1, ["b"]),
        ("never", 0, []),
    ]
    assert found.share(4) == pytest.approx(4 / 6)


def test_a_trial_names_rules_that_never_fire_and_tickets_no_rule_caught():
    found = report()
    assert found.never == ["never"]
    assert (found.uncaught, found.uncaught_examples) == (2, ["e", "f"])


def test_a_trial_counts_where_tickets_would_go_and_which_would_move():
    found = report()
    assert found.queues == {"quality": 4, "review": 1, "": 1}
    assert (found.placed, found.changed) == (4, 2)
    assert found.moves == {("other", "quality"): 1, ("gone", "quality"): 1}


def test_a_trial_of_nothing_divides_by_nothing():
    found = trial(book(RULES), [])
    assert (found.tickets, found.share(0), found.changed) == (0, 0.0, 0)
    assert "从不命中的规则: vip, 催单, never" in render(found, book(RULES))


def test_the_table_in_chinese_keeps_its_columns():
    assert render(report(), book(RULES)).splitlines() == [
        "工单: 6",
        "",
        "规则            命中   占比  例子",
        "--------------  ----  -----  -----",
        "vip                4  66.7%  a b c",
        "催单               1  16.7%  b",
        "never              0   0.0%",
        "(没有规则命中)     2  33.3%  e f",
        "",
        "队列          工单   占比",
        "------------  ----  -----",
        "质量 quality     4  66.7%",
        "复核 review      1  16.7%",
        "（无队列）       1  16.7%",
        "",
        "从不命中的规则: never",
        "会换队列: 2，共4",
        "",
        "原队列      新队列        工单",
        "----------  ------------  ----",
        "其他 other  质量 quality     1",
        "gone        质量 quality     1",
    ]


def test_the_table_speaks_english_too():
    shown = render(report(), book(RULES), "en")
    assert "rules that never fire: never" in shown
    assert "would change queue: 2 of 4" in shown
    assert "Quality quality" in shown
    everything = trial(book("- {name: it, then: {queue: other}}"), [Facts(id="a")])
    shown = render(everything, book("- {name: it, then: {queue: other}}"), "en")
    assert "rules that never fire: none" in shown
    assert "no rule fires" not in shown


def test_what_triage_run_wrote_can_be_tried(tmp_path):
    lines = [
        {
            "id": "x",
            "content": "等了三天還沒發貨",
            "channel": "web",
            "tier": "vip",
            "queue": "other",
            "received_at": "2026-03-02T23:10:00+08:00",
        },
        {"id": "y", "content": "  "},
    ]
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    run(Triage.load(), str(source), str(target), keep_input=True)
    (facts,) = read_verdicts(target)
    assert (facts.id, facts.channel, facts.tier, facts.queue) == ("x", "web", "vip", "other")
    assert facts.text == "等了三天还没发货"
    assert "delivery" in facts.issues
    assert facts.at is not None
    assert facts.at.hour == 23


def written(tmp_path, *rows):
    path = tmp_path / "verdicts.jsonl"
    path.write_text("\n".join(rows), "utf-8")
    return list(read_verdicts(path))


VERDICT = {
    "id": "a",
    "issues": [],
    "scores": {},
    "sentiment": 4,
    "urgency": 0,
    "review": False,
    "signals": [],
    "remedy": [],
    "entities": [],
    "stage": "unknown",
    "in_scope": True,
    "script": "hans",
}


def test_without_the_input_only_the_verdict_is_known(tmp_path):
    (facts,) = written(tmp_path, json.dumps(VERDICT), "")
    assert (facts.id, facts.text, facts.at) == ("a", "", None)


@pytest.mark.parametrize("time", ["2026-03-02T23:10:00", "yesterday", 5, None])
def test_a_time_that_says_too_little_is_left_out(tmp_path, time):
    row = VERDICT | {"input": {"text": "好", "received_at": time}}
    (facts,) = written(tmp_path, json.dumps(row))
    assert facts.at is None


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("{", "line 2 is not JSON"),
        ("[1]", "line 2 is no JSON object"),
        ('{"id": "a"}', "line 2 is no verdict: The verdict has no field 'issues'"),
        ('{"issues": 5, "sentiment": 1, "urgency": 1}', "line 2 is no verdict"),
        (json.dumps(VERDICT | {"input": {"note": "好"}}), "no column that looks like a text"),
    ],
)
def test_a_line_that_is_no_verdict_is_named(tmp_path, row, said):
    with pytest.raises(FileFormatError, match=said):
        written(tmp_path, json.dumps(VERDICT), row)


def test_a_missing_file_of_verdicts_is_named(tmp_path):
    with pytest.raises(FileFormatError, match=r"none\.jsonl: No such file"):
        list(read_verdicts(tmp_path / "none.jsonl"))
