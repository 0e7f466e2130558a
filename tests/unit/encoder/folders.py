"""Model folders with an encoder, beside or instead of the tiny word model."""

import numpy as np

from tests.unit.encoder.graphs import encoder, outputs_of
from triage import artifact
from triage.scorers.cascade import CascadeWeights
from triage.scorers.steps import STEPS


def weights_of(kind, word, *, limit=0.75):
    names = outputs_of(word.labels)
    values = {"货": dict.fromkeys(names, 2.0), "理": dict.fromkeys(names, -0.5)}
    slope = np.linspace(0.5, 1.5, len(names))
    read = encoder(values, labels=word.labels, window=16, stride=4, slope=slope)
    if kind == "encoder":
        return read
    mix = np.random.default_rng(0).random((3, len(word.labels) + STEPS + 1))
    return CascadeWeights(word, read, mix, limit)


def saved(folder, tiny_model, kind, *, version="1", **options):
    word = artifact.load(tiny_model)
    names = {"kind": kind, "name": kind, "version": version}
    manifest = artifact.read_manifest(tiny_model) | names
    manifest["encoder"] = {"precision": "fp32"}
    if kind == "cascade":
        manifest["word"] = word.name.to_dict()
    weights = weights_of(kind, word.scorer.weights, **options)
    artifact.save(folder, weights, manifest, metrics={}, card=kind)
    return folder
