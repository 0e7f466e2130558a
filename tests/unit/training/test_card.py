import json
import re

import pytest

from triage import CHINESE
from triage.artifact import CARD, METRICS, read_manifest
from triage.resources import default_model
from triage.training import card


@pytest.fixture(params=["tiny", "default"])
def folder(request, tiny_model):
    return tiny_model if request.param == "tiny" else default_model()


@pytest.fixture
def parts(tiny_model):
    metrics = json.loads((tiny_model / METRICS).read_text("utf-8"))
    return read_manifest(tiny_model), metrics


def test_the_card_in_a_folder_holds_the_figures_of_its_metrics(folder):
    text = (folder / CARD).read_text("utf-8")
    metrics = json.loads((folder / METRICS).read_text("utf-8"))
    for name, figures in metrics["test"].items():
        assert f"## Held-out texts: {name} (n = {figures['n']})" in text
        for label, row in figures["issues"]["per_label"].items():
            numbers = f"{row['precision']:.3f} | {row['recall']:.3f} | {row['f1']:.3f} | {row['n']}"
            assert f"| {CHINESE[label]} `{label}` | {numbers} |" in text


def test_the_card_in_a_folder_is_what_manifest_and_metrics_say(parts, tiny_model):
    written = (tiny_model / CARD).read_text("utf-8")
    # metrics.json sorts its keys, so the rows may come in another order.
    assert sorted(written.splitlines()) == sorted(card.write(*parts).splitlines())


def test_the_card_names_the_model_its_data_and_its_limits(parts):
    manifest, metrics = parts
    text = card.write(manifest, metrics)
    assert text.startswith("# tiny 0.0.1\n")
    assert manifest["data"]["hash"][:16] in text
    assert f"{manifest['data']['labelled']} labelled texts" in text
    assert "rjieba" in text
    assert "## Limits" in text


def test_every_figure_of_every_label_stands_in_the_card(parts):
    text = card.write(*parts)
    per_label = parts[1]["test"]["real"]["issues"]["per_label"]
    for label, row in per_label.items():
        assert re.search(rf"{CHINESE[label]} `{label}` \| {row['precision']:.3f} \|", text)


def test_a_figure_that_does_not_exist_is_a_dash_and_not_a_nought(parts):
    manifest, metrics = parts
    metrics["test"]["real"]["critical"] |= {"recall": None, "precision": None, "n": 0}
    metrics["test"]["real"]["urgency_kappa"] = None
    text = card.write(manifest, metrics)
    assert "urgency 3: recall –, precision –" in text
    assert "None" not in text


def test_a_model_without_held_out_texts_still_has_a_card(parts):
    assert "## Limits" in card.write(parts[0], {"dev": {}, "test": {}})


def test_a_label_of_one_s_own_goes_by_its_own_name(parts):
    manifest, metrics = parts
    rows = metrics["test"]["real"]["issues"]["per_label"]
    rows["late"] = rows.pop("delivery")
    assert "| late `late` |" in card.write(manifest, metrics)
