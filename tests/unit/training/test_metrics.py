from dataclasses import replace

import numpy as np
import pytest

from triage import ISSUES, ModelName, Policy, Triage
from triage.records import Example
from triage.scorers.keyword import KeywordScorer
from triage.training.metrics import by_slice, is_authored, judge, measure, recall_at


class Told:
    """A scorer that answers what the text itself says: `issues|sentiment|urgency`."""

    labels = ISSUES

    def score(self, texts, *more):
        said = [item.text.split("|") for item in texts]
        issues = [[float(label in names.split("+")) for label in ISSUES] for names, _, _ in said]
        sentiment = [np.eye(5)[int(level) - 1] for _, level, _ in said]
        urgency = [np.eye(4)[int(level)] for _, _, level in said]
        return replace(
            KeywordScorer().score(texts),
            issues=np.array(issues),
            sentiment=np.array(sentiment),
            urgency=np.array(urgency),
            clues=lambda row, target, limit: [],
        )


ENGINE = Triage(Told(), Policy(), ModelName("told", "1", "0"))


def measured(*rows):
    """Measure rows of what is true and what the engine says, both as `issues|sent|urg`."""
    examples = []
    for k, (true, said) in enumerate(rows):
        names, sentiment, urgency = true.split("|")
        issues = tuple(label for label in ISSUES if label in names.split("+"))
        examples.append(Example(f"e{k}", said, issues, int(sentiment), int(urgency)))
    return measure(judge(ENGINE, examples), ISSUES)


ALL_RIGHT = [(row, row) for row in ("delivery|2|1", "other+delivery|1|3", "none|5|0")]


def test_an_engine_that_is_right_has_every_figure_at_its_best():
    figures = measured(*ALL_RIGHT, *[(f"{label}|2|1", f"{label}|2|1") for label in ISSUES])
    assert figures["n"] == 8
    assert figures["issues"]["macro_f1"] == figures["issues"]["micro_f1"] == 1
    assert figures["sentiment_kappa"] == figures["urgency_kappa"] == 1
    assert figures["exact_match"] == 1
    assert figures["critical"] == {
        "n": 1,
        "recall": 1,
        "precision": 1,
        "recall_at_precision_60": 1,
    }


def test_precision_and_recall_are_counted_per_label():
    figures = measured(
        ("delivery|2|1", "delivery|2|1"),
        ("delivery|2|1", "other|2|1"),
        ("none|2|1", "delivery|2|1"),
        ("delivery|2|1", "none|2|1"),
    )
    row = figures["issues"]["per_label"]["delivery"]
    assert (row["n"], row["precision"], row["recall"]) == (3, 0.5, 0.3333)
    assert row["f1"] == 0.4
    assert figures["issues"]["per_label"]["other"]["precision"] == 0
    assert figures["issues"]["macro_f1"] == pytest.approx(0.4)  # of the labels that any text has
    assert figures["exact_match"] == 0.25


def test_a_level_far_off_costs_more_than_one_near_by():
    near = measured(*ALL_RIGHT, ("none|5|0", "none|4|0"))
    far = measured(*ALL_RIGHT, ("none|5|0", "none|1|0"))
    assert far["sentiment_kappa"] < near["sentiment_kappa"] < 1


def test_kappa_is_weighted_by_the_square_of_the_distance_and_knows_absent_levels():
    # By hand: seen 1/3, expected 59/9 (1, 16 and 9 for distances 1, 4 and 3).
    figures = measured(("none|1|0", "none|1|0"), ("none|5|0", "none|5|0"), ("none|1|0", "none|2|0"))
    assert figures["sentiment_kappa"] == pytest.approx(1 - 3 / 59, abs=1e-4)


def test_agreement_on_one_level_only_is_no_figure():
    assert measured(("none|3|0", "none|3|0"))["sentiment_kappa"] is None


