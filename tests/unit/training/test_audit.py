"""Wrong labels planted in authored data are found; where there is too little it is said."""

import random
from dataclasses import replace

import numpy as np
import pytest

from triage import DataError
from triage.records import Example
from triage.taxonomy import BUILT_IN
from triage.text.clean import clean
from triage.training.audit import LEAST, audit
from triage.training.crossfit import cross_fit


def example(row):
    return Example(row["id"], row["text"], tuple(row["issues"]), row["sentiment"], row["urgency"])


@pytest.fixture(scope="module")
def plain(seed_rows):
    """Authored texts of one issue each, as their author labelled them."""
    rows = sorted((r for r in seed_rows if len(r["issues"]) <= 1), key=lambda r: r["id"])
    return [example(row) for row in rows[::7][:700]]


@pytest.fixture(scope="module")
def planted(plain):
    """The same with one label in twenty-five turned, and which."""
    draw, wrong, rows = random.Random(5), set(), []
    for one in plain:
        code = draw.choice(BUILT_IN.codes) if draw.random() < 0.2 else None
        if code:
            wrong.add((one.id, code))
        turned = {code} ^ set(one.issues) if code else one.issues
        rows.append(replace(one, issues=BUILT_IN.closed(turned)))
    return rows, wrong


@pytest.fixture(scope="module")
def found(planted):
    return audit(planted[0], BUILT_IN)


def test_planted_labels_are_found_far_more_often_than_at_random(planted, found):
    rows, wrong = planted
    told = [(one.id, one.label) for one in found.suspicions if one.field == "issues"]
    at_random = len(wrong) / (len(rows) * len(BUILT_IN.codes))
    first = told[: len(wrong)]
    assert len(wrong & set(first)) / len(first) > 8 * at_random
    assert len(wrong & set(told)) / len(wrong) > 0.5
    assert len(told) < len(rows)


def test_the_most_suspicious_comes_first_with_what_is_proposed(planted, found):
    rows, _ = planted
    given = {one.id: one for one in rows}
    qualities = [one.quality for one in found.suspicions]
    assert qualities == sorted(qualities)
    for one in found.suspicions:
        if one.field == "issues":
            assert one.given == ("yes" if one.label in given[one.id].issues else "no")
            assert {one.given, one.proposed} == {"yes", "no"}
        else:
            assert one.given == str(getattr(given[one.id], one.field))
            assert one.proposed != one.given
        assert one.zh and one.en


def test_the_quote_is_a_clause_of_the_text(found):
    quoted = [one for one in found.suspicions if one.field == "issues"][:20]
    for one in quoted:
        quote = one.zh.partition("一句“")[2].removesuffix("”")
        assert quote
        assert quote in clean(one.text).text


def test_the_quote_is_the_clause_that_speaks_most(plain):
    rows = [*plain[:300], Example("q", "东西很好用，快递十天还没到，谢谢", (), 3, 1)]
    fitted = cross_fit(rows, BUILT_IN.codes)
    output = BUILT_IN.codes.index("delivery")
    assert fitted.quote(300, rows[-1].text, output) == "快递十天还没到"
    assert fitted.quote(300, rows[-1].text, output, against=True) != "快递十天还没到"


def test_a_mood_one_level_off_is_no_suspicion(found):
    moods = [one for one in found.suspicions if one.field == "sentiment"]
    assert all(abs(int(one.given) - int(one.proposed)) > 1 for one in moods)


def test_where_there_are_too_few_it_is_said_and_nothing_is_claimed(plain):
    few = [one for one in plain if "delivery" in one.issues][: LEAST - 1]
    rest = [one for one in plain if "delivery" not in one.issues][:60]
    done = audit([*few, *rest], BUILT_IN)
    told = {one.label: one for one in done.skipped if one.field == "issues"}
    assert "样本不足" in told["delivery"].zh
    assert f"{LEAST - 1} with" in told["delivery"].en
    assert "not enough examples" in told["delivery"].en
    assert not [one for one in done.suspicions if one.label == "delivery"]


def test_nothing_is_fitted_where_nothing_has_enough(plain):
    done = audit(plain[:5], BUILT_IN)
    assert done.suspicions == ()
    assert len(done.skipped) == 5 + 5 + 4
    with pytest.raises(DataError):
        audit([], BUILT_IN)


def test_what_is_not_known_is_neither_learned_nor_audited(plain):
    blank = [replace(one, id=f"n-{one.id}", issues=None, sentiment=None) for one in plain[:30]]
    done = audit([*plain[30:200], *blank], BUILT_IN)
    ids = {one.id for one in done.suspicions if one.field != "urgency"}
    assert not any(one.startswith("n-") for one in ids)


def test_near_duplicates_do_not_vouch_for_each_other():
    # Each text comes twice with a random label: a model that saw the twin would know it.
    draw = random.Random(1)
    words = "锅碗瓢盆快递客服电话退款发票衣服裤子鞋帽手机电脑屏幕耳机"
    texts = ["".join(draw.choices(words, k=14)) for _ in range(60)]
    rows = []
    for k, text in enumerate(texts):
        issues = ("delivery",) if draw.random() < 0.5 else ()
        rows += [Example(f"a{k}", text, issues, 3, 1), Example(f"b{k}", f"{text}！", issues, 3, 1)]
    fitted = cross_fit(rows, ("delivery",))
    right = [
        (p > 0.5) == bool(one.issues) for p, one in zip(fitted.issues[:, 0], rows, strict=True)
    ]
    assert sum(right) / len(right) < 0.7


def test_a_base_model_is_heard(plain, default_engine, planted):
    rows, _ = planted
    alone = cross_fit(rows[:200], BUILT_IN.codes)
    helped = cross_fit(rows[:200], BUILT_IN.codes, base=default_engine)
    truth = [[code in one.issues for code in BUILT_IN.codes] for one in plain[:200]]
    assert _likely(helped.issues, truth) > _likely(alone.issues, truth) + 0.05


def _likely(scores, truth):
    told = np.array(truth)
    return float(np.where(told, scores, 1 - scores).mean())
