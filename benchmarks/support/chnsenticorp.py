"""ChnSentiCorp: fitted on its train split alone, judged once on its dev split."""

import hashlib
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from triage.labels import ISSUES
from triage.records import Example
from triage.scorers.encoder import as_read
from triage.text.clean_all import clean_all
from triage.text.script import all_simplified
from triage.training.corpus import read_collection
from triage.training.encoder.compute import compute_of
from triage.training.encoder.fit import FittedEncoder, fit_encoder
from triage.training.encoder.predict import log_odds, pad_of
from triage.training.encoder.rows import signals_of
from triage.training.encoder.settings import EncoderSettings
from triage.training.encoder.windows import windows_of
from triage.training.linear import Texts

_ASIDE = 10  # one text of the train split in so many chooses the epoch
_POLARITY = len(ISSUES) + 7  # the output after the labels and the steps


def fitted_on_train(folder: Path, body: str, settings: EncoderSettings) -> dict[str, Any]:
    """Return the accuracy on dev of an encoder that learned from train alone."""
    train, dev = (_examples(folder / f"chnsenticorp_{part}.csv.gz") for part in ("train", "dev"))
    aside = [e for e in train if _point(e.id) % _ASIDE == 0]
    kept = [e for e in train if _point(e.id) % _ASIDE]
    with tempfile.TemporaryDirectory() as work:
        fitted = fit_encoder(
            Texts(kept, calibration=aside),
            ISSUES,
            body,
            settings=settings,
            work=Path(work),
            progress=print,
        )
    return {
        "train": len(kept),
        "dev": len(dev),
        "accuracy aside": accuracy(fitted, aside),
        "accuracy dev": accuracy(fitted, dev),
        "epochs": [dict(line) for line in fitted.history],
    }


def _examples(path: Path) -> list[Example]:
    """Return the rows as texts of which only good or bad is known."""
    return [
        Example(row["id"], row["text"], None, 4 if row["label"] == "1" else 2, None, path.stem)
        for row in read_collection(path)
    ]


def _point(name: str) -> int:
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16)


def accuracy(fitted: FittedEncoder, examples: list[Example]) -> float:
    """Return the share of texts that the polarity output puts on the right side."""
    plain = [item.text for item in clean_all([e.text for e in examples])]
    texts, signals = as_read(plain), signals_of(all_simplified(plain))
    chosen = fitted.settings
    windows = windows_of(texts, fitted.tokenizer, window=chosen.window, stride=chosen.stride)
    compute, pad = compute_of(chosen), pad_of(fitted.tokenizer)
    odds = log_odds(fitted.model, windows, signals, compute, pad)[:, _POLARITY]
    positive = np.array([(e.sentiment or 3) > 3 for e in examples])
    return round(float(((odds > 0) == positive).mean()), 4)
