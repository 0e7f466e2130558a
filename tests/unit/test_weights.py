import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from triage import ModelError
from triage.scorers.adapted import AdaptedScorer, Adapter
from triage.text.segment import Segmenter
from triage.weights import WEIGHTS, AdaptedWeights, from_folder, scorer_of, to_files

LABELS = ("delivery", "billing")


@pytest.fixture
def weights(default_engine):
    outputs = len(LABELS) + 7
    adapter = Adapter(
        LABELS,
        np.array([3, 70, 900], dtype=np.uint32),
        np.arange(3 * (outputs + 1), dtype=np.float32).reshape(3, -1) / 8,
        np.linspace(0, 1, outputs + 1),
        np.ones(outputs),
        np.zeros(outputs),
    )
    return AdaptedWeights(default_engine.scorer.weights, adapter)


def manifest(weights):
    base = {"labels": list(weights.base.labels)}
    return {"kind": "adapted", "labels": list(LABELS), "base": base}


def write(folder, weights):
    for name, content in to_files(weights).items():
        (folder / name).write_bytes(content)


def test_an_adapter_is_read_back_as_it_was_written(weights, tmp_path):
    write(tmp_path, weights)
    read = from_folder(tmp_path, manifest(weights))
    for field in ("kept", "table", "gain", "bias"):
        np.testing.assert_array_equal(
            getattr(read.adapter, field), getattr(weights.adapter, field), err_msg=field
        )
    np.testing.assert_allclose(read.adapter.inner, weights.adapter.inner, atol=1e-6)
    np.testing.assert_array_equal(read.base.kept, weights.base.kept)
    assert isinstance(scorer_of(read, Segmenter()), AdaptedScorer)


@pytest.mark.parametrize("lost", ["adapter.table", "adapter.gain", "kept"])
def test_a_file_that_lacks_a_part_is_refused(weights, tmp_path, lost):
    write(tmp_path, weights)
    tensors = load_file(tmp_path / WEIGHTS)
    del tensors[lost]
    save_file(tensors, tmp_path / WEIGHTS)
    with pytest.raises(ModelError, match=lost):
        from_folder(tmp_path, manifest(weights))


def test_an_adapter_of_other_labels_than_the_manifest_says_is_refused(weights, tmp_path):
    write(tmp_path, weights)
    wrong = manifest(weights) | {"labels": ["delivery"]}
    with pytest.raises(ModelError, match="do not fit 1 labels"):
        from_folder(tmp_path, wrong)
