import csv
import dataclasses
import gzip
import json

import pytest

from triage import DataError, Feedback, Triage
from triage.artifact import CARD, METRICS, read_manifest
from triage.training.build import Plan, build, gather
from triage.training.corpus import content_hash, read_examples

pytestmark = pytest.mark.usefixtures("quiet_fit")


def files(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_training_twice_gives_identical_bytes(own_data, tiny_settings, tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    for out in (one, two):
        build(Plan([own_data], out, name="m", settings=tiny_settings))
    assert files(one) == files(two)


def test_training_over_an_older_model_leaves_nothing_of_it(own_data, tiny_settings, tmp_path):
    out = tmp_path / "m"
    build(Plan([own_data], out, name="old", settings=tiny_settings))
    build(Plan([own_data], out, name="new", settings=tiny_settings))
    assert Triage.load(out).name.name == "new"


def test_the_manifest_says_what_the_model_was_made_from(tiny_model, own_data):
    manifest = read_manifest(tiny_model)
    data = manifest["data"]
    assert (manifest["name"], manifest["version"]) == ("tiny", "0.0.1")
    assert data["labelled"] + data["dev"] + data["test"] == len(read_examples([own_data]))
    assert data["sources"] == {"own": data["labelled"]}
    assert data["polarity"] == 0
    made = gather(Plan([own_data], own_data))
    parts, texts = made.parts, made.texts
    seen = [*texts.labelled, *texts.polarity, *texts.outside]
    assert data["hash"] == content_hash(seen)
    assert (data["dev"], data["test"]) == (len(parts.dev), len(parts.test))
    assert data["test_hash"] == content_hash(parts.test) != data["hash"]
    assert manifest["tokeniser"]["hmm"] is False
    assert manifest["versions"].keys() >= {"numpy", "scipy", "scikit-learn"}


def test_the_metrics_are_returned_and_written(own_data, tiny_settings, tmp_path):
    metrics = build(Plan([own_data], tmp_path / "m", settings=tiny_settings))
    written = json.loads((tmp_path / "m" / METRICS).read_text("utf-8"))
    assert json.loads(json.dumps(metrics)) == written
    assert metrics["test"]["real"]["n"] > 0


def test_the_data_hash_changes_with_a_label(own_data, tiny_model, tiny_settings, tmp_path):
    rows = [json.loads(line) for line in (own_data / "own.jsonl").read_text("utf-8").splitlines()]
    changed = [row | {"urgency": 3 - row["urgency"]} for row in rows]
    path = tmp_path / "own.jsonl"
    path.write_text("\n".join(map(json.dumps, changed)), encoding="utf-8")
    build(Plan([path], tmp_path / "m", settings=tiny_settings))
    one, two = read_manifest(tiny_model)["data"], read_manifest(tmp_path / "m")["data"]
    assert one["hash"] != two["hash"]
    assert one["labelled"] == two["labelled"]


def test_a_handful_of_texts_is_refused_before_anything_is_written(tmp_path):
    path = tmp_path / "few.jsonl"
    row = {"text": "质量差", "issues": [], "sentiment": 3, "urgency": 0}
    path.write_text("\n".join(json.dumps(row | {"id": str(k)}) for k in range(19)), "utf-8")
    with pytest.raises(DataError, match="Only 19 texts with known issues") as caught:
        build(Plan([path], tmp_path / "m"))
    assert "20" in caught.value.remedy
    assert not (tmp_path / "m").exists()


def test_bad_data_leaves_an_older_model_as_it_was(own_data, tiny_model, tmp_path):
    before = files(tiny_model)
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"id": "a"}\n', encoding="utf-8")
    with pytest.raises(DataError):
        build(Plan([own_data, bad], tiny_model))
    assert files(tiny_model) == before


def test_authored_texts_keep_to_the_frozen_split(root):
    parts = gather(Plan([root / "data" / "seed" / "short.jsonl"], root)).parts
    from triage.training.splits import held_out

    frozen = held_out()
    assert {e.id for e in parts.test} <= set(frozen["test"])
    assert {e.id for e in parts.dev} <= set(frozen["dev"])
    assert not {e.id for e in parts.train} & {*frozen["test"], *frozen["dev"]}


def test_texts_of_one_s_own_get_a_split_of_their_own(own_data):
    parts = gather(Plan([own_data], own_data)).parts
    assert parts.test
    assert len(parts.train) > len(parts.test)


@pytest.fixture
def collections(own_data, tmp_path):
    """Authored polarity texts in the form of the public collections, one labelled, one a copy."""
    held = gather(Plan([own_data], own_data)).parts.test[0]
    rows = [(f"p{k}", f"第{k}次光顾，味道{'很好' if k % 2 else '很差'}", k % 2) for k in range(30)]
    with gzip.open(tmp_path / "waimai.csv.gz", "wt", encoding="utf-8", newline="") as out:
        labelled = ("own-005", "这条另有标注，不能再当作极性", "1")
        table = [("id", "text", "polarity"), *rows, labelled, ("copy", held.text + "！", "0")]
        csv.writer(out).writerows(table)
    return tmp_path


def test_polarity_texts_train_unless_labelled_or_near_a_held_out_text(own_data, collections):
    texts = gather(Plan([own_data], own_data, collections)).texts
    assert sorted(e.id for e in texts.polarity) == sorted(f"p{k}" for k in range(30))


def test_a_model_can_be_trained_with_polarity_texts(own_data, collections, tiny_settings):
    plan = Plan([own_data], collections / "m", collections, settings=tiny_settings)
    steps = []
    build(plan, progress=steps.append)
    assert read_manifest(plan.out)["data"]["polarity"] == 30
    assert "30 texts with polarity only" in (plan.out / CARD).read_text("utf-8")
    assert Triage.load(plan.out)(Feedback("a", "味道很差，再也不来"))
    assert len(steps) == len(set(steps)) > 3


def test_a_plan_cannot_be_changed_under_way(own_data, tmp_path):
    with pytest.raises(dataclasses.FrozenInstanceError):
        Plan([own_data], tmp_path).name = "other"
