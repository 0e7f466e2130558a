"""Effects that were planted are found, with intervals that keep their word."""

from datetime import timedelta, timezone

import numpy as np
import pytest

from tests.unit.trends.desk_facts import DAY, LABELS, START, column, desk
from triage.errors import InputError
from triage.trends.drivers import FAILURE_NAMES, OUTCOMES, drivers, holm
from triage.trends.facts import Column, Facts, Filter

CHINA = timezone(timedelta(hours=8))
SETS = 250


def numbers_like(n, **given):
    plain = dict.fromkeys(("promises_broken", "clocks_missed", "handoffs"), np.zeros(n))
    return plain | {"first_reply_worked_s": np.full(n, 60.0)} | given


def told(facts, outcome="satisfaction", **options):
    found = drivers(facts, outcome, zone=CHINA, **options)
    return found, {item.key: item for item in found.effects}


def world(rng, n=1500, customers=300):
    """Return tickets where attitude only goes with delivery, and the queue and the tier matter.

    Delivery costs 12 points, a refund 5, a broken promise 8; attitude nothing. Tickets of one
    customer go well or badly together.
    """
    queue = column(rng, n, ("shop", "courier", "money"))
    tier = column(rng, n, ("plus", "gold"), 0.3)
    customer = rng.integers(0, customers, n)
    issues = rng.random((n, len(LABELS))) < 0.15
    issues[:, 0] = rng.random(n) < np.array([0.2, 0.6, 0.2])[queue.codes]
    issues[:, 1] = rng.random(n) < np.where(issues[:, 0], 0.7, 0.05)
    broken = rng.random(n) < np.where(issues[:, 0], 0.4, 0.1)
    y = 85 - 12.0 * issues[:, 0] - 5.0 * issues[:, 3] - 8.0 * broken
    y += np.array([0.0, 6.0, -6.0])[queue.codes] + np.array([4.0, 0.0, 2.0])[tier.codes]
    y += rng.normal(0, 8, customers)[customer] + rng.normal(0, 12, n)
    at = int(START.timestamp()) + rng.integers(0, 60 * DAY, n)
    codes = Column(customer.astype(np.int32), tuple(map(str, range(customers))))
    return Facts(
        at=at,
        labels=LABELS,
        issues=issues,
        sentiment=np.full(n, 3, dtype=np.int8),
        urgency=rng.integers(0, 4, n).astype(np.int8),
        columns={"queue": queue, "tier": tier, "customer": codes},
        numbers=numbers_like(n, satisfaction=y, promises_broken=broken.astype(float)),
    )


TRUTH = dict.fromkeys(LABELS, 0.0) | {"delivery": -12.0, "refund": -5.0, "broken_promise": -8.0}


@pytest.fixture(scope="module")
def sets():
    return [told(world(np.random.default_rng(seed)))[1] for seed in range(SETS)]


def test_intervals_of_planted_effects_hold_them_in_95_of_100_sets(sets):
    for key, truth in TRUTH.items():
        held = np.mean([found[key].low <= truth <= found[key].high for found in sets])
        assert 0.915 <= held <= 0.985, key  # of one alone chance moves it by 2.7 points
    every = [f[key].low <= truth <= f[key].high for f in sets for key, truth in TRUTH.items()]
    assert 0.935 <= np.mean(every) <= 0.965


def test_planted_effects_are_found_and_nothing_else_is(sets):
    for key, truth in TRUTH.items():
        share = np.mean([found[key].moves for found in sets])
        assert share > 0.9 if truth else share < 0.05, key
        assert np.mean([found[key].effect for found in sets]) == pytest.approx(truth, abs=0.3)


def test_an_issue_that_only_goes_with_the_cause_is_not_reported_though_it_correlates(sets):
    bare = [found["attitude"].bare for found in sets]
    assert np.mean(bare) < -7
    assert np.mean([found["attitude"].moves for found in sets]) < 0.05
    assert abs(np.mean([found["attitude"].effect for found in sets])) < 0.3


def test_of_many_sets_without_any_effect_one_in_twenty_names_a_cause():
    def quiet(seed):
        rng = np.random.default_rng(seed)
        return told(desk(600, seed, numbers=numbers_like(600, satisfaction=rng.normal(80, 9, 600))))

    any_moves = [any(item.moves for item in quiet(seed)[0].effects) for seed in range(100)]
    assert np.mean(any_moves) <= 0.11


