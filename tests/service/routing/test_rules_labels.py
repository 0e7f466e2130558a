"""Rules ask for the labels of the model in use, whichever those are."""

import pytest

from service.desk.books import load_books
from service.routing.facts import Facts
from service.routing.known import Known
from service.routing.problems import RuleError
from service.routing.route import route
from service.routing.rulebook import load_rules
from tests.own_labels import CHILD, NEW, PARENT, example, flat
from tests.service.routing.rulebooks import SLAS, book

OWN = Known(SLAS, taxonomy=example())
LENIENT = Known(SLAS, taxonomy=example(), lenient=True)


def one(condition, known=OWN):
    return book(f"- {{name: it, if: {{{condition}}}, then: {{tags: [x]}}}}", known=known)


def refused(condition):
    with pytest.raises(RuleError) as caught:
        one(condition)
    return caught.value.problems


@pytest.mark.parametrize(
    ("condition", "facts"),
    [
        (f"issues: {CHILD}", {"issues": frozenset({PARENT, CHILD})}),
        (f"issues: {PARENT}", {"issues": frozenset({PARENT, CHILD})}),
        (f"issues: {{all: [{NEW}], none: [{CHILD}]}}", {"issues": frozenset({NEW})}),
        (f"suggested: [{NEW}, other]", {"suggested": frozenset({NEW})}),
        (f"scores: {{{CHILD}: {{min: 0.5}}}}", {"scores": {CHILD: 0.7}}),
    ],
)
def test_a_rule_may_ask_for_any_label_of_the_model(condition, facts):
    assert route(Facts(**facts), one(condition)).fired == ("it",)
    assert route(Facts(), one(condition)).fired == ()


def test_a_condition_says_the_names_of_the_labels():
    (rule,) = one(f"issues: [{CHILD}, {NEW}], scores: {{{NEW}: {{min: 0.5}}}}").rules
    assert rule.condition.said.zh == "问题：过热、发票开具之一，且概率发票开具 ≥ 0.5"
    assert rule.condition.said.en == (f"issues: any of {CHILD}, {NEW} and scores {NEW} ≥ 0.5")
    facts = Facts(issues=frozenset({NEW}), scores={NEW: 0.75})
    said = next(iter(route(facts, one(f"issues: [{CHILD}, {NEW}]")).reasons))
    assert said.zh == "问题：发票开具"
    (reason,) = route(facts, one(f"scores: {{{NEW}: {{min: 0.5}}}}")).reasons
    assert (reason.zh, reason.en) == ("概率发票开具 0.75（≥ 0.5）", f"scores {NEW} 0.75 (≥ 0.5)")


@pytest.mark.parametrize(
    ("condition", "place", "near"),
    [
        ("issues: product_quality/overheatin", "issues", CHILD),
        ("issues: overheating", "issues", CHILD),
        ("suggested: {any: [invoce]}", "suggested › any › 1", NEW),
        ("scores: {invoces: {min: 0.5}}", "scores › invoces", NEW),
        ("not: {any: [{issues: invoce}]}", "not › any › 1 › issues", NEW),
    ],
)
def test_a_label_that_the_model_does_not_have_is_told_with_the_nearest(condition, place, near):
    (problem,) = refused(condition)
    assert problem.message.startswith("Unknown issue ")
    assert problem.place == f"rules › it › if › {place}"
    assert f"Did you mean {near!r}?" in problem.remedy


@pytest.mark.parametrize("condition", ["issues: 5", "issues: [5]", "issues: ''", "issues: [[a]]"])
def test_what_is_no_word_is_no_label(condition):
    assert all("Unknown" not in problem.message for problem in refused(condition))


def test_the_labels_of_the_box_are_known_only_where_the_model_has_them():
    late = Known(SLAS, taxonomy=flat("late"))
    assert one("issues: late", late).rules
    with pytest.raises(RuleError, match="Unknown issue 'delivery'"):
        one("issues: delivery", late)


# Where another model takes over


def test_a_label_that_is_let_through_never_holds_and_is_told():
    rules = one("any: [{issues: gone}, {scores: {gone: {min: 0.1}}}, {issues: invoice}]", LENIENT)
    assert route(Facts(issues=frozenset({"delivery"})), rules).fired == ()
    assert route(Facts(issues=frozenset({NEW})), rules).fired == ("it",)
    (problem,) = rules.strangers(example())
    assert problem.message == "Unknown issue 'gone'. No ticket will have it."
    assert (problem.place, problem.line > 1) == ("rules › it", True)


@pytest.mark.parametrize(
    ("condition", "labels"),
    [
        ("issues: a", {"a"}),
        ("issues: [a, b]", {"a", "b"}),
        ("suggested: {any: [a], all: [b], none: [c]}", {"a", "b", "c"}),
        ("issues: {empty: true}", set()),
        ("scores: {a: 0.5, b: {max: 0.5}}", {"a", "b"}),
        ("not: {all: [{issues: a}, {any: [{suggested: b}]}]}, tags: c", {"a", "b"}),
        ("urgency: 3", set()),
    ],
)
def test_a_rule_knows_which_labels_it_asks_for(condition, labels):
    (rule,) = one(condition, LENIENT).rules
    assert rule.labels == labels


def test_every_other_mistake_is_refused_all_the_same():
    with pytest.raises(RuleError, match="Unknown signal"):
        one("signals: leagl", LENIENT)


def test_a_rule_without_a_condition_asks_for_no_label():
    assert book("- {name: it, then: {tags: [x]}}").rules[0].labels == frozenset()


def test_the_rules_of_the_box_are_let_through_whatever_the_model_knows():
    books = load_books(taxonomy=flat("late"))
    told = {problem.message for problem in books.warnings(flat("late"))}
    assert "Unknown issue 'delivery'. No ticket will have it." in told
    assert books.warnings(example()) == ()


def test_rules_of_ones_own_are_let_through_only_where_that_is_asked_for(tmp_path):
    path = tmp_path / "rules.yaml"
    path.write_text(
        "version: 1\nqueues: {a: {zh: 甲, en: A}}\ndefault_queue: a\n"
        "rules:\n  - {name: it, if: {issues: gone}, then: {queue: a}}\n"
    )
    with pytest.raises(RuleError, match=r"rules\.yaml:5.*Unknown issue 'gone'"):
        load_books(tmp_path)
    books = load_books(tmp_path, lenient=True)
    (warning,) = books.warnings(example())
    assert (warning.line, warning.place) == (5, "rules › it")
    assert load_rules(path, slas=SLAS, taxonomy=flat("gone")).strangers(flat("gone")) == ()
