"""From a fitted encoder to an ONNX graph that is small and fast without torch."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import torch

from triage.errors import ModelError
from triage.scorers.network import IDS, MASK, VALUE, WEIGHT
from triage.training.encoder.model import EncoderModel, attend_plainly

Precision = Literal["int8", "mixed", "fp32"]
# From 20 on GELU is one operation: a tenth faster than its parts.
_OPSET = 20
_PRODUCTS = ["MatMul", "Gemm"]
_NORMS = ["LayerNormalization", "SimplifiedLayerNormalization", "RMSNormalization"]


def export_onnx(model: EncoderModel) -> bytes:
    """Return the graph: `input_ids`, `attention_mask` to `weight`, `value`, of any n x t.

    All in single precision; `stored` makes it smaller and faster. Raises ModelError for a body
    that torch cannot export.
    """
    with _quiet():
        return _bare(_exported(model))


def stored(graph: bytes, precision: Precision) -> bytes:
    """Return a graph of `export_onnx` in another precision.

    int8 is dynamic: weights are rounded channel by channel, states by the range they have;
    tables of embeddings are stored in half precision. `mixed` rounds only the products of normed
    states: the others have wide ranges, in which the small ones drown.
    """
    if precision == "fp32":
        return graph
    with _quiet(), TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        whole.write_bytes(graph)
        return _rounded(whole, precision).read_bytes()


def _exported(model: EncoderModel) -> Any:
    ids = torch.arange(2 * 7).reshape(2, 7) % 5
    mask = torch.ones_like(ids)
    mask[1, 5:] = 0
    free = torch.export.Dim.DYNAMIC
    axes = {0: free, 1: free}
    try:
        with _as_served(model):
            program = torch.onnx.export(
                model,
                (ids, mask),
                dynamo=True,
                opset_version=_OPSET,
                input_names=[IDS, MASK],
                output_names=[WEIGHT, VALUE],
                dynamic_shapes=(axes, axes),
                verbose=False,
            )
    except (torch.onnx.errors.OnnxExporterError, RuntimeError) as error:
        raise ModelError(
            f"This encoder ({model.body.config.model_type}) cannot be exported: {_first(error)}",
            remedy="Use another encoder, such as BERT, RoBERTa or ELECTRA.",
            code="cannot_export",
        ) from error
    assert program is not None  # only the older exporter returns nothing
    proto = program.model_proto
    # The shapes that torch writes down are not those of the graph after rounding.
    proto.graph.ClearField("value_info")
    return proto


def _rounded(whole: Path, precision: Precision) -> Path:
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    small = whole.with_name("small.onnx")
    graph = onnx.load(whole).graph
    spared = [_head(graph, name) for name in (WEIGHT, VALUE)]
    if precision == "mixed":
        spared += _of_wide_states(graph)
    quantize_dynamic(
        whole,
        small,
        op_types_to_quantize=_PRODUCTS,
        per_channel=True,
        weight_type=QuantType.QInt8,
        # The heads are a hundredth of the size, and half of what rounding would turn over.
        nodes_to_exclude=spared,
        extra_options={"MatMulConstBOnly": True, "DefaultTensorType": onnx.TensorProto.FLOAT},
    )
    return _halved(small)


def _halved(path: Path) -> Path:
    """Store tables that are looked up in half precision: in int8 they would err most of all.

    Measured: 1.5 % of the texts decided otherwise with tables in int8, 0.3 % so.
    """
    import numpy as np
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    model = onnx.load(path)
    other = {name for node in model.graph.node if node.op_type != "Gather" for name in node.input}
    tables = {
        part.name: part
        for part in model.graph.initializer
        if part.data_type == TensorProto.FLOAT and len(part.dims) > 1 and part.name not in other
    }
    for place, node in reversed(list(enumerate(model.graph.node))):
        if node.op_type != "Gather" or node.input[0] not in tables:
            continue
        table, found = tables[node.input[0]], node.output[0]
        if table.data_type == TensorProto.FLOAT:  # not yet done for another look-up
            half = numpy_helper.to_array(table).astype(np.float16)
            table.CopyFrom(numpy_helper.from_array(half, table.name))
        node.output[0] = f"{found}_half"
        cast = helper.make_node("Cast", [node.output[0]], [found], to=TensorProto.FLOAT)
        model.graph.node.insert(place + 1, cast)
    onnx.save(model, path)
    return path


def _head(graph: Any, output: str) -> str:
    """Return the name of the last product before an output."""
    made = {name: node for node in graph.node for name in node.output}
    node = made[output]
    while node.op_type not in _PRODUCTS:
        node = made[next(name for name in node.input if name in made)]
    return str(node.name)


def _of_wide_states(graph: Any) -> list[str]:
    """Return the names of the products whose states come from no norm."""
    made = {name: node for node in graph.node for name in node.output}
    return [
        node.name
        for node in graph.node
        if node.op_type in _PRODUCTS
        and (node.input[0] not in made or made[node.input[0]].op_type not in _NORMS)
    ]


def _bare(model: Any) -> bytes:
    """Return a graph without its remarks: torch writes the lines and folders of its code there."""
    for part in (model, model.graph, *model.graph.node):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
    content: bytes = model.SerializeToString()
    return content


@contextmanager
def _as_served(model: EncoderModel) -> Iterator[None]:
    """Let a model be on the CPU, without dropout, with attention in plain steps, in the block."""
    training, way = model.training, getattr(model.body.config, "_attn_implementation", None)
    model.cpu().eval()
    # The fused kind exports with guards against empty rows: a tenth slower, no difference.
    attend_plainly(model.body)
    try:
        yield
    finally:
        if way is not None:
            model.body.set_attn_implementation(way)
        model.train(training)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the exporters' remarks on themselves from whoever trains."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def _first(error: Any) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
