import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from triage import ISSUES, DataError
from triage.datasets.columns import Wanted
from triage.datasets.importing import Plan, import_files
from triage.errors import FileFormatError
from triage.taxonomy import load_taxonomy
from triage.training.corpus import content_hash, read_examples

LEAK = {"客户留言": "买的电热水壶用了三天就漏电", "问题类型": "产品质量", "情绪": "非常不满"}
LEAK |= {"紧急程度": "紧急", "客户编号": "M01", "渠道": "电话"}
LATE = {"客户留言": "快递放驿站也不通知，找了半天", "问题类型": "物流配送、服务态度", "情绪": "2"}
LATE |= {"紧急程度": "普通", "客户编号": "M02", "渠道": "App"}
GOOD = {"客户留言": "师傅很耐心，安装得很好", "问题类型": "无", "情绪": "5", "紧急程度": "低"}


def snapshot(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_table_in_any_encoding_becomes_examples(imported, table, dataset, encoding):
    imported(table(LEAK, LATE, GOOD, encoding=encoding))
    leak, late, good = read_examples([dataset])
    assert (leak.text, leak.issues) == (LEAK["客户留言"], ("product_quality",))
    assert (leak.sentiment, leak.urgency, leak.customer, leak.channel) == (1, 3, "M01", "电话")
    assert late.issues == ("staff_attitude", "delivery")
    assert (good.issues, good.sentiment, good.urgency) == ((), 5, 0)
    assert {e.source for e in (leak, late, good)} == {"desk"}


def test_the_columns_that_were_taken_are_told(imported, table):
    path = table(LEAK)
    found = imported(path).columns[str(path)].to_dict()
    assert found["text"] == "客户留言"
    assert found["issues"] == "问题类型"


def test_importing_again_changes_nothing(imported, table, dataset):
    paths = (
        table(LEAK, LATE, {**LATE, "情绪": "?", "客户留言": ""}),
        table(GOOD, name="more.tsv", delimiter="\t"),
    )
    first = imported(*paths)
    before = snapshot(dataset)
    again = imported(*paths)
    assert (first.merged.new, again.merged.new, again.merged.same) == (3, 0, 3)
    assert snapshot(dataset) == before


def test_a_label_that_was_mended_replaces_the_old_one(imported, table, dataset):
    imported(table(LEAK, LATE))
    result = imported(table(LEAK, LATE | {"问题类型": "物流配送"}))
    assert (result.merged.updated, result.merged.same) == (1, 1)
    assert [e.issues for e in read_examples([dataset])] == [("product_quality",), ("delivery",)]


def test_an_id_of_the_table_is_kept(imported, table, dataset):
    imported(table(LEAK | {"工单编号": "T-7"}))
    assert [e.id for e in read_examples([dataset])] == ["T-7"]


def test_an_id_that_stands_for_another_text_gets_an_ending_of_its_own(imported, table, dataset):
    """Row numbers of two exports: nothing is lost, and nothing comes twice."""
    january = table(LEAK | {"序号": 1}, name="jan/desk.csv")
    february = table(LATE | {"序号": 1}, name="feb/desk.csv")
    assert imported(january, february).merged.renamed == 1
    assert imported(february, january).merged.new == 0
    one, two = (example.id for example in read_examples([dataset]))
    assert one == "1"
    assert two.startswith("1-")


def test_the_same_text_twice_goes_in_once(imported, table, dataset):
    assert imported(table(LEAK, LEAK)).twice == 1
    assert len(read_examples([dataset])) == 1


def test_the_same_text_with_other_labels_is_rejected_with_where_the_first_is(
    imported, table, dataset
):
    path = table(LEAK, LEAK | {"问题类型": "物流配送"})
    (rejected,) = imported(path).rejected
    assert (rejected.code, rejected.row) == ("conflict", 2)
    assert f"{path}, row 1" in rejected.why
    assert [e.issues for e in read_examples([dataset])] == [("product_quality",)]


def test_what_cannot_be_read_is_listed_with_place_and_reason_and_the_rest_goes_in(
    imported, table, dataset, rows_in
):
    path = table(
        LEAK,
        LATE | {"客户留言": " "},
        LATE | {"问题类型": "发票问题"},
        LATE | {"情绪": "9"},
        LATE | {"紧急程度": "马上"},
        LATE | {"问题类型": "无、物流配送"},
    )
    result = imported(path)
    rows = rows_in(dataset / "rejected.jsonl")
    assert [(row["row"], row["code"]) for row in rows] == [
        (2, "empty_text"),
        (3, "unknown_label"),
        (4, "bad_sentiment"),
        (5, "bad_urgency"),
        (6, "contradiction"),
    ]
    assert {row["file"] for row in rows} == {str(path)}
    assert rows[1]["data"]["问题类型"] == "发票问题"
    assert (result.merged.new, result.unknown) == (1, {"发票问题": 1})
    assert len(read_examples([dataset])) == 1


def test_the_list_of_rejected_rows_goes_when_all_are_mended(imported, table, dataset):
    imported(table(LEAK, LATE | {"情绪": "9"}))
    imported(table(LEAK, LATE))
    assert not (dataset / "rejected.jsonl").exists()


def test_an_empty_cell_is_not_known_and_a_row_of_none_is_left_out(imported, table, dataset):
    only_mood = LATE | {"问题类型": "", "紧急程度": ""}
    nothing = GOOD | {"问题类型": "", "情绪": "", "紧急程度": ""}
    assert imported(table(LEAK, only_mood, nothing)).unlabelled == 1
    _, late = read_examples([dataset])
    assert (late.issues, late.sentiment, late.urgency) == (None, 2, None)


def test_one_column_per_label_is_read(imported, table, dataset):
    rows = [
        {"内容": "漏水", "产品质量": 1, "物流配送": ""},
        {"内容": "漏水还送错", "产品质量": "是", "物流配送": "是"},
        {"内容": "很好", "产品质量": 0, "物流配送": 0},
        {"内容": "没看", "产品质量": "", "物流配送": ""},
    ]
    assert imported(table(*rows)).unlabelled == 1
    issues = [e.issues for e in read_examples([dataset])]
    assert issues == [("product_quality",), ("product_quality", "delivery"), ()]


def test_a_stray_word_among_yes_and_no_is_rejected(imported, table):
    rows = [{"内容": f"第{k}件漏水", "产品质量": 1} for k in range(250)]
    (rejected,) = imported(table(*rows, {"内容": "漏", "产品质量": "也许"})).rejected
    assert (rejected.code, rejected.row) == ("bad_flag", 251)


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("情绪", "01010"),
        ("情绪", ["1", "-1", "0"]),
        ("情绪", ["8", "10", "9", "3"]),
        ("优先级", "14545"),
    ],
)
def test_levels_of_another_scale_are_refused_before_anything_is_written(
    imported, table, dataset, column, values
):
    rows = [{"内容": f"第{k}件漏水了", column: value} for k, value in enumerate(values)]
    with pytest.raises(DataError, match=f"{column}.*another scale") as caught:
        imported(table(*rows))
    assert "--map" in caught.value.remedy
    assert not dataset.exists()


