"""What is exported says what torch says, for windows of any number and length."""

import logging

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from tests.unit.encoder.texts import LABELS, sixteen  # noqa: E402
from tests.unit.encoder.tiny import tiny_encoder  # noqa: E402
from triage import ModelError, Policy  # noqa: E402
from triage.scorers.encoder import EncoderScorer  # noqa: E402
from triage.text.clean_all import clean_all  # noqa: E402
from triage.training.encoder import assemble as assembling  # noqa: E402
from triage.training.encoder.agreement import Agreement, TorchScorer, agreement  # noqa: E402
from triage.training.encoder.assemble import assemble, encoder_weights  # noqa: E402
from triage.training.encoder.export import export_onnx, stored  # noqa: E402
from triage.training.encoder.fit import fit_encoder  # noqa: E402
from triage.training.encoder.model import EncoderModel, load_body  # noqa: E402
from triage.training.encoder.settings import EncoderSettings  # noqa: E402
from triage.training.linear import Texts  # noqa: E402

pytestmark = pytest.mark.torch
SAID = [example.text for example in sixteen()]
LONG = "快递等了三天还没发货，" * 30
POLICY = Policy.load()
KINDS = ("int8", "mixed", "fp32")


QUICK = EncoderSettings(
    epochs=30,
    batch=4,
    rate=1e-3,
    head_rate=3e-2,
    noise=0.0,
    dropout=0.0,
    threads=1,
    precision="fp32",
    device="cpu",
)


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    """A tiny encoder that knows sixteen texts by heart."""
    source = tiny_encoder(tmp_path_factory.mktemp("tiny"))
    return fit_encoder(Texts(sixteen()), LABELS, source, settings=QUICK)


@pytest.fixture(scope="module")
def graphs(fitted):
    """The graph of `fitted` by precision; to export one takes seconds."""
    whole = export_onnx(fitted.model)
    return {precision: stored(whole, precision) for precision in KINDS}


@pytest.fixture
def once(monkeypatch, graphs):
    """Take the graphs that are there."""
    monkeypatch.setattr(assembling, "export_onnx", lambda model: graphs["fp32"])
    monkeypatch.setattr(assembling, "stored", lambda graph, precision: graphs[precision])


def model_of(folder, kind):
    torch.manual_seed(1)
    body, _ = load_body(tiny_encoder(folder, kind=kind))
    return EncoderModel(body, 2).eval()


@pytest.fixture(scope="module", params=["bert", "roberta", "modernbert"])
def exported(request, tmp_path_factory):
    """A model and its graph."""
    model = model_of(tmp_path_factory.mktemp(request.param), request.param)
    return model, export_onnx(model)


def run(graph, ids, mask):
    import onnxruntime

    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    return session.run(["weight", "value"], {"input_ids": ids, "attention_mask": mask})


