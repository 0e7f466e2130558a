"""From a base and a folder of examples to a model folder."""

import json
import shutil

import pytest

from triage import DataError, Feedback, Triage
from triage.artifact import CARD, METRICS, read_manifest
from triage.resources import default_model
from triage.scorers.adapted import AdaptedScorer
from triage.training.adapt import AdaptSettings
from triage.training.correct import Correction, correct

QUICK = AdaptSettings(others=60)
OWN = """
labels:
  - code: product_quality
    children:
      - {code: overheating, zh: 发热, phrases: [烫手, 发烫]}
  - {code: billing, zh: 账单, en: Billing}
"""


def rows(n, text="第{}台充电宝一充就烫手", **labels):
    return [
        {"id": f"desk-{k:03}", "text": text.format(k), "issues": ["product_quality"]}
        | {"sentiment": 2, "urgency": 2}
        | labels
        for k in range(n)
    ]


def written(folder, rows_):
    folder.mkdir(exist_ok=True)
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows_)
    (folder / "desk.jsonl").write_text(lines, encoding="utf-8")
    return folder


def plan(data, out, **options):
    return Correction(default_model(), [data], out, settings=QUICK, **options)


@pytest.fixture(scope="module")
def data(own_data, tmp_path_factory):
    shutil.copytree(own_data, folder := tmp_path_factory.mktemp("desk") / "data")
    return folder


@pytest.fixture(scope="module")
def corrected(data, tmp_path_factory):
    out = tmp_path_factory.mktemp("corrected") / "mine"
    correct(plan(data, out, name="mine", version="2.0.0"))
    return out


def test_a_corrected_model_is_loaded_like_any_other(corrected):
    engine = Triage.load(corrected)
    assert isinstance(engine.scorer, AdaptedScorer)
    assert engine.name.name == "mine"
    assert engine(Feedback("a", "等了三天还没发货")).issues == ("delivery",)


def test_training_twice_gives_identical_bytes(data, corrected, tmp_path):
    correct(plan(data, tmp_path / "again", name="mine", version="2.0.0"))
    for path in corrected.iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()


def test_the_manifest_tells_the_descent(corrected):
    manifest, parent = read_manifest(corrected), Triage.load().name
    assert manifest["kind"] == "adapted"
    assert manifest["parent"] == parent.to_dict()
    assert manifest["base"]["hash"] == parent.hash
    assert manifest["data"]["labelled"] == 72
    assert len(manifest["data"]["hash"]) == 64
    assert parent.hash in (corrected / CARD).read_text("utf-8")


def test_few_texts_are_measured_by_cross_validation_and_on_the_texts_of_the_box(corrected):
    metrics = json.loads((corrected / METRICS).read_text("utf-8"))
    assert "test" not in metrics
    assert metrics["cross_validated"]["real"]["n"] == 72
    assert metrics["box"]["authored"]["n"] > 500


def test_cross_validation_does_not_see_what_it_judges(tmp_path):
    # Labels by chance: whoever saw the answers would be right far more often.
    coin = [
        row | {"issues": [["delivery"], ["other"]][k * 7 % 5 % 2]} for k, row in enumerate(rows(60))
    ]
    unlike = [row | {"text": f"编号{row['id']}：{k * 7919 % 1009}"} for k, row in enumerate(coin)]
    metrics = correct(plan(written(tmp_path / "coin", unlike), tmp_path / "m"))
    assert metrics["cross_validated"]["real"]["exact_match"] < 0.75


def test_many_texts_are_parted_and_measured_on_those_held_out(data, tmp_path):
    varied = rows(210, "{}号机柜指示灯异常，型号" + "甲乙丙丁")
    for k, row in enumerate(varied):
        row["text"] = (
            f"{k * 7919 % 9973}号{k * 31 % 997}室的{'空调冰箱风扇电视'[k % 4 * 2 :][:2]}坏了{k}次"
        )
    metrics = correct(plan(written(tmp_path / "many", varied), tmp_path / "m"))
    assert metrics["test"]["real"]["n"] > 10
    assert "cross_validated" not in metrics


def test_a_corrected_base_gives_its_own_base(corrected, data, tmp_path):
    again = Correction(corrected, [data], tmp_path / "again", settings=QUICK)
    correct(again)
    manifest, first = read_manifest(tmp_path / "again"), read_manifest(corrected)
    assert manifest["parent"]["name"] == "mine"
    assert manifest["base"] == first["base"]
    assert len(Triage.load(tmp_path / "again").scorer.base.labels) == 5


def test_labels_of_ones_own_are_trained_and_few_examples_ask_widely(tmp_path):
    own = rows(12, issues=["product_quality/overheating"])
    bills = rows(40, "{}月账单多扣了钱", issues=["billing"])
    data = written(tmp_path / "own", [*own, *(row | {"id": "b" + row["id"]} for row in bills)])
    (data / "taxonomy.yaml").write_text(OWN, encoding="utf-8")
    correct(plan(data, tmp_path / "m"))
    engine = Triage.load(tmp_path / "m")
    assert engine.taxonomy.zh("product_quality/overheating") == "发热"
    verdict = engine(Feedback("a", "新买的充电宝一充就烫手"))
    given = {*verdict.issues, *verdict.suggested}
    assert {"product_quality", "product_quality/overheating"} <= given
    assert engine.policy.band_of("product_quality/overheating").sure == 0.95
    assert engine.policy.band_of("billing") == engine.policy.band
    assert engine(Feedback("b", "这个月账单又多扣了钱")).issues == ("billing",)


def test_too_few_examples_are_refused_before_anything_is_written(tmp_path):
    with pytest.raises(DataError, match="Only 4 examples"):
        correct(plan(written(tmp_path / "few", rows(4)), tmp_path / "m"))
    assert not (tmp_path / "m").exists()


def test_texts_without_a_word_are_left_out(tmp_path):
    blank = [row | {"id": f"x{k}", "text": "！！！"} for k, row in enumerate(rows(3))]
    correct(plan(written(tmp_path / "some", [*rows(8), *blank]), tmp_path / "m"))
    assert read_manifest(tmp_path / "m")["data"]["labelled"] == 8
