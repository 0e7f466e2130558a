import dataclasses

import numpy as np
import pytest

from triage import ISSUES, Feedback, ModelName, Policy, Triage
from triage.records import Example
from triage.scorers.linear import LinearScorer
from triage.text.clean import clean
from triage.text.segment import Segmenter
from triage.training.corpus import read_examples
from triage.training.linear import Settings, Texts, fit, targets
from triage.training.scope import read_outside

SEGMENTER = Segmenter()
COMPLAINTS = {
    "product_quality": ("杯子漏水质量太差", "衣服掉色质量太差", "手机坏了质量太差"),
    "staff_attitude": ("店员骂人态度恶劣", "前台翻白眼态度恶劣", "客服顶嘴态度恶劣"),
    "delivery": ("快递太慢还没送到", "包裹丢了还没送到", "外卖晚了还没送到"),
    "follow_up_neglect": ("打电话没人理我", "发邮件没人理我", "催三次没人理我"),
    "other": ("停车费乱收太贵", "优惠券乱收太贵", "门票钱乱收太贵"),
}
PRAISE = ("味道很好非常满意", "送得很快非常满意", "服务热情非常满意")
DAYS = ("昨天", "今天", "上周", "刚才", "上个月", "前天")
EASY = [
    Example(f"{label}-{k}-{day}", day + text, (label,), 2, 1)
    for label, texts in COMPLAINTS.items()
    for k, text in enumerate(texts)
    for day in DAYS
] + [Example(f"praise-{k}-{d}", d + t, (), 5, 0) for k, t in enumerate(PRAISE) for d in DAYS]

pytestmark = pytest.mark.usefixtures("quiet_fit")


@pytest.fixture(scope="module")
def examples(own_data):
    return read_examples([own_data])


def engine_of(weights):
    return Triage(LinearScorer(weights, SEGMENTER), Policy(), ModelName("m", "1", "0"))


def equal(one, two):
    pairs = [(getattr(one, name), getattr(two, name)) for name in ("kept", "idf", "heads", "bias")]
    for task, net in one.stage2.items():
        names = [field.name for field in dataclasses.fields(net)]
        pairs += [(getattr(net, name), getattr(two.stage2[task], name)) for name in names]
    return all(np.array_equal(a, b) for a, b in pairs)


def test_fitting_again_and_again_gives_the_very_same_numbers(root, tiny_settings):
    # liblinear has one generator for the whole process: heads fitted in threads would race.
    files = [root / "data" / "seed" / name for name in ("priority.jsonl", "short.jsonl")]
    examples = read_examples(files)[:200]
    first, *others = (fit(examples, [], SEGMENTER, settings=tiny_settings) for _ in range(4))
    assert all(equal(first, other) for other in others)


def test_the_order_of_the_examples_does_not_matter(examples, tiny_settings):
    one = fit(examples, EASY, SEGMENTER, settings=tiny_settings)
    two = fit(examples[::-1], EASY[::-1], SEGMENTER, settings=tiny_settings)
    assert equal(one, two)


def test_another_seed_gives_another_model(examples, tiny_settings):
    one = fit(examples, [], SEGMENTER, settings=tiny_settings)
    other = dataclasses.replace(tiny_settings, seed=1)
    assert not equal(one, fit(examples, [], SEGMENTER, settings=other))


def test_no_more_rows_are_kept_than_are_asked_for_and_they_are_sorted(examples, tiny_settings):
    few = dataclasses.replace(tiny_settings, rows=50)
    weights = fit(examples, [], SEGMENTER, settings=few)
    assert len(weights.kept) == len(weights.idf) == len(weights.heads) == 50
    assert (np.diff(weights.kept.astype(np.int64)) > 0).all()


def test_the_rows_kept_are_the_ones_that_weigh_most(examples, tiny_settings):
    whole = fit(examples, [], SEGMENTER, settings=tiny_settings)
    few = fit(examples, [], SEGMENTER, settings=dataclasses.replace(tiny_settings, rows=50))
    reach = np.abs(whole.heads).max(axis=1)
    lightest = reach[np.isin(whole.kept, few.kept)].min()
    assert (reach > lightest).sum() < 50


