"""The state of a run of torch as one safetensors file: no pickle, and whole at any moment."""

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import save

from triage.artifact import writing
from triage.files.writers import whole_file

Tensors = dict[str, torch.Tensor]


def write_state(path: Path, tensors: Tensors, told: Mapping[str, str]) -> None:
    """Write tensors with the texts `told` beside; what stood there is replaced in one go."""
    with writing(f"the state of the run {path}"):
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as file:
            file.write(save(tensors, dict(told)))


def copied(model: torch.nn.Module) -> Tensors:
    """Return the numbers of a model as they are now; what shares its memory is given once."""
    own: Tensors = {}
    seen: set[int] = set()
    for name, value in model.state_dict().items():
        if value.data_ptr() not in seen or not value.numel():
            own[name] = value.detach().cpu().clone()
        seen.add(value.data_ptr())
    return own


def over(prefix: str, tensors: Tensors) -> Tensors:
    """Return the tensors under names that begin with `prefix`."""
    return {prefix + name: value for name, value in tensors.items()}


def under(prefix: str, tensors: Tensors) -> Tensors:
    """Return the tensors whose names begin with `prefix`, under the rest of their names."""
    return {
        name.removeprefix(prefix): value
        for name, value in tensors.items()
        if name.startswith(prefix)
    }


def flat(optimizer: torch.optim.Optimizer) -> Tensors:
    """Return what an optimiser remembers, as `parameter.name`."""
    state = optimizer.state_dict()["state"]
    return {
        f"{parameter}.{name}": value.detach().cpu().clone()
        for parameter, values in state.items()
        for name, value in values.items()
    }


def restore(optimizer: torch.optim.Optimizer, tensors: Tensors) -> None:
    """Make an optimiser remember what `flat` gave."""
    state: dict[int, Tensors] = {}
    for key, value in tensors.items():
        parameter, name = key.split(".")
        state.setdefault(int(parameter), {})[name] = value
    optimizer.load_state_dict({**optimizer.state_dict(), "state": state})