def binary(rng, n=3000):
    """Return tickets that are opened again: 10 points more after a refund, 6 after a handoff."""
    issues = rng.random((n, len(LABELS))) < 0.25
    handoffs = rng.poisson(0.3, n).astype(float)
    chance = 0.2 + 0.10 * issues[:, 3] + 0.06 * (handoffs > 0)
    again = (rng.random(n) < chance).astype(float)
    return issues, numbers_like(n, handoffs=handoffs, repeated=again)


def test_effects_on_a_yes_or_no_are_points_and_their_intervals_hold():
    held = []
    for seed in range(200):
        issues, numbers = binary(np.random.default_rng(seed))
        _, found = told(desk(3000, seed, issues=issues, numbers=numbers), "repeated")
        truth = {"refund": 10.0, "handed_off": 6.0, "delivery": 0.0}
        held += [found[key].low <= value <= found[key].high for key, value in truth.items()]
    assert 0.92 <= np.mean(held) <= 0.98


def test_points_are_those_of_a_logistic_regression_on_average():
    statsmodels = pytest.importorskip("statsmodels.api")
    issues, numbers = binary(np.random.default_rng(7), 20_000)
    facts = desk(20_000, 7, issues=issues, numbers=numbers)
    _, found = told(facts, "repeated")
    handed = numbers["handoffs"] > 0
    matrix = statsmodels.add_constant(np.column_stack((issues, handed)).astype(float))
    model = statsmodels.Logit(numbers["repeated"], matrix).fit(disp=0)
    margins = 100 * model.get_margeff(dummy=True).margeff
    for key, theirs in zip((*LABELS, "handed_off"), margins, strict=True):
        assert found[key].effect == pytest.approx(theirs, abs=0.25), key


def test_the_strongest_that_moves_the_outcome_comes_first():
    found, _ = told(world(np.random.default_rng(0), n=5000))
    assert [item.key for item in found.effects[:3]] == ["delivery", "broken_promise", "refund"]
    assert [item.kind for item in found.effects[:3]] == ["issue", "service", "issue"]
    moving = [item.moves for item in found.effects]
    assert moving == sorted(moving, reverse=True)


def test_an_effect_says_how_many_tickets_have_the_cause():
    facts = world(np.random.default_rng(0))
    found, effects = told(facts)
    assert effects["delivery"].n == facts.issues[:, 0].sum()
    assert found.n == 1500
    assert found.customers <= 300
    assert found.base == pytest.approx(facts.number("satisfaction").mean())


def test_the_bare_difference_is_that_of_the_means():
    facts = world(np.random.default_rng(0))
    _, effects = told(facts)
    y, has = facts.number("satisfaction"), facts.issues[:, 1]
    assert effects["attitude"].bare == pytest.approx(y[has].mean() - y[~has].mean())


def test_a_slow_first_reply_is_one_of_the_slowest_quarter_unless_hours_are_given():
    rng = np.random.default_rng(0)
    n = 2000
    waited = rng.permutation(n) * 10.0
    numbers = numbers_like(n, first_reply_worked_s=waited, satisfaction=rng.normal(80, 9, n))
    facts = desk(n, numbers=numbers)
    found, effects = told(facts)
    assert effects["slow_reply"].n == n // 4
    assert "slow_from" in [note.code for note in found.notes]
    found, effects = told(facts, slow_s=10_000)
    assert effects["slow_reply"].n == (waited > 10_000).sum()


def test_without_working_hours_real_ones_tell_what_is_slow():
    rng = np.random.default_rng(0)
    numbers = numbers_like(1000, satisfaction=rng.normal(80, 9, 1000))
    numbers |= {"first_reply_worked_s": np.full(1000, np.nan)}
    numbers |= {"first_reply_s": np.arange(1000.0)}
    assert told(desk(1000, numbers=numbers))[1]["slow_reply"].n == 250


def codes(found):
    return [note.code for note in found.notes]


def test_too_few_tickets_have_no_effects_and_say_so():
    found, effects = told(desk(150, numbers=numbers_like(150, satisfaction=np.arange(150.0))))
    assert effects == {}
    assert codes(found) == ["few_tickets", "not_cause"]


@pytest.mark.parametrize("share", [0.0, 0.01])
def test_an_outcome_that_is_always_the_same_has_no_effects(share):
    again = (np.arange(1000) < 1000 * share).astype(float)
    found, effects = told(desk(1000, numbers=numbers_like(1000, repeated=again)), "repeated")
    assert effects == {}
    assert found.base == 100 * share


