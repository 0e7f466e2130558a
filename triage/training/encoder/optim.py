"""The optimiser of a fit, its rates, and its loss."""

from collections.abc import Iterator
from typing import Any

import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from triage.training.encoder.compute import Compute
from triage.training.encoder.model import EncoderModel, rate_of
from triage.training.encoder.settings import EncoderSettings

_CLIP = 1.0


def optimiser(
    model: EncoderModel, settings: EncoderSettings, compute: Compute
) -> torch.optim.Optimizer:
    """Return AdamW over body and heads, each with its rate; biases and norms do not decay."""
    groups = _groups(model, rate_of(settings, model.body), settings)
    fused = compute.device.type in ("cpu", "cuda")
    return torch.optim.AdamW(list(groups), betas=(0.9, 0.98), eps=1e-6, fused=fused)


def _groups(
    model: EncoderModel, rate: float, settings: EncoderSettings
) -> Iterator[dict[str, Any]]:
    for inside, peak in ((True, rate), (False, settings.head_rate)):
        for decays in (True, False):
            chosen = [
                parameter
                for name, parameter in model.named_parameters()
                if name.startswith("body.") == inside and (parameter.ndim > 1) == decays
            ]
            decay = settings.decay if decays else 0.0
            yield {"params": chosen, "lr": peak, "peak": peak, "weight_decay": decay}


def set_rate(optimizer: torch.optim.Optimizer, done: float, warmup: float) -> None:
    """Set the rates for the moment when the share `done` of the fit is over: up, then down."""
    factor = done / warmup if done < warmup else (1 - done) / (1 - warmup)
    for group in optimizer.param_groups:
        group["lr"] = group["peak"] * factor


def loss_of(odds: torch.Tensor, wanted: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Return the summed cross entropy of texts x outputs; what weighs 0 has no part in it."""
    return binary_cross_entropy_with_logits(odds, wanted, weight=weights, reduction="sum")


def step(model: EncoderModel, optimizer: torch.optim.Optimizer, loss: torch.Tensor) -> float:
    """Make one step down the loss; return its value."""
    optimizer.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(model.parameters(), _CLIP)
    optimizer.step()
    return float(loss.detach())
