"""Encoders whose numbers can be computed by hand: a token's weight and value are looked up."""

from collections.abc import Mapping, Sequence

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from triage.scorers.encoder import EncoderWeights
from triage.signals import vector

LABELS = ("delivery", "other")
MARKS = ("[UNK]", "[CLS]", "[SEP]")
SIGNALS = len(vector(()))


def outputs_of(labels: Sequence[str]) -> list[str]:
    """The names of an encoder's outputs, in order."""
    moods = [f"sentiment>{k}" for k in (1, 2, 3, 4)]
    return [*labels, *moods, *(f"urgency>{k}" for k in (0, 1, 2)), "polarity", "scope"]


def tokenizer_of(letters: str, *, padded: bool = False) -> bytes:
    """A tokenizer of one token a letter, between [CLS] and [SEP]."""
    words = {word: k for k, word in enumerate([*MARKS, *sorted(set(letters))])}
    made = Tokenizer(models.WordPiece(words, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(strip_accents=False)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    if padded:
        made.enable_padding(length=40)
        made.enable_truncation(max_length=5)
    return made.to_str().encode()


def graph_of(weight: np.ndarray, value: np.ndarray, *, of_batch: bool = False) -> bytes:
    """A graph that looks both up in tables (tokens x outputs).

    With `of_batch` every value is divided by the number of tokens in the batch: like an int8
    graph, it gives a text other numbers in other company.
    """
    inputs = [helper.make_tensor_value_info(n, TensorProto.INT64, ["n", "t"]) for n in INPUTS]
    wide = ["n", "t", weight.shape[1]]
    outputs = [helper.make_tensor_value_info(n, TensorProto.FLOAT, wide) for n in OUTPUTS]
    tables = {"weights": weight, "values": value}
    nodes = [
        helper.make_node("Gather", ["weights", "input_ids"], ["weight"]),
        helper.make_node("Gather", ["values", "input_ids"], ["found" if of_batch else "value"]),
    ]
    if of_batch:
        nodes += [
            helper.make_node("Size", ["input_ids"], ["size"]),
            helper.make_node("Cast", ["size"], ["tokens"], to=TensorProto.FLOAT),
            helper.make_node("Div", ["found", "tokens"], ["value"]),
        ]
    constants = [numpy_helper.from_array(t.astype(np.float32), n) for n, t in tables.items()]
    graph = helper.make_graph(nodes, "lookup", inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return onnx.ModelProto.SerializeToString(model)


INPUTS, OUTPUTS = ("input_ids", "attention_mask"), ("weight", "value")


def encoder(
    values: Mapping[str, Mapping[str, float]],
    *,
    attention: Mapping[str, float] | None = None,
    letters: str = "",
    labels: Sequence[str] = LABELS,
    window: int = 128,
    stride: int = 32,
    padded: bool = False,
    of_batch: bool = False,
    **numbers: np.ndarray,
) -> EncoderWeights:
    """An encoder: the values of each letter by output, and how often each letter counts.

    A letter counts once where `attention` does not say otherwise; `numbers` are signals (by
    default nothing), slope (1) and shift (0).
    """
    letters = "".join(sorted({*letters, *values, *(attention or {})}))
    names = outputs_of(labels)
    shape = (len(MARKS) + len(letters), len(names))
    weight, value = np.zeros(shape), np.zeros(shape)
    for letter, row in values.items():
        for name, number in row.items():
            value[len(MARKS) + letters.index(letter), names.index(name)] = number
    for letter, times in (attention or {}).items():
        weight[len(MARKS) + letters.index(letter)] = np.log(times)
    return EncoderWeights(
        labels=tuple(labels),
        graph=graph_of(weight, value, of_batch=of_batch),
        tokenizer=tokenizer_of(letters, padded=padded),
        window=window,
        stride=stride,
        signals=numbers.get("signals", np.zeros((SIGNALS, 3))),
        slope=numbers.get("slope", np.ones(len(names))),
        shift=numbers.get("shift", np.zeros(len(names))),
    )