def test_a_map_makes_another_scale_readable(imported, table, tmp_path, dataset):
    rules = tmp_path / "map.yaml"
    rules.write_text(
        "sentiment: {0: 2, 1: 4}\nissues: {漏水: product_quality, 表扬: none}\n", "utf-8"
    )
    rows = [
        {"内容": "漏水了", "标签": "漏水", "情绪": "0"},
        {"内容": "很好", "标签": "表扬", "情绪": "1"},
    ]
    imported(table(*rows), mapping=rules)
    assert [(e.issues, e.sentiment) for e in read_examples([dataset])] == [
        (("product_quality",), 2),
        ((), 4),
    ]


TAXONOMY = "labels:\n  - {code: billing, zh: 发票问题}\n  - {code: delivery, zh: 物流配送}\n"


def test_a_taxonomy_is_kept_with_the_dataset_and_used_again(imported, table, tmp_path, dataset):
    own = tmp_path / "own.yaml"
    own.write_text(TAXONOMY, encoding="utf-8")
    billing = LATE | {"问题类型": "发票问题"}
    imported(table(billing), taxonomy=own)
    assert (dataset / "taxonomy.yaml").read_text(encoding="utf-8") == TAXONOMY
    assert imported(table(billing)).merged.same == 1
    assert read_examples([dataset])[0].issues == ("billing",)


def test_a_dataset_has_one_taxonomy_only(imported, table, tmp_path):
    own = tmp_path / "own.yaml"
    own.write_text(TAXONOMY, encoding="utf-8")
    imported(table(LATE | {"问题类型": "发票问题"}), taxonomy=own)
    own.write_text(TAXONOMY.replace("billing", "invoice"), encoding="utf-8")
    with pytest.raises(DataError, match="has other labels"):
        imported(table(LATE), taxonomy=own)


def test_new_labels_become_a_taxonomy_of_what_occurs(imported, table, dataset):
    rows = [LEAK | {"客户留言": f"第{k}次发票没开", "问题类型": "发票问题"} for k in range(3)]
    rows += [LATE | {"问题类型": "物流配送、Refund delay"}]
    result = imported(table(*rows), new_labels=True)
    taxonomy = load_taxonomy(result.starter)
    assert taxonomy.codes == ("delivery", "label_1", "refund_delay")
    assert taxonomy.zh("label_1") == "发票问题"
    assert (result.unknown, result.rejected) == ({}, ())
    assert [e.issues for e in read_examples([dataset])][-1] == ("delivery", "refund_delay")


