import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.own_labels import CHILD, EXAMPLE, NEW, PARENT, example
from triage import CHINESE, DataError
from triage.resources import resource
from triage.taxonomy import (
    BUILT_IN,
    LONGEST,
    Label,
    Taxonomy,
    from_list,
    load_taxonomy,
    of_codes,
)


@pytest.fixture
def loaded(tmp_path):
    def load(text):
        path = tmp_path / "taxonomy.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_taxonomy(path)

    return load


def labels(*rows):
    return "labels:\n" + "".join(f"  - {row}\n" for row in rows)


# Reading


def test_a_child_stands_after_its_parent_and_is_called_by_both():
    assert example().codes == (
        PARENT,
        CHILD,
        "staff_attitude",
        "delivery",
        "follow_up_neglect",
        NEW,
        "other",
    )
    assert example().parents == {CHILD: PARENT}
    assert CHILD not in example().roots


def test_every_word_of_an_entry_is_kept(loaded):
    row = "{code: late, zh: 迟, en: Late, description: 晚了, phrases: [晚了, 迟了]}"
    (label,) = loaded(labels(row)).labels
    assert label == Label("late", "迟", "Late", "晚了", ("晚了", "迟了"))
    assert label.parent == ""


def test_a_code_in_the_box_brings_its_names_and_another_its_own_spelling(loaded):
    taxonomy = loaded(labels("{code: delivery}", "{code: parking}", "{code: other, zh: 杂项}"))
    assert [taxonomy.zh(code) for code in taxonomy.codes] == ["物流配送", "parking", "杂项"]
    assert [taxonomy.en(code) for code in taxonomy.codes] == [
        "Delivery",
        "parking",
        "Other complaint",
    ]


