"""What can be turned in the fit of an encoder; needs neither torch nor transformers."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from triage.errors import InputError

Precision = Literal["auto", "fp32", "bf16"]
PRECISIONS: tuple[Precision, ...] = ("auto", "fp32", "bf16")
_LEAST_WINDOW = 8


@dataclass(frozen=True, slots=True)
class EncoderSettings:
    """How an encoder is fitted; `window` and `stride` are in tokens.

    `window` and `stride` become smaller where the body has fewer positions. `threads` and
    `device` say where the work is done and are no part of what is fitted.
    """

    seed: int = 0
    epochs: int = 5
    batch: int = 32  # texts a step
    rate: float | None = None  # of the body; None: by its size
    head_rate: float = 1e-3  # the heads start from nothing, whatever the size of the body
    warmup: float = 0.1  # this share of all steps
    decay: float = 0.01
    window: int = 128
    stride: int = 32
    patience: int = 1  # epochs without a better dev loss
    soft: float = 0.3  # weight of a teacher's word beside a person's
    cap: float = 4.0  # the most that the rarer side of an output weighs
    noise: float = 0.3  # share of texts read in another form, drawn anew each epoch
    polarity_texts: int | None = 12_000  # so many of them an epoch, drawn anew; None: all
    dropout: float = 0.1
    checkpoints: bool = False  # gradient checkpoints: less memory, a third more time
    precision: Precision = "auto"
    threads: int | None = None
    device: str = "auto"

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self)

    def check(self) -> None:
        """Raise InputError for a setting that cannot be worked with."""
        sound = {
            "epochs": self.epochs >= 1,
            "batch": self.batch >= 1,
            "rate": self.rate is None or self.rate > 0,
            "head_rate": self.head_rate > 0,
            "warmup": 0 <= self.warmup < 1,
            "window": self.window >= _LEAST_WINDOW,
            "stride": self.stride >= 0,
            "patience": self.patience >= 1,
            "noise": 0 <= self.noise <= 1,
            "dropout": 0 <= self.dropout < 1,
            "precision": self.precision in PRECISIONS,
        }
        for name, fine in sound.items():
            if not fine:
                raise InputError(
                    f"The setting {name} of the encoder is {getattr(self, name)!r}.",
                    remedy="See EncoderSettings for what it may be.",
                )
