import json

import pytest

from triage import DataError
from triage.datasets.checks import check
from triage.datasets.text_checks import is_other_language

TEXT = "昨天买的保温杯今天就漏水了，联系客服一直没有人回复"
LATE = "快递放在驿站也不通知，找了半天才找到"


def found(*folders):
    """The problems by code; of several with one code the last."""
    return {problem.code: problem for problem in check(folders).problems}


def test_a_sound_dataset_has_nothing_to_mend(root):
    result = check([root / "data" / "seed" / "turns.jsonl"])
    assert result.fine
    assert result.n > 200
    assert {problem.level for problem in result.problems} <= {"warning"}


def test_every_problem_says_what_to_do(folder):
    rows = [{"text": TEXT}, {"text": TEXT, "issues": ["other"]}, {"text": "好"}, {"text": 3}]
    result = check([folder(*rows)])
    assert len(result.problems) > 4
    assert all(problem.remedy and problem.message for problem in result.problems)
    assert [p.level for p in result.problems] == sorted(p.level for p in result.problems)
    json.dumps(result.to_dict())


def test_rows_that_cannot_be_read_are_told_and_the_others_are_checked(folder):
    place = folder({"text": TEXT, "sentiment": 9}, {"text": LATE, "issues": ["delivery"]})
    with (place / "rows.jsonl").open("a") as file:
        file.write("{broken\n")
    result = check([place])
    (problem,) = [p for p in result.problems if p.code == "broken_row"]
    assert (problem.n, problem.level, result.n, result.fine) == (2, "error", 1, False)
    assert "line 1" in problem.where[0]
    assert "line 3" in problem.where[1]


def test_unknown_labels_are_told_with_counts_and_places(folder):
    rows = [{"text": TEXT, "issues": ["bill"]}, {"text": LATE, "issues": ["bill", "other"]}]
    problem = found(folder(*rows))["unknown_label"]
    assert (problem.n, problem.level) == (2, "error")
    assert "'bill'" in problem.message
    assert "product_quality" in problem.remedy
    assert "broken_row" not in found(folder(*rows))


def test_labels_of_the_dataset_itself_are_known(folder):
    own = "labels: [{code: bill, zh: 账单}]"
    assert "unknown_label" not in found(folder({"text": TEXT, "issues": ["bill"]}, taxonomy=own))


def test_one_id_for_two_texts_must_be_mended(folder):
    problem = found(folder({"text": TEXT, "id": "a"}, {"text": LATE, "id": "a"}))["id_twice"]
    assert (problem.level, problem.where) == ("error", ("a",))


def test_the_same_text_with_other_issues_must_be_mended(folder):
    rows = [{"text": TEXT, "issues": ["other"]}, {"text": f" {TEXT}\n", "issues": ["delivery"]}]
    problems = found(folder(*rows))
    assert (problems["conflict"].level, problems["conflict"].where) == ("error", ("e0 = e1",))
    assert "level_conflict" not in problems


def test_the_same_text_with_another_level_is_a_warning_only(folder):
    rows = [{"text": TEXT, "sentiment": 1}, {"text": TEXT, "sentiment": 2}]
    problems = found(folder(*rows))
    assert problems["level_conflict"].level == problems["duplicate"].level == "warning"
    assert "conflict" not in problems


def test_what_is_not_known_contradicts_nothing(folder):
    rows = [{"text": TEXT, "issues": None}, {"text": TEXT, "issues": ["other"]}]
    problems = found(folder(*rows))
    assert "conflict" not in problems
    assert problems["duplicate"].n == 1


def test_near_duplicates_are_told_and_those_with_other_issues_twice(folder):
    rows = [
        {"text": TEXT, "issues": ["other"]},
        {"text": TEXT + "！！", "issues": []},
        {"text": LATE},
    ]
    problems = found(folder(*rows))
    assert problems["near_duplicate"].where == problems["near_conflict"].where == ("e0 = e1",)
    assert "duplicate" not in problems


def test_a_customer_with_most_of_the_texts_is_told(folder, seed_texts):
    rows = [{"text": text, "customer": "0000"} for text in seed_texts[:25]]
    assert found(folder(*rows))["crowd"].where == ("0000 × 25",)