def test_new_labels_keep_those_that_the_dataset_has_already(imported, table, dataset):
    imported(table(LEAK))
    imported(table(LATE | {"问题类型": "发票问题"}, name="b.csv"), new_labels=True)
    assert load_taxonomy(dataset / "taxonomy.yaml").codes == ("product_quality", "label_1")
    assert len(read_examples([dataset])) == 2


def test_a_taxonomy_that_is_there_is_not_rewritten_but_what_to_add_is_told(
    imported, table, tmp_path, dataset
):
    dataset.mkdir()
    (dataset / "taxonomy.yaml").write_text(TAXONOMY, encoding="utf-8")
    with pytest.raises(DataError, match="there already") as caught:
        imported(table(LATE | {"问题类型": "退款"}), new_labels=True)
    assert "zh: 退款" in caught.value.remedy
    assert (dataset / "taxonomy.yaml").read_text(encoding="utf-8") == TAXONOMY
    with pytest.raises(DataError, match="exclude one another"):
        imported(table(LATE), new_labels=True, taxonomy=dataset / "taxonomy.yaml")


def test_personal_data_is_masked_on_demand(imported, table, dataset):
    imported(table(LEAK | {"客户留言": "漏电，请打13800138000"}), mask=True)
    assert "13800138000" not in read_examples([dataset])[0].text


@pytest.mark.parametrize("nobody", ["匿名", "", "-", "0", "unknown"])
def test_a_customer_who_is_nobody_ties_no_texts_together(imported, table, dataset, nobody):
    imported(table(LEAK | {"客户编号": nobody}))
    assert read_examples([dataset])[0].customer == ""


def test_a_dataset_of_ours_goes_through_unchanged(imported, root, tmp_path, dataset):
    source = root / "data" / "seed" / "turns.jsonl"
    result = imported(source)
    assert result.rejected == ()
    assert content_hash(read_examples([dataset])) == content_hash(read_examples([source]))
    assert set(read_examples([dataset])) == set(read_examples([source]))


def test_a_source_without_rows_is_refused(imported, table, tmp_path):
    path = tmp_path / "empty.csv"
    path.write_text("内容,标签\n,\n", encoding="utf-8")
    with pytest.raises(FileFormatError, match="holds no rows"):
        imported(path)


def test_a_broken_dataset_is_not_written_to(imported, table, dataset):
    dataset.mkdir()
    (dataset / "old.jsonl").write_text("{broken\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"old.jsonl, line 1"):
        imported(table(LEAK))
    assert [path.name for path in dataset.iterdir()] == ["old.jsonl"]


def test_a_file_called_rejected_does_not_become_the_list_of_rejected_rows(imported, table, dataset):
    imported(table(LEAK, name="rejected.csv"))
    assert len(read_examples([dataset])) == 1


def test_named_columns_are_taken(imported, table, dataset):
    row = {"甲": "漏水了", "乙": "很好的一天，今天天气不错", "丙": "产品质量"}
    imported(table(row), wanted=Wanted(text="甲", issues="丙"))
    assert read_examples([dataset])[0].text == "漏水了"


ROWS = st.lists(
    st.tuples(
        st.text(alphabet="漏水了送货慢好差，,\"'\n 😀a1", min_size=1).filter(str.strip),
        st.lists(st.sampled_from(ISSUES), unique=True),
        st.sampled_from(["", *"12345"]),
        st.sampled_from([*"0123"]),
        st.sampled_from(["", "c1", "c2"]),
    ),
    min_size=1,
    max_size=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(ROWS, st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_any_table_goes_in_once_however_often_it_is_imported(
    table, tmp_path_factory, rows, encoding
):
    names = ("内容", "标签", "情绪", "紧急程度", "客户编号")
    dicts = [
        dict(zip(names, (text, "、".join(issues) or "无", *rest), strict=True))
        for text, issues, *rest in rows
    ]
    path, out = table(*dicts, encoding=encoding), tmp_path_factory.mktemp("any")
    plan = Plan([path], out, Wanted("内容", None, "标签", "情绪", "紧急程度", "客户编号"))
    first = import_files(plan)
    before = snapshot(out)
    assert import_files(plan).merged.new == 0
    assert snapshot(out) == before
    texts = {text.replace("\r\n", "\n") for text, *_ in rows}
    assert {e.text for e in read_examples([out])} == texts
    assert first.merged.new + first.twice + len(first.rejected) == len(rows)
