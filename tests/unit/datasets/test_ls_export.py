"""Exports as Label Studio writes them: the full JSON and JSON-MIN."""

import json

import pytest

from triage.training.corpus import read_examples


def choice(name, *chosen):
    return {
        "from_name": name,
        "to_name": "text",
        "type": "choices",
        "value": {"choices": list(chosen)},
    }


def rating(stars):
    return {"from_name": "sentiment", "type": "rating", "value": {"rating": stars}}


def span(label):
    value = {"start": 0, "end": 2, "text": "漏水", "labels": [label]}
    return {"from_name": "evidence", "to_name": "text", "type": "labels", "value": value}


def annotation(*result, at="2025-01-01", **more):
    return {"id": 1, "result": list(result), "was_cancelled": False, "updated_at": at, **more}


def task(number, text, *annotations, **data):
    return {"id": number, "data": {"text": text, **data}, "annotations": list(annotations)}


@pytest.fixture
def exported(tmp_path, imported, dataset):
    """Import an export; return its examples by id, and what the import says."""

    def run(*rows):
        path = tmp_path / "project-1.json"
        path.write_text(json.dumps(rows), encoding="utf-8")
        result = imported(path)
        return {e.id: e for e in read_examples([dataset])}, result

    return run


def test_choices_and_ratings_become_labels(exported):
    done = annotation(
        span("delivery"),
        choice("issues", "产品质量", "delivery"),
        rating(2),
        choice("urgency", "3"),
    )
    examples, _ = exported(task(7, "漏水了，还送错了", done, channel="app", customer="c1"))
    example = examples["ls-7"]
    assert example.issues == ("product_quality", "delivery")
    assert (example.sentiment, example.urgency, example.unsure) == (2, 3, False)
    assert (example.text, example.channel, example.customer) == ("漏水了，还送错了", "app", "c1")


def test_an_id_of_ours_in_the_task_is_kept(exported):
    done = annotation(choice("issues", "delivery"))
    examples, _ = exported(task(7, "漏水", done, id="inbox-12"))
    assert list(examples) == ["inbox-12"]


def test_tasks_that_nobody_annotated_are_left_out(exported):
    skipped = annotation(choice("issues", "other"), was_cancelled=True)
    rows = [task(1, "漏水", annotation(rating(1))), task(2, "慢"), task(3, "差", skipped)]
    examples, result = exported(*rows)
    assert list(examples) == ["ls-1"]
    assert result.unlabelled == 2


def test_the_ground_truth_counts_else_the_latest_and_difference_makes_unsure(exported):
    early, late = annotation(rating(1), at="2025-01-01"), annotation(rating(3), at="2025-02-01")
    truth = annotation(rating(5), at="2024-01-01", ground_truth=True)
    rows = [task(1, "漏水", late, early), task(2, "慢", late, truth), task(3, "差", early, early)]
    examples, _ = exported(*rows)
    assert [e.sentiment for e in examples.values()] == [3, 5, 1]
    assert [e.unsure for e in examples.values()] == [True, True, False]


def test_nothing_chosen_is_no_issue_where_none_could_not_be_chosen(exported):
    both = annotation(choice("issues", "delivery", "other"), rating(1))
    examples, _ = exported(task(1, "漏水", both), task(2, "很好", annotation(rating(5))))
    assert examples["ls-2"].issues == ()


def test_nothing_chosen_is_not_known_where_none_could_be_chosen(exported):
    both = annotation(choice("issues", "delivery", "other"), rating(1))
    none = annotation(choice("issues", "_none"), rating(5))
    forgot = annotation(rating(5))
    examples, _ = exported(task(1, "漏水", both), task(2, "很好", none), task(3, "不错", forgot))
    assert examples["ls-2"].issues == ()
    assert examples["ls-3"].issues is None


def minimal(number, text, **chosen):
    beside = {"annotator": 1, "annotation_id": number, "created_at": "x", "lead_time": 2.5}
    return {"text": text, "id": number, **chosen, **beside}


def test_the_flat_export_gives_the_same_labels(exported):
    evidence = [{"start": 0, "end": 2, "text": "漏水", "labels": ["delivery"]}]
    examples, result = exported(
        minimal(
            1,
            "漏水了",
            issues={"choices": ["产品质量", "delivery"]},
            sentiment=[{"rating": 2}],
            urgency="3",
            evidence=evidence,
        ),
        minimal(2, "很好", sentiment=[{"rating": 5}]),
        minimal(3, "慢", issues="delivery", sentiment=[{"rating": 1}]),
    )
    assert result.rejected == ()
    assert examples["ls-1"].issues == ("product_quality", "delivery")
    assert (examples["ls-1"].sentiment, examples["ls-1"].urgency) == (2, 3)
    assert examples["ls-2"].issues == ()
    assert examples["ls-3"].issues == ("delivery",)


def test_annotators_of_the_flat_export_who_differ_are_a_conflict(exported):
    rows = [minimal(1, "漏水", issues="delivery"), minimal(1, "漏水", issues="other")]
    _, result = exported(*rows)
    assert [row.code for row in result.rejected] == ["conflict"]


def test_results_of_an_unknown_shape_are_passed_over(exported):
    odd = [3, {"from_name": "x"}, {"from_name": "y", "value": {"brush": 1}}, {"value": {}}]
    examples, _ = exported(task(1, "漏水", annotation(*odd, rating(2))))
    assert examples["ls-1"].sentiment == 2