HELD = json.dumps({"test": ["e0"], "dev": ["e1"]})


def test_near_duplicates_of_test_and_dev_must_be_mended(folder):
    place = folder({"text": TEXT}, {"text": TEXT + "！"}, heldout=HELD)
    problem = found(place)["leak"]
    assert (problem.level, problem.where) == ("error", ("e0 ~ e1",))


def test_a_customer_of_test_and_dev_must_be_mended(folder):
    rows = [{"text": TEXT, "customer": "c"}, {"text": LATE, "customer": "c"}]
    assert found(folder(*rows, heldout=HELD))["customer_leak"].level == "error"


def test_what_is_close_to_a_held_out_text_is_told(folder):
    rows = [
        {"text": TEXT, "customer": "c"},
        {"text": LATE},
        {"text": TEXT + "？"},
        {"text": "安装师傅很耐心，讲得很清楚", "customer": "c"},
        {"text": "空调噪音太大，晚上根本睡不着觉"},
    ]
    problem = found(folder(*rows, heldout=HELD))["left_out"]
    assert (problem.level, problem.where) == ("warning", ("e2", "e3"))


def test_held_out_texts_that_are_gone_are_told(folder):
    place = folder({"text": TEXT}, heldout=HELD)
    assert found(place)["held_out_gone"].where == ("e1",)
    assert "not_split" not in found(place)


def test_a_dataset_that_was_never_split_is_told(folder):
    assert "triage data split" in found(folder({"text": TEXT}))["not_split"].remedy


def test_labels_with_few_texts_are_told_in_two_steps(folder, seed_texts):
    rows = [{"text": text, "issues": ["delivery"]} for text in seed_texts[:30]]
    rows += [{"text": text, "issues": ["other"]} for text in seed_texts[30:40]]
    problems = [p for p in check([folder(*rows)]).problems if p.code.endswith("_label")]
    assert [(p.code, p.message.split()[1].strip(":"), p.n) for p in problems] == [
        ("rare_label", "product_quality", 0),
        ("rare_label", "staff_attitude", 0),
        ("rare_label", "follow_up_neglect", 0),
        ("few_label", "other", 10),
    ]


def test_a_dataset_without_any_issue_labels_must_be_mended(folder):
    assert found(folder({"text": TEXT, "issues": None}))["no_labels"].level == "error"
    assert "no_labels" not in found(folder({"text": TEXT}))


def test_single_texts_are_looked_at(folder):
    rows = [
        {"text": "好"},
        {"text": "慢" * 20_001},
        {"text": "Where is my parcel, please tell me today"},
        {"text": "请打13800138000找我，一直没人联系"},
    ]
    problems = found(folder(*rows))
    assert problems["too_short"].where == ("e0",)
    assert problems["too_long"].where == ("e1",)
    assert problems["other_language"].where == ("e2",)
    assert problems["personal_data"].where == ("e3",)
    assert "phone 1" in problems["personal_data"].message


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("你们的dashboard今早又down了，ticket挂了两小时没人理", False),
        ("wifi断了", False),
        ("OK", False),
        ("この商品は日本への発送に対応していますか", True),
        ("안녕하세요 지난주에 주문한 화장품", True),
        ("Buenas tardes hasta qué hora está abierto", True),
    ],
)
def test_a_text_with_english_words_is_chinese_and_one_in_another_language_is_not(text, other):
    assert is_other_language(text) is other


def test_rows_without_their_texts_are_told_and_not_checked(folder):
    place = folder({"text": TEXT})
    line = {"id": "c1", "hash": "0" * 16, "issues": [], "sentiment": 3, "urgency": 0}
    (place / "labels.jsonl").write_text(json.dumps(line), encoding="utf-8")
    result = check([place])
    assert result.n == 1
    assert [p.n for p in result.problems if p.code == "no_text"] == [1]


def test_an_empty_folder_and_one_that_is_not_there(tmp_path):
    assert check([tmp_path]).fine is False
    with pytest.raises(DataError, match="There is no"):
        check([tmp_path / "none"])
