"""What a model of torch says of texts: the reference for training and for what is exported."""

from typing import Any

import numpy as np
import torch

from triage.scorers.base import Floats
from triage.training.encoder.batches import by_length
from triage.training.encoder.compute import Compute
from triage.training.encoder.model import EncoderModel, pool
from triage.training.encoder.rows import Small
from triage.training.encoder.windows import Ids, Windows

_AT_ONCE = 64


def read(
    model: EncoderModel, windows: Windows, texts: Ids, signals: Small, compute: Compute, pad: int
) -> torch.Tensor:
    """Return the log-odds of some texts with a graph behind them: texts x outputs, float32."""
    ids, mask, owner = (compute.tensor(part) for part in windows.padded(texts, pad))
    with compute.autocast():
        states = model.states(ids, mask)
    weight, value = model.heads(states)
    pooled = pool(weight, value, mask, owner, len(texts))
    return model.log_odds(pooled, compute.tensor(signals))


@torch.no_grad()
def log_odds(
    model: EncoderModel, windows: Windows, signals: Small, compute: Compute, pad: int
) -> Floats:
    """Return the log-odds of all texts of `windows`, in their order: n x outputs."""
    model.eval()
    found = np.zeros((len(windows), model.value.out_features))
    for part in by_length(np.arange(len(windows)), windows, _AT_ONCE):
        odds = read(model, windows, part, signals[part], compute, pad)
        found[part] = odds.double().cpu().numpy()
    return found


def pad_of(tokenizer: Any) -> int:
    """Return the id that fills up a row; where there is none any does, for it is masked."""
    return int(tokenizer.pad_token_id or 0)