def test_critical_messages_missed_and_cried_wolf_over_are_both_counted():
    figures = measured(
        ("none|2|3", "none|2|3"),
        ("none|2|3", "none|2|1"),
        ("none|2|0", "none|2|3"),
        ("none|2|0", "none|2|3"),
    )
    assert figures["critical"]["recall"] == 0.5
    assert figures["critical"]["precision"] == 0.3333


def test_where_nothing_is_called_critical_there_is_no_precision():
    critical = measured(("none|2|3", "none|2|0"))["critical"]
    assert critical["recall"] == 0
    assert critical["precision"] is None


def test_without_critical_messages_there_is_no_recall():
    critical = measured(("none|2|0", "none|2|0"))["critical"]
    assert critical["recall"] is critical["precision"] is critical["recall_at_precision_60"] is None


def test_no_texts_are_no_figures_but_their_number():
    assert measure([], ISSUES) == {"n": 0}


def test_texts_that_cannot_be_judged_are_left_out():
    rows = [Example("a", "none|3|0", (), 3, 0), Example("b", "  ", (), 3, 0)]
    assert [example.id for example, _ in judge(ENGINE, rows)] == ["a"]


ROWS = ("delivery|2|1", "other+delivery|1|3", "none|5|0", "none|2|2")


def test_what_is_not_known_counts_in_no_figure():
    """A null is no "no issue", no "neutral" and no "low": the figures stay as without it."""
    true = (("delivery",), 2, 1), (("other",), 1, 3), (("delivery",), 4, 0), ((), 2, 2)
    known = [
        Example(f"k{k}", said, *labels)
        for k, (said, labels) in enumerate(zip(ROWS, true, strict=True))
    ]
    blank = [Example(f"n{k}", said, None, None, None) for k, said in enumerate(ROWS * 3)]
    alone, mixed = (measure(judge(ENGINE, rows), ISSUES) for rows in (known, known + blank))
    assert mixed["n"] == 16
    assert mixed["known"] == {"issues": 4, "sentiment": 4, "urgency": 4}
    for name in ("issues", "sentiment_kappa", "urgency_kappa", "critical", "exact_match"):
        assert mixed[name] == alone[name], name


def test_where_a_kind_of_label_is_not_known_at_all_it_has_no_figure():
    rows = [Example("a", "delivery|2|1", None, 2, None), Example("b", "none|4|0", None, 4, None)]
    figures = measure(judge(ENGINE, rows), ISSUES)
    assert figures["issues"] == {"macro_f1": None, "micro_f1": None, "per_label": {}}
    assert figures["exact_match"] is figures["urgency_kappa"] is None
    assert figures["sentiment_kappa"] == 1
    assert figures["critical"]["n"] == 0


def test_slices_part_authored_from_real_texts_and_empty_ones_are_left_out():
    real, authored = (Example(name, "none|3|0", (), 3, 0) for name in ("r1", "seed-a-001"))
    assert not is_authored(real)
    assert is_authored(authored)
    both = by_slice(judge(ENGINE, [real, authored]), ISSUES)
    assert {name: part["n"] for name, part in both.items()} == {"real": 1, "authored": 1}
    assert by_slice(judge(ENGINE, [authored]), ISSUES).keys() == {"authored"}


@pytest.mark.parametrize(
    ("wanted", "scores", "precision", "recall"),
    [
        ([1, 1, 0, 0], [0.9, 0.8, 0.7, 0.1], 1.0, 1.0),
        ([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1], 1.0, 0.5),
        ([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1], 0.6, 1.0),
        ([0, 0, 0, 1], [0.9, 0.8, 0.7, 0.1], 0.6, 0.0),
        ([0, 0], [0.9, 0.8], 0.6, None),
    ],
)
def test_the_recall_at_a_precision_is_that_of_the_best_threshold(wanted, scores, precision, recall):
    assert recall_at(np.array(wanted, dtype=bool), np.array(scores), precision) == recall


def test_no_threshold_parts_equal_scores():
    wanted = np.array([True, False, False, False, False])
    assert recall_at(wanted, np.full(5, 0.5), 0.6) == recall_at(wanted[::-1], np.full(5, 0.5), 0.6)
