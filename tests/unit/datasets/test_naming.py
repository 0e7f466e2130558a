import pytest

from triage import taxonomy as shape
from triage.datasets.naming import names_of, read_map, write_starter
from triage.errors import DataError
from triage.taxonomy import BUILT_IN, load_taxonomy


@pytest.fixture
def mapped(tmp_path):
    def read(content):
        path = tmp_path / "map.yaml"
        path.write_text(content, encoding="utf-8")
        return names_of(BUILT_IN, read_map(path))

    return read


def test_a_map_is_of_issues_or_has_sections(mapped):
    assert mapped("物流: delivery").issues == {"物流": ("delivery",)}
    names = mapped("issues: {物流: [delivery, 其他投诉]}\nsentiment: {差: 1}\nurgency: {急: 3}\n")
    assert names.issues == {"物流": ("delivery", "other")}
    assert (names.sentiment, names.urgency) == ({"差": 1}, {"急": 3})


def test_words_that_yaml_takes_for_yes_and_no_stay_words(mapped):
    assert mapped("no: other\n1: delivery\n").issues == {"no": ("other",), "1": ("delivery",)}


@pytest.mark.parametrize("value", ["none", "无", '""', "[]"])
def test_a_name_can_mean_no_issue(mapped, value):
    assert mapped(f"表扬: {value}").issues == {"表扬": ()}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("- a", "is no map"),
        ("a: [", "Cannot read"),
        ("issues: {a: other}\nmood: {b: 1}", "'mood' is no section"),
        ("issues: {a: other}\nsentiment: 3", "'sentiment' is no section"),
        ("物流: 快递", "'快递' of '物流'"),
        ("sentiment: {差: 9}", "'9' of '差'"),
        ("urgency: {差: high}", "'high' of '差'"),
    ],
)
def test_a_map_that_says_nothing_usable_is_refused(mapped, content, said):
    with pytest.raises(DataError, match=said) as caught:
        mapped(content)
    assert caught.value.remedy


def test_a_map_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DataError, match=r"none.yaml"):
        read_map(tmp_path / "none.yaml")


def started(folder, *names, used=()):
    counts = {name: len(names) - k for k, name in enumerate(names)}
    return load_taxonomy(write_starter(folder, set(used), counts))


def test_an_english_name_is_its_own_code_and_a_chinese_one_gets_a_number(tmp_path):
    taxonomy = started(tmp_path, "发票问题", "Late Refund", "退款", used=["other", "delivery"])
    assert taxonomy.codes == ("delivery", "other", "label_1", "late_refund", "label_3")
    assert [taxonomy.zh(code) for code in taxonomy.codes[2:]] == ["发票问题", "Late Refund", "退款"]


@pytest.mark.parametrize("name", sorted(shape._RESERVED))
def test_a_name_that_means_something_else_is_no_code(tmp_path, name):
    assert started(tmp_path, name).codes == ("label_1",)


def test_names_that_would_share_a_code_do_not(tmp_path):
    assert started(tmp_path, "A&B", "A B", "404", "x" * 60).codes == (
        *("a_b", "label_2", "label_3"),
        "x" * 40,
    )
