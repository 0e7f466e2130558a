"""What a pull does where the model in use has labels that the dataset does not know."""

import pytest

from service.cli import pull
from triage import DataError
from triage.taxonomy import BUILT_IN, Label, Taxonomy, load_taxonomy

OWN = Taxonomy((*BUILT_IN.labels, Label("boarding", "寄养", "Boarding")))
ROWS = [{"id": "a", "issues": ["boarding"]}, {"id": "b", "issues": None}]


@pytest.fixture(autouse=True)
def in_use(monkeypatch):
    monkeypatch.setattr(pull, "own_taxonomy", lambda model: OWN)


def test_a_dataset_without_a_taxonomy_gets_that_of_the_model_in_use(tmp_path):
    pull._bring_labels(tmp_path, ROWS)
    assert load_taxonomy(tmp_path / "taxonomy.yaml") == OWN


def test_a_dataset_that_knows_every_label_is_left_alone(tmp_path):
    pull._bring_labels(tmp_path, [{"id": "a", "issues": ["delivery"]}])
    assert list(tmp_path.iterdir()) == []


def test_a_taxonomy_that_a_person_wrote_is_not_rewritten(tmp_path):
    (tmp_path / "taxonomy.yaml").write_text("labels: [{code: delivery}]", encoding="utf-8")
    with pytest.raises(DataError, match="boarding"):
        pull._bring_labels(tmp_path, ROWS)
    assert "boarding" not in (tmp_path / "taxonomy.yaml").read_text("utf-8")
