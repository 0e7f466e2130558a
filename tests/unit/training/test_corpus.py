import csv
import gzip
import json

import pytest

from triage import DataError
from triage.records import Example
from triage.training.corpus import (
    content_hash,
    read_collection,
    read_examples,
    read_polarity,
    taxonomy_of,
    text_hash,
)
from triage.training.splits import held_out

ROW = {"id": "a", "text": "质量差", "issues": ["product_quality"], "sentiment": 2, "urgency": 1}
JOINED = {"id": "c1", "hash": text_hash("送得慢"), "issues": ["delivery"]}
JOINED |= {"sentiment": 2, "urgency": 1}


@pytest.fixture
def data(tmp_path):
    def write(*rows, name="own.jsonl"):
        lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
        return tmp_path / name

    return write


@pytest.fixture
def collections(tmp_path):
    """Authored rows in the form of the public collections."""
    folder = tmp_path / "collections"
    folder.mkdir()
    rows = [("c1", "送得慢", "0"), ("c2", "很满意", "1"), ("c3", "", "0")]
    with gzip.open(folder / "waimai.csv.gz", "wt", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("id", "text", "polarity"), *rows])
    return folder


def refused(path, **options):
    with pytest.raises(DataError) as caught:
        read_examples([path], **options)
    assert caught.value.remedy
    return caught.value.message


def test_a_row_becomes_an_example_with_the_name_of_its_file_as_source(data):
    row = ROW | {"kind": "外卖", "channel": "app", "turn": "negation", "unsure": True}
    assert read_examples([data(row)]) == [
        Example(
            "a", "质量差", ("product_quality",), 2, 1, "own", "外卖", "app", "negation", unsure=True
        )
    ]


def test_a_source_of_its_own_wins_over_the_name_of_the_file(data):
    assert read_examples([data(ROW | {"source": "desk"})])[0].source == "desk"


def test_blank_lines_are_skipped(data):
    assert len(read_examples([data(ROW, "", "   ", ROW | {"id": "b"})])) == 2


def test_a_folder_gives_its_jsonl_files_in_order(data, tmp_path):
    data(ROW | {"id": "z"}, name="b.jsonl")
    data(ROW | {"id": "y"}, name="a.jsonl")
    (tmp_path / "notes.txt").write_text("no data")
    assert [example.id for example in read_examples([tmp_path])] == ["y", "z"]


def test_issues_come_in_the_order_of_the_columns(data):
    row = ROW | {"issues": ["other", "delivery", "product_quality"]}
    assert read_examples([data(row)])[0].issues == ("product_quality", "delivery", "other")


def test_other_labels_can_be_read_for_another_model(data):
    path = data(ROW | {"issues": ["late"]})
    assert read_examples([path], labels=("late", "rude"))[0].issues == ("late",)
    assert "'late'" in refused(path)


def test_an_unknown_label_is_named_with_file_and_line(data):
    path = data(ROW, "", ROW | {"id": "b", "issues": ["delivery", "bug"]})
    message = refused(path)
    assert f"{path}, line 3" in message
    assert "'bug'" in message


def test_the_known_labels_are_told(data):
    with pytest.raises(DataError) as caught:
        read_examples([data(ROW | {"issues": ["bug"]})])
    assert "staff_attitude" in caught.value.remedy


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("{not json", "JSON"),
        ("[1, 2]", "id"),
        ({"text": "x"}, "id"),
        ({"id": "b", "text": "x", "issues": [], "sentiment": 3}, "urgency"),
        ({"id": "b", "issues": [], "sentiment": 3, "urgency": 0}, "text"),
        (ROW | {"sentiment": 0}, "sentiment"),
        (ROW | {"sentiment": 6}, "sentiment"),
        (ROW | {"sentiment": "2"}, "sentiment"),
        (ROW | {"sentiment": 2.0}, "sentiment"),
        (ROW | {"sentiment": True}, "sentiment"),
        (ROW | {"urgency": 4}, "urgency"),
        (ROW | {"urgency": -1}, "urgency"),
    ],
)
def test_a_broken_row_is_named_with_file_line_and_reason(data, row, said):
    message = refused(data(ROW | {"id": "first"}, row))
    assert "own.jsonl, line 2" in message
    assert said in message


@pytest.mark.parametrize("change", [{"text": None}, {"text": 5}, {"issues": "other"}])
def test_a_value_of_the_wrong_kind_is_named_with_file_and_line(data, change):
    with pytest.raises(DataError, match="line 1"):
        read_examples([data(ROW | change)])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_file_that_excel_or_a_windows_editor_wrote_is_read(tmp_path, encoding):
    path, text = tmp_path / "own.jsonl", "昨天买的保温杯今天就漏水了，联系客服没有人回复"
    path.write_bytes(json.dumps(ROW | {"text": text}, ensure_ascii=False).encode(encoding))
    assert read_examples([path])[0].text == text


def test_a_null_is_kept_as_not_known(data):
    path = data(ROW | {"issues": None, "sentiment": None, "urgency": None})
    (example,) = read_examples([path])
    assert (example.issues, example.sentiment, example.urgency) == (None, None, None)


def test_the_customer_is_read_as_text(data):
    rows = [ROW | {"customer": 17}, ROW | {"id": "b", "customer": None}]
    assert [e.customer for e in read_examples([data(*rows)])] == ["17", ""]


def test_what_an_import_rejected_is_no_example(data, tmp_path):
    data(ROW)
    data({"file": "x.csv", "row": 3, "why": "empty_text"}, name="rejected.jsonl")
    assert [example.id for example in read_examples([tmp_path])] == ["a"]


