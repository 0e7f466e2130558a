"""Labels of one's own, two levels of them, through the whole library."""

import csv
import json
import shutil
from dataclasses import replace

import pytest

from tests.own_labels import CHILD, NEW, PARENT, engine_of, example, flat, own_engine
from tests.unit.training.verdicts import pair
from triage import CHINESE, Feedback, InputError, ModelError, Policy, Triage
from triage.artifact import MANIFEST, bands, read_manifest, taxonomy
from triage.batch import run
from triage.policy import Band
from triage.records import Example
from triage.scorers.keyword import KeywordScorer
from triage.taxonomy import Label, of_codes
from triage.training import card, chapters, pages, report
from triage.training.compare import compare

HOT = "充电宝充一会儿就发烫，发票也没给。"


@pytest.fixture(scope="module")
def engine():
    return own_engine()


@pytest.fixture(scope="module")
def verdict(engine):
    return engine(Feedback("a", HOT))


# Verdicts


def test_a_child_is_given_with_its_parent_and_neither_scores_below_the_other(verdict):
    assert verdict.issues == (PARENT, CHILD, NEW)
    assert verdict.scores[PARENT] == verdict.scores[CHILD] == 0.9
    assert tuple(verdict.scores) == example().codes


def test_the_evidence_for_a_child_serves_its_parent_too(verdict):
    quoted = {item.for_: item.text for item in verdict.evidence}
    assert quoted == {PARENT: "发烫", CHILD: "发烫", NEW: "发票"}
    assert all(HOT[item.start : item.end] == item.text for item in verdict.evidence)


def test_a_parent_with_words_of_its_own_is_quoted_by_them(engine):
    found = engine(Feedback("a", "用不了几天就坏了"))
    assert found.issues == (PARENT,)
    assert {item.text for item in found.evidence} == {"坏了", "用不了"}


def test_a_policy_that_asks_more_of_the_parent_still_gives_it_with_its_child():
    policy = replace(Policy(), labels={PARENT: Band(0.97, 0.95, 0.98)})
    assert own_engine(policy)(Feedback("a", HOT)).issues == (PARENT, CHILD, NEW)


def test_an_engine_names_the_labels_of_its_scorer_and_no_others(engine):
    assert Triage(KeywordScorer(), Policy(), engine.name).taxonomy.zh("delivery") == "物流配送"
    with pytest.raises(InputError, match="different labels"):
        Triage(KeywordScorer(), Policy(), engine.name, of_codes(("late",)))


def test_a_keyword_scorer_has_the_labels_it_has_words_for():
    scorer = KeywordScorer({"late": ("晚",), "rude": ("凶",)})
    assert scorer.labels == ("late", "rude")
    found = Triage(scorer, Policy(), own_engine().name)(Feedback("a", "太晚了，质量差"))
    assert found.scores == {"late": 0.9, "rude": 0.05}


# Model folders


@pytest.fixture
def folder(tiny_model, tmp_path):
    """A function that gives a copy of the tiny model another manifest."""
    model = shutil.copytree(tiny_model, tmp_path / "model")

    def change(**changes):
        manifest = json.loads((model / MANIFEST).read_text("utf-8")) | changes
        (model / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
        return model

    return change


def named(model):
    """The names of the tiny model's labels in capitals, as a manifest keeps them."""
    return flat(*read_manifest(model)["labels"]).to_list()


def test_a_model_brings_the_names_of_its_labels(folder, tiny_model):
    engine = Triage.load(folder(taxonomy=named(tiny_model)))
    assert engine.taxonomy.zh("delivery") == "DELIVERY"
    assert Triage.load(tiny_model).taxonomy.zh("delivery") == "物流配送"


def test_names_that_do_not_fit_the_labels_are_refused(folder, tiny_model):
    with pytest.raises(ModelError, match="taxonomy and labels differ"):
        Triage.load(folder(taxonomy=named(tiny_model)[::-1]))
    with pytest.raises(ModelError, match="no list of labels"):
        Triage.load(folder(taxonomy=[{"code": "delivery"}]))


def test_a_model_brings_thresholds_for_labels_that_the_policy_does_not_name(folder, tmp_path):
    wide = {"assign": 0.9, "suggest": 0.1, "sure": 0.95}
    model = folder(bands={"delivery": wide, "other": wide})
    assert Triage.load(model).policy.band_of("delivery") == Band(0.9, 0.1, 0.95)
    policy = tmp_path / "p.toml"
    policy.write_text("[issues.labels]\ndelivery = { assign = 0.5 }\n")
    engine = Triage.load(model, policy=policy)
    assert engine.policy.band_of("delivery").assign == 0.5
    assert engine.policy.band_of("other") == Band(0.9, 0.1, 0.95)
    assert engine.policy.band_of(PARENT) == engine.policy.band


@pytest.mark.parametrize(
    "wrong",
    [
        {"late": {"assign": 0.5}},
        {"late": {"assign": 0.5, "suggest": 0.2, "sur": 0.7}},
        {"late": {"assign": 0.5, "suggest": 0.6, "sure": 0.7}},
        {"late": {"assign": "0.5", "suggest": 0.2, "sure": 0.7}},
        {"late": 0.5},
        [0.5],
    ],
)
def test_thresholds_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ModelError, match="band") as caught:
        bands({"bands": wrong})
    assert caught.value.remedy


