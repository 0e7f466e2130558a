import math
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from tests.unit.training.verdicts import pair
from triage import ISSUES
from triage.training.bootstrap import Figure, divide, figure, resample
from triage.training.ranking import confidence, recall_at, risk
from triage.training.tally import agreement, kappa, tally

ONCE = np.ones((1, 4))


def mean_of(values):
    values = np.array(values, dtype=float)
    return lambda weights: weights @ values / len(values)


def test_the_first_row_is_of_the_texts_as_they_are():
    assert resample(4, mean_of([1, 2, 3, 6]), times=9)[0] == 3


def test_every_draw_holds_as_many_texts_as_there_are():
    drawn = resample(50, lambda weights: weights, times=20)
    assert drawn.shape == (21, 50)
    assert (drawn.sum(axis=1) == 50).all()
    assert len({tuple(row) for row in drawn.tolist()}) == 21


def test_the_same_seed_draws_the_same_texts_and_another_seed_others():
    one, two, other = (
        resample(40, lambda weights: weights, times=5, seed=seed) for seed in (1, 1, 2)
    )
    assert (one == two).all()
    assert (one[1:] != other[1:]).any()


def test_more_weights_than_are_held_at_once_still_give_every_draw():
    assert resample(30_000, mean_of(np.ones(30_000)), times=150).tolist() == [1] * 151


def test_the_interval_of_a_share_is_that_of_the_binomial():
    share = figure(resample(400, mean_of([0, 1] * 200), times=2000))
    error = 1.96 * math.sqrt(0.5 * 0.5 / 400)
    assert share.value == 0.5
    assert share.low == pytest.approx(0.5 - error, abs=0.006)
    assert share.high == pytest.approx(0.5 + error, abs=0.006)


def test_what_has_no_meaning_is_no_figure():
    assert figure(np.array([np.nan, 1.0, 2.0])) == Figure(None)


def test_a_figure_without_draws_has_no_interval():
    assert figure(np.array([0.5])) == Figure(0.5, None, None)


def test_draws_in_which_a_figure_has_no_meaning_are_left_out_of_its_interval():
    assert figure(np.array([0.5, np.nan, 0.4, 0.4])) == Figure(0.5, 0.4, 0.4)


@pytest.mark.parametrize(
    ("low", "high", "beyond"),
    [
        (0.1, 0.2, True),
        (-0.2, -0.1, True),
        (-0.1, 0.1, False),
        (0, 0.1, False),
        (None, None, False),
    ],
)
def test_a_difference_is_beyond_noise_where_its_interval_leaves_0_out(low, high, beyond):
    assert Figure(0.1, low, high).beyond_noise is beyond


def test_what_is_divided_by_nothing_is_no_number():
    assert np.isnan(divide(np.array([1.0, 0.0]), np.array([0.0, 0.0]))).all()


@pytest.mark.parametrize(
    ("table", "wanted"),
    [
        ([[20, 5], [10, 15]], 0.4),
        ([[3, 0, 0], [0, 2, 0], [0, 0, 1]], 1),
        ([[1, 0, 0], [0, 0, 1], [0, 1, 0]], 0.5),  # 2 of cost 1 seen, 12 / 3 by chance
        ([[0, 0, 1], [0, 1, 0], [1, 0, 0]], -1),
    ],
)
def test_the_kappa_of_a_small_table_is_that_of_the_textbook(table, wanted):
    assert kappa(np.array([table], dtype=float))[0] == pytest.approx(wanted)


def test_the_kappa_of_one_level_only_is_no_number():
    assert np.isnan(kappa(np.array([[[5.0, 0.0], [0.0, 0.0]]]))[0])


def test_the_kappa_is_that_of_scikit_learn_where_every_level_occurs():
    random = np.random.default_rng(0)
    wanted, given = random.integers(5, size=(2, 300))
    table = np.zeros((5, 5))
    np.add.at(table, (wanted, given), 1)
    known = cohen_kappa_score(wanted, given, weights="quadratic")
    assert kappa(table[None])[0] == pytest.approx(known)


def figures_of(pairs, **options):
    return agreement(tally(pairs, ISSUES), **options)


def three_hits_of_five(seed_texts):
    rows = [("delivery", "delivery")] * 3 + [("delivery", "other"), ("other", "delivery")]
    return [pair(str(k), seed_texts[k], (w,), (g,)) for k, (w, g) in enumerate(rows)]


def test_f1_is_counted_by_label_and_its_mean_is_over_the_labels_that_occur(seed_texts):
    figures = figures_of(three_hits_of_five(seed_texts), times=0)
    assert figures["delivery.precision"][0] == figures["delivery.recall"][0] == 0.75
    assert figures["delivery.f1"][0] == 0.75
    assert figures["other.f1"][0] == 0
    assert np.isnan(figures["staff_attitude.f1"][0])
    assert figures["macro_f1"][0] == 0.375
    assert figures["micro_f1"][0] == pytest.approx(0.6)
    assert figures["exact_match"][0] == pytest.approx(0.6)


