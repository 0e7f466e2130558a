import json
import re
from dataclasses import asdict

import pytest
from jsonschema import Draft202012Validator

from service.routing import vocabulary
from service.routing.located import read_yaml
from service.routing.log import Kind
from service.routing.problems import RuleError
from service.routing.rulebook import load_rules
from service.routing.schema import schema
from tests.service.routing.rulebooks import KNOWN, QUEUES, SLAS, book
from triage import ISSUES, signals
from triage.readings import entities, remedy
from triage.resources import resource

RULE = "- {name: it, then: {queue: other}}"


def refused(rules=RULE, head="", queues=QUEUES):
    with pytest.raises(RuleError) as caught:
        book(rules, head, queues)
    return caught.value


def told(**parts):
    (problem,) = refused(**parts).problems
    return problem


def broken(condition):
    return told(rules=f"- {{name: it, if: {{{condition}}}, then: {{queue: other}}}}")


@pytest.mark.parametrize(
    ("condition", "what", "near"),
    [
        ("issues: delivry", "issue 'delivry'", "'delivery'"),
        ("issues: {any: [other, qualty]}", "issue 'qualty'", "product_quality"),
        ("suggested: [oher]", "issue 'oher'", "'other'"),
        ("scores: {delivry: {min: 0.5}}", "issue 'delivry'", "'delivery'"),
        ("signals: leagl", "signal 'leagl'", "'legal'"),
        ("remedy: refnd", "remedy 'refnd'", "'refund'"),
        ("stage: after_sales", "stage 'after_sales'", "'after_sale'"),
        ("script: hants", "script 'hants'", "'hant'"),
        ("entities: order_no", "entity 'order_no'", "order_number"),
        ("entities: {values: {persn: 张}}", "entity 'persn'", "'person'"),
        ("weekday: monday", "weekday 'monday'", "'mon'"),
        ("neglect: txt", "neglect 'txt'", "'text'"),
        ("status: opened", "status 'opened'", "'open'"),
        ("queue: qualities", "queue 'qualities'", "'quality'"),
        ("queue: {none: [qualities]}", "queue 'qualities'", "'quality'"),
        ("clock: resolutoin", "clock 'resolutoin'", "'resolution'"),
        ("owner: 张伟", "person '张伟'", "None is declared"),
        ("isues: other", "key 'isues'", "'issues'"),
        ("not: {any: [{issues: delivry}]}", "issue 'delivry'", "'delivery'"),
    ],
)
def test_a_label_outside_its_set_is_named_with_the_nearest_one(condition, what, near):
    problem = broken(condition)
    assert f"Unknown {what}." in problem.message
    assert near in problem.remedy
    assert problem.place.startswith("rules › it › if")


@pytest.mark.parametrize(
    ("actions", "what"),
    [
        ("queue: qualty", "queue 'qualty'"),
        ("sla: onsite", "SLA policy 'onsite'"),
        ("owner: 张伟", "person '张伟'"),
        ("notify: [lead, owner, quality, boss]", "person or queue 'boss'"),
        ("webhook: [erp, epr]", "endpoint 'epr'"),
        ("priority: urgnet", "priority 'urgnet'"),
        ("priority: 4", "priority 4"),
        ("asign: x", "key 'asign'"),
    ],
)
def test_an_action_that_names_nobody_is_refused(actions, what):
    problem = told(rules=f"- {{name: it, then: {{{actions}}}}}")
    assert problem.message == f"Unknown {what}."


def test_an_event_that_rules_do_not_hear_is_refused():
    problem = told(rules="- {name: it, on: [ticket.closed], then: {queue: other}}")
    assert problem.message == "Unknown event 'ticket.closed'."


@pytest.mark.parametrize(
    ("head", "place", "said"),
    [
        ("default_queue: othr\n", "default_queue", "queue 'othr'"),
        ("conflicts: {fallback: [reviw]}\n", "conflicts › fallback › 1", "queue 'reviw'"),
        ("conflicts: {avoid_team: true}\n", "conflicts › avoid_team", "where to go instead"),
        ("time_zone: Asia/Peking\n", "time_zone", "time zone 'Asia/Peking'"),
        ("time_zone: ../etc\n", "time_zone", "time zone '../etc'"),
        ("people: [{name: 张伟, queue: shop}]\n", "people › 张伟 › queue", "queue 'shop'"),
        ("people: [{name: quality}]\n", "people › quality › name", "like a queue"),
        ("people: [{name: lead}]\n", "people › lead › name", "or a role"),
        ("people: [{name: 张}]\n", "people › 张 › name", "shorter than 2"),
        ("people: [{name: 张伟}, {name: 张伟}]\n", "people › 张伟 › name", "is taken"),
        ("match: best\n", "match", "match 'best'"),
        ("tier: [vip]\n", "tier", "key 'tier'"),
    ],
)
def test_what_is_wrong_at_the_top_is_told_at_its_place(head, place, said):
    problem = told(head=head)
    assert problem.place == place
    assert said in problem.message


