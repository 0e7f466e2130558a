"""An encoder of transformers with our outputs: what each token says, and how much it counts.

The log-odds of an output are the mean of the tokens' values, weighed by a softmax over all
tokens of all windows of a text. So windows are pooled exactly, and what a token contributes
is known without further computing.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from inspect import signature
from pathlib import Path
from typing import Any

import torch
from torch import nn

from triage.errors import InputError
from triage.scorers.linear import URGENCY_STEPS
from triage.scorers.steps import STEPS
from triage.signals import vector
from triage.training.encoder.rows import MORE
from triage.training.encoder.settings import EncoderSettings

BOUND = 5.0  # log-weights of tokens stay within
_SMALL = 20_000_000  # parameters
_SPARE = 2  # of a window, for the marks at its ends


class EncoderModel(nn.Module):
    """A body and its heads: labels, 4 sentiment steps, 3 urgency steps, polarity, scope."""

    def __init__(self, body: Any, labels: int) -> None:
        super().__init__()
        width, outputs = body.config.hidden_size, labels + STEPS + MORE
        self.body = body
        self.value = nn.Linear(width, outputs)
        self.weight = nn.Linear(width, outputs)
        self.signals = nn.Linear(len(vector([])), URGENCY_STEPS, bias=False)
        for layer in (self.value, self.weight):
            nn.init.normal_(layer.weight, std=0.02)
            nn.init.zeros_(layer.bias)
        nn.init.zeros_(self.signals.weight)

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return log-weight and value of each token: windows x tokens x outputs, float32."""
        return self.heads(self.states(input_ids, attention_mask))

    def states(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Return the body's states: windows x tokens x width, in its own precision."""
        # Nothing but these two: which segment a token is of means nothing to many bodies.
        out = self.body(input_ids=input_ids, attention_mask=attention_mask)
        states: torch.Tensor = out.last_hidden_state
        return states

    def heads(self, states: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return log-weight and value of each state, in single precision."""
        states = states.float()
        weight = BOUND * torch.tanh(self.weight(states) / BOUND)
        return weight, self.value(states)

    def log_odds(self, pooled: torch.Tensor, signals: torch.Tensor) -> torch.Tensor:
        """Add what the signals say of urgency to pooled outputs: n x outputs."""
        end = pooled.shape[1] - MORE
        start = end - URGENCY_STEPS
        urgency = pooled[:, start:end] + self.signals(signals)
        return torch.cat([pooled[:, :start], urgency, pooled[:, end:]], dim=1)


def pool(
    weight: torch.Tensor, value: torch.Tensor, mask: torch.Tensor, owner: torch.Tensor, n: int
) -> torch.Tensor:
    """Pool the tokens of n texts: n x outputs; `owner` says which text a window is of."""
    # The log-weights are bounded, so their exponentials need no shift.
    share = weight.exp() * mask.unsqueeze(2)
    sums = torch.stack([(share * value).sum(dim=1), share.sum(dim=1)], dim=2)
    whole = sums.new_zeros(n, *sums.shape[1:]).index_add(0, owner, sums)
    return whole[:, :, 0] / whole[:, :, 1]


def load_body(source: str, *, fetch: bool = False, dropout: float | None = None) -> tuple[Any, Any]:
    """Load an encoder and its fast tokenizer from a folder or by name, offline by default.

    Code that comes with a model never runs. Raises InputError: not in the cache (with how to
    fetch it), unreadable, no fast tokenizer, no encoder.
    """
    from transformers import AutoConfig, AutoModel, AutoTokenizer

    options = {"local_files_only": not fetch, "trust_remote_code": False}
    try:
        with quiet():
            config = AutoConfig.from_pretrained(source, **options)
            _set_dropout(config, dropout)
            tokenizer = AutoTokenizer.from_pretrained(source, use_fast=True, **options)
            body = AutoModel.from_pretrained(source, config=config, dtype=torch.float32, **options)
    except (OSError, ValueError, KeyError, ImportError, RuntimeError) as error:
        raise _not_loaded(source, error) from error
    _check(source, config, tokenizer)
    if "add_pooling_layer" in signature(type(body).__init__).parameters:
        body.pooler = None  # a summary of the first token, which nothing here reads
    return body, tokenizer


def attend_plainly(body: Any) -> None:
    """Let a body compute attention step by step: on a CPU in bf16 the fused way back is slow.

    Forward and back, 48 windows of 128 tokens, one thread: fused 108 ms, plain 30 ms.
    """
    with suppress(ValueError, AttributeError):  # a body that knows one way only keeps it
        body.set_attn_implementation("eager")


@contextmanager
def quiet() -> Iterator[None]:
    """Keep transformers from writing to the terminal within the block."""
    from transformers.utils import logging as module

    logging: Any = module
    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


def save_memory(body: Any) -> None:
    """Let a body keep the states of its layers only, and compute the rest again on the way back.

    Raises InputError for a body that cannot.
    """
    old = "gradient_checkpointing_enable"  # its name in earlier versions
    enable = getattr(body, "activation_checkpointing_enable", None) or getattr(body, old)
    try:
        enable({"use_reentrant": False})
    except ValueError as error:
        raise InputError(
            f"This encoder cannot save memory: {error}", remedy="Fit it without checkpoints."
        ) from error


def _set_dropout(config: Any, dropout: float | None) -> None:
    """Set what is dropped between layers; within attention it would cost most and gain least."""
    if dropout is None:
        return
    for name in ("hidden_dropout_prob", "mlp_dropout", "embedding_dropout", "hidden_dropout"):
        if hasattr(config, name):
            setattr(config, name, dropout)
    for name in ("attention_probs_dropout_prob", "attention_dropout"):
        if hasattr(config, name):
            setattr(config, name, 0.0)


def _not_loaded(source: str, error: Exception) -> InputError:
    if Path(source).is_dir():
        return InputError(
            f"{source} holds no encoder that transformers can load: {_first_line(error)}",
            remedy="Give a folder with config.json, model.safetensors and a tokenizer.",
        )
    return InputError(
        f"{source} is neither a folder nor in the local cache of models.",
        remedy=f"Where there is a network, run: hf download {source} "
        f"--local-dir {source.rsplit('/', 1)[-1]}; then give that folder. Or allow fetching "
        "with --fetch.",
        code="not_in_cache",
    )


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _check(source: str, config: Any, tokenizer: Any) -> None:
    if not getattr(tokenizer, "is_fast", False):
        raise InputError(
            f"The tokenizer of {source} is no fast one (tokenizer.json).",
            remedy="Save it once with AutoTokenizer(…).save_pretrained where it can be converted.",
        )
    if getattr(config, "is_encoder_decoder", False) or not hasattr(config, "hidden_size"):
        raise InputError(
            f"{source} is no plain encoder ({config.model_type}).",
            remedy="Give one like BERT, RoBERTa, ELECTRA or ModernBERT.",
        )


def positions(body: Any, tokenizer: Any) -> int:
    """Return how many tokens a window may have: the body's positions, less those it keeps."""
    most = int(getattr(body.config, "max_position_embeddings", 0) or tokenizer.model_max_length)
    table = getattr(getattr(body, "embeddings", None), "position_embeddings", None)
    padding = getattr(table, "padding_idx", None)
    return min(most - (0 if padding is None else padding + 1), int(tokenizer.model_max_length))


def fitting(settings: EncoderSettings, body: Any, tokenizer: Any) -> tuple[int, int]:
    """Return window and stride as the body can have them."""
    window = min(settings.window, positions(body, tokenizer))
    return window, min(settings.stride, (window - _SPARE) // 2)


def rate_of(settings: EncoderSettings, body: Any) -> float:
    """Return the rate of the body: what was asked for, else by its size."""
    size = sum(parameter.numel() for parameter in body.parameters())
    return settings.rate or (3e-4 if size < _SMALL else 3e-5)
