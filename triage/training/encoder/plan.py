"""What a fit is of: a hash that changes with anything that could change its numbers."""

import hashlib
import json

import numpy as np

from triage.training.encoder.model import EncoderModel
from triage.training.encoder.rows import Rows
from triage.training.encoder.settings import EncoderSettings

_PLACES = ("threads", "device")  # where the work is done


def plan_hash(model: EncoderModel, rows: Rows, dev: Rows, settings: EncoderSettings) -> str:
    """Return a hash over the untrained model, the data and the settings."""
    told = {name: value for name, value in settings.to_dict().items() if name not in _PLACES}
    whole = hashlib.sha256(json.dumps(told, sort_keys=True).encode())
    for name, value in sorted(model.state_dict().items()):
        whole.update(name.encode())
        whole.update(value.detach().cpu().contiguous().numpy().tobytes())
    for part in (rows, dev):
        whole.update("\x00".join(part.texts).encode("utf-8", "replace"))
        for array in (part.targets, part.weights, part.signals):
            whole.update(np.ascontiguousarray(array).tobytes())
    return whole.hexdigest()