@pytest.mark.parametrize(
    ("queue", "said"),
    [
        ("other: {zh: 其他, en: Other, sla: fast}", "SLA policy 'fast'"),
        ("other: {zh: 其他, en: Other, members: [张伟]}", "person '张伟'"),
        ("other: {zh: 其他, en: Other, lead: 张伟}", "person '张伟'"),
        ("other: {zh: 其他}", "en is missing"),
    ],
)
def test_a_queue_must_be_whole_and_name_only_what_there_is(queue, said):
    assert said in told(queues=f"queues: {{{queue}}}\n").message


def test_a_queue_cannot_have_the_name_of_a_role():
    problem = told(queues="queues: {other: {zh: 其他, en: o}, lead: {zh: 组长, en: l}}\n")
    assert "`notify` uses the word" in problem.message


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("text: {matches: '(退款'}", "no regular expression"),
        ("text: {matches: '[[退]'}", "no regular expression"),
        ("entities: {values: {product: {matches: '*'}}}", "no regular expression"),
        ("urgency: {min: 3, max: 1}", "min 3 is above max 1"),
        ("scores: {other: {min: 0.9, max: 0.1}}", "min 0.9 is above max 0.1"),
        ("waiting: {min: 2h, max: 90m}", "min 2h is above max 90m"),
        ("waiting: {min: soon}", "'soon' is not a time such as 30m"),
        ("waiting: {min: 30}", "must be a time such as 30m"),
        ("time_of_day: {from: 25:00, to: 08:00}", "'25:00' is not a time of day"),
        ("time_of_day: {from: 08:00, to: 08:00}", "begins and ends at the same time"),
        ("time_of_day: {from: 08:00}", "to is missing"),
        ("sentiment: {min: 0}", "0 is below 1"),
        ("urgency: 4", "4 is above 3"),
        ("urgency: {min: high}", "must be a whole number, not 'high'"),
        ("review: 1", "must be true or false, not 1"),
        ("issues: []", "must not be empty"),
        ("issues: {}", "must not be empty"),
        ("all: []", "must not be empty"),
    ],
)
def test_a_value_that_makes_no_sense_is_told(condition, said):
    assert said in broken(condition).message


def test_everything_that_is_wrong_is_told_at_once_with_its_line():
    rules = """
    - name: one
      if: {issues: delivry, text: {matches: '('}}
      then: {queue: nowhere}
    - name: one
      on: [ticket.creatd]
      then: {}
    - {name: three, if: {urgency: {min: 9}, queue: nowhere}, then: {sla: none}}
    """
    error = refused(rules, head="time_zone: Mars\n")
    assert [problem.message.split(":")[0] for problem in error.problems] == [
        "Unknown time zone 'Mars'.",
        "Unknown issue 'delivry'.",
        "'(' is no regular expression",
        "Unknown queue 'nowhere'.",
        "The name 'one' is taken.",
        "Unknown event 'ticket.creatd'.",
        "This must not be empty.",
        "9 is above 3.",
        "Unknown SLA policy 'none'.",
        "Unknown queue 'nowhere'.",
    ]
    lines = [problem.line for problem in error.problems]
    assert lines == [2, 11, 11, 12, 13, 14, 15, 16, 16, 16]
    assert error.code == "rule_error"
    assert "rules.yaml:11: rules › one › if › issues: Unknown issue" in error.message
    assert "10 places" in error.remedy


def test_a_broken_directory_does_not_make_every_name_unknown():
    head = "people: [{name: 张伟, alias: 张师傅}]\n"
    rules = "- {name: it, then: {owner: 张伟, notify: [张伟]}}"
    assert [problem.message for problem in refused(rules, head).problems] == [
        "Unknown key 'alias'."
    ]


def test_broken_queues_do_not_make_every_queue_unknown():
    queues = "queues: {other: {zh: 其他, en: Other, colour: red}}\n"
    assert [problem.message for problem in refused(queues=queues).problems] == [
        "Unknown key 'colour'."
    ]


def test_avoiding_a_team_needs_somewhere_else_to_go():
    rules = "- {name: it, then: {queue: other}, avoid_team: true}"
    assert told(rules=rules).place == "rules › it › avoid_team"
    assert book(rules, "conflicts: {fallback: [review]}\n").conflicts.fallback == ("review",)


