"""What `triage train --encoder` and `triage export` share."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer

from triage.errors import InputError
from triage.resources import resource

_PACKAGES = (
    "sklearn",
    "torch",
    "transformers",
    "onnx",
    "onnxscript",
    "onnxruntime",
    "tokenizers",
)


class Precisions(Enum):
    """How the numbers of an encoder are stored."""

    INT8 = "int8"
    MIXED = "mixed"
    FP32 = "fp32"


EncoderOption = Annotated[
    str | None,
    typer.Option(help="编码器的文件夹或名字 encoder of transformers: its folder or name"),
]
TeacherOption = Annotated[
    Path | None,
    typer.Option(help="没标注的文本听哪个模型的 model whose word is learned where nobody labelled"),
]
EpochsOption = Annotated[int, typer.Option(help="编码器最多几轮 epochs of an encoder", min=1)]
FetchOption = Annotated[
    bool, typer.Option("--fetch", help="本机没有就下载编码器 download the encoder if need be")
]
CascadeOption = Annotated[
    Path | None,
    typer.Option(help="级联：哪个词模型先读 cascade: the word model that reads first"),
]
ReadOption = Annotated[
    float | None,
    typer.Option(
        help="编码器最多读多大比例 the most the encoder of a cascade reads, as a share of texts",
        min=0,
        max=1,
    ),
]
PrecisionOption = Annotated[Precisions, typer.Option(help="编码器怎样存 how the encoder is stored")]
NameOption = Annotated[
    str | None, typer.Option(help="模型名 name of the model (default: its folder's)")
]
VersionOption = Annotated[str, typer.Option(help="版本 version of the model")]
Common = tuple[Path, Path | None, str, str]  # out, collections, name, version


@dataclass(frozen=True, slots=True)
class Options:
    """The options of `triage train` that are for an encoder."""

    encoder: str | None
    cascade: Path | None
    teacher: Path | None
    epochs: int
    precision: Precisions
    fetch: bool
    seed: int
    read: float | None = None

    def check(self, base: Path | None) -> None:
        """Raise InputError where options do not go together, or packages are missing."""
        if self.encoder is None:
            self._refuse_alone()
            return
        if base is not None:
            raise InputError(
                "--encoder fits a model of its own; --base corrects one.",
                remedy="Leave one out: fit the encoder first, then correct it with --base.",
                code="two_ways",
            )
        refuse_read_alone(self.read, self.cascade)
        require_encoder()

    def _refuse_alone(self) -> None:
        given = {
            "--cascade": self.cascade,
            "--read": self.read is not None,
            "--teacher": self.teacher,
            "--fetch": self.fetch,
        }
        if alone := [name for name, value in given.items() if value]:
            raise InputError(
                f"{alone[0]} is for an encoder, and none is named.",
                remedy="Add --encoder FOLDER_OR_NAME, or leave it out.",
                code="no_encoder",
            )


def encoder_trained(
    options: Options,
    data: list[Path] | None,
    common: Common,
    taxonomy: Path | None,
    progress: Callable[[str], None],
) -> dict[str, Any]:
    """Fit an encoder; return the metrics."""
    from triage.training.encoder.build import EncoderPlan, build_encoder
    from triage.training.encoder.settings import EncoderSettings

    out, collections, name, version = common
    plan = EncoderPlan(
        labelled_data(data),
        str(options.encoder),
        out,
        collections,
        name,
        version,
        taxonomy=taxonomy,
        settings=EncoderSettings(seed=options.seed, epochs=options.epochs),
        precision=options.precision.value,
        cascade=options.cascade,
        read=options.read,
        teacher=options.teacher,
        fetch=options.fetch,
    )
    return build_encoder(plan, progress)


def labelled_data(data: list[Path] | None) -> list[Path]:
    """Return the data to train on; by default those of the checkout."""
    return data or [resource("data", "seed"), resource("data", "annotations")]


def refuse_read_alone(read: float | None, cascade: Path | None) -> None:
    """Raise InputError where a share to read is given and nothing else would read the rest."""
    if read is not None and cascade is None:
        raise InputError(
            "--read is for a cascade, and no word model is named.",
            remedy="Add --cascade WORD_MODEL, or leave it out.",
            code="no_cascade",
        )


def require_encoder() -> None:
    """Raise InputError where the packages that fit and export encoders are not installed."""
    if missing := [name for name in _PACKAGES if find_spec(name) is None]:
        raise InputError(
            f"Making an encoder needs {', '.join(missing)}.",
            remedy="Install them with: pip install 'fenzhen[encoder-train]'",
            code="missing_extra",
        )
