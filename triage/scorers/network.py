"""The network of an encoder: windows of tokens in, a weight and a value of each token out.

It is an ONNX graph run by onnxruntime; the tokens come from a `tokenizer.json`. Neither torch nor
transformers is needed. A window is run alone: an int8 graph scales its numbers by the largest of a
batch, so company would change what is read in a text, and on one core it saves no time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from triage.errors import InputError, ModelError
from triage.scorers.pooling import Places, Singles

IDS, MASK, WEIGHT, VALUE = "input_ids", "attention_mask", "weight", "value"
_ERRORS_ONLY = 3  # onnxruntime warns of devices that it looks for and does not need
_REMEDY = "Use a folder written by `triage train --encoder`, or restore it from its source."


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of some texts, text by text and window by window.

    `owner`: the text of each; `spans`: where it stands in its text, from and to (equal for marks
    such as [CLS]); `weight`, `value`: tokens x outputs.
    """

    owner: Places
    spans: Places
    weight: Singles
    value: Singles


@dataclass(frozen=True, slots=True)
class _Window:
    text: int
    ids: list[int]
    spans: list[tuple[int, int]]


class Network:
    """Reads texts with a graph and a tokenizer. Safe to share by threads."""

    def __init__(
        self, graph: bytes, tokenizer: bytes, *, window: int, stride: int, outputs: int
    ) -> None:
        """Open both and try them once.

        Raises ModelError where they cannot be used or do not fit together, InputError where
        onnxruntime or tokenizers is not installed.
        """
        self._tokenizer = _tokenizer(tokenizer, window, stride)
        self._session = _session(graph)
        self._mask = np.ones((1, window), dtype=np.int64)
        self._outputs = outputs
        self._try(window)

    def read(self, texts: Sequence[str]) -> Tokens:
        """Return the tokens of `texts` (Simplified), those of windows that overlap included."""
        windows = [window for k, text in enumerate(texts) for window in self._windows(k, text)]
        if not windows:
            none = np.zeros((0, self._outputs), dtype=np.float32)
            return Tokens(np.zeros(0, np.int64), np.zeros((0, 2), np.int64), none, none)
        runs = [self._run(window.ids) for window in windows]
        return Tokens(
            owner=np.repeat([w.text for w in windows], [len(w.ids) for w in windows]),
            spans=np.array([span for w in windows for span in w.spans], dtype=np.int64),
            weight=np.concatenate([weight for weight, _ in runs]),
            value=np.concatenate([value for _, value in runs]),
        )

    def _windows(self, number: int, text: str) -> Iterator[_Window]:
        encoding = self._tokenizer.encode(text)
        for part in (encoding, *encoding.overflowing):
            if part.ids:
                yield _Window(number, part.ids, part.offsets)

    def _run(self, ids: Sequence[int]) -> tuple[Singles, Singles]:
        given = {IDS: np.array([ids], dtype=np.int64), MASK: self._mask[:, : len(ids)]}
        weight, value = self._session.run((WEIGHT, VALUE), given)
        return weight[0], value[0]

    def _try(self, window: int) -> None:
        """Run the rarest token over a whole window: what does not fit together shows now."""
        last = max(self._tokenizer.get_vocab().values(), default=0)
        try:
            shapes = {part.shape for part in self._run([last] * window)}
        except Exception as error:
            raise ModelError(
                f"The encoder cannot read {window} tokens up to {last}: {error}", remedy=_REMEDY
            ) from error
        if shapes != {(window, self._outputs)}:
            found = ", ".join(map(str, sorted(shapes)))
            raise ModelError(
                f"The encoder gives {found} for {window} tokens, not {self._outputs} outputs each.",
                remedy=_REMEDY,
            )


def _tokenizer(content: bytes, window: int, stride: int) -> Any:
    try:
        from tokenizers import Tokenizer
    except ImportError as error:
        raise _missing("tokenizers") from error
    try:
        found = Tokenizer.from_buffer(content)
    except ValueError as error:
        raise ModelError(f"The tokenizer cannot be read: {error}.", remedy=_REMEDY) from error
    room = window - found.num_special_tokens_to_add(is_pair=False)
    if not 0 <= stride < room:
        raise ModelError(
            f"Windows of {window} tokens cannot overlap by {stride}: {room} are of the text.",
            remedy=_REMEDY,
        )
    found.no_padding()
    found.enable_truncation(max_length=window, stride=stride)
    return found


def _session(graph: bytes) -> Any:
    try:
        from onnxruntime import InferenceSession, SessionOptions
    except ImportError as error:
        raise _missing("onnxruntime") from error
    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    try:
        return InferenceSession(
            graph,
            options,
            providers=["CPUExecutionProvider"],
            # Fused, the norms of an int8 graph are computed a tenth slower.
            disabled_optimizers=["SkipLayerNormFusion"],
        )
    except Exception as error:
        raise ModelError(f"The encoder cannot be read: {error}", remedy=_REMEDY) from error


def _missing(package: str) -> InputError:
    return InputError(
        f"This model needs {package}, which is not installed.",
        remedy="Install what encoders need: pip install 'fenzhen[encoder]'",
        code="missing_extra",
    )