def test_texts_without_any_issue_have_no_macro_f1_but_can_be_all_right(seed_texts):
    figures = figures_of([pair("a", seed_texts[0])], times=0)
    assert np.isnan(figures["macro_f1"][0])
    assert figures["exact_match"][0] == 1


def unlabelled(example, verdict, *names):
    return replace(example, **dict.fromkeys(names)), verdict


def test_what_is_not_known_counts_in_no_figure(seed_texts):
    rows = three_hits_of_five(seed_texts)
    blank = [
        unlabelled(*pair(f"n{k}", "x", (), ("delivery",), urgency=(0, 3), sentiment=(1, 5)), *names)
        for k, names in enumerate([("issues", "sentiment", "urgency")] * 4)
    ]
    alone, mixed = figures_of(rows, times=0), figures_of(rows + blank, times=0)
    assert alone.keys() == mixed.keys()
    for name, values in alone.items():
        assert mixed[name][0] == pytest.approx(values[0], nan_ok=True), name


def test_one_label_that_is_not_known_leaves_the_others_of_its_text(seed_texts):
    rows = three_hits_of_five(seed_texts)
    rows += [unlabelled(*pair("n", "x", ("other",), ("other",), urgency=(3, 3)), "sentiment")]
    part = tally(rows, ISSUES)
    assert part.known.sum(axis=0).tolist() == [6, 5, 6]
    assert agreement(part, times=0)["critical_recall"][0] == 1
    assert part.part(np.array([5])).known.tolist() == [[True, False, True]]


def test_draws_in_which_nothing_is_known_give_no_number(seed_texts):
    rows = three_hits_of_five(seed_texts)[:1]
    rows += [unlabelled(*pair(f"n{k}", "x"), "sentiment", "issues") for k in range(9)]
    values = figures_of(rows, times=200)["exact_match"]
    assert np.isnan(values).any()
    assert figure(values).value == 1


def test_the_interval_of_every_figure_contains_it(seed_texts):
    rows = three_hits_of_five(seed_texts) * 20
    for name, values in figures_of(rows).items():
        value = figure(values)
        if value.value is not None:
            assert value.low <= value.value <= value.high, name


def test_two_models_are_measured_on_the_same_draws(seed_texts):
    one = figures_of(three_hits_of_five(seed_texts) * 9, seed=3)
    two = figures_of(three_hits_of_five(seed_texts) * 9, seed=3)
    assert (one["micro_f1"] == two["micro_f1"]).all()


def test_the_confidence_of_a_text_is_that_of_its_least_sure_label():
    assert confidence(np.array([[0.9, 0.4], [0.05, 0.2]])).tolist() == [0.6, 0.8]


@pytest.mark.parametrize(("coverage", "error"), [(0.25, 0), (0.5, 0.5), (0.75, 1 / 3), (1, 0.5)])
def test_the_risk_at_a_coverage_is_that_of_the_surest_texts(coverage, error):
    sure, errors = np.array([0.6, 0.9, 0.8, 0.7]), np.array([1.0, 0.0, 1.0, 0.0])
    assert risk(ONCE, sure, errors, coverage)[0] == pytest.approx(error)


def test_texts_of_equal_confidence_share_their_errors():
    errors = np.array([1.0, 0.0, 0.0, 0.0])
    for order in ([0, 1, 2, 3], [3, 2, 1, 0]):
        assert risk(ONCE, np.full(4, 0.8), errors[order], 0.5)[0] == pytest.approx(0.25)


def test_a_text_drawn_twice_counts_twice_in_the_risk():
    weights = np.array([[2.0, 0.0, 1.0, 1.0]])
    sure, errors = np.array([0.9, 0.8, 0.7, 0.6]), np.array([1.0, 0.0, 0.0, 0.0])
    assert risk(weights, sure, errors, 0.5)[0] == 1


@pytest.mark.parametrize(
    ("wanted", "precision", "recall"),
    [([1, 1, 0, 0], 1, 1), ([1, 0, 1, 0], 1, 0.5), ([1, 0, 1, 0], 0.6, 1), ([0, 0, 0, 1], 0.6, 0)],
)
def test_the_recall_at_a_precision_is_that_of_the_best_threshold(wanted, precision, recall):
    rank = np.array([0.9, 0.8, 0.7, 0.1])
    assert recall_at(ONCE, rank, np.array(wanted, dtype=bool), precision)[0] == recall


def test_no_threshold_parts_equal_scores():
    for wanted in ([True, False, False, False], [False, False, False, True]):
        assert recall_at(ONCE, np.full(4, 0.5), np.array(wanted), 0.6)[0] == 0


def test_without_anything_wanted_there_is_no_recall():
    assert np.isnan(recall_at(ONCE, np.arange(4.0), np.zeros(4, dtype=bool), 0.6)[0])
