import json
import shutil

import pytest

from triage import InputError, ModelError, RegistryError, artifact
from triage.registry.checks import Sampling
from triage.registry.history import read_history
from triage.registry.pointers import champion_folder, read_registry
from triage.registry.promote import Question, promote
from triage.registry.rollback import rollback
from triage.weights import WEIGHTS

FAST = Sampling(times=100)


@pytest.fixture
def put(registry, held_data):
    """Promote a model of the registry."""

    def call(model, by="li", **more):
        return promote(registry, str(model), Question([held_data], by, sampling=FAST, **more))

    return call


@pytest.fixture
def two(add):
    """A champion by default and a candidate as good as it; return the hash of each."""
    return add("default"), add("next", version="2")


def test_a_model_as_good_as_the_champion_is_put_in_use(put, registry, two):
    done = put("next")
    assert done.gate.passed
    assert done.pointer.hash == two[1]
    assert read_registry(registry).champion == done.pointer
    assert champion_folder(registry) == registry / "next"


def test_who_did_it_when_and_on_what_report_is_written_down(put, registry, two):
    done = put("next")
    (entry,) = read_history(registry)
    assert (entry.by, entry.what, entry.from_, entry.to) == ("li", "promotion", None, done.pointer)
    assert entry.gate == f"gates/{two[1]}.json"
    assert (registry / entry.gate).is_file()
    assert entry.override is None


def test_a_worse_model_is_refused_and_nothing_changes(put, registry, add, two, mute):
    hash_ = add("mute", mute)
    done = put("mute")
    assert done.pointer is None
    assert read_registry(registry).champion is None
    assert read_history(registry) == []
    told = json.loads((registry / "gates" / f"{hash_}.json").read_text("utf-8"))
    assert (told["passed"], told["promoted"]) == (False, False)
    assert told["reasons"][0]["before"] > told["reasons"][0]["after"]
    assert {"n", "p", "bound", "test", "zh", "en"} <= told["reasons"][0].keys()


def test_the_report_can_be_read_by_a_person(put, registry, add, two, mute):
    page = put("next").report.with_suffix(".md").read_text("utf-8")
    assert "通过 Passed" in page
    add("mute", mute)
    page = put("mute").report.with_suffix(".md").read_text("utf-8")
    for words in (
        "未通过 Refused",
        "macro-F1",
        "更差 worse",
        "at most 3%",
    ):
        assert words in page


def test_a_refusal_is_set_aside_with_a_reason_and_a_name(put, registry, add, two, mute):
    add("mute", mute)
    done = put("mute", override="新流程必须今天上线")
    assert not done.gate.passed
    assert read_registry(registry).champion == done.pointer
    (entry,) = read_history(registry)
    assert (entry.override.by, entry.override.reason) == ("li", "新流程必须今天上线")
    page = done.report.with_suffix(".md").read_text("utf-8")
    assert "放行 overridden by li" in page


@pytest.mark.parametrize(("by", "reason"), [("", "because"), ("li", " ")])
def test_an_override_without_a_name_or_a_reason_is_none(put, two, by, reason):
    with pytest.raises(InputError) as caught:
        put("next", by=by, override=reason)
    assert caught.value.code == "override_unsigned"


def test_an_override_that_was_not_needed_is_not_written_down(put, registry, two):
    assert put("next", override="to be sure").override is None
    assert read_history(registry)[0].override is None


def test_a_model_without_a_label_of_the_champion_is_refused_for_that(put, add, two):
    labels = ["product_quality", "staff_attitude", "delivery", "follow_up_neglect", "price"]
    add("own", labels=labels)
    done = put("own")
    reason = done.gate.reasons[0]
    assert reason.code == "labels"
    assert "其他投诉" in reason.zh
    assert done.gate.can_be_overridden
    assert {c.value for part in done.gate.families for c in part.checks if c.code == "label"} <= {
        *labels[:4]
    }
    assert [label.label for label in done.gate.new_labels] == ["price"]
    assert "新标签 New labels" in done.report.with_suffix(".md").read_text("utf-8")


def test_a_tampered_model_is_never_put_in_use(put, registry, two):
    weights = registry / "next" / WEIGHTS
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x00\x01")
    done = put("next", override="I know better")
    assert [reason.code for reason in done.gate.reasons] == ["tampered"]
    assert done.pointer is None
    assert done.report.is_file()
    assert read_history(registry) == []


def test_a_model_made_for_other_features_is_refused_for_that(put, registry, two):
    path = registry / "next" / artifact.MANIFEST
    manifest = json.loads(path.read_text("utf-8")) | {"features": {"name": "other"}}
    path.write_text(json.dumps(manifest), encoding="utf-8")
    assert [reason.code for reason in put("next").gate.reasons] == ["features"]