def test_a_file_may_begin_with_a_byte_order_mark(loaded):
    assert loaded(labels("{code: late}").encode("utf-8-sig")).codes == ("late",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("labels: [", "not YAML"),
        (b"labels: \xff", "not YAML"),
        ("[" * 5000, "not YAML"),
        ("", "one key, `labels`"),
        ("labels: 3", "one key, `labels`"),
        ("labels: []\nmore: 1", "one key, `labels`"),
        ("labels: []", "names no label"),
        (labels("late"), "entry 1: needs a code"),
        (labels("{zh: 迟}"), "entry 1: needs a code"),
        (labels("{code: Late}"), "entry 1: needs a code"),
        (labels("{code: 迟}"), "entry 1: needs a code"),
        (labels("{code: no}"), "entry 1: needs a code"),
        (labels("{code: a/b}"), "entry 1: needs a code"),
        (labels("{code: a}", f"{{code: {'a' * 41}}}"), "entry 2: needs a code"),
        (labels("{code: late, name: 迟}"), "unknown key 'name'"),
        (labels("{code: late, 1: 2, name: 迟}"), "unknown key '1'"),
        (labels("{code: urgency}"), "'urgency' means something else"),
        (labels("{code: a, children: [{code: signal}]}"), "'signal' means something else"),
        (labels("{code: late, zh: 3}"), "zh must be text"),
        (labels("{code: late, description:}"), "description must be text"),
        (labels("{code: late, phrases: 晚}"), "phrases must be a list of texts"),
        (labels("{code: late, phrases: [晚, no]}"), "phrases must be a list of texts"),
        (labels("{code: late, children: {}}"), "children must be a list of labels"),
        (labels("{code: a, children: [b]}"), "children must be a list of labels"),
        (labels("{code: a, children: [{code: B}]}"), "entry 1 (a), entry 1: needs a code"),
        (labels("{code: a, children: [{code: b, children: [{code: c}]}]}"), "a third level"),
        (labels("&x {code: a, children: [*x]}"), "a third level"),
        (labels("{code: a}", "{code: a}"), "two labels have the code 'a'"),
        (labels("{code: a_b}", "{code: ab}"), "two labels have the code 'a_b'"),
        (labels("{code: a, zh: 迟}", "{code: b, zh: 迟}"), "two labels have the zh '迟'"),
        (labels("{code: a, en: Late}", "{code: b, en: late}"), "two labels have the en 'Late'"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(loaded, text, said):
    with pytest.raises(DataError) as caught:
        loaded(text)
    assert said in caught.value.message
    assert "taxonomy.yaml" in caught.value.message
    assert caught.value.remedy


def test_a_code_with_its_parent_fits_the_inbox(loaded):
    parent, longest = "p" * 20, "c" * (LONGEST - 21)
    taxonomy = loaded(labels(f"{{code: {parent}, children: [{{code: {longest}}}]}}"))
    assert len(taxonomy.codes[1]) == LONGEST
    with pytest.raises(DataError, match="too long") as caught:
        loaded(labels(f"{{code: {parent}, children: [{{code: {longest}c}}]}}"))
    assert str(LONGEST) in caught.value.remedy


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"none\.yaml: No such file"):
        load_taxonomy(tmp_path / "none.yaml")


# Names


@pytest.mark.parametrize(
    ("name", "code"),
    [
        (CHILD, CHILD),
        ("过热", CHILD),
        ("Over-Heating", CHILD),
        ("overheating", CHILD),
        ("product quality", PARENT),
        (" Product_Quality ", PARENT),
        ("发票开具", NEW),
        ("nothing", None),
        ("", None),
    ],
)
def test_a_label_is_found_by_its_code_and_by_each_of_its_names(name, code):
    assert example().find(name) == code


def test_a_code_goes_before_the_own_part_of_a_child_that_stands_earlier():
    taxonomy = Taxonomy((Label("a/late", "甲迟", "A late"), Label("late", "迟", "Late")))
    assert taxonomy.find("late") == "late"
    assert taxonomy.find("a/late") == "a/late"


def test_a_part_that_two_children_share_stands_for_neither():
    codes = ("a", "a/late", "b", "b/late")
    taxonomy = Taxonomy(tuple(Label(code, f"名{code}", f"N {code}") for code in codes))
    assert taxonomy.find("late") is None
    assert taxonomy.find("b/late") == "b/late"


def test_a_label_that_is_not_there_is_called_by_its_code_unless_it_is_in_the_box():
    taxonomy = of_codes(("late",))
    assert (taxonomy.zh("delivery"), taxonomy.en("delivery")) == ("物流配送", "Delivery")
    assert (taxonomy.zh("gone"), taxonomy.en("gone/too")) == ("gone", "gone/too")


def test_the_labels_in_the_box_are_flat_and_named():
    assert BUILT_IN.roots == BUILT_IN.codes == tuple(CHINESE)
    assert BUILT_IN.parents == {}
    assert [BUILT_IN.zh(code) for code in BUILT_IN.codes] == list(CHINESE.values())


# Parents


def test_a_child_brings_its_parent_in_column_order():
    assert example().closed(["other", CHILD]) == (PARENT, CHILD, "other")
    assert example().closed([PARENT]) == (PARENT,)


@given(st.sets(st.sampled_from(example().codes)))
def test_closing_adds_parents_and_nothing_else_and_once_is_enough(issues):
    closed = example().closed(issues)
    assert set(closed) == issues | ({PARENT} if CHILD in issues else set())
    assert example().closed(closed) == closed


def test_a_child_whose_parent_is_no_label_stands_alone():
    taxonomy = of_codes(("a/b", "c"))
    assert taxonomy.parents == {}
    assert taxonomy.closed(["a/b"]) == ("a/b",)
    assert taxonomy.root("a/b") == "a/b"


def test_the_root_of_a_label_is_its_parent_or_itself():
    assert [example().root(code) for code in (CHILD, PARENT, "gone")] == [PARENT, PARENT, "gone"]


# The JSON form


def test_what_a_manifest_keeps_makes_the_same_taxonomy():
    assert from_list(example().to_list()) == example()


@pytest.mark.parametrize("rows", [[{}], [{"code": "a", "phrases": []}], [3], 3, [{"phrases": 1}]])
def test_what_is_no_list_of_labels_is_refused(rows):
    with pytest.raises(DataError, match="no list of labels"):
        from_list(rows)


# The example and the page


def test_every_key_of_the_file_is_in_the_table_of_the_page():
    page = resource("docs", "taxonomy.md").read_text("utf-8")
    rows = page.split("\n## 文件", 1)[1].split("\n## ", 1)[0]
    cells = " ".join(line.split("|")[1] for line in rows.splitlines() if line.startswith("| `"))
    assert set(re.findall("`([a-z]+)`", cells)) == {
        "code",
        "zh",
        "en",
        "description",
        "phrases",
        "children",
    }


def test_the_file_of_the_page_is_right(loaded):
    page = resource("docs", "taxonomy.md").read_text("utf-8")
    text = re.search(r"```yaml\n(labels:.*?)```", page, re.S)[1]
    assert loaded(text).codes == (PARENT, CHILD, NEW)


def test_every_label_of_the_example_has_names_and_phrases():
    assert EXAMPLE.exists()
    for label in example().labels:
        assert re.search("[\u4e00-\u9fff]", label.zh)
        assert label.en.isascii()
        assert label.phrases


def test_a_taxonomy_is_read_back_from_the_file_it_writes(root, tmp_path):
    own = load_taxonomy(root / "data" / "taxonomy" / "example.yaml")
    for taxonomy in (own, BUILT_IN):
        (tmp_path / "t.yaml").write_text(taxonomy.to_yaml(), encoding="utf-8")
        assert load_taxonomy(tmp_path / "t.yaml") == taxonomy