def test_channels_and_tiers_are_checked_where_they_are_declared():
    rules = "- {name: it, if: {channel: wbe, tier: {any: [vpi]}}, then: {queue: other}}"
    assert book(rules).rules
    found = refused(rules, "channels: [web]\ntiers: [vip]\n").problems
    assert [problem.message for problem in found] == [
        "Unknown channel 'wbe'.",
        "Unknown tier 'vpi'.",
    ]


def test_endpoints_are_not_checked_where_they_are_not_known():
    rules = "- {name: it, then: {webhook: [anything]}}"
    assert book(rules, known=type(KNOWN)(SLAS)).rules[0].then.webhook == ("anything",)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("version: 1\nrules: [", 2, "not YAML"),
        ("version: 1\nversion: 1", 2, "'version' stands here twice"),
        ("? [a]\n: 1", 1, "A key must be a word"),
        ("rules: !!python/name:os.system x", 1, "The tag"),
        ("rules: &a [*a]", 1, "grows without end"),
        ("[" * 5000, 1, "nested too deeply"),
        ("a: \x07", 1, "not YAML"),
        ("", 1, "must be a table, not None"),
        ("- 1", 1, "must be a table, not [1]"),
        ("version: 2", 1, "can only be 1, not 2"),
        ("rules: 3", 1, "must be a list, not 3"),
        ("queues: 3\npeople: 3\nconflicts: 3", 3, "must be a table, not 3"),
    ],
)
def test_what_is_no_file_of_rules_is_refused_with_the_line(tmp_path, text, line, said):
    path = tmp_path / "mine.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(RuleError) as caught:
        load_rules(path, slas=SLAS)
    assert any(p.line == line and said in p.message for p in caught.value.problems)
    assert "mine.yaml:" in caught.value.message


def test_aliases_that_multiply_are_stopped():
    text = "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    for before, name in zip("abcdefg", "bcdefgh", strict=True):
        text += f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n"
    assert "grows without end" in read_yaml(text, "x").problems[0].message


def test_words_of_yaml_that_used_to_be_something_else_stay_words():
    read = read_yaml("on: yes\nfrom: 22:00\nday: 2026-03-01\nno: off\nnumber: 007", "x").value
    assert read == {"on": "yes", "from": "22:00", "day": "2026-03-01", "no": "off", "number": "007"}
    read = read_yaml("[1, -2, .5, 0.25, true, False, null, ~, '1']", "x").value
    assert read == [1, -2, 0.5, 0.25, True, False, None, None, "1"]


def test_an_alias_repeats_what_it_names():
    rules = """
    - {name: one, on: &often [ticket.created, clock.breached], then: {queue: other}}
    - {name: two, on: *often, then: {tags: [x]}}
    """
    assert book(rules).rules[1].on == ("ticket.created", "clock.breached")


def test_a_missing_file_and_one_that_is_not_utf8_are_told(tmp_path):
    with pytest.raises(RuleError, match=r"none\.yaml:1: Cannot read it: No such file"):
        load_rules(tmp_path / "none.yaml", slas=SLAS)
    path = tmp_path / "gbk.yaml"
    path.write_bytes("# 规则".encode("gbk"))
    with pytest.raises(RuleError, match="not UTF-8"):
        load_rules(path, slas=SLAS)


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path):
    path = tmp_path / "bom.yaml"
    path.write_text(f"version: 1\n{QUEUES}rules:\n  {RULE}\n", "utf-8-sig")
    loaded = load_rules(path, slas=SLAS)
    assert (loaded.source, len(loaded.digest)) == (str(path), 64)


def test_rules_are_asked_in_their_order_then_in_that_of_the_file():
    rules = """
    - {name: late, order: 200, then: {tags: [x]}}
    - {name: usual, then: {tags: [x]}}
    - {name: also_usual, order: 100, then: {tags: [x]}}
    - {name: soon, order: -1, then: {tags: [x]}}
    """
    names = [rule.name for rule in book(rules).rules]
    assert names == ["soon", "usual", "also_usual", "late"]


def test_a_rule_hears_new_tickets_and_messages_unless_it_or_the_file_says_otherwise():
    rules = """
    - {name: one, then: {queue: other}}
    - {name: two, on: [clock.breached], then: {tags: [x]}}
    """
    assert book(rules).rules[0].on == ("ticket.created", "message.received")
    heard = book(rules, "on: [label.corrected]\n").rules
    assert [rule.on for rule in heard] == [("label.corrected",), ("clock.breached",)]


