"""A fitted encoder in a folder: the body in transformers' own format, our heads beside it."""

import json
import shutil
from dataclasses import fields
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from triage.artifact import writing
from triage.errors import InputError, ModelError
from triage.training.encoder.fit import FittedEncoder
from triage.training.encoder.model import EncoderModel, attend_plainly, load_body, quiet
from triage.training.encoder.settings import EncoderSettings

FORMAT = "fenzhen-encoder-1"
HEADS, ABOUT = "heads.safetensors", "fenzhen.json"
_REMEDY = "Use a folder written by `triage train --encoder`."


def save_checkpoint(fitted: FittedEncoder, folder: Path) -> None:
    """Write a fitted encoder; what was in the folder goes. Raises OutputError.

    `transformers` opens the folder as any other of its own; `fenzhen.json` holds labels,
    settings and the losses of each epoch. A folder that is there is whole.
    """
    draft = folder.with_name(f".{folder.name}.draft")
    with writing(f"the checkpoint {folder}"):
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        with quiet():
            fitted.model.body.save_pretrained(draft)
            fitted.tokenizer.save_pretrained(draft)
        save_file(_heads(fitted.model), draft / HEADS)
        about = json.dumps(_about(fitted), ensure_ascii=False, indent=2, sort_keys=True)
        (draft / ABOUT).write_text(about + "\n", encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        draft.rename(folder)


def load_checkpoint(folder: Path) -> FittedEncoder:
    """Load a fitted encoder as it was saved. Raises ModelError for any other folder."""
    try:
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        if about["format"] != FORMAT:
            raise ValueError(f"the format is {about['format']}")
        heads = load_file(folder / HEADS)
        body, tokenizer = load_body(str(folder))
        attend_plainly(body)  # as in the fit, to the last digit
        model = EncoderModel(body, len(about["labels"]))
        _put(heads, model)
        return _fitted(model, tokenizer, about)
    except (OSError, ValueError, KeyError, TypeError, SafetensorError, InputError) as error:
        raise ModelError(f"{folder} is no fitted encoder: {error}", remedy=_REMEDY) from error


def _heads(model: EncoderModel) -> dict[str, Any]:
    state = model.state_dict().items()
    return {name: value.contiguous() for name, value in state if not name.startswith("body.")}


def _put(heads: dict[str, Any], model: EncoderModel) -> None:
    here = _heads(model)
    shapes = {name: tuple(value.shape) for name, value in here.items()}
    if {name: tuple(value.shape) for name, value in heads.items()} != shapes:
        raise ValueError(f"{HEADS} does not fit the body and the labels")
    model.load_state_dict({**model.state_dict(), **heads})


def _about(fitted: FittedEncoder) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "labels": list(fitted.labels),
        "settings": fitted.settings.to_dict(),
        "history": list(fitted.history),
        "source": fitted.source,
    }


def _fitted(model: EncoderModel, tokenizer: Any, about: dict[str, Any]) -> FittedEncoder:
    names = {field.name for field in fields(EncoderSettings)}
    known = {name: value for name, value in about["settings"].items() if name in names}
    labels, history = tuple(about["labels"]), tuple(about["history"])
    settings, source = EncoderSettings(**known), about.get("source", "")
    return FittedEncoder(model.eval(), tokenizer, labels, settings, history, source)