def test_a_folder_without_a_manifest_has_a_report_all_the_same(put, registry, two):
    (registry / "next" / artifact.MANIFEST).unlink()
    done = put("next")
    assert [reason.code for reason in done.gate.reasons] == ["unreadable"]
    assert done.report.name == "unreadable-next.json"


def test_too_few_held_out_texts_prove_nothing(registry, two, own_data):
    done = promote(registry, "next", Question([own_data], "li", sampling=FAST))
    assert [reason.code for reason in done.gate.reasons] == ["too_few_texts"]
    assert done.gate.sources == {str(own_data): 0}


def test_a_text_that_two_folders_hold_counts_once(registry, two, held_data, tmp_path):
    again = shutil.copytree(held_data, tmp_path / "again")
    done = promote(registry, "next", Question([held_data, again], "li", sampling=FAST))
    assert done.gate.n == 72
    assert done.gate.sources == {str(held_data): 72, str(again): 0}


def test_each_folder_is_read_with_its_own_labels(registry, add, held_data, tmp_path):
    """A label of one folder is no fault where the other folder's texts could not have it."""
    own = tmp_path / "own"
    own.mkdir()
    (own / "taxonomy.yaml").write_text("labels: [{code: price}]", encoding="utf-8")
    row = {"id": "p", "text": "太贵了，涨价也不说一声", "issues": ["price"], "sentiment": 2}
    (own / "p.jsonl").write_text(json.dumps(row | {"urgency": 1}), encoding="utf-8")
    (own / "heldout.json").write_text('{"test": ["p"], "dev": []}')
    labels = ["price", "staff_attitude", "delivery", "follow_up_neglect", "other"]
    add("default", labels=labels)
    add("next", labels=labels, version="2")
    done = promote(registry, "next", Question([held_data, own], "li", sampling=FAST))
    assert (done.gate.n, done.gate.passed) == (73, True)


def test_a_model_from_elsewhere_is_not_of_the_registry(put, tiny_model, two):
    with pytest.raises(RegistryError) as caught:
        put(tiny_model)
    assert caught.value.code == "no_such_model"
    assert "--out" in caught.value.remedy


def test_a_model_may_be_named_by_its_path(put, registry, two):
    assert put(registry / "next").pointer.folder == "next"


def test_the_champion_is_not_promoted_again(put, two):
    put("next")
    with pytest.raises(RegistryError) as caught:
        put("next")
    assert caught.value.code == "already_champion"


def test_a_champion_that_was_changed_in_its_place_stops_a_promotion(put, add, two):
    put("next")
    add("next", version="3")
    add("later", version="4")
    with pytest.raises(ModelError, match="pointed at as"):
        put("later")


def test_rollback_goes_back_step_by_step(put, registry, add, two):
    add("third", version="3")
    put("next")
    put("third")
    entry, folder = rollback(registry, by="wang")
    assert (entry.by, entry.what, folder) == ("wang", "rollback", registry / "next")
    assert champion_folder(registry) == registry / "next"
    assert rollback(registry, by="wang")[1] == registry / "default"
    assert read_registry(registry).champion is None
    with pytest.raises(RegistryError) as caught:
        rollback(registry, by="wang")
    assert caught.value.code == "no_previous"


def test_rollback_asks_no_gate(put, registry, add, two, mute):
    add("mute", mute)
    put("mute", override="a trial")
    put("next")
    assert rollback(registry, by="li")[1] == registry / "mute"


def test_rollback_to_a_spoilt_folder_is_refused(put, registry, add, two):
    add("third", version="3")
    put("next")
    put("third")
    card = registry / "next" / artifact.CARD
    card.write_text("other words")
    with pytest.raises(ModelError, match="changed"):
        rollback(registry, by="li")
    add("next", version="5")
    with pytest.raises(ModelError, match="pointed at as"):
        rollback(registry, by="li")
    assert champion_folder(registry) == registry / "third"


def test_rollback_to_a_past_champion_by_its_hash(put, registry, add, two):
    add("third", version="3")
    put("next")
    put("third")
    assert rollback(registry, by="li", to="default")[1] == registry / "default"
    assert rollback(registry, by="li", to=two[1][:6])[1] == registry / "next"


@pytest.mark.parametrize("to", ["0123456789ab", "", "zzz"])
def test_rollback_to_what_never_was_champion_is_refused(put, registry, two, to):
    put("next")
    with pytest.raises(RegistryError) as caught:
        rollback(registry, by="li", to=to)
    assert caught.value.code == "no_such_champion"


def test_a_candidate_that_never_passed_the_gate_is_no_way_back(put, registry, add, two):
    hash_ = add("third", version="3")
    put("next")
    with pytest.raises(RegistryError):
        rollback(registry, by="li", to=hash_)
