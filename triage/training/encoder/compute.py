"""Where a fit is computed: device, precision, threads, the state of chance."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch

from triage.errors import InputError
from triage.training.encoder.settings import EncoderSettings

_FAST = ("avx512_bf16", "amx_bf16")


@dataclass(frozen=True, slots=True)
class Compute:
    """A device, and whether the body is computed in bf16 there."""

    device: torch.device
    half: bool

    def autocast(self) -> Any:
        """Return the context in which the body is computed."""
        return torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.half)

    def tensor(self, values: Any) -> torch.Tensor:
        """Return an array as a tensor on the device."""
        return torch.from_numpy(values).to(self.device, non_blocking=True)


def compute_of(settings: EncoderSettings) -> Compute:
    """Choose device and precision. Raises InputError for a device that is not here."""
    device = _device(settings.device)
    half = settings.precision == "bf16" or (settings.precision == "auto" and has_bf16(device))
    return Compute(device, half)


def _device(name: str) -> torch.device:
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        return torch.empty(0, device=name).device
    except (RuntimeError, AssertionError) as error:
        raise InputError(
            f"There is no device {name!r} here.", remedy='Use "cpu", or "auto".'
        ) from error


def has_bf16(device: torch.device) -> bool:
    """Whether the device computes bf16 faster than single precision."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    able = torch.cpu.get_capabilities()
    return device.type == "cpu" and any(able.get(name, False) for name in _FAST)


@contextmanager
def kept(settings: EncoderSettings, compute: Compute) -> Iterator[None]:
    """Seed chance and set the threads within the block; put both back after it."""
    threads = torch.get_num_threads()
    devices = [compute.device] if compute.device.type == "cuda" else []
    with torch.random.fork_rng(devices):
        torch.manual_seed(settings.seed)
        torch.set_num_threads(settings.threads or threads)
        try:
            yield
        finally:
            torch.set_num_threads(threads)