TAXONOMY = """labels:
  - code: hardware
    zh: 硬件
    children:
      - {code: heat, zh: 发热}
  - {code: shipping, zh: 物流}
"""


@pytest.fixture
def own_labels(tmp_path):
    (tmp_path / "taxonomy.yaml").write_text(TAXONOMY, encoding="utf-8")
    return ("hardware", "hardware/heat", "shipping")


def test_a_folder_with_its_own_labels_is_read_with_them_and_a_label_brings_its_parent(
    data, own_labels, tmp_path
):
    path = data(ROW | {"issues": ["shipping", "hardware/heat"]})
    for given in (tmp_path, path):
        assert taxonomy_of([given]).codes == own_labels
        (example,) = read_examples([given])
        assert example.issues == ("hardware", "hardware/heat", "shipping")


def test_labels_of_the_box_are_unknown_in_a_folder_with_its_own(data, own_labels, tmp_path):
    data(ROW)
    assert "'product_quality'" in refused(tmp_path)
    assert read_examples([tmp_path], labels=("product_quality",))[0].issues == ("product_quality",)


def test_folders_with_labels_that_differ_are_not_read_together(data, own_labels, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "taxonomy.yaml").write_text("labels: [{code: late, zh: 迟到}]", encoding="utf-8")
    with pytest.raises(DataError, match="name different labels"):
        read_examples([tmp_path, other])


def test_one_id_for_two_texts_is_refused(data):
    assert "'a'" in refused(data(ROW, ROW | {"text": "另一条"}))


def test_a_missing_file_is_named(tmp_path):
    assert "none.jsonl" in refused(tmp_path / "none.jsonl")


def test_an_empty_folder_holds_no_examples(tmp_path):
    assert read_examples([tmp_path]) == []


def test_a_row_with_a_hash_is_joined_with_the_text_of_the_collection(data, collections):
    (example,) = read_examples([data(JOINED)], collections=collections)
    assert example.text == "送得慢"
    assert example.issues == ("delivery",)


def test_a_row_with_a_hash_is_left_out_without_the_collections(data):
    assert [example.id for example in read_examples([data(JOINED, ROW)])] == ["a"]


@pytest.mark.parametrize("change", [{"hash": "0" * 16}, {"id": "c99"}])
def test_a_row_whose_text_is_another_or_none_is_left_out(data, collections, change):
    assert read_examples([data(JOINED | change)], collections=collections) == []


def test_a_joined_row_is_checked_as_any_other(data, collections):
    path = data(JOINED | {"issues": ["bug"]})
    assert "line 1" in refused(path, collections=collections)


def test_polarity_is_read_as_sentiment_and_nothing_else_is_known(collections):
    examples = read_polarity(collections)
    assert [(e.id, e.sentiment) for e in examples][:2] == [("c1", 2), ("c2", 4)]
    assert {(e.issues, e.urgency) for e in examples} == {(None, None)}


def test_collections_that_are_absent_are_passed_over(tmp_path):
    assert read_polarity(tmp_path) == []


def test_a_very_long_cell_of_a_collection_is_read(tmp_path):
    path = tmp_path / "long.csv.gz"
    with gzip.open(path, "wt", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("id", "text"), ("c1", "慢" * 200_000)])
    (row,) = read_collection(path)
    assert len(row["text"]) == 200_000


def test_the_seed_in_the_box_can_be_read(root, seed_rows):
    examples = read_examples([root / "data" / "seed"])
    assert len(examples) == len(seed_rows) > 1000
    assert {label for example in examples for label in example.issues} >= {"other", "delivery"}


def test_the_content_hash_knows_texts_and_labels_but_no_order():
    one = Example("a", "慢", ("delivery",), 2, 1)
    two = Example("b", "差", (), 3, 0)
    assert content_hash([one, two]) == content_hash([two, one])
    assert content_hash([one]) != content_hash([two])
    assert content_hash([one]) != content_hash([Example("a", "慢", ("delivery",), 1, 1)])
    assert len(content_hash([])) == 64


def test_the_content_hash_is_the_one_that_models_were_made_with():
    """Manifests name it: another way to count would make strangers of their data."""
    rows = [
        Example("a", "慢", ("delivery",), 2, 1, "seed", "外卖", "app", "t", True, "c1"),
        Example("b", "半个\ud83d表情", (), 3, 0),
        Example("c", "很满意", None, 4, None, "hotel"),
    ]
    assert content_hash(rows) == "ff202604a1fd3a0e728ab5bab29d3e897bdb4ae032747b2733ee966c5a5c7b0c"


@pytest.mark.collections
@pytest.mark.slow
def test_the_test_texts_have_the_hash_that_the_model_in_the_box_names(root):
    folder = root.parent / "shared" / "corpus"
    if not folder.exists():
        pytest.skip("the public collections are not here")
    examples = read_examples(
        [root / "data" / "seed", root / "data" / "annotations"], collections=folder
    )
    test = set(held_out()["test"])
    named = json.loads((root / "models" / "default" / "manifest.json").read_bytes())["data"]
    assert content_hash(e for e in examples if e.id in test) == named["test_hash"]


def test_the_hash_of_a_text_is_short_stable_and_takes_any_text():
    assert text_hash("送得慢") == "689b24030194ecd6"
    assert len(text_hash("\ud800")) == 16
    assert text_hash("慢") != text_hash("慢 ")