def test_a_manifest_without_bands_or_names_has_those_of_its_codes():
    assert bands({}) == {}
    assert taxonomy({"labels": ["late", "delivery"]}) == of_codes(("late", "delivery"))


# Files


@pytest.fixture
def texts(tmp_path):
    path = tmp_path / "in.jsonl"
    lines = [json.dumps({"id": str(k), "text": t}) for k, t in enumerate((HOT, "没人理"))]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_table_has_a_column_for_each_label(engine, texts, tmp_path):
    run(engine, str(texts), str(tmp_path / "out.csv"))
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        first, second = csv.DictReader(file)
    assert first["issues"] == f"{PARENT}|{CHILD}|{NEW}"
    assert (first[f"score_{CHILD}"], second[f"score_{CHILD}"]) == ("0.9", "0.05")
    assert [name for name in first if name.startswith("score_")] == [
        f"score_{code}" for code in example().codes
    ]


def test_a_child_has_a_column_of_numbers_in_parquet(engine, texts, tmp_path):
    import pyarrow.parquet as pq

    run(engine, str(texts), str(tmp_path / "out.parquet"))
    table = pq.read_table(tmp_path / "out.parquet", columns=["id", f"score_{CHILD}"])
    assert table.to_pylist() == [
        {"id": "0", f"score_{CHILD}": 0.9},
        {"id": "1", f"score_{CHILD}": 0.05},
    ]


# The terminal


@pytest.fixture
def shown(monkeypatch, capsys):
    """A function that calls a command with the engine of the example; it returns what is shown."""
    from triage.cli import main

    monkeypatch.setattr(Triage, "load", lambda *_, **__: own_engine())

    def call(*args):
        monkeypatch.setattr("sys.argv", ["triage", *map(str, args)])
        with pytest.raises(SystemExit):
            main()
        told = capsys.readouterr()
        return "".join((told.out + told.err).split())

    return call


def test_a_verdict_is_explained_by_the_names_of_its_labels(shown):
    told = shown("explain", HOT)
    assert "问题issues:产品质量、过热、发票开具" in told
    assert "过热发烫" in told  # the evidence


def test_the_summary_of_a_run_names_the_labels(shown, texts, tmp_path):
    told = shown("run", texts, "--out", tmp_path / "out.jsonl")
    assert f"过热{CHILD}1" in told
    assert f"发票开具{NEW}1" in told


def test_more_labels_than_colours_are_shown_all_the_same(monkeypatch, shown):
    rows = [Label(f"l{k}", f"名{k}", f"N{k}", phrases=(f"词{k:02}",)) for k in range(60)]
    many = type(example())(tuple(rows))
    monkeypatch.setattr(Triage, "load", lambda *_, **__: engine_of(many))
    assert "名59词59" in shown("explain", "这里说到词59")


# Cards, reports, comparisons


@pytest.fixture(scope="module")
def pairs(engine):
    found = []
    for k in range(40):
        text, issues = [(HOT, (PARENT, CHILD, NEW)), ("没人理我", (PARENT, CHILD))][k % 2]
        found.append((Example(str(k), text, issues, 2, 1), engine(Feedback(str(k), text))))
    return found


def test_a_report_calls_labels_by_the_names_of_the_model(pairs):
    figures = report.make(pairs, example().codes, taxonomy=example(), times=9)
    whole = pages.markdown(chapters.title(figures), chapters.sections(figures))
    assert "过热 product_quality/overheating" in whole
    assert "| 产品质量、过热 | 售后跟进缺失 |" in whole  # wanted and given, of a text misread
    assert figures["names"][NEW] == "发票开具"


def test_a_label_without_a_name_stands_once_in_a_report():
    example_, verdict = pair("a", "停车太贵", ("parking",), ("parking",))
    verdict = replace(verdict, scores={"parking": 0.9})
    figures = report.make([(example_, verdict)], ("parking",), taxonomy=of_codes(("parking",)))
    whole = pages.markdown(chapters.title(figures), chapters.sections(figures))
    assert "| parking |" in whole


def test_a_comparison_calls_labels_by_the_names_of_the_model(pairs):
    result = compare(pairs, pairs, example().codes, taxonomy=example(), times=9)
    assert "过热 product_quality/overheating F1" in result.to_markdown()
    result = compare(pairs, pairs, example().codes, taxonomy=of_codes(example().codes), times=9)
    assert "| product_quality/overheating F1 |" in result.to_markdown()


def test_a_card_calls_labels_by_the_names_of_the_model(tiny_model):
    manifest = read_manifest(tiny_model)
    metrics = json.loads((tiny_model / "metrics.json").read_text("utf-8"))
    assert f"| {CHINESE['delivery']} `delivery` |" in card.write(manifest, metrics)
    own = manifest | {"taxonomy": flat(*manifest["labels"]).to_list()}
    assert "| DELIVERY `delivery` |" in card.write(own, metrics)
