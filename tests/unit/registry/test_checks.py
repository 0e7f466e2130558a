"""The gate's questions on judged texts made by hand, and on models equal by construction."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.support.equals import another, shuffled
from tests.unit.training.verdicts import pair
from triage import ISSUES
from triage.registry.checks import Sampling, case_checks, text_checks
from triage.registry.gate import LEVELS, family
from triage.training.slices import slices
from triage.training.tally import tally

FAST = Sampling(times=200)
CHANNELS, SCRIPTS = ("chat", "mail", "web"), ("hans", "hans", "hant")


def judged(texts, n=300):
    """Texts with one issue in three, right but for one in ten, of three channels."""
    return [
        pair(
            f"a{k}",
            texts[k],
            (ISSUES[k % 5],) if k % 3 else (),
            (ISSUES[(k + (k % 10 == 0)) % 5],) if k % 3 else (),
            sentiment=(k % 5 + 1, (k + k % 7 // 6) % 5 + 1),
            urgency=(k % 4, k % 4),
            channel=CHANNELS[k // 4 % 3],
            script=SCRIPTS[k // 7 % 3],
        )
        for k in range(n)
    ]


def spoilt(pairs, where, **changes):
    """The same verdicts, changed where `where(k, example)` says so."""
    return [
        (e, replace(v, **changes)) if where(k, e, v) else (e, v) for k, (e, v) in enumerate(pairs)
    ]


def asked(one, two):
    return text_checks(tally(one, ISSUES), tally(two, ISSUES), slices(one), FAST)


def failed(one, two):
    found = family("texts", asked(one, two))
    return {(c.code, c.value) for k, c in enumerate(found.checks) if k in found.failed}


@pytest.fixture(scope="module")
def pairs(seed_texts):
    return judged([text for text in seed_texts if 31 <= len(text) <= 100])


def test_a_model_is_not_worse_than_itself(pairs):
    found = family("texts", asked(pairs, pairs))
    assert len(found.checks) > 20
    assert {check.p for check in found.checks} == {1.0}
    assert found.counted == 0
    assert found.failed == {}


def test_what_is_asked_of_texts(pairs):
    checks = asked(pairs, pairs)
    assert [c.figure for c in checks if c.code == "overall"] == [
        *("macro_f1", "micro_f1", "exact_match", "sentiment_kappa", "urgency_kappa")
    ]
    assert {c.value for c in checks if c.code == "label"} == set(ISSUES)
    assert {c.value for c in checks if c.dimension == "channel"} == set(CHANNELS)
    assert {c.value for c in checks if c.dimension == "script"} == {"hans", "hant"}
    assert [c.n for c in checks if c.code == "critical_recall"] == [75]


def test_a_label_that_is_given_no_more_fails_and_no_other_label_does(pairs):
    def has(_, __, verdict):
        return verdict.issues == ("delivery",)

    found = failed(pairs, spoilt(pairs, has, issues=()))
    assert ("label", "delivery") in found
    assert {value for code, value in found if code == "label"} == {"delivery"}


def test_a_script_that_is_misread_fails_and_the_other_does_not(pairs):
    worse = spoilt(pairs, lambda k, e, v: v.script == "hant", issues=("other",))
    found = failed(pairs, worse)
    assert ("slice", "hant") in found
    assert ("slice", "hans") not in found


def test_a_channel_that_is_misread_fails(pairs):
    worse = spoilt(pairs, lambda k, e, v: e.channel == "web", sentiment=3)
    assert ("slice", "web") in failed(pairs, worse)


def test_critical_messages_that_are_missed_fail_by_the_exact_sign_test(pairs):
    worse = spoilt(pairs, lambda k, e, v: e.urgency == 3 and k % 20 == 3, urgency=2)
    check = next(c for c in asked(pairs, worse) if c.code == "critical_recall")
    assert (check.before, check.after) == (1.0, 0.8)
    assert check.p == check.least == 2**-15
    assert ("critical_recall", "") in failed(pairs, worse)


def test_a_better_model_fails_nowhere(pairs):
    better = [(e, replace(v, issues=e.issues, sentiment=e.sentiment)) for e, v in pairs]
    assert failed(pairs, better) == set()
    assert failed(better, pairs) != set()


def test_groups_of_fewer_than_30_texts_and_rare_labels_are_not_asked(pairs):
    few = [
        (replace(e, channel="web" if k < 29 else "chat", issues=()), v)
        for k, (e, v) in enumerate(pairs)
    ]
    few[:29] = [(replace(e, issues=("delivery",)), v) for e, v in few[:29]]
    checks = asked(few, few)
    assert "web" not in {c.value for c in checks}
    assert {c.value for c in checks if c.code == "label"} == set()


def test_a_group_of_all_texts_is_asked_once(pairs):
    alike = [(replace(e, channel="chat"), replace(v, script="hans")) for e, v in pairs]
    assert {c.dimension for c in asked(alike, alike)} == {"", "label"}


def test_labels_that_are_not_known_are_not_asked_about(pairs):
    half = [(replace(e, urgency=None if k % 2 else e.urgency), v) for k, (e, v) in enumerate(pairs)]
    checks = asked(half, half)
    assert {c.n for c in checks if c.code == "overall"} == {300, 150}
    assert [c.n for c in checks if c.code == "critical_recall"] == []
    none = [(replace(e, sentiment=None), v) for e, v in pairs]
    assert "sentiment_kappa" not in {c.figure for c in asked(none, none)}


def test_the_loss_that_would_be_seen_is_said_with_each_drawn_figure(pairs):
    worse = spoilt(pairs, lambda k, e, v: k % 25 == 0, issues=("other",))
    checks = asked(pairs, worse)
    macro = next(c for c in checks if c.figure == "macro_f1")
    assert macro.spread < macro.seen_from(0.01) < macro.seen_from(0.0001) < 0.2
    assert next(c for c in checks if c.code == "critical_recall").seen_from(0.01) is None


def test_equally_good_models_are_refused_in_one_run_of_twenty_at_most(pairs):
    rows, groups = tally(pairs, ISSUES), slices(pairs)
    runs, refused, naive = 60, 0, 0
    for run in range(runs):
        random = np.random.default_rng(run)
        one, two = shuffled(rows, another(rows, 0.05, random), random)
        checks = text_checks(one, two, groups, Sampling(100, run))
        refused += bool(family("texts", checks).failed)
        naive += any(check.p <= LEVELS["texts"] for check in checks)
    # Without one budget for all checks, every third model would be refused or more.
    assert refused / runs <= 0.05
    assert naive / runs > 0.25


CASES = [{"id": f"c{k}", "suite": "minimum", "capability": f"p{k // 9}"} for k in range(72)]


def lose(*ids):
    return [case["id"] not in ids for case in CASES]


def cases_failed(before, after):
    found = family("behaviour", case_checks(CASES, before, after))
    return {(c.code, c.value) for k, c in enumerate(found.checks) if k in found.failed}


def test_a_few_lost_cases_are_noise():
    assert cases_failed(lose(), lose("c1", "c20")) == set()


def test_a_capability_of_nine_cases_can_fail():
    found = cases_failed(lose(), lose(*(f"c{k}" for k in range(9))))
    assert ("capability", "minimum/p0") in found


def test_cases_lost_all_over_the_suite_fail_it_as_a_whole():
    found = cases_failed(lose(), lose(*(f"c{k}" for k in range(0, 72, 8))))
    assert found == {("behaviour", "")}


def test_cases_won_are_set_against_those_lost():
    won, lost = [f"c{k}" for k in range(0, 36, 4)], [f"c{k}" for k in range(38, 72, 4)]
    assert cases_failed(lose(*won), lose(*lost)) == set()


def test_lost_and_won_cases_are_named():
    check = case_checks(CASES, lose("c5"), lose("c3", "c4"))[0]
    assert (check.lost, check.won, check.n) == (("c3", "c4"), ("c5",), 72)


def test_a_hundred_checks_are_asked_as_one():
    """A chance that one check alone would take for a loss is noise among many."""
    before = lose()
    after = [k % 9 not in (0, 1) for k in range(72)]
    found = family("behaviour", case_checks(CASES, before, after))
    assert found.checks[0].p < 0.001
    assert {found.checks[k].code for k in found.failed} == {"behaviour"}


def test_no_cases_are_no_checks():
    assert case_checks([], [], []) == []
