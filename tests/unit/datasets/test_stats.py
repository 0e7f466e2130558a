from triage.datasets.stats import stats
from triage.records import Example
from triage.taxonomy import BUILT_IN, Label, Taxonomy
from triage.training.corpus import content_hash

ROWS = [
    Example(
        "a", "漏水了", ("product_quality", "delivery"), 1, 3, "desk", channel="app", customer="c1"
    ),
    Example("b", "送错了还不理人", ("delivery",), 2, 1, "desk", channel="app", customer="c1"),
    Example("c", "師傅很專業，態度很好", (), 5, 0, "desk", customer="c2"),
    Example("d", "说不清楚", None, None, None, "inbox", unsure=True),
]
NOTHING_HELD = {"test": [], "dev": []}


def test_everything_is_counted_and_the_unknown_apart():
    counts = stats(ROWS, BUILT_IN, {"test": ["b"], "dev": []})
    assert counts["n"] == 4
    assert counts["hash"] == content_hash(ROWS)
    assert counts["known"] == {"issues": 3, "sentiment": 3, "urgency": 3}
    assert counts["issues"]["delivery"] == 2
    assert counts["issues"]["other"] == 0
    assert counts["no_issue"] == 1
    assert counts["sentiment"] == {"1": 1, "2": 1, "3": 0, "4": 0, "5": 1}
    assert counts["urgency"] == {"0": 1, "1": 1, "2": 0, "3": 1}
    assert counts["channel"] == {"app": 2, "(none)": 2}
    assert counts["source"] == {"desk": 3, "inbox": 1}
    assert counts["script"] == {"hans": 3, "hant": 1}
    assert (counts["length"]["min"], counts["length"]["max"]) == (3, 10)
    assert counts["customers"] == {"texts": 3, "different": 2, "most": 2}
    assert counts["unsure"] == 1
    assert counts["parts"] == {"train": 2, "dev": 0, "test": 1}  # `a` is of the customer of `b`


def test_labels_that_occur_together_are_counted_but_not_a_label_with_its_own_parent():
    taxonomy = Taxonomy((Label("a", "甲", "A"), Label("a/b", "乙", "B"), Label("c", "丙", "C")))
    rows = [Example(str(k), f"第{k}条", ("a", "a/b", "c"), 3, 0) for k in range(2)]
    assert stats(rows, taxonomy, NOTHING_HELD)["together"] == [
        {"labels": ["a", "c"], "n": 2},
        {"labels": ["a/b", "c"], "n": 2},
    ]


def test_an_empty_dataset_has_counts_of_nothing():
    counts = stats([], BUILT_IN, NOTHING_HELD)
    assert (counts["n"], counts["length"], counts["together"]) == (0, {}, [])
