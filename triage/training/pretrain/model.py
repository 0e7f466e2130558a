"""The network in transformers' own format, and what it costs to train it."""

from typing import TYPE_CHECKING, Any

from triage.training.pretrain.settings import Shape

if TYPE_CHECKING:
    import torch
    from transformers import ModernBertForMaskedLM, PreTrainedTokenizerBase

    from triage.training.pretrain.masking import Masked


def new_model(
    shape: Shape, tokenizer: "PreTrainedTokenizerBase", seed: int
) -> "ModernBertForMaskedLM":
    """Return a fresh network with weights drawn by `seed`.

    Rotary positions and norms before each layer (ModernBERT): on a short course they learn from
    2 M tokens what learned positions (BERT) had not learned from 4, see docs/decisions/0018.
    """
    import torch
    from transformers import ModernBertConfig, ModernBertForMaskedLM

    torch.manual_seed(seed)
    pad, first, last = tokenizer.pad_token_id, tokenizer.cls_token_id, tokenizer.sep_token_id
    options: dict[str, Any] = {
        "global_attn_every_n_layers": 1,  # texts are short: every layer sees the whole window
        # On short texts the plain attention learns 1.5 times as fast as the fused one on a CPU.
        "attn_implementation": "eager",
    }
    config = ModernBertConfig(
        vocab_size=len(tokenizer),
        hidden_size=shape.width,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.inner,
        max_position_embeddings=shape.window,
        pad_token_id=pad,
        bos_token_id=first,
        cls_token_id=first,
        eos_token_id=last,
        sep_token_id=last,
        **options,
    )
    return ModernBertForMaskedLM(config)


def answers_of(model: "ModernBertForMaskedLM", batch: "Masked") -> "torch.Tensor":
    """Return the scores of every piece at each hidden place (hidden x vocabulary)."""
    import torch

    states = model.model(
        input_ids=torch.from_numpy(batch.shown), attention_mask=torch.from_numpy(batch.attention)
    ).last_hidden_state
    # The answer is asked for where something is hidden only: a quarter of the work.
    scores: torch.Tensor = model.decoder(model.head(states[torch.from_numpy(batch.hidden)]))
    return scores


def loss_of(scores: "torch.Tensor", batch: "Masked") -> "torch.Tensor":
    """Return the mean surprise at the hidden pieces, in nats."""
    import torch

    return torch.nn.functional.cross_entropy(scores.float(), torch.from_numpy(batch.answers))


def flops_per_token(shape: Shape, vocabulary: int, share: float) -> float:
    """Return what learning from one token costs: 6 for each weight it passes (Kaplan 2020)."""
    layer = 4 * shape.width**2 + 3 * shape.width * shape.inner
    answer = share * (shape.width**2 + shape.width * vocabulary)
    return 6 * (shape.layers * layer + answer)
