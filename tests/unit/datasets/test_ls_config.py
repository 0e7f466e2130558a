"""The labelling config: written from any taxonomy, read back whatever its tags are called."""

import pytest

from tests.pace import taken
from tests.unit.datasets.ls_results import RENAMED, config
from triage.datasets.ls_config import _MEANING, labelling_config
from triage.datasets.ls_controls import (
    NO_ISSUE,
    Control,
    level_of,
    read_controls,
    standard_controls,
)
from triage.errors import DataError
from triage.taxonomy import BUILT_IN, Label, Taxonomy

QUALITY = "product_quality"
TWO_LEVELS = Taxonomy(
    (
        Label(QUALITY, "产品质量", "Product quality"),
        Label(f"{QUALITY}/overheating", "发热 <烫>", "Overheating", '太烫 & "冒烟"'),
        Label("delivery", "物流配送", "Delivery"),
    )
)


@pytest.mark.parametrize("taxonomy", [BUILT_IN, TWO_LEVELS])
def test_the_config_that_is_written_is_read_back_as_our_own(taxonomy):
    assert read_controls(labelling_config(taxonomy), taxonomy) == standard_controls(taxonomy)


def test_people_see_chinese_names_and_results_hold_codes():
    assert '<Choice value="物流配送" alias="delivery"' in labelling_config(BUILT_IN)
    assert '<Label value="物流配送" alias="delivery"' in labelling_config(BUILT_IN)


def test_every_field_must_be_answered_and_no_issue_is_an_answer():
    written = labelling_config(BUILT_IN)
    assert written.count('required="true"') == 3
    assert f'value="没有问题" alias="{NO_ISSUE}"' in written


def test_a_label_of_the_lower_level_stands_in_from_its_parent():
    (line,) = [x for x in labelling_config(TWO_LEVELS).splitlines() if "<View style=" in x]
    assert 'margin-left: 2em"><Choice value="发热 &lt;烫&gt;"' in line


def test_the_meaning_of_a_label_is_shown_where_one_points_at_it():
    assert "hint='太烫 &amp; \"冒烟\"'" in labelling_config(TWO_LEVELS)


def test_a_meaning_is_in_the_words_of_the_guideline(root):
    page = (root / "docs" / "labels.md").read_text("utf-8")
    rows = {row.split("|")[1].strip(" `"): row for row in page.splitlines() if row[:3] == "| `"}
    assert _MEANING.keys() == rows.keys()
    for code, meaning in _MEANING.items():
        for part in meaning.replace("：", "、").split("、"):
            assert part in rows[code]


def test_tags_that_are_called_otherwise_are_known_by_what_can_be_chosen():
    found = read_controls(RENAMED, BUILT_IN)
    assert (found.text, found.field, found.sentiment) == ("words", "message", "mood")
    issues = {"delivery": "物流配送", QUALITY: QUALITY, NO_ISSUE: "没有问题"}
    assert found.issues == Control("what", issues)
    assert found.urgency == Control("speed", {"0": "低", "1": "1 普通", "2": "2", "3": "critical"})
    assert found.evidence.name == "why"
    assert found.evidence.values[QUALITY] == "Product quality"


def test_tags_and_attributes_may_be_written_in_any_case():
    written = labelling_config(BUILT_IN).replace("Choices", "choices").replace("toName", "toname")
    assert read_controls(written, BUILT_IN) == standard_controls(BUILT_IN)


def test_a_project_may_ask_for_less_than_we_know():
    found = read_controls(config('<Rating name="r" toName="text"/>'), BUILT_IN)
    assert (found.sentiment, found.issues, found.urgency, found.evidence) == ("r", None, None, None)


def test_the_text_that_is_labelled_is_taken_and_not_the_one_beside_it():
    two = '<Text name="id" value="$id"/><Text name="text" value="$text"/>'
    assert read_controls(config('<Rating name="r" toName="text"/>', text=two), BUILT_IN).field == (
        "text"
    )


def test_a_config_made_to_keep_us_busy_does_not():
    deep = '<Choices name="a" toName="text">' * 4000 + "</Choices>" * 4000
    texts = '<Text name="text" value="$text"/>' * 900

    def refused():
        with pytest.raises(DataError, match="a control for"):
            read_controls(config(deep, text=texts), BUILT_IN)

    assert taken(refused, rounds=1) < 5


LEVELS = "".join(f'<Choice value="{level}"/>' for level in range(4))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "is not XML"),
        ("<View>", "is not XML"),
        ("\x00", "is not XML"),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]><View/>", "DOCTYPE"),
        ("<View>" + " " * (1 << 20) + "</View>", "brevity"),
        ("<View>" + "<A/>" * 5000 + "</View>", "brevity"),
        ("<View/>", "a <Text> tag"),
        (config(text='<Text name="text" value="hello"/>'), "a <Text> tag"),
        (config(), "a control for issues, sentiment, urgency or evidence"),
        (config('<Rating name="r" toName="other"/>'), "a control for"),
        (config('<Rating name="r" toName="text" maxRating="10"/>'), "a control for"),
        (config('<Rating name="r" toName="text" perRegion="true"/>'), "a control for"),
        (config('<Choices name="a" toName="text"><Choice value="猫"/></Choices>'), "a control for"),
        (
            config(f'<Choices name="a" toName="text">{LEVELS}<Choice value="4"/></Choices>'),
            "a control for",
        ),
    ],
)
def test_a_config_that_lacks_our_task_is_refused_with_what_it_lacks(given, said):
    with pytest.raises(DataError, match=said) as caught:
        read_controls(given, BUILT_IN)
    assert caught.value.code == "bad_label_config"
    assert "triage label-studio config" in caught.value.remedy


@pytest.mark.parametrize(
    ("name", "level"), [("3", "3"), ("紧急", "3"), ("3 紧急", "3"), ("high", "2"), ("很急", None)]
)
def test_a_level_of_urgency_is_known_by_number_and_by_name(name, level):
    assert level_of([name]) == level
