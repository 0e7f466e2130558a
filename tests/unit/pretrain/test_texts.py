"""What a pretraining reads, and above all what it does not."""

import csv
import gzip
import json
from pathlib import Path

from tests.unit.pretrain.conftest import write
from triage.training.pretrain.texts import read_plain


def collection(path: Path, rows: list[tuple[str, str]], column: str = "text") -> None:
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", column])
        writer.writerows(rows)


def test_texts_are_cleaned_simplified_and_read_once(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", ["快遞很慢很慢啊", "快递很慢很慢啊", "ＡＢＣ一二三四"])
    assert read_plain([tmp_path], None) == ["快递很慢很慢啊", "ABC一二三四"]


def test_held_out_texts_and_their_near_duplicates_are_not_read(tmp_path: Path) -> None:
    kept, held = "这家店的客服回复得特别快", "包裹在路上走了整整十五天才到"
    write(tmp_path / "a.jsonl", [kept, held, held + "！！"])
    (tmp_path / "heldout.json").write_text(json.dumps({"test": ["t1"], "dev": []}))
    assert read_plain([tmp_path], None) == [kept]


def test_public_test_sets_are_not_read_and_answers_are(tmp_path: Path) -> None:
    collection(tmp_path / "chnsenticorp_dev.csv.gz", [("d1", "这是公开的测试文本不许读")])
    collection(tmp_path / "chnsenticorp_train.csv.gz", [("c1", "这是训练用的酒店评论可以读")])
    collection(tmp_path / "gov_answers.csv.gz", [("g1", "您好您反映的问题已经转给部门")], "answer")
    assert set(read_plain([], tmp_path)) == {
        "这是训练用的酒店评论可以读",
        "您好您反映的问题已经转给部门",
    }


def test_what_is_too_short_or_broken_is_left_out(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", ["好", "还可以的吧"])
    with (tmp_path / "a.jsonl").open("a") as file:
        file.write("no json\n")
    assert read_plain([tmp_path], None) == ["还可以的吧"]