def test_every_action_is_read():
    head = "people: [{name: 张伟, aliases: [张师傅], staff_number: 1024, queue: quality}]\n"
    actions = (
        "{queue: quality, priority: 3, tags: [a], owner: 张伟, notify: [review], webhook: [erp],"
        " sla: on_site, raise_urgency: 2, review: true}"
    )
    made = book(f"- {{name: it, about: why, then: {actions}}}", head)
    assert asdict(made.rules[0].then) == {
        "queue": "quality",
        "priority": "urgent",
        "tags": ("a",),
        "owner": "张伟",
        "notify": ("review",),
        "webhook": ("erp",),
        "sla": "on_site",
        "raise_urgency": 2,
        "review": True,
    }
    assert (made.rules[0].about, made.rules[0].line) == ("why", 10)
    assert made.directory.people["张伟"].staff_number == "1024"


def warned(rules, head="default_queue: other\n"):
    return [(problem.place, problem.message) for problem in book(rules, head).warnings]


@pytest.mark.parametrize(
    ("head", "rules"),
    [
        ("match: first\n", "- {name: a, then: {tags: [x]}}"),
        ("", "- {name: a, then: {tags: [x]}, stop: true}"),
        ("match: first\n", "- {name: a, if: {tier: vip}, then: {tags: [x]}}"),
        ("", "- {name: a, order: 500, then: {tags: [x]}, stop: true}"),
    ],
)
def test_a_rule_after_one_that_ends_the_search_is_warned_of(head, rules):
    order = "order: 501, " if "500" in rules else ""
    rules += f"\n- {{name: b, {order}if: {{tier: vip}}, then: {{tags: [y]}}}}"
    (warning,) = warned(rules, head + "default_queue: other\n")
    assert warning[0] == "rules › b"
    assert "It can never fire: a comes before it" in warning[1]


@pytest.mark.parametrize(
    "second",
    [
        "- {name: b, on: [ticket.created, clock.breached], then: {tags: [y]}}",
        "- {name: b, order: 1, then: {tags: [y]}}",
    ],
)
def test_a_rule_that_can_still_fire_is_not_warned_of(second):
    assert warned(f"- {{name: a, then: {{tags: [x]}}, stop: true}}\n{second}") == []


def test_with_all_matching_nothing_hides_what_comes_later():
    assert warned("- {name: a, then: {tags: [x]}}\n- {name: b, then: {tags: [y]}}") == []


def test_a_clock_at_an_event_that_has_none_is_warned_of():
    rule = "- {name: a, if: {clock: resolution}, then: {tags: [x]}}"
    assert "asks for a clock" in warned(rule)[0][1]
    assert warned(rule.replace("if:", "on: [clock.warning], if:")) == []


def test_a_book_that_lets_tickets_fall_through_is_warned_of():
    assert "goes to no queue" in warned("- {name: a, then: {tags: [x]}}", "")[0][1]
    assert warned("- {name: a, then: {queue: other}}", "") == []


def enum(name):
    return tuple(schema()["$defs"][name]["enum"])


def test_the_closed_sets_of_the_schema_are_those_of_the_code():
    assert tuple(schema()["$defs"]["issue"]["examples"]) == ISSUES  # any other is a label too
    assert enum("signal") == tuple(vocabulary.SIGNALS) == signals.KINDS
    assert enum("remedy") == tuple(vocabulary.REMEDIES)
    known = {kind for kinds in remedy.rules().kinds.values() for kind in kinds}
    assert set(enum("remedy")) == known
    assert set(enum("entity")) == set(vocabulary.ENTITIES) == set(entities._RANKS)
    assert enum("event") == vocabulary.EVENTS
    assert set(enum("event")) <= {kind.value for kind in Kind}
    assert enum("stage") == tuple(vocabulary.STAGES)
    assert enum("script") == tuple(vocabulary.SCRIPTS)
    assert enum("neglect") == tuple(vocabulary.NEGLECT)
    assert enum("weekday") == vocabulary.WEEKDAYS
    assert enum("status") == vocabulary.STATUSES
    assert enum("priority") == (*vocabulary.PRIORITIES, 0, 1, 2, 3)


def test_every_condition_of_the_schema_has_a_name():
    conditions = set(schema()["$defs"]["condition"]["properties"]) - {"all", "any", "not"}
    assert conditions == set(vocabulary.CONDITIONS)


def test_the_schema_is_one_of_the_draft_it_names():
    raw = json.loads(resource("data", "desk", "rules.schema.json").read_text("utf-8"))
    assert re.search("2020-12", raw["$schema"])
    Draft202012Validator.check_schema(raw)