def test_a_piece_that_one_text_alone_holds_is_not_learned(tiny_settings):
    rare = [*EASY, Example("rare", "昨天饕餮质量太差", ("product_quality",), 2, 1)]
    one = fit(EASY, [], SEGMENTER, settings=tiny_settings)
    two = fit(rare, [], SEGMENTER, settings=tiny_settings)
    assert set(one.kept.tolist()) == set(two.kept.tolist())


def test_labels_of_one_s_own_are_learned_in_their_order(tiny_settings):
    swap = {"delivery": "late", "staff_attitude": "rude"}
    rows = [
        dataclasses.replace(e, issues=tuple(swap[x] for x in e.issues if x in swap)) for e in EASY
    ]
    weights = fit(rows, [], SEGMENTER, labels=("late", "rude"), settings=tiny_settings)
    assert weights.labels == ("late", "rude")
    assert tuple(engine_of(weights)(Feedback("a", "昨天快递太慢")).scores) == ("late", "rude")


def test_the_heads_point_to_the_label_of_what_they_were_fitted_on(tiny_settings):
    weights = fit(EASY, [], SEGMENTER, settings=tiny_settings)
    engine = engine_of(weights)
    complaints = [example for example in EASY if example.issues]
    batch = engine.scorer.score([clean(example.text) for example in complaints])
    for row, example in enumerate(complaints):
        heaviest = {label: batch.clues(row, label, 1)[0].weight for label in ISSUES}
        assert max(heaviest, key=heaviest.get) == example.issues[0]


def test_a_model_learns_a_hundred_easy_texts_by_heart():
    outside = read_outside(None, None)
    engine = engine_of(fit(Texts(EASY, outside=outside), segmenter=SEGMENTER))
    verdicts = list(engine.pipe(Feedback(e.id, e.text) for e in EASY))
    pairs = list(zip(verdicts, EASY, strict=True))
    assert sum(v.issues == e.issues for v, e in pairs) >= 0.95 * len(EASY)
    assert sum(v.sentiment == e.sentiment for v, e in pairs) >= 0.95 * len(EASY)


def test_where_no_text_is_outside_every_text_is_feedback(tiny_settings):
    engine = engine_of(fit(EASY, [], SEGMENTER, settings=tiny_settings))
    verdicts = engine.pipe(Feedback(e.id, e.text) for e in EASY)
    assert all(verdict.in_scope for verdict in verdicts)


def test_a_fit_says_nothing_by_way_of_warnings(recwarn, examples, tiny_settings):
    import warnings

    warnings.simplefilter("always")
    fit(examples, [], SEGMENTER, settings=tiny_settings)
    assert [str(warning.message) for warning in recwarn] == []


def test_a_label_that_nobody_has_yet_is_never_given(tiny_settings):
    rows = [example for example in EASY if "other" not in (example.issues or ())]
    engine = engine_of(fit(rows, [], SEGMENTER, settings=tiny_settings))
    verdicts = engine.pipe(Feedback(e.id, e.text) for e in rows)
    assert not any("other" in verdict.issues for verdict in verdicts)


def test_polarity_texts_widen_the_vocabulary(examples, tiny_settings):
    polarity = [
        Example(f"p{k}", f"第{k}回来，龙井虾仁{word}", None, level, None)
        for k in range(12)
        for word, level in (("绝了", 4), ("寡淡", 2))
    ]
    polarity = [dataclasses.replace(e, id=f"{e.id}-{e.sentiment}") for e in polarity]
    with_them = fit(examples, polarity, SEGMENTER, settings=tiny_settings)
    without = fit(examples, [], SEGMENTER, settings=tiny_settings)
    assert len(set(with_them.kept.tolist()) - set(without.kept.tolist())) > 10


def test_progress_is_told_step_by_step(examples, tiny_settings):
    steps = []
    fit(examples, [], SEGMENTER, settings=tiny_settings, progress=steps.append)
    assert len(steps) >= 3
    assert steps[0].startswith("counting")


def test_targets_are_labels_then_steps_of_sentiment_then_steps_of_urgency():
    rows = [
        Example("a", "", ("delivery",), 4, 2),
        Example("b", "", (), 1, 0),
        Example("c", "", None, None, None),
    ]
    assert targets(rows, ("delivery", "other")).astype(int).tolist() == [
        [1, 0, 1, 1, 1, 0, 1, 1, 0],
        [0, 0, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 1, 1, 0, 0, 0, 0, 0],
    ]


def test_settings_cannot_be_changed_under_way():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().seed = 5
