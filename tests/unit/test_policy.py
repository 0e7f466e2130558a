import dataclasses
import tomllib

import pytest

from triage import Policy, PolicyError
from triage.policy import Band
from triage.resources import default_policy


@pytest.fixture
def loaded(tmp_path):
    def load(text):
        path = tmp_path / "desk.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return Policy.load(path)

    return load


def test_the_thresholds_of_the_labels_in_the_box_follow_from_the_costs():
    costs = tomllib.loads(default_policy().read_text("utf-8"))["costs"]
    look, wrong, missed = costs["review"], costs["wrong_label"], costs["missed_label"]
    band = Policy.load().band
    assert band.assign == pytest.approx(wrong / (wrong + missed))
    assert band.suggest == pytest.approx(look / missed)
    assert band.sure == pytest.approx(1 - look / wrong)


@pytest.mark.parametrize(
    ("cost", "field"), [("missed_label = 20", "assign"), ("missed_label = 20", "suggest")]
)
def test_the_dearer_a_miss_the_lower_the_thresholds(loaded, cost, field):
    assert getattr(loaded(f"[costs]\n{cost}").band, field) < getattr(loaded("").band, field)


def test_the_dearer_a_look_the_fewer_are_asked_for(loaded):
    dear, cheap = loaded("[costs]\nreview = 2\n"), loaded("[costs]\nreview = 0.5\n")
    assert dear.band.suggest > cheap.band.suggest
    assert dear.band.sure < cheap.band.sure
    assert dear.suggest_critical > cheap.suggest_critical


def test_a_file_that_says_nothing_changes_nothing(loaded):
    assert loaded("") == Policy.load()


def test_a_file_says_only_what_it_changes(loaded):
    policy = loaded("[limits]\nmax_chars = 500\n\n[issues]\nassign = 0.7\n")
    assert policy.max_chars == 500
    assert policy.band.assign == 0.7
    assert policy.band.suggest == loaded("").band.suggest
    assert policy.evidence_per_label == Policy().evidence_per_label


def test_a_label_takes_what_it_does_not_say_from_all_labels(loaded):
    policy = loaded("[issues]\nsuggest = 0.1\n[issues.labels]\ndelivery = { assign = 0.8 }\n")
    assert (policy.band_of("delivery").assign, policy.band_of("delivery").suggest) == (0.8, 0.1)
    assert policy.band_of("other") == policy.band


def test_levels_of_urgency_are_read_in_order(loaded):
    policy = loaded("[urgency]\nnormal = 0.3\nhigh = 0.4\ncritical = 0.2\nsuggest_critical = 0.1\n")
    assert policy.urgency == (0.3, 0.4, 0.2)
    assert policy.suggest_critical == 0.1


def test_a_policy_cannot_be_changed_under_way():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Policy().max_chars = 5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[issues]\nasign = 0.5", "asign"),
        ("[urgancy]\nhigh = 0.5", "urgancy"),
        ("[limits]\nmax_chars = 0", "max_chars"),
        ("[limits]\nmax_chars = 1.5", "max_chars"),
        ("[limits]\nmax_chars = true", "max_chars"),
        ("[evidence]\nper_label = 0", "per_label"),
        ("[issues]\nassign = 1.5", "assign"),
        ("[issues]\nassign = 0", "assign"),
        ("[issues]\nassign = nan", "assign"),
        ("[issues]\nassign = 0.1\nsuggest = 0.2", "suggest"),
        ("[issues.labels]\ndelivery = { suggest = 0.9 }", "delivery"),
        ("[urgency]\nhigh = 2", "high"),
        ("[urgency]\nhigh = '0.5'", "high"),
        ("[costs]\nreview = 0", "review"),
        ("[costs]\nreview = true", "review"),
        ("[costs]\nmissed_label = 'much'", "missed_label"),
        ("[scope]\noutside = 1.5", "outside"),
        ("[signals]\nhigh = true", "high"),
        ("[urgency", "TOML"),
        (b"\xff\xfe", "TOML"),
    ],
)
def test_an_unusable_value_is_named_with_its_file(loaded, text, said):
    with pytest.raises(PolicyError) as caught:
        loaded(text)
    assert said in caught.value.message
    assert "desk.toml" in caught.value.message


def test_an_unknown_key_comes_with_the_known_ones(loaded):
    with pytest.raises(PolicyError) as caught:
        loaded("[limits]\nmax_words = 5")
    assert "max_chars" in caught.value.remedy


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(PolicyError, match=r"none\.toml"):
        Policy.load(tmp_path / "none.toml")


def test_a_folder_is_no_policy(tmp_path):
    with pytest.raises(PolicyError, match="Cannot read"):
        Policy.load(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "limits = 3",
        "[issues]\nlabels = 3",
        "[issues.labels]\ndelivery = 0.5",
        "[issues]\nassign = 'high'",
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(loaded, text):
    with pytest.raises(PolicyError):
        loaded(text)


def test_a_misspelt_key_of_one_label_is_refused(loaded):
    with pytest.raises(PolicyError, match="asign"):
        loaded("[issues.labels]\ndelivery = { asign = 0.6 }")


# Labels of one's own


def test_a_child_has_thresholds_under_its_whole_code(loaded):
    text = '[issues.labels]\n"goods/hot" = { assign = 0.3, suggest = 0.1 }\n'
    band = loaded(text).band_of("goods/hot")
    assert (band.assign, band.suggest) == (0.3, 0.1)
    assert loaded('[issues.labels."goods/hot"]\nassign = 0.3\n').band_of("goods/hot").assign == 0.3
    assert loaded(text).band_of("goods") == loaded(text).band


def test_bands_of_a_model_hold_for_labels_that_the_policy_does_not_name(loaded):
    policy = loaded("[issues]\nassign = 0.5\n[issues.labels]\nlate = { assign = 0.6 }\n")
    wide = Band(0.9, 0.1, 0.95)
    made = policy.with_bands({"late": wide, "hot": wide})
    assert made.band_of("hot") == wide
    assert made.band_of("late") == policy.band_of("late")
    assert made.band_of("other") == policy.band
    assert policy.band_of("hot") == policy.band  # the policy itself stays


@pytest.mark.parametrize(
    ("band", "sound"),
    [
        (Band(0.5, 0.2, 0.7), True),
        (Band(0.5, 0.5, 0.5), True),
        (Band(0.5, 0.6, 0.7), False),
        (Band(0.5, 0.2), False),
        (Band(1.0, 0.2, 1.0), False),
        (Band(0.5, 0.0, 0.7), False),
        (Band("0.5", 0.2, 0.7), False),
        (Band(True, 0.2, 0.7), False),
    ],
)
def test_a_band_is_sound_where_its_thresholds_lie_in_order(band, sound):
    assert band.sound is sound