def test_the_graph_of_any_encoder_gives_the_numbers_of_torch(exported):
    model, graph = exported
    rng = np.random.default_rng(0)
    for n, length in ((1, 1), (1, 64), (5, 33)):
        ids = rng.integers(5, 40, (n, length))
        mask = np.ones_like(ids)
        mask[n // 2 :, length // 2 + 1 :] = 0
        with torch.no_grad():
            wanted = model(torch.from_numpy(ids), torch.from_numpy(mask))
        for one, other in zip(run(graph, ids, mask), wanted, strict=True):
            seen = mask.astype(bool)
            assert np.abs(one - other.numpy())[seen].max() < 1e-4


def test_rounded_to_int8_the_graph_is_smaller_and_computes_in_whole_numbers(graphs):
    # Of so tiny a network much is names and shapes.
    assert len(graphs["int8"]) < len(graphs["fp32"]) * 0.75
    kinds = {node.op_type for node in graph_nodes(graphs["int8"])}
    assert {"MatMulInteger", "DynamicQuantizeLinear", "Gelu"} <= kinds


def test_the_rounded_graph_of_any_encoder_says_nearly_the_same(exported):
    model, graph = exported
    ids = np.random.default_rng(0).integers(5, 40, (1, 33))
    mask = np.ones_like(ids)
    with torch.no_grad():
        _, wanted = model(torch.from_numpy(ids), torch.from_numpy(mask))
    _, value = run(stored(graph, "int8"), ids, mask)
    assert np.abs(value - wanted.numpy()).mean() < 0.05 * float(wanted.std())


def test_what_is_looked_up_is_stored_in_half_precision(graphs):
    import onnx

    tables = {
        part.name: part.data_type
        for part in onnx.load_from_string(graphs["int8"]).graph.initializer
        if part.name.endswith("embeddings.weight")
    }
    assert len(tables) == 3
    assert set(tables.values()) == {onnx.TensorProto.FLOAT16}


def test_the_heads_are_not_rounded(graphs):
    def whole(content):
        # Products of two computed things, as in attention, are never rounded: two a layer.
        return sum(node.op_type in {"MatMul", "Gemm"} for node in graph_nodes(content))

    assert whole(graphs["int8"]) == 2 * 2 + 2
    assert whole(graphs["fp32"]) == 2 * 2 + 2 + 2 * 6


def test_the_graph_says_nothing_of_where_it_was_made(graphs):
    for content in graphs.values():
        assert b".py" not in content
        assert b"stack_trace" not in content


def graph_nodes(content):
    import onnx

    return onnx.load_from_string(content).graph.node


def test_exporting_is_silent_and_leaves_model_and_logging_as_they_were(tmp_path, capfd):
    model = model_of(tmp_path, "bert")
    model.body.set_attn_implementation("sdpa")
    model.train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    capfd.readouterr()
    export_onnx(model)
    assert capfd.readouterr() == ("", "")
    assert logging.root.manager.disable == 0
    assert model.training
    assert model.body.config._attn_implementation == "sdpa"
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


def test_a_body_that_cannot_be_exported_is_refused(tmp_path, monkeypatch):
    model = model_of(tmp_path, "bert")
    monkeypatch.setattr(
        type(model), "forward", lambda self, input_ids, attention_mask: input_ids.tolist()
    )
    with pytest.raises(ModelError) as caught:
        export_onnx(model)
    assert caught.value.code == "cannot_export"


def test_serving_reads_windows_signals_and_pooling_as_torch_does(fitted, graphs):
    weights = encoder_weights(fitted, graphs["fp32"])
    texts = clean_all([*SAID, LONG, "再不发货就投诉到12315"])
    served = EncoderScorer(weights).score(texts)
    wanted = TorchScorer(fitted, weights).score(texts)
    for name in ("issues", "sentiment", "urgency", "scope"):
        assert np.abs(getattr(served, name) - getattr(wanted, name)).max() < 1e-4
    assert served.scripts == wanted.scripts
    assert wanted.clues(0, "logistics", 2) == []
    assert wanted.polarity(0)(0, 3) == 0.0


def test_int8_decides_as_torch_does_on_texts_that_are_known(fitted, once):
    made = assemble(fitted, sixteen(), [*SAID, LONG], policy=POLICY)
    assert (made.precision, made.agreement.differ) == ("int8", 0)
    assert made.to_dict() == {
        "precision": "int8",
        "texts": 17,
        "differ": 0.0,
        "issues": 0.0,
        "sentiment": 0.0,
        "urgency": 0.0,
    }


@pytest.mark.parametrize(("bad", "taken"), [(("int8",), "mixed"), (("int8", "mixed"), "fp32")])
def test_what_decides_otherwise_gives_way_to_the_next_finer_one(
    fitted, once, monkeypatch, bad, taken
):
    def spoilt(graph, precision):
        return bent(graph) if precision in bad else graph

    monkeypatch.setattr(assembling, "stored", spoilt)
    told = []
    made = assemble(fitted, [], SAID, policy=POLICY, progress=told.append)
    assert (made.precision, made.agreement.differ) == (taken, 0)
    assert tuple(made.refused) == bad
    assert all(found.share > 0.9 for found in made.refused.values())
    assert made.to_dict()["int8"]["differ"] > 0.9
    assert sum("too many" in line for line in told) == len(bad)


def test_mixed_rounds_only_what_comes_from_a_norm(graphs):
    def rounded(graph):
        import onnx

        nodes = onnx.load_from_string(graph).graph.node
        return sum(node.op_type == "MatMulInteger" for node in nodes)

    assert 0 < rounded(graphs["mixed"]) < rounded(graphs["int8"])
    assert len(graphs["int8"]) < len(graphs["mixed"]) < len(graphs["fp32"])


def bent(graph):
    """The graph with much more said for every output."""
    import onnx
    from onnx import numpy_helper

    model = onnx.load_from_string(graph)
    (bias,) = (part for part in model.graph.initializer if part.name == "value.bias")
    bias.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(bias) + 9, bias.name))
    return model.SerializeToString()


class Constant:
    """The scores of another scorer, with the first label always given."""

    def __init__(self, inner):
        self.inner, self.labels = inner, inner.labels

    def score(self, texts, signals=None):
        found = self.inner.score(texts, signals)
        found.issues[:, 0] = 1.0
        return found


def test_agreement_counts_the_texts_that_are_decided_otherwise(fitted, graphs):
    scorer = TorchScorer(fitted, encoder_weights(fitted, graphs["fp32"]))
    found = agreement(scorer, Constant(scorer), [*SAID, "。。"], POLICY)
    # Half of the sixteen have the first label; the last text cannot be judged.
    assert (found.texts, found.issues, found.sentiment) == (16, 8, 0)
    assert found.differ == 8
    assert found.share == 0.5


def test_no_texts_agree():
    assert Agreement(0, 0, 0, 0, 0).to_dict()["differ"] == 0.0
