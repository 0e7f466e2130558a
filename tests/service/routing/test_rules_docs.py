import re
from pathlib import Path
from textwrap import indent

import pytest

from service.routing.facts import Facts
from service.routing.known import Known
from service.routing.route import route
from service.routing.rulebook import parse_rules
from service.routing.schema import schema
from service.routing.vocabulary import EVENTS
from tests.service.routing.rulebooks import SLAS, book

PAGE = (Path(__file__).parents[3] / "docs" / "routing.md").read_text("utf-8")
QUEUES = """
queues:
  quality: {zh: 质量, en: Quality}
  delivery: {zh: 物流, en: Delivery}
"""


def block(marker):
    return re.search(rf"<!-- {marker} -->\n```yaml\n(.*?)```", PAGE, re.S)[1]


def table(heading):
    """Return the first cells of the table under a heading, without their quotes."""
    part = PAGE.split(f"\n## {heading}", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"^\| `([a-z_]+)` \|", part, re.M)


def properties(name):
    return set(schema()["$defs"][name]["properties"])


def test_every_condition_is_in_the_table_and_every_row_is_a_condition():
    assert set(table("条件")) == properties("condition") - {"all", "any", "not"}


def test_every_action_is_in_the_table_and_every_row_is_an_action():
    assert set(table("动作")) == properties("actions")


def test_every_key_of_a_rule_is_in_the_table():
    assert set(table("一条规则")) == properties("rule")


def test_every_event_and_every_key_of_the_file_is_told():
    assert all(f"`{event}`" in PAGE for event in EVENTS)
    keys = set(re.findall(r"^([a-z_]+):", block("file"), re.M))
    assert keys == set(schema()["properties"])


def examples():
    part = PAGE.split("\n## 条件", 1)[1].split("\n## ", 1)[0]
    rows = [line for line in part.splitlines() if line.startswith("| `")]
    return [example for row in rows for example in re.findall(r"`([^`]+)`", row.split("|")[3])]


@pytest.mark.parametrize("condition", examples())
def test_every_example_of_a_condition_is_accepted(condition):
    rule = f"- {{name: it, on: [clock.breached], if: {{{condition}}}, then: {{tags: [a]}}}}"
    assert book(rule).rules


def test_there_is_an_example_of_every_condition():
    assert {example.split(":")[0] for example in examples()} == set(table("条件"))


def test_the_rule_of_the_page_does_what_it_says():
    rules = book(indent(block("rules"), ""), "", QUEUES)
    late = Facts(issues=frozenset({"delivery"}), sentiment=1, text="催了三次，還沒到")
    assert route(late, rules).queue == "delivery"
    assert route(Facts(issues=frozenset({"delivery"}), sentiment=1), rules).fired == ()


def test_the_file_of_the_page_is_right_and_keeps_a_complaint_from_its_subject():
    rules = parse_rules(block("file"), "page.yaml", Known(SLAS))
    assert rules.warnings == ()
    late = frozenset({"delivery"})
    assert route(Facts(issues=late), rules).owner == "张伟"
    made = route(Facts(issues=late, text="张师傅送了三天"), rules)
    assert (made.owner, made.queue, made.excluded) == ("", "review", ("张伟",))