def test_an_outcome_that_nobody_recorded_has_no_base():
    found, _ = told(desk(1000, numbers=numbers_like(1000)), "retained")
    assert found.n == 0
    assert np.isnan(found.base)


def test_a_rare_issue_is_named_and_left_out():
    facts = world(np.random.default_rng(0))
    facts.issues[:, 4] = np.arange(1500) < 20
    found, effects = told(facts, names={"breakdown": ("故障", "Breakdown")})
    assert "breakdown" not in effects
    note = next(note for note in found.notes if note.code == "rare")
    assert "故障" in note.zh
    assert "Breakdown" in note.en


def test_issues_that_always_come_together_are_named_and_left_out():
    facts = world(np.random.default_rng(0))
    facts.issues[:, 4] = facts.issues[:, 5]
    found, effects = told(facts)
    assert not {"breakdown", "fit"} & effects.keys()
    note = next(note for note in found.notes if note.code == "inseparable")
    assert note.en.endswith("breakdown, fit.")
    assert effects["delivery"].low < -12 < effects["delivery"].high


def test_issues_that_mostly_come_together_are_warned_of():
    facts = world(np.random.default_rng(0), n=4000)
    facts.issues[:, 4] = facts.issues[:, 5]
    facts.issues[:30, 4] ^= True
    found, effects = told(facts)
    assert "collinear" in codes(found)
    assert effects["fit"].inflation > 10


def test_an_outcome_that_few_answered_is_warned_of():
    facts = world(np.random.default_rng(0))
    assert "selected" not in codes(told(facts)[0])
    facts.number("satisfaction")[:1000] = np.nan
    found, _ = told(facts)
    assert found.n == 500
    assert next(note for note in found.notes if note.code == "selected").en.startswith("Only 33%")


def test_few_customers_are_warned_of():
    found, _ = told(world(np.random.default_rng(0), customers=30))
    assert "few_customers" in codes(found)
    assert found.customers == 30


def test_every_answer_says_that_it_is_no_proof_of_a_cause():
    assert "not_cause" in codes(told(world(np.random.default_rng(0)))[0])


def test_tickets_without_a_customer_count_each_for_itself():
    facts = world(np.random.default_rng(0))
    facts.column("customer").codes[:] = -1
    assert told(facts)[0].customers == 1500


def test_only_what_is_wanted_is_asked():
    facts = world(np.random.default_rng(0))
    found, _ = told(facts, wanted=Filter(values={"queue": ("courier",)}))
    assert found.n == (facts.column("queue").codes == 1).sum()


def test_reopening_is_that_of_tickets_that_were_ever_closed():
    facts = desk(3000)
    found, _ = told(facts, "reopened")
    closed = ~np.isnan(facts.number("resolved_s")) | (facts.number("reopened") > 0)
    assert found.n == closed.sum()


@pytest.mark.parametrize("labels", [1, 12, 20])
def test_any_number_of_labels_will_do(labels):
    rng = np.random.default_rng(0)
    issues = rng.random((2000, labels)) < 0.3
    y = 80 - 9.0 * issues[:, labels - 1] + rng.normal(0, 10, 2000)
    plain = desk(2000, numbers=numbers_like(2000, satisfaction=y))
    names = tuple(f"label-{k}" for k in range(labels))
    facts = Facts(
        at=plain.at,
        labels=names,
        issues=issues,
        sentiment=plain.sentiment,
        urgency=plain.urgency,
        columns=plain.columns,
        numbers=plain.numbers,
    )
    best = told(facts)[0].effects[0]
    assert best.key == names[-1]
    assert best.low < -9 < best.high


def test_an_unknown_outcome_is_refused_with_the_known_ones():
    with pytest.raises(InputError, match="no outcome 'luck'") as error:
        told(desk(10), "luck")
    assert "retained" in str(error.value.remedy)


def test_holm_multiplies_the_least_by_all_and_never_turns_back():
    assert holm(np.array([0.04, 0.01, 0.03])).tolist() == pytest.approx([0.06, 0.03, 0.06])
    assert holm(np.array([0.9, 0.8])).tolist() == [1.0, 1.0]


def test_outcomes_and_failures_have_names_in_both_languages():
    assert set(OUTCOMES) == {"satisfaction", "reopened", "repeated", "retained"}
    assert all(zh and en for zh, en in FAILURE_NAMES.values())
